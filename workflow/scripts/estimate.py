"""Run the declared analyses on the derived tables."""

from pathlib import Path

from pd1_dynamics.analyses import engine
from pd1_dynamics.contract import loading
from pd1_dynamics.contract.cohort_file import definitions_of, load_cohort
from pd1_dynamics.files import read_table, write_table, write_text
from pd1_dynamics.running.job import carried_out


def main(
    path_cohort,
    path_definitions,
    path_patients,
    path_therapies,
    path_variables,
    folder_analyses,
    path_estimates,
    path_card,
):
    declared = loading.load(path_variables, folder_analyses)
    publish = definitions_of(path_cohort, path_definitions)["publish"]
    estimates = engine.run(
        read_table(path_patients), read_table(path_therapies), declared, publish["smallest_cell"]
    )
    write_table(estimates, path_estimates)
    write_text(load_cohort(path_cohort).card(), path_card)


if __name__ == "__main__":
    with carried_out(snakemake):
        main(
            path_cohort=snakemake.input.cohort,
            path_definitions=snakemake.input.definitions,
            path_patients=snakemake.input.patients,
            path_therapies=snakemake.input.therapies,
            path_variables=snakemake.input.variables,
            folder_analyses=Path(snakemake.input.analyses[0]).parent,
            path_estimates=snakemake.output.estimates,
            path_card=snakemake.output.card,
        )
