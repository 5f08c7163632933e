"""Every declared test and model, as one tidy table."""


rule estimate:
    input:
        cohort=cohort_file,
        definitions=DEFINITIONS,
        patients=in_results("derived/patients.csv"),
        therapies=in_results("derived/therapies.csv"),
        variables=VARIABLES,
        analyses=ANALYSES,
        own=own_analyses,
        src=code("estimate"),
    output:
        estimates=report(
            in_results("estimates.csv"), caption="../report/estimates.rst", category="Estimates"
        ),
        card=in_results("README.txt"),
    log:
        in_results("logs/estimate.log"),
    benchmark:
        in_results("logs/estimate.tsv")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(600, 100),
        runtime=60,
    params:
        contents=contents("estimate", cohort_file, own_analyses, DEFINITIONS, VARIABLES, *ANALYSES),
    message:
        "Run the declared analyses."
    script:
        "../scripts/estimate.py"
