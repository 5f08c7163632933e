"""The run as a research artifact: its provenance, and a crate."""

# What is written of a run beside its report.
PAPERS = [
    in_results("published/claims.md"),
    *expand(in_results("report/methods.{suffix}", "{{cohort}}"), suffix=["md", "docx"]),
    *expand(in_results("report/checklist.{suffix}", "{{cohort}}"), suffix=["csv", "md", "docx"]),
]
# What of a run's configuration the provenance says otherwise (the cohort, robustness), or what
# changes no result (in how many parts, and what a crate holds).
SAID_ELSEWHERE = ("cohort", "robustness", "chunks", "crate_patients")


rule record_provenance:
    input:
        cohort=cohort_file,
        configuration=CONFIGURATION,
        sources=cohort_tables,
        own=own_analyses,
        made=made,
        src=code("record_provenance"),
    output:
        provenance=in_results("provenance.json"),
    log:
        in_results("logs/record_provenance.log"),
    benchmark:
        in_results("logs/record_provenance.tsv")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=600,
        runtime=10,
    params:
        root=str(ROOT),
        configuration=lambda wildcards: {
            key: value for key, value in config.items() if key not in SAID_ELSEWHERE
        },
        robust=lambda wildcards: bool(robust(wildcards)),
        commit=lambda wildcards: commit_of(ROOT, configuration.CODE).words,
        contents=contents(
            "record_provenance", cohort_file, cohort_tables, own_analyses, *CONFIGURATION
        ),
    message:
        "Record what the run read, ran in and made."
    script:
        "../scripts/record_provenance.py"


rule describe_run:
    input:
        cohort=cohort_file,
        figures=FIGURE_LAYOUTS,
        sources=cohort_tables,
        own=own_analyses,
        provenance=in_results("provenance.json"),
        report=in_results("report.html"),
        papers=PAPERS,
        made=made,
        code=the_code,
        src=code("describe_run"),
    output:
        metadata=in_results("ro-crate-metadata.json"),
        code=directory(in_results("code")),
    log:
        in_results("logs/describe_run.log"),
    benchmark:
        in_results("logs/describe_run.tsv")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=600,
        runtime=10,
    params:
        root=str(ROOT),
        patients=config.get("crate_patients", False),
        contents=contents(
            "describe_run", cohort_file, own_analyses, FIGURE_LAYOUTS, cohort_tables, the_code
        ),
    message:
        "Describe the run as a research object."
    script:
        "../scripts/describe_run.py"


rule pack_crate:
    input:
        metadata=in_results("ro-crate-metadata.json"),
        code=in_results("code"),
        report=in_results("report.html"),
        provenance=in_results("provenance.json"),
        made=made,
        src=code("pack_crate"),
    output:
        crate=in_results("crate.zip"),
    log:
        in_results("logs/pack_crate.log"),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=600,
        runtime=10,
    params:
        contents=contents("pack_crate"),
    message:
        "Pack the crate."
    script:
        "../scripts/pack_crate.py"
