"""Lay out the tables from the estimates."""

from pathlib import Path

from pd1_dynamics.analyses.estimates import read_estimates
from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.contract.study import load_study
from pd1_dynamics.files import read_table, write_table, write_text
from pd1_dynamics.outputs import tables
from pd1_dynamics.running.job import carried_out


def main(path_cohort, path_estimates, path_hazards, path_multiplicity, folder_config, folder):
    described = load_cohort(path_cohort)
    study = load_study(described, folder_config)
    made = tables.make(
        read_estimates(path_estimates),
        study.tables,
        study.declared.codebook,
        synthetic=described.synthetic,
        about=described.about,
        tested=tables.Tested(read_table(path_hazards), read_table(path_multiplicity)),
    )
    for table in made:
        tables.write(table, folder)
    write_table(tables.sources(made), folder / "sources.csv")
    write_text(described.card(), folder / "README.txt")


if __name__ == "__main__":
    with carried_out(snakemake):
        main(
            path_cohort=snakemake.input.cohort,
            path_estimates=snakemake.input.estimates,
            path_hazards=snakemake.input.hazards,
            path_multiplicity=snakemake.input.multiplicity,
            folder_config=Path(snakemake.input.variables).parent,
            folder=Path(snakemake.output[0]).parent,
        )
