"""Derive responses, progression and resistance from the clean tables."""

from pathlib import Path

from pd1_dynamics.contract.cohort_file import definitions_of, load_cohort
from pd1_dynamics.derive.parts import derive_files
from pd1_dynamics.files import write_text
from pd1_dynamics.running.job import carried_out


def main(path_cohort, path_definitions, path_tables, path_derived, path_card, threads):
    derive_files(
        {Path(path).stem: path for path in path_tables},
        definitions_of(path_cohort, path_definitions),
        path_derived,
        workers=threads,
    )
    write_text(load_cohort(path_cohort).card(patient_level=True), path_card)


if __name__ == "__main__":
    with carried_out(snakemake):
        main(
            path_cohort=snakemake.input.cohort,
            path_definitions=snakemake.input.definitions,
            path_tables=snakemake.input.tables,
            path_derived={
                "response": snakemake.output.response,
                "patients": snakemake.output.patients,
                "therapies": snakemake.output.therapies,
            },
            path_card=snakemake.output.card,
            threads=snakemake.threads,
        )
