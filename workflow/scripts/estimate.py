"""Run the declared analyses on the derived tables."""

from pathlib import Path

from pd1_dynamics.analyses import engine
from pd1_dynamics.contract.cohort_file import definitions_of, load_cohort
from pd1_dynamics.contract.study import study_of
from pd1_dynamics.files import read_table, write_table, write_text
from pd1_dynamics.running.job import carried_out


def main(
    path_cohort,
    path_definitions,
    path_patients,
    path_therapies,
    folder_config,
    path_estimates,
    path_card,
):
    declared = study_of(path_cohort, folder_config).declared
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
            folder_config=Path(snakemake.input.variables).parent,
            path_estimates=snakemake.output.estimates,
            path_card=snakemake.output.card,
        )
