"""Derive the tables of a part of the patients."""

from pathlib import Path

from pd1_dynamics.contract.cohort_file import definitions_of
from pd1_dynamics.derive.parts import derive_files
from pd1_dynamics.running.job import carried_out


def main(part, parts, path_cohort, path_definitions, path_tables, path_derived):
    derive_files(
        {Path(path).stem: path for path in path_tables},
        definitions_of(path_cohort, path_definitions),
        path_derived,
        part,
        parts,
    )


if __name__ == "__main__":
    with carried_out(snakemake):
        part, parts = map(int, snakemake.wildcards.scatteritem.split("-of-"))
        main(
            part=part,
            parts=parts,
            path_cohort=snakemake.input.cohort,
            path_definitions=snakemake.input.definitions,
            path_tables=snakemake.input.tables,
            path_derived={
                "response": snakemake.output.response,
                "patients": snakemake.output.patients,
                "therapies": snakemake.output.therapies,
            },
        )
