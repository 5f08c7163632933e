"""What the pipeline itself makes of a synthetic cohort: its derived tables and estimates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from pd1_dynamics.cohort import cleaning
from pd1_dynamics.contract import definitions
from pd1_dynamics.contract.cohort_file import Cohort, File
from pd1_dynamics.derive import derive
from pd1_dynamics.files import write_table


def derived(tables: Mapping[str, pd.DataFrame], description: Cohort) -> tuple:
    """``derived/patients.csv`` and ``derived/therapies.csv`` of tables that are not yet files.

    Parameters
    ----------
    tables
        Tables of the data contract, by name.
    description
        The cohort's description; its tables are read from these instead.
    """
    with TemporaryDirectory() as folder:
        sources = {}
        for name, table in tables.items():
            if table.empty:
                continue
            path = Path(folder) / f"{name}.csv"
            write_table(table, path)
            sources[name] = replace(description.tables[name], file=File(str(path)))
        clean = cleaning.clean(replace(description, tables=sources)).tables
    made = derive(clean, definitions.load(settings=description.settings))
    return made.patients, made.therapies
