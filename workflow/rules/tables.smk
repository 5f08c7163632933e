"""The paper's tables, laid out from the estimates."""


rule make_tables:
    input:
        cohort="config/cohorts/{cohort}.yaml",
        estimates=in_results("estimates.csv"),
        variables="config/variables.yaml",
        layouts=configuration.layout_files(ROOT),
        src=package("tables", "statistics"),
    output:
        expand(
            in_results("tables/{table}.{suffix}", "{{cohort}}"),
            table=TABLES,
            suffix=TABLE_FORMATS,
        ),
    log:
        in_results("logs/make_tables.log"),
    benchmark:
        in_results("logs/make_tables.tsv")
    conda:
        "../../environment.yml"
    message:
        "Lay out Tables 1-3 and S1-S13."
    script:
        "../scripts/make_tables.py"
