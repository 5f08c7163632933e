"""Lay out the tables from the estimates."""

from pathlib import Path

from pd1_dynamics.analyses.estimates import read_estimates
from pd1_dynamics.contract.codebook import load_codebook
from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.files import write_text
from pd1_dynamics.outputs import tables
from pd1_dynamics.running.job import carried_out


def main(path_cohort, path_estimates, path_variables, folder_layouts, folder):
    described = load_cohort(path_cohort)
    made = tables.make(
        read_estimates(path_estimates),
        tables.load(folder_layouts),
        load_codebook(path_variables),
        synthetic=described.synthetic,
        about=described.about,
    )
    for table in made:
        tables.write(table, folder)
    write_text(described.card(), folder / "README.txt")


if __name__ == "__main__":
    with carried_out(snakemake):
        main(
            path_cohort=snakemake.input.cohort,
            path_estimates=snakemake.input.estimates,
            path_variables=snakemake.input.variables,
            folder_layouts=Path(snakemake.input.layouts[0]).parent,
            folder=Path(snakemake.output[0]).parent,
        )
