"""Classify resistance, and join everything that is known of each patient."""

from pd1_dynamics import configuration, resistance
from pd1_dynamics.files import read_table, write_table
from pd1_dynamics.job import logged


def main(
    cohort,
    path_patients,
    path_assessments,
    path_response,
    path_response_patients,
    path_progression_patients,
    path_derived,
):
    derived = resistance.derive(
        read_table(path_patients),
        read_table(path_assessments),
        read_table(path_response),
        read_table(path_response_patients),
        read_table(path_progression_patients),
        configuration.definitions_of(cohort),
    )
    write_table(derived, path_derived)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            cohort=snakemake.wildcards.cohort,
            path_patients=snakemake.input.patients,
            path_assessments=snakemake.input.assessments,
            path_response=snakemake.input.response,
            path_response_patients=snakemake.input.response_patients,
            path_progression_patients=snakemake.input.progression_patients,
            path_derived=snakemake.output.patients,
        )
