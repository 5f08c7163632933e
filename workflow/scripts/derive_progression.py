"""Derive progression patterns, LDH dynamics, survival and later therapies."""

from pd1_dynamics.cohort import read_clean
from pd1_dynamics.contract.cohort_file import definitions_of
from pd1_dynamics.derive import progression
from pd1_dynamics.files import read_table, write_table
from pd1_dynamics.running.job import carried_out


def main(
    path_cohort,
    path_definitions,
    path_tables,
    path_response,
    path_response_patients,
    path_patients,
    path_therapies,
):
    patients, assessments, lesions, labs, therapies = read_clean(path_tables)
    by_patient, later = progression.derive(
        patients,
        assessments,
        lesions,
        labs,
        therapies,
        read_table(path_response),
        read_table(path_response_patients),
        definitions_of(path_cohort, path_definitions),
    )
    write_table(by_patient, path_patients)
    write_table(later, path_therapies)


if __name__ == "__main__":
    with carried_out(snakemake):
        main(
            path_cohort=snakemake.input.cohort,
            path_definitions=snakemake.input.definitions,
            path_tables=snakemake.input.tables,
            path_response=snakemake.input.response,
            path_response_patients=snakemake.input.response_patients,
            path_patients=snakemake.output.patients,
            path_therapies=snakemake.output.therapies,
        )
