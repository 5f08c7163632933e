"""Every declared test and model, as one tidy table."""


rule estimate:
    input:
        cohort=cohort_file,
        definitions=DEFINITIONS,
        patients=in_results("derived/patients.csv"),
        therapies=in_results("derived/therapies.csv"),
        variables=VARIABLES,
        analyses=ANALYSES,
        layouts=LAYOUTS,
        robustness=ROBUSTNESS,
        own=own_analyses,
        src=code("estimate"),
    output:
        estimates=report(
            in_results("estimates.csv"), caption="../report/estimates.rst", category="Estimates"
        ),
        hazards=in_results("robustness/proportional_hazards.csv"),
        multiplicity=in_results("robustness/multiplicity.csv"),
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
        contents=contents(
            "estimate",
            *(cohort_file, own_analyses, DEFINITIONS, VARIABLES, ROBUSTNESS),
            *(*ANALYSES, *LAYOUTS),
        ),
    message:
        "Run the declared analyses, and test what their models assume."
    script:
        "../scripts/estimate.py"
