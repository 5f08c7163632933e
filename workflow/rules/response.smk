"""RECIST 1.1 responses and tumor dynamics."""


rule derive_response:
    input:
        cohort=COHORT_FILE,
        definitions=DEFINITIONS,
        tables=[in_results(f"cohort/{table}.parquet") for table in CLEAN_TABLES],
        src=code("derive_response"),
    output:
        response=in_results("derived/response.csv"),
        patients=in_results("response/patients.parquet"),
    log:
        in_results("logs/derive_response.log"),
    benchmark:
        in_results("logs/derive_response.tsv")
    conda:
        "../../environment.yml"
    params:
        contents=contents("derive_response", COHORT_FILE, DEFINITIONS),
    message:
        "Derive RECIST 1.1 responses and tumor dynamics."
    script:
        "../scripts/derive_response.py"
