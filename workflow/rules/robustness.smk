"""How robust the findings are: assumptions, time, choices, resamples, missing values."""

QUESTIONS = {
    "models": [
        "functional_form",
        "influence",
        "collinearity",
        "schoenfeld",
        "martingale",
        "landmark",
        "time_dependent",
        "restricted_mean",
        "visit_schedule",
        "e_values",
        "centers",
    ],
    "resamples": ["bootstrap", "selections", "comparisons", "missing_values"],
    "choices": ["rules", "agreement", "specifications", "specification_curves"],
}


rule question_models:
    input:
        cohort=cohort_file,
        definitions=DEFINITIONS,
        variables=VARIABLES,
        analyses=ANALYSES,
        layouts=LAYOUTS,
        robustness=ROBUSTNESS,
        own=own_analyses,
        patients=in_results("derived/patients.csv"),
        therapies=in_results("derived/therapies.csv"),
        response=in_results("derived/response.csv"),
        src=code("question_models"),
    output:
        expand(in_results("robustness/{table}.csv", "{{cohort}}"), table=QUESTIONS["models"]),
    log:
        in_results("logs/question_models.log"),
    benchmark:
        in_results("logs/question_models.tsv")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(1000, 100),
        runtime=60,
    params:
        contents=contents(
            "question_models",
            *(cohort_file, own_analyses, DEFINITIONS, VARIABLES, ROBUSTNESS),
            *(*ANALYSES, *LAYOUTS),
        ),
    message:
        "Ask what the models assume, and what is known when."
    script:
        "../scripts/question_models.py"


rule resample_models:
    input:
        cohort=cohort_file,
        definitions=DEFINITIONS,
        variables=VARIABLES,
        analyses=ANALYSES,
        robustness=ROBUSTNESS,
        own=own_analyses,
        patients=in_results("derived/patients.csv"),
        therapies=in_results("derived/therapies.csv"),
        response=in_results("derived/response.csv"),
        src=code("resample_models"),
    output:
        expand(in_results("robustness/{table}.csv", "{{cohort}}"), table=QUESTIONS["resamples"]),
    log:
        in_results("logs/resample_models.log"),
    benchmark:
        in_results("logs/resample_models.tsv")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(1500, 100),
        runtime=60,
    params:
        contents=contents(
            "resample_models",
            *(cohort_file, own_analyses, DEFINITIONS, VARIABLES, ROBUSTNESS, *ANALYSES),
        ),
    message:
        "Ask the models again in resamples, and with missing values imputed."
    script:
        "../scripts/resample_models.py"


rule vary_choices:
    input:
        cohort=cohort_file,
        definitions=DEFINITIONS,
        findings=FINDINGS,
        variables=VARIABLES,
        analyses=ANALYSES,
        robustness=ROBUSTNESS,
        own=own_analyses,
        tables=CLEAN,
        src=code("vary_choices"),
    output:
        expand(in_results("robustness/{table}.csv", "{{cohort}}"), table=QUESTIONS["choices"]),
    log:
        in_results("logs/vary_choices.log"),
    benchmark:
        in_results("logs/vary_choices.tsv")
    conda:
        "../../environment.yml"
    threads: 2
    resources:
        mem_mb=memory(1500, 100),
        runtime=60,
    params:
        contents=contents(
            "vary_choices",
            *(cohort_file, own_analyses, DEFINITIONS, VARIABLES, ROBUSTNESS, FINDINGS, *ANALYSES),
        ),
    message:
        "Ask the findings under every combination of choices."
    script:
        "../scripts/vary_choices.py"


PICTURES = ["schoenfeld", "martingale", "rules", *(f"specifications_{name}" for name in CURVES)]
# What a run that asks for it makes, whatever of it is there.
ROBUST = expand(
    in_results("robustness/{name}", COHORT),
    name=[
        "statements.csv",
        "section.html",
        *(f"{table}.csv" for table in sum(QUESTIONS.values(), [])),
        *(f"{picture}.{suffix}" for picture in PICTURES for suffix in FIGURE_FORMATS),
    ],
)


rule show_robustness:
    input:
        cohort=cohort_file,
        findings=FINDINGS,
        variables=VARIABLES,
        analyses=ANALYSES,
        robustness=ROBUSTNESS,
        own=own_analyses,
        tables=expand(
            in_results("robustness/{table}.csv", "{{cohort}}"),
            table=["proportional_hazards", "multiplicity", *sum(QUESTIONS.values(), [])],
        ),
        src=code("show_robustness"),
    output:
        statements=in_results("robustness/statements.csv"),
        section=in_results("robustness/section.html"),
        pictures=expand(
            in_results("robustness/{picture}.{suffix}", "{{cohort}}"),
            picture=PICTURES,
            suffix=FIGURE_FORMATS,
        ),
        data=expand(in_results("robustness/data/{picture}.csv", "{{cohort}}"), picture=PICTURES),
        captions=expand(in_results("robustness/{picture}.json", "{{cohort}}"), picture=PICTURES),
    log:
        in_results("logs/show_robustness.log"),
    benchmark:
        in_results("logs/show_robustness.tsv")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(800, 10),
        runtime=15,
    params:
        contents=contents(
            "show_robustness",
            *(cohort_file, own_analyses, VARIABLES, ROBUSTNESS, FINDINGS, *ANALYSES),
        ),
    message:
        "Show how robust the findings are."
    script:
        "../scripts/show_robustness.py"
