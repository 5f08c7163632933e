"""One patient at a time, for the people who hold the data; never part of the report."""


rule write_review:
    input:
        cohort=cohort_file,
        variables=VARIABLES,
        analyses=ANALYSES,
        own=own_analyses,
        patients=in_results("derived/patients.csv"),
        response=in_results("derived/response.csv"),
        clean=CLEAN,
        src=code("write_review"),
    output:
        review=in_results("review.html"),
    log:
        in_results("logs/write_review.log"),
    benchmark:
        in_results("logs/write_review.tsv")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(600, 30),
        runtime=15,
    params:
        most=config.get("review_patients", 2000),
        contents=contents("write_review", cohort_file, own_analyses, VARIABLES, *ANALYSES),
    message:
        "Write the page for reviewing single patients."
    script:
        "../scripts/write_review.py"
