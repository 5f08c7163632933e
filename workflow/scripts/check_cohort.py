"""Check the tables of a cohort; note how many rows each has."""

import pandas as pd

from pd1_dynamics.cohort import cleaning
from pd1_dynamics.contract.cohort_file import definitions_of, load_cohort
from pd1_dynamics.files import write_table
from pd1_dynamics.running.job import carried_out


def main(path_cohort, path_definitions, path_checked):
    chosen = definitions_of(path_cohort, path_definitions)
    tables = cleaning.clean(load_cohort(path_cohort), chosen).tables
    rows = {"table": list(tables), "rows": [len(table) for table in tables.values()]}
    write_table(pd.DataFrame(rows), path_checked)


if __name__ == "__main__":
    with carried_out(snakemake):
        main(
            path_cohort=snakemake.input.cohort,
            path_definitions=snakemake.input.definitions,
            path_checked=snakemake.output.checked,
        )
