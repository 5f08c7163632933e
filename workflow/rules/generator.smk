"""The default cohort made, and others like it: calibrated to the ledger, from a seed.

Everything is made under ``results/calibration``; what becomes part of the project is copied from
there by the Makefile (``make cohort``, ``make judgement``). No rule writes a tracked file.
"""

MADE = ("derived_patients", "estimates", "comparison", "targets", *CLEAN_TABLES)
SEEDS = (1, 2, 3, 4, 5)
FIDELITY = ("distributions", "trajectories", "correlations", "held_out")
DESCRIPTION = project("config/synthetic.yaml")
CALIBRATION = "results/calibration"


rule make_family_member:
    # A cohort that has the published numbers: the committed one has the seed of the description.
    input:
        description=DESCRIPTION,
        variables=VARIABLES,
        analyses=ANALYSES,
        definitions=DEFINITIONS,
        published=PUBLISHED,
        src=code("make_synthetic_cohort"),
    output:
        tables=expand(f"{CALIBRATION}/family/{{{{seed}}}}/{{table}}.csv", table=MADE),
        dictionary=f"{CALIBRATION}/family/{{seed}}/README.md",
    log:
        f"{CALIBRATION}/logs/family.{{seed}}.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=120,
    params:
        contents=contents(
            "make_synthetic_cohort",
            *(DESCRIPTION, VARIABLES, *ANALYSES, DEFINITIONS, *PUBLISHED),
            log=f"{CALIBRATION}/logs/family.{{seed}}.log",
        ),
        left_out=0,
    message:
        "Make the synthetic cohort of seed {wildcards.seed} (ten minutes)."
    script:
        "../scripts/make_synthetic_cohort.py"


use rule make_family_member as hold_out with:
    # A tenth of the targets left out: how near are the published numbers that nobody aimed at?
    output:
        tables=expand(f"{CALIBRATION}/held_out/{{{{seed}}}}/{{table}}.csv", table=MADE),
        dictionary=f"{CALIBRATION}/held_out/{{seed}}/README.md",
    log:
        f"{CALIBRATION}/logs/held_out.{{seed}}.log",
    params:
        contents=contents(
            "make_synthetic_cohort",
            *(DESCRIPTION, VARIABLES, *ANALYSES, DEFINITIONS, *PUBLISHED),
            log=f"{CALIBRATION}/logs/held_out.{{seed}}.log",
        ),
        left_out=0.1,
    message:
        "Make the synthetic cohort of seed {wildcards.seed} without a tenth of its targets."


rule judge_synthetic_cohort:
    # What the published numbers leave open, and how far the cohort can be trusted with what was
    # not a target. It takes an hour: `make judgement` keeps it beside the cohort.
    input:
        claims=PUBLISHED[0],
        patients=expand(f"{CALIBRATION}/family/{{seed}}/derived_patients.csv", seed=SEEDS),
        family=expand(f"{CALIBRATION}/family/{{seed}}/comparison.csv", seed=SEEDS),
        held_out=expand(f"{CALIBRATION}/held_out/{{seed}}/comparison.csv", seed=SEEDS[:1]),
        src=code("judge_synthetic_cohort"),
    output:
        family=f"{CALIBRATION}/judged/family.csv",
        held_out=f"{CALIBRATION}/judged/held_out.csv",
    log:
        f"{CALIBRATION}/logs/judge_synthetic_cohort.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1500,
        runtime=30,
    params:
        contents=contents(
            "judge_synthetic_cohort",
            PUBLISHED[0],
            log=f"{CALIBRATION}/logs/judge_synthetic_cohort.log",
        ),
    message:
        "Compare the cohorts of several seeds, and those that lacked some targets."
    script:
        "../scripts/judge_synthetic_cohort.py"


rule show_fidelity:
    input:
        patients=in_results("derived/patients.csv", "synthetic"),
        response=in_results("derived/response.csv", "synthetic"),
        comparison=in_results("published/comparison.csv", "synthetic"),
        held_out=project("data/synthetic/held_out.csv"),
        family=project("data/synthetic/family.csv"),
        src=code("show_fidelity"),
    output:
        page=report(
            in_results("fidelity.html", "synthetic"),
            caption="../report/fidelity.rst",
            category="Report",
        ),
        captions=expand(in_results("fidelity/{picture}.json", "synthetic"), picture=FIDELITY),
        pictures=expand(
            in_results("fidelity/{picture}.{suffix}", "synthetic"),
            picture=FIDELITY,
            suffix=FIGURE_FORMATS,
        ),
    log:
        in_results("logs/show_fidelity.log", "synthetic"),
    benchmark:
        in_results("logs/show_fidelity.tsv", "synthetic")
    priority: -1  # nothing waits for it
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        contents=contents(
            "show_fidelity",
            project("data/synthetic/held_out.csv"),
            project("data/synthetic/family.csv"),
            log=in_results("logs/show_fidelity.log", "synthetic"),
        ),
    message:
        "Show how far the synthetic cohort can be trusted."
    script:
        "../scripts/show_fidelity.py"
