"""Cohorts in: any cohort is read, checked and cleaned."""

CLEAN_TABLES = ("patients", "assessments", "lesions", "labs", "therapies")
CLEAN = [in_results(f"cohort/{table}.parquet") for table in CLEAN_TABLES]


rule check_cohort:
    # `update`: when a check fails, everything that an earlier run made stays as it was.
    input:
        cohort=COHORT_FILE,
        definitions=DEFINITIONS,
        tables=cohort_tables,
        src=code("check_cohort"),
    output:
        tables=[update(path) for path in CLEAN],
        notes=update(in_results("cohort/notes.csv")),
    log:
        in_results("logs/check_cohort.log"),
    benchmark:
        in_results("logs/check_cohort.tsv")
    conda:
        "../../environment.yml"
    params:
        contents=contents("check_cohort", COHORT_FILE, DEFINITIONS, cohort_tables),
    message:
        "Check and clean the tables of cohort {wildcards.cohort}."
    script:
        "../scripts/check_cohort.py"
