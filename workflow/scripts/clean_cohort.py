"""Clean the tables of a cohort."""

from pathlib import Path

from pd1_dynamics import cohort
from pd1_dynamics.job import logged


def main(path_cohort, folder):
    description = cohort.load_cohort(path_cohort)
    cohort.write(cohort.clean(description), folder)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(path_cohort=snakemake.input.cohort, folder=Path(snakemake.output.notes).parent)
