"""Make a synthetic cohort from its description, the ledger and a seed.

Beside the tables and their dictionary lie ``targets.csv`` (by how much the search missed each
target) and what the pipeline finds in the cohort.
"""

from pathlib import Path

from pd1_dynamics.files import write_table
from pd1_dynamics.running.job import carried_out


def main(root, seed, left_out, folder):
    study = synthetic.load_study(root)
    targets = study.targets_without(left_out, seed) if left_out else study.targets
    made = synthetic.generate(study, seed, targets, synthetic.report_progress)
    synthetic.write(made.tables, folder, study.cohort.contract)
    write_table(made.missed, folder / "targets.csv")
    write_table(made.patients, folder / "derived_patients.csv")
    write_table(made.estimates, folder / "estimates.csv")
    write_table(study.compare(made.estimates, targets), folder / "comparison.csv")


if __name__ == "__main__":
    with carried_out(snakemake):
        main(
            root=Path(snakemake.input.description).parents[1],
            seed=int(snakemake.wildcards.seed),
            left_out=snakemake.params.left_out,
            folder=Path(snakemake.output.dictionary).parent,
        )
