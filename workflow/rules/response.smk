"""RECIST 1.1 responses and tumor dynamics."""


rule derive_response:
    input:
        cohort="config/cohorts/{cohort}.yaml",
        definitions="config/definitions.yaml",
        tables=[in_results(f"cohort/{table}.parquet") for table in CLEAN_TABLES],
        src=package(
            "response", "definitions", "rules", "arrays", "cohort/__init__", "cohort/columns"
        ),
    output:
        response=in_results("derived/response.csv"),
        patients=in_results("response/patients.parquet"),
    log:
        in_results("logs/derive_response.log"),
    benchmark:
        in_results("logs/derive_response.tsv")
    conda:
        "../../environment.yml"
    message:
        "Derive RECIST 1.1 responses and tumor dynamics."
    script:
        "../scripts/derive_response.py"
