"""Clean the tables of a cohort."""

from pathlib import Path

from pd1_dynamics.cohort import cleaning
from pd1_dynamics.contract.cohort_file import definitions_of, load_cohort
from pd1_dynamics.running.job import carried_out


def main(path_cohort, path_definitions, folder):
    chosen = definitions_of(path_cohort, path_definitions)
    cleaning.write(cleaning.clean(load_cohort(path_cohort), chosen), folder)


if __name__ == "__main__":
    with carried_out(snakemake):
        main(
            path_cohort=snakemake.input.cohort,
            path_definitions=snakemake.input.definitions,
            folder=Path(snakemake.output.notes).parent,
        )
