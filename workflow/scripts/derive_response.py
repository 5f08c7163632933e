"""Derive RECIST 1.1 responses and tumor dynamics from the clean tables."""

from pd1_dynamics import configuration, response
from pd1_dynamics.cohort import read_clean
from pd1_dynamics.files import write_table
from pd1_dynamics.job import logged


def main(cohort, path_tables, path_response, path_patients):
    patients, assessments, lesions, _, therapies = read_clean(path_tables)
    time_points, by_patient = response.derive(
        patients, assessments, lesions, therapies, configuration.definitions_of(cohort)
    )
    write_table(time_points, path_response)
    write_table(by_patient, path_patients)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            cohort=snakemake.wildcards.cohort,
            path_tables=snakemake.input.tables,
            path_response=snakemake.output.response,
            path_patients=snakemake.output.patients,
        )
