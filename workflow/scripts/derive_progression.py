"""Derive progression patterns, LDH dynamics, survival and later therapies."""

from pd1_dynamics import configuration, progression
from pd1_dynamics.cohort import read_clean
from pd1_dynamics.files import read_table, write_table
from pd1_dynamics.job import logged


def main(cohort, path_tables, path_response, path_response_patients, path_patients, path_therapies):
    patients, assessments, lesions, labs, therapies = read_clean(path_tables)
    by_patient, later = progression.derive(
        patients,
        assessments,
        lesions,
        labs,
        therapies,
        read_table(path_response),
        read_table(path_response_patients),
        configuration.definitions_of(cohort),
    )
    write_table(by_patient, path_patients)
    write_table(later, path_therapies)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            cohort=snakemake.wildcards.cohort,
            path_tables=snakemake.input.tables,
            path_response=snakemake.input.response,
            path_response_patients=snakemake.input.response_patients,
            path_patients=snakemake.output.patients,
            path_therapies=snakemake.output.therapies,
        )
