"""Resistance types, by the cohort paper's rule and by SITC's definitions."""


rule classify_resistance:
    input:
        cohort=COHORT_FILE,
        definitions=DEFINITIONS,
        patients=in_results("cohort/patients.parquet"),
        assessments=in_results("cohort/assessments.parquet"),
        response=in_results("derived/response.csv"),
        response_patients=in_results("response/patients.parquet"),
        progression_patients=in_results("progression/patients.parquet"),
        src=code("classify_resistance"),
    output:
        patients=in_results("derived/patients.csv"),
        card=in_results("derived/README.txt"),
    log:
        in_results("logs/classify_resistance.log"),
    benchmark:
        in_results("logs/classify_resistance.tsv")
    conda:
        "../../environment.yml"
    params:
        contents=contents("classify_resistance", COHORT_FILE, DEFINITIONS),
    message:
        "Classify resistance to anti-PD-1 therapy."
    script:
        "../scripts/classify_resistance.py"
