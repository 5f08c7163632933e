"""Progression: when, in which pattern, and what came after."""


rule derive_progression:
    input:
        cohort=COHORT_FILE,
        definitions=DEFINITIONS,
        tables=[in_results(f"cohort/{table}.parquet") for table in CLEAN_TABLES],
        response=in_results("derived/response.csv"),
        response_patients=in_results("response/patients.parquet"),
        src=code("derive_progression"),
    output:
        patients=in_results("progression/patients.parquet"),
        therapies=in_results("derived/therapies.csv"),
    log:
        in_results("logs/derive_progression.log"),
    benchmark:
        in_results("logs/derive_progression.tsv")
    conda:
        "../../environment.yml"
    params:
        contents=contents("derive_progression", COHORT_FILE, DEFINITIONS),
    message:
        "Derive progression patterns, LDH dynamics and survival."
    script:
        "../scripts/derive_progression.py"
