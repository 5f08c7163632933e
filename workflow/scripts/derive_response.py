"""Derive RECIST 1.1 responses and tumor dynamics from the clean tables."""

from pd1_dynamics.cohort import read_clean
from pd1_dynamics.contract.cohort_file import definitions_of
from pd1_dynamics.derive import response
from pd1_dynamics.files import write_table
from pd1_dynamics.running.job import carried_out


def main(path_cohort, path_definitions, path_tables, path_response, path_patients):
    patients, assessments, lesions, _, therapies = read_clean(path_tables)
    time_points, by_patient = response.derive(
        patients, assessments, lesions, therapies, definitions_of(path_cohort, path_definitions)
    )
    write_table(time_points, path_response)
    write_table(by_patient, path_patients)


if __name__ == "__main__":
    with carried_out(snakemake):
        main(
            path_cohort=snakemake.input.cohort,
            path_definitions=snakemake.input.definitions,
            path_tables=snakemake.input.tables,
            path_response=snakemake.output.response,
            path_patients=snakemake.output.patients,
        )
