"""Radiological dynamics and resistance types under anti-PD-1 monotherapy, from tables to paper."""

from snakemake.utils import min_version

min_version("9.0")


configfile: f"{workflow.current_basedir.get_path_or_uri(secret_free=True)}/config/config.yaml"


report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/cohort.smk"
include: "workflow/rules/derive.smk"
include: "workflow/rules/analyses.smk"
include: "workflow/rules/robustness.smk"
include: "workflow/rules/tables.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/published.smk"
include: "workflow/rules/artifact.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/review.smk"
include: "workflow/rules/replication.smk"
include: "workflow/rules/generator.smk"


rule all:
    default_target: True
    input:
        in_results("report.html", COHORT),
        in_results("review.html", COHORT),
        in_results("report/methods.md", COHORT),
        in_results("report/checklist.md", COHORT),
        in_results("ro-crate-metadata.json", COHORT),
        [in_results("fidelity.html", COHORT)] if COHORT == "synthetic" else [],
        ROBUST if config.get("robustness") else [],
        in_results("robustness/proportional_hazards.csv", COHORT),
        in_results("robustness/multiplicity.csv", COHORT),
        in_results("derived/response.csv", COHORT),
        in_results("derived/patients.csv", COHORT),
        in_results("estimates.csv", COHORT),
        in_results("published/comparison.csv", COHORT),
        in_results("published/audit.csv", COHORT),
        in_results("published/claims.md", COHORT),
        expand(in_results("tables/{table}.{suffix}", COHORT), table=TABLES, suffix=TABLE_FORMATS),
        expand(
            in_results("figures/{figure}.{suffix}", COHORT), figure=FIGURES, suffix=FIGURE_FORMATS
        ),


rule crate:
    input:
        in_results("crate.zip", COHORT),


onstart:
    for name in configuration.folders_made(workflow.dag_settings.targets, COHORT, REAL):
        if not turn.take(in_results("", name)):
            messages.stop(
                f"Cohort {name} is being made by another run: wait until it has ended, or stop it."
            )


onsuccess:
    print(configuration.where_results_lie(COHORT, workflow.dag_settings.targets))
