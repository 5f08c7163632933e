"""Response, progression and resistance: in one piece, or in parts of the patients (``chunks``)."""

DERIVED = {
    "response": in_results("derived/response.csv"),
    "patients": in_results("derived/patients.csv"),
    "therapies": in_results("derived/therapies.csv"),
    "card": in_results("derived/README.txt"),
}

if CHUNKS == 1:

    rule derive:
        input:
            cohort=cohort_file,
            definitions=DEFINITIONS,
            tables=CLEAN,
            src=code("derive"),
        output:
            **DERIVED,
        log:
            in_results("logs/derive.log"),
        benchmark:
            in_results("logs/derive.tsv")
        conda:
            "../../environment.yml"
        threads: 2
        resources:
            mem_mb=2000,
            runtime=60,
        params:
            contents=contents("derive", cohort_file, DEFINITIONS),
        message:
            "Derive responses, progression and resistance."
        script:
            "../scripts/derive.py"

else:

    # Each part is a job that a cluster can take; the joined tables have the same bytes.
    scattergather:
        part=CHUNKS,

    rule derive_part:
        input:
            cohort=cohort_file,
            definitions=DEFINITIONS,
            tables=CLEAN,
            src=code("derive_part"),
        output:
            response=temp(in_results("parts/{scatteritem}/response.csv")),
            patients=temp(in_results("parts/{scatteritem}/patients.csv")),
            therapies=temp(in_results("parts/{scatteritem}/therapies.csv")),
        log:
            in_results("logs/derive_part.{scatteritem}.log"),
        benchmark:
            in_results("logs/derive_part.{scatteritem}.tsv")
        conda:
            "../../environment.yml"
        threads: 1
        resources:
            mem_mb=1500,
            runtime=60,
        params:
            contents=contents(
                "derive_part",
                *(cohort_file, DEFINITIONS),
                log=in_results("logs/derive_part.{scatteritem}.log"),
            ),
        message:
            "Derive part {wildcards.scatteritem} of the patients."
        script:
            "../scripts/derive_part.py"

    rule join_parts:
        input:
            cohort=cohort_file,
            response=gather.part(in_results("parts/{scatteritem}/response.csv", "{{cohort}}")),
            patients=gather.part(in_results("parts/{scatteritem}/patients.csv", "{{cohort}}")),
            therapies=gather.part(in_results("parts/{scatteritem}/therapies.csv", "{{cohort}}")),
            src=code("join_parts"),
        output:
            **DERIVED,
        log:
            in_results("logs/join_parts.log"),
        benchmark:
            in_results("logs/join_parts.tsv")
        conda:
            "../../environment.yml"
        threads: 1
        resources:
            mem_mb=500,
            runtime=30,
        params:
            contents=contents("join_parts", cohort_file),
        message:
            "Join the parts."
        script:
            "../scripts/join_parts.py"
