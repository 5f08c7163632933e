"""The paper's tables, laid out from the estimates."""


rule make_tables:
    input:
        cohort=cohort_file,
        estimates=in_results("estimates.csv"),
        hazards=in_results("robustness/proportional_hazards.csv"),
        multiplicity=in_results("robustness/multiplicity.csv"),
        variables=VARIABLES,
        analyses=ANALYSES,
        layouts=LAYOUTS,
        own=own_analyses,
        src=code("make_tables"),
    output:
        html=report(
            expand(in_results("tables/{table}.html", "{{cohort}}"), table=TABLES),
            caption="../report/table.rst",
            category="Tables",
        ),
        csv=expand(in_results("tables/{table}.csv", "{{cohort}}"), table=TABLES),
        tex=expand(in_results("tables/{table}.tex", "{{cohort}}"), table=TABLES),
        sources=in_results("tables/sources.csv"),
        card=in_results("tables/README.txt"),
        docx=expand(in_results("tables/{table}.docx", "{{cohort}}"), table=TABLES),
    log:
        in_results("logs/make_tables.log"),
    benchmark:
        in_results("logs/make_tables.tsv")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=800,
        runtime=15,
    params:
        contents=contents("make_tables", cohort_file, own_analyses, VARIABLES, *ANALYSES, *LAYOUTS),
    message:
        "Lay out the tables."
    script:
        "../scripts/make_tables.py"
