"""Check the tables of a cohort; note how many rows each has."""

import pandas as pd

from pd1_dynamics import cohort
from pd1_dynamics.files import write_table
from pd1_dynamics.job import logged


def main(path_cohort, path_checked):
    tables = cohort.clean(cohort.load_cohort(path_cohort)).tables
    rows = {"table": list(tables), "rows": [len(table) for table in tables.values()]}
    write_table(pd.DataFrame(rows), path_checked)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(path_cohort=snakemake.input.cohort, path_checked=snakemake.output.checked)
