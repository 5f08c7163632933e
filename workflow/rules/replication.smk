"""Findings of the article in cohorts of real patients, one by one and pooled."""

REAL = real_cohorts()
FORESTS = list(configuration.finding_names(ROOT))
IN_REPLICATION = "results/replication"


rule replicate:
    input:
        findings=FINDINGS,
        claims=project("data/published/claims.csv"),
        cohorts=[cohort_file_of(name) for name in REAL],
        estimates=expand(in_results("estimates.csv", "{cohort}"), cohort=REAL),
        patients=expand(in_results("derived/patients.csv", "{cohort}"), cohort=REAL),
        src=code("replicate"),
    output:
        tables=expand(
            f"{IN_REPLICATION}/{{table}}.csv",
            table=["cohorts", "estimates", "pooled", "sensitivity"],
        ),
        figures=expand(
            f"{IN_REPLICATION}/figures/forest_{{finding}}.{{suffix}}",
            finding=FORESTS,
            suffix=FIGURE_FORMATS,
        ),
        captions=expand(f"{IN_REPLICATION}/figures/forest_{{finding}}.json", finding=FORESTS),
        report=f"{IN_REPLICATION}/report.html",
    log:
        f"{IN_REPLICATION}/logs/replicate.log",
    benchmark:
        f"{IN_REPLICATION}/logs/replicate.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=900,
        runtime=20,
    params:
        cohorts=REAL,
        contents=contents(
            "replicate",
            *(FINDINGS, project("data/published/claims.csv")),
            *[cohort_file_of(name) for name in REAL],
            log=f"{IN_REPLICATION}/logs/replicate.log",
        ),
    message:
        "Ask the cohorts of real patients, and pool their answers."
    script:
        "../scripts/replicate.py"
