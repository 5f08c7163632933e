"""Clean tables with all their columns, from tables that hold only what is known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pd1_dynamics.cohort.columns import RECORDED, TEXT, clean_columns


def complete(table: pd.DataFrame | None, name: str) -> pd.DataFrame:
    """The table with every column of its kind; those that it lacks are all missing.

    A table of scans or labs without ``date`` has its days as dates. Patients with a column of last
    doses whose cell is empty are still treated; without the column nobody knows.

    Examples
    --------
    >>> complete(pd.DataFrame({"patient_id": ["A"], "day": [0]}), "labs").loc[0, "date"]
    '0'
    """
    columns = clean_columns(name)
    table = pd.DataFrame() if table is None else table
    lacking = [column for column in columns if column not in table]
    if not lacking:
        return table
    added = {
        column: _no_text(table, name)
        if columns[column] == TEXT
        else pd.Series(float("nan"), index=table.index, dtype=float)
        for column in lacking
    }
    for given, flag in RECORDED.items():
        if flag in added:
            added[flag] = pd.Series(float(given in table), index=table.index)
    if "date" in added and "day" in table:
        days, place = np.unique(table["day"].to_numpy(dtype=np.int64), return_inverse=True)
        added["date"] = pd.Series(days.astype(str).astype(object)[place], index=table.index)
    return table.assign(**added)


def _no_text(table: pd.DataFrame, name: str) -> pd.Series:
    """A column of text without any; as categories where a table has many rows a patient."""
    if name in ("assessments", "lesions"):
        none = pd.Categorical.from_codes(np.full(len(table), -1, dtype=np.int8), categories=[])
        return pd.Series(none, index=table.index)
    return pd.Series([None] * len(table), index=table.index, dtype=object)


def complete_all(
    patients: pd.DataFrame | None, **tables: pd.DataFrame | None
) -> tuple[pd.DataFrame, ...]:
    """Patients and the named tables, each complete; without patients, those of the other tables."""
    completed = {name: complete(table, name) for name, table in tables.items()}
    if patients is None:
        named = [table["patient_id"] for table in completed.values()]
        found = pd.unique(np.concatenate([pd.unique(ids).astype(object) for ids in named]))
        patients = pd.DataFrame({"patient_id": np.sort(found)})
    return complete(patients, "patients"), *completed.values()
