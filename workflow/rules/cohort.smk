"""Cohorts in: the synthetic one is made, any cohort is read, checked and cleaned."""

CLEAN_TABLES = ("patients", "assessments", "lesions", "labs", "therapies")


rule make_synthetic_cohort:
    # The tables are part of the project: only a request, or a change of the seed, makes them anew,
    # never the mere age of a file. That is why inputs are ancient, and why this is a command.
    input:
        description=ancient("config/synthetic.yaml"),
        src=ancient(package("synthetic")),
    output:
        tables=expand("data/synthetic/{table}.csv", table=CLEAN_TABLES),
        dictionary="data/synthetic/README.md",
    log:
        "results/logs/make_synthetic_cohort.log",
    conda:
        "../../environment.yml"
    message:
        "Make the synthetic cohort from its description and seed (about a minute)."
    shell:
        "python workflow/scripts/make_synthetic_cohort.py {input.description} data/synthetic 2> {log}"


rule check_cohort:
    input:
        cohort="config/cohorts/{cohort}.yaml",
        tables=lambda wildcards: configuration.source_tables(wildcards.cohort, ROOT),
        src=package("cohort", "definitions", "configuration"),
    output:
        # A job of its own: when it fails, everything that an earlier run made stays as it was.
        checked=in_results("logs/checked.csv"),
    log:
        in_results("logs/check_cohort.log"),
    benchmark:
        in_results("logs/check_cohort.tsv")
    conda:
        "../../environment.yml"
    message:
        "Check the tables of cohort {wildcards.cohort}."
    script:
        "../scripts/check_cohort.py"


rule clean_cohort:
    input:
        cohort="config/cohorts/{cohort}.yaml",
        tables=lambda wildcards: configuration.source_tables(wildcards.cohort, ROOT),
        checked=in_results("logs/checked.csv"),
        src=package("cohort", "definitions", "configuration"),
    output:
        tables=[in_results(f"cohort/{table}.parquet") for table in CLEAN_TABLES],
        notes=in_results("cohort/notes.csv"),
    log:
        in_results("logs/clean_cohort.log"),
    benchmark:
        in_results("logs/clean_cohort.tsv")
    conda:
        "../../environment.yml"
    message:
        "Clean the tables of cohort {wildcards.cohort}."
    script:
        "../scripts/clean_cohort.py"
