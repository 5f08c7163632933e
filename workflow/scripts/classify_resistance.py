"""Classify resistance, and join everything that is known of each patient."""

from pd1_dynamics.cohort import read_clean
from pd1_dynamics.contract.cohort_file import definitions_of, load_cohort
from pd1_dynamics.derive import resistance
from pd1_dynamics.files import read_table, write_table, write_text
from pd1_dynamics.running.job import carried_out


def main(
    path_cohort,
    path_definitions,
    path_patients,
    path_assessments,
    path_response,
    path_response_patients,
    path_progression_patients,
    path_derived,
    path_card,
):
    derived = resistance.derive(
        *read_clean([path_patients, path_assessments]),
        read_table(path_response),
        read_table(path_response_patients),
        read_table(path_progression_patients),
        definitions_of(path_cohort, path_definitions),
    )
    write_table(derived, path_derived)
    write_text(load_cohort(path_cohort).card(patient_level=True), path_card)


if __name__ == "__main__":
    with carried_out(snakemake):
        main(
            path_cohort=snakemake.input.cohort,
            path_definitions=snakemake.input.definitions,
            path_patients=snakemake.input.patients,
            path_assessments=snakemake.input.assessments,
            path_response=snakemake.input.response,
            path_response_patients=snakemake.input.response_patients,
            path_progression_patients=snakemake.input.progression_patients,
            path_derived=snakemake.output.patients,
            path_card=snakemake.output.card,
        )
