"""Clean tables with all their columns, from tables that hold only what is known."""

from __future__ import annotations

import pandas as pd

from pd1_dynamics.cohort.columns import TEXT, clean_columns


def complete(table: pd.DataFrame | None, name: str) -> pd.DataFrame:
    """The table with every column of its kind; those that it lacks are all missing.

    A table of scans or labs without ``date`` has its days as dates.

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
        column: pd.Series([None] * len(table), index=table.index, dtype=object)
        if columns[column] == TEXT
        else pd.Series(float("nan"), index=table.index, dtype=float)
        for column in lacking
    }
    if "date" in added and "day" in table:
        added["date"] = table["day"].astype(int).astype(str).astype(object)
    return table.assign(**added)


def complete_all(
    patients: pd.DataFrame | None, **tables: pd.DataFrame | None
) -> tuple[pd.DataFrame, ...]:
    """Patients and the named tables, each complete; without patients, those of the other tables."""
    completed = {name: complete(table, name) for name, table in tables.items()}
    if patients is None:
        named = [table["patient_id"] for table in completed.values()]
        found = pd.concat(named).drop_duplicates().sort_values()
        patients = pd.DataFrame({"patient_id": found.to_numpy(dtype=object)})
    return complete(patients, "patients"), *completed.values()
