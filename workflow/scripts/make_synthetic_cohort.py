"""Make the synthetic cohort's tables and data dictionary from its description."""

from pathlib import Path

from pd1_dynamics import synthetic
from pd1_dynamics.job import logged


def main(path_description, folder):
    description = synthetic.load(path_description)
    tables = synthetic.generate(description, description["seed"], synthetic.report_progress)
    synthetic.write(tables, folder)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            path_description=snakemake.input.description,
            folder=Path(snakemake.output.dictionary).parent,
        )
