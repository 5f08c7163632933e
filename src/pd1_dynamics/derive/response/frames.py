"""Clean tables with all their columns, from tables that hold only what is known."""

from __future__ import annotations

import numbers
from collections.abc import Iterator

import numpy as np
import pandas as pd

from pd1_dynamics.cohort.findings import SHOWN
from pd1_dynamics.contract.columns import (
    CHECKED,
    FLAG,
    KEYS,
    RECORDED,
    SCANS,
    SCANS_AND_SAMPLES,
    TABLES,
    TEXT,
    Column,
    clean_columns,
    clean_name,
    is_whole,
)
from pd1_dynamics.contract.problems import InputError, Problem


def complete(table: pd.DataFrame | None, name: str) -> pd.DataFrame:
    """The table with every column of its kind; those that it lacks are all missing.

    A table of scans or labs without ``date`` has its days as dates. An empty last
    dose means ongoing treatment if the table has that column; without the column it is unknown.

    Examples
    --------
    >>> complete(pd.DataFrame({"patient_id": ["A"], "day": [0]}), "labs").loc[0, "date"]
    '0'
    """
    columns = clean_columns(name)
    table = pd.DataFrame() if table is None else table
    if not table.attrs.get(CHECKED):
        check(table, name)
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


UNIQUE = ("patients", *SCANS)
"""Tables whose rows must not share their key. (Of two samples on one day the higher counts.)"""


def check(table: pd.DataFrame, name: str) -> None:
    """Refuse a table that departs from the data contract.

    Raises
    ------
    InputError
        All departures: a column of days that is missing or holds no whole numbers, words that the
        contract does not know, text where numbers belong, and rows that share their key.
    """
    found = list(_departures(table, name))
    if found:
        raise InputError(found, heading=f"The table {name} cannot be used")


def _departures(table: pd.DataFrame, name: str) -> Iterator[Problem]:
    if not len(table):
        return
    if "patient_id" not in table:
        yield Problem(name, "no such column", "a column patient_id", "patient_id")
    if name in SCANS_AND_SAMPLES and "day" not in table:
        there = " (there is a column date)" if "date" in table else ""
        expected = f"a column day, whole days from the first dose{there}"
        yield Problem(name, "no such column", expected, "day")
    for column, contract in TABLES[name].items():
        clean = clean_name(name, column)
        if clean not in table or column == "treatment_start":
            continue
        values = table[clean]
        if contract.levels:
            known = set(contract.levels)
            others = [v for v in pd.unique(values.dropna()) if str(v) not in known]
            for value in others[:SHOWN]:
                row = int(np.flatnonzero((values == value).to_numpy())[0]) + 1
                yield Problem(name, repr(value), contract.expected, clean, row)
        elif contract.kind != TEXT:
            yield from _numbers(values, name, clean, contract)
    key = [clean_name(name, part) for part in KEYS.get(name, ())]
    key = [part for part in key if part in table]
    needed = {"patient_id", *(part for part in key if part != "reader")}
    if name in UNIQUE and needed <= set(table):
        twice = table.duplicated(key).to_numpy()
        if twice.any():
            words = f"{int(twice.sum())} rows that share {', '.join(key)} with an earlier one"
            expected = f"one row for each {', '.join(key)}"
            yield Problem(name, words, expected, row=int(np.flatnonzero(twice)[0]) + 1)


def _numbers(values: pd.Series, name: str, clean: str, contract: Column) -> Iterator[Problem]:
    found = pd.to_numeric(values, errors="coerce")
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        found = pd.Series(np.nan, index=values.index)
    whole = is_whole(name, clean)
    wrong = found.isna() & values.notna()
    if whole:
        wrong |= found.notna() & (found % 1 != 0)
    if contract.kind == FLAG:
        wrong |= found.notna() & ~found.isin([0, 1])
    if contract.minimum is not None:
        wrong |= found < contract.minimum
    if contract.below is not None:
        wrong |= found >= contract.below
    if clean == "day":
        wrong |= values.isna()
    flags = wrong.to_numpy(dtype=bool, na_value=False)
    if flags.any():
        row = int(np.flatnonzero(flags)[0])
        value = values.iloc[row]
        expected = "a whole number of days" if clean.endswith("day") else contract.expected
        shown = "nothing" if pd.isna(value) else _shown(value)
        more = f" (and {int(flags.sum()) - 1} more)" if flags.sum() > 1 else ""
        yield Problem(name, f"{shown}{more}", expected, clean, row + 1)


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, numbers.Real) else repr(str(value))


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
