"""The default cohort made, and others like it: calibrated to the ledger, from a seed."""

MADE = ("derived_patients", "estimates", "comparison", "targets", *CLEAN_TABLES)
SEEDS = (1, 2, 3, 4, 5)
FIDELITY = ("distributions", "trajectories", "correlations", "held_out")


rule make_synthetic_cohort:
    # The tables are part of the project: only a request, or a change of the seed, makes them anew,
    # never the mere age of a file. That is why inputs are ancient, and why this is a command.
    input:
        description=ancient("config/synthetic.yaml"),
        claims=ancient("data/published/claims.csv"),
        src=ancient(package("synthetic", "calibration")),
    output:
        tables=expand("data/synthetic/{table}.csv", table=CLEAN_TABLES),
        dictionary="data/synthetic/README.md",
    log:
        "results/logs/make_synthetic_cohort.log",
    conda:
        "../../environment.yml"
    message:
        "Make the synthetic cohort from its description, the ledger and its seed (ten minutes)."
    shell:
        "python workflow/scripts/make_synthetic_cohort.py data/synthetic 2>&1 | tee {log} >&2"


rule make_family_member:
    # Another seed: a cohort that has the same published numbers.
    input:
        description="config/synthetic.yaml",
        claims="data/published/claims.csv",
        src=package("synthetic", "calibration"),
    output:
        expand("results/family/{{seed}}/{table}.csv", table=MADE),
    log:
        "results/family/{seed}/make_family_member.log",
    conda:
        "../../environment.yml"
    message:
        "Make the synthetic cohort of seed {wildcards.seed} (ten minutes)."
    shell:
        "python workflow/scripts/make_synthetic_cohort.py results/family/{wildcards.seed}"
        " {wildcards.seed} 2>&1 | tee {log} >&2"


rule hold_out:
    # A tenth of the targets left out: how near are the published numbers that nobody aimed at?
    input:
        description="config/synthetic.yaml",
        claims="data/published/claims.csv",
        src=package("synthetic", "calibration"),
    output:
        expand("results/held_out/{{seed}}/{table}.csv", table=MADE),
    log:
        "results/held_out/{seed}/hold_out.log",
    conda:
        "../../environment.yml"
    message:
        "Make the synthetic cohort of seed {wildcards.seed} without a tenth of its targets."
    shell:
        "python workflow/scripts/make_synthetic_cohort.py results/held_out/{wildcards.seed}"
        " {wildcards.seed} 0.1 2>&1 | tee {log} >&2"


rule judge_synthetic_cohort:
    # What the published numbers leave open, and how far the cohort can be trusted with what was
    # not a target. It takes an hour: `make judgement` keeps it beside the cohort.
    input:
        claims="data/published/claims.csv",
        patients=expand("results/family/{seed}/derived_patients.csv", seed=SEEDS),
        family=expand("results/family/{seed}/comparison.csv", seed=SEEDS),
        held_out=expand("results/held_out/{seed}/comparison.csv", seed=SEEDS[:1]),
        src=package("synthetic"),
    output:
        family="results/judged/family.csv",
        held_out="results/judged/held_out.csv",
    log:
        "results/logs/judge_synthetic_cohort.log",
    conda:
        "../../environment.yml"
    message:
        "Compare the cohorts of several seeds, and those that lacked some targets."
    script:
        "../scripts/judge_synthetic_cohort.py"


rule draw_fidelity:
    input:
        patients=in_results("derived/patients.csv", "synthetic"),
        response=in_results("derived/response.csv", "synthetic"),
        held_out="data/synthetic/held_out.csv",
        src=package("figures"),
    output:
        svg="results/synthetic/fidelity/{picture}.svg",
        pdf="results/synthetic/fidelity/{picture}.pdf",
        png="results/synthetic/fidelity/{picture}.png",
        caption="results/synthetic/fidelity/{picture}.json",
    log:
        "results/synthetic/logs/draw_fidelity.{picture}.log",
    benchmark:
        "results/synthetic/logs/draw_fidelity.{picture}.tsv"
    wildcard_constraints:
        picture="|".join(FIDELITY),
    conda:
        "../../environment.yml"
    message:
        "Draw what the synthetic cohort is like: {wildcards.picture}."
    script:
        "../scripts/draw_fidelity.py"


rule write_fidelity:
    input:
        comparison=in_results("published/comparison.csv", "synthetic"),
        held_out="data/synthetic/held_out.csv",
        family="data/synthetic/family.csv",
        pictures=expand("results/synthetic/fidelity/{picture}.svg", picture=FIDELITY),
        captions=expand("results/synthetic/fidelity/{picture}.json", picture=FIDELITY),
        src=package("report", "statistics"),
    output:
        page=report(
            "results/synthetic/fidelity.html",
            caption="../report/fidelity.rst",
            category="Report",
        ),
    log:
        "results/synthetic/logs/write_fidelity.log",
    benchmark:
        "results/synthetic/logs/write_fidelity.tsv"
    conda:
        "../../environment.yml"
    message:
        "Write how far the synthetic cohort can be trusted."
    script:
        "../scripts/write_fidelity.py"
