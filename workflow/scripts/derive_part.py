"""Derive the tables of a part of the patients."""

from pathlib import Path

from pd1_dynamics.cohort.clean_tables import read_part
from pd1_dynamics.contract.cohort_file import definitions_of
from pd1_dynamics.derive import derive
from pd1_dynamics.derive.parts import known_of_files
from pd1_dynamics.files import write_table
from pd1_dynamics.running.job import carried_out


def main(
    part,
    parts,
    path_cohort,
    path_definitions,
    path_tables,
    path_response,
    path_patients,
    path_therapies,
):
    paths = {Path(path).stem: path for path in path_tables}
    derived = derive(
        read_part(paths, part, parts),
        definitions_of(path_cohort, path_definitions),
        known_of_files(paths),
    )
    write_table(derived.response, path_response)
    write_table(derived.patients, path_patients)
    write_table(derived.therapies, path_therapies)


if __name__ == "__main__":
    with carried_out(snakemake):
        part, parts = map(int, snakemake.wildcards.scatteritem.split("-of-"))
        main(
            part=part,
            parts=parts,
            path_cohort=snakemake.input.cohort,
            path_definitions=snakemake.input.definitions,
            path_tables=snakemake.input.tables,
            path_response=snakemake.output.response,
            path_patients=snakemake.output.patients,
            path_therapies=snakemake.output.therapies,
        )
