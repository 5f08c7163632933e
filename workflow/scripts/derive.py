"""Derive responses, progression and resistance from the clean tables."""

from pathlib import Path

from pd1_dynamics import derive
from pd1_dynamics.cohort.clean_tables import read_clean
from pd1_dynamics.contract.cohort_file import definitions_of, load_cohort
from pd1_dynamics.files import write_table, write_text
from pd1_dynamics.running.job import carried_out


def main(
    path_cohort,
    path_definitions,
    path_tables,
    path_response,
    path_patients,
    path_therapies,
    path_card,
):
    names = [Path(path).stem for path in path_tables]
    tables = dict(zip(names, read_clean(path_tables), strict=True))
    derived = derive.derive(tables, definitions_of(path_cohort, path_definitions))
    write_table(derived.response, path_response)
    write_table(derived.patients, path_patients)
    write_table(derived.therapies, path_therapies)
    write_text(load_cohort(path_cohort).card(patient_level=True), path_card)


if __name__ == "__main__":
    with carried_out(snakemake):
        main(
            path_cohort=snakemake.input.cohort,
            path_definitions=snakemake.input.definitions,
            path_tables=snakemake.input.tables,
            path_response=snakemake.output.response,
            path_patients=snakemake.output.patients,
            path_therapies=snakemake.output.therapies,
            path_card=snakemake.output.card,
        )
