"""Cohorts in: any cohort is read, checked and cleaned."""

CLEAN_TABLES = ("patients", "assessments", "lesions", "labs", "therapies")
CLEAN = [in_results(f"cohort/{table}.parquet") for table in CLEAN_TABLES]


rule check_cohort:
    input:
        cohort=cohort_file,
        definitions=DEFINITIONS,
        variables=VARIABLES,
        tables=cohort_tables,
        src=code("check_cohort"),
    output:
        # A job of its own: when it fails, everything that an earlier run made stays as it was.
        checked=in_results("logs/checked.csv"),
    log:
        in_results("logs/check_cohort.log"),
    benchmark:
        in_results("logs/check_cohort.tsv")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(600, 10),
        runtime=30,
    params:
        contents=contents("check_cohort", cohort_file, DEFINITIONS, VARIABLES, cohort_tables),
    message:
        "Check the tables of cohort {wildcards.cohort}."
    script:
        "../scripts/check_cohort.py"


rule clean_cohort:
    input:
        cohort=cohort_file,
        definitions=DEFINITIONS,
        variables=VARIABLES,
        tables=cohort_tables,
        checked=in_results("logs/checked.csv"),
        src=code("clean_cohort"),
    output:
        tables=CLEAN,
        notes=in_results("cohort/notes.csv"),
    log:
        in_results("logs/clean_cohort.log"),
    benchmark:
        in_results("logs/clean_cohort.tsv")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(600, 10),
        runtime=30,
    params:
        contents=contents("clean_cohort", cohort_file, DEFINITIONS, VARIABLES, cohort_tables),
    message:
        "Clean the tables of cohort {wildcards.cohort}."
    script:
        "../scripts/clean_cohort.py"
