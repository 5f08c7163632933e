"""From columns of a table to arrays, and steps along the visits of many patients at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd


def match_patients(patient_id: pd.Series, ids: pd.Series, table: str) -> np.ndarray:
    """Position of each row's patient in the patients table.

    Parameters
    ----------
    patient_id
        The patients, each once.
    ids
        Patient of each row of another table. Neighbouring rows of one patient cost one look-up.
    table
        Name of that table, for the message.

    Raises
    ------
    ValueError
        If a row's patient is not among the patients; the row is named by its position from 1.
    """
    if not len(ids):
        return np.empty(0, dtype=np.int32)
    if isinstance(ids.dtype, pd.CategoricalDtype):
        of_label = pd.Index(patient_id).get_indexer(ids.cat.categories)
        codes = of_label[ids.cat.codes.to_numpy()]
    else:
        values = ids.to_numpy(dtype=object)
        starts = find_run_starts(values)
        of_run = _positions(patient_id.to_numpy(dtype=object), values[starts])
        codes = np.repeat(of_run.astype(np.int32), np.diff(np.append(starts, len(values))))
    if (codes < 0).any():
        row = int(np.flatnonzero(codes < 0)[0]) + 1
        raise ValueError(f"row {row} of {table} names a patient who is not in patients")
    return codes.astype(np.int32)


def _positions(labels: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Position of each value among the labels, -1 where it is none of them."""
    if len(labels) == len(values) and (labels == values).all():
        return np.arange(len(labels))
    return pd.Index(labels).get_indexer(values)


def find_run_starts(values: np.ndarray) -> np.ndarray:
    """Positions where a run of equal neighbours starts.

    Examples
    --------
    >>> find_run_starts(np.array([7, 7, 8, 7])).tolist()
    [0, 2, 3]
    """
    if not len(values):
        return np.empty(0, dtype=np.int64)
    starts = np.empty(len(values), dtype=bool)
    starts[0] = True
    np.not_equal(values[1:], values[:-1], out=starts[1:], casting="unsafe")
    return np.flatnonzero(starts)


def as_floats(column: pd.Series) -> np.ndarray:
    """A numeric column as float64, missing as NaN."""
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


def is_one(column: pd.Series) -> np.ndarray:
    """True where a 0/1 column says 1; missing is False."""
    return as_floats(column) == 1


def make_table(columns: Mapping[str, Any]) -> pd.DataFrame:
    """A data frame built without copying its columns; they must not be used elsewhere."""
    return pd.DataFrame(dict(columns), copy=False)


def decode(labels: tuple[str, ...], codes: np.ndarray) -> np.ndarray:
    """Codes back to their labels; a negative code is missing (None)."""
    return np.array([*labels, None], dtype=object)[codes]


def as_categories(labels: tuple[str, ...], codes: np.ndarray) -> pd.Categorical:
    """Codes to categories, for columns with many rows a patient; a negative code is missing."""
    return pd.Categorical.from_codes(codes, categories=list(labels))


def as_codes(column: pd.Series) -> tuple[np.ndarray, pd.Index]:
    """A number for each text, -1 for missing, and the texts by their numbers."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.to_numpy(), column.cat.categories
    return pd.factorize(column, sort=True)


def equals_text(column: pd.Series, value: str) -> np.ndarray:
    """True where a column of texts, categories or numbers reads as the value.

    Examples
    --------
    >>> equals_text(pd.Series([1, 0]), "1").tolist()
    [True, False]
    >>> equals_text(pd.Series(["PD", None]), "PD").tolist()
    [True, False]
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        return (column.cat.codes == column.cat.categories.get_indexer([value])[0]).to_numpy() & (
            column.cat.codes >= 0
        ).to_numpy()
    return (column.astype(str) == value).to_numpy(dtype=bool)


def as_objects(column: pd.Series) -> np.ndarray | pd.Categorical:
    """Values of a column of texts as they are: categories stay categories."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.array
    return column.to_numpy(dtype=object)


def encode(column: pd.Series, labels: tuple[str, ...]) -> np.ndarray:
    """Position of each text among the labels, -1 where it is missing or something else."""
    categories = pd.Categorical(column, categories=list(labels))
    return categories.codes.astype(np.int8)


def as_whole(values: np.ndarray) -> pd.array:
    """Whole numbers with gaps (NaN) as pandas' Int64.

    Raises
    ------
    ValueError
        If a number is not whole: it would lose its fraction without a word.
    """
    missing = np.isnan(values)
    known = np.where(missing, 0, values)
    whole = known.astype(np.int64)
    if (whole != known).any():
        raise ValueError("a number that is not whole")
    return pd.arrays.IntegerArray(whole, missing)


def find_runs(codes: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """First row and number of rows of each of n patients, in rows sorted by patient."""
    counts = np.bincount(codes, minlength=n)
    return np.cumsum(counts) - counts, counts


def step_along(starts: np.ndarray, counts: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Step along the visits of all patients at once: everyone's first visit, then the second, …

    Yields, for each step, the patients who have such a visit and the rows of those visits. A state
    that depends on what came before is an array by patient, updated at every step. The work grows
    with the number of visits, not with patients times the longest series.

    Examples
    --------
    >>> for patients, rows in step_along(np.array([0, 2]), np.array([2, 1])):
    ...     print(patients.tolist(), rows.tolist())
    [0, 1] [0, 2]
    [0] [1]
    """
    patients = np.flatnonzero(counts > 0)
    step = 0
    while len(patients):
        yield patients, starts[patients] + step
        step += 1
        patients = patients[counts[patients] > step]


def sum_by(place: np.ndarray, values: np.ndarray, n: int) -> np.ndarray:
    """Sums of whole numbers or flags at each of n places; rows sorted by place.

    Examples
    --------
    >>> sum_by(np.array([0, 0, 2]), np.array([5, 7, 1]), 3).tolist()
    [12, 0, 1]
    """
    return _reduced(np.add, place, values.astype(np.int64, copy=False), n, 0)


def max_by(place: np.ndarray, values: np.ndarray, n: int) -> np.ndarray:
    """Largest value at each of n places, -1 for none; rows sorted by place."""
    return _reduced(np.maximum, place, values, n, -1)


def _reduced(
    by: np.ufunc, place: np.ndarray, values: np.ndarray, n: int, missing: int
) -> np.ndarray:
    found = np.full(n, missing, dtype=np.int64)
    if len(place):
        starts = find_run_starts(place)
        found[place[starts]] = by.reduceat(values, starts)
    return found


def find_last(flags: np.ndarray, codes: np.ndarray, n: int) -> np.ndarray:
    """Last row of each of n patients where the flag is set, -1 for none; rows sorted by patient."""
    rows = np.flatnonzero(flags)
    last = np.full(n, -1, dtype=np.int64)
    last[codes[rows]] = rows
    return last


def find_first(flags: np.ndarray, codes: np.ndarray, n: int) -> np.ndarray:
    """First row of each of n patients where the flag is set, -1 for none; rows sorted by
    patient."""
    rows = np.flatnonzero(flags)[::-1]
    first = np.full(n, -1, dtype=np.int64)
    first[codes[rows]] = rows
    return first


def take(values: np.ndarray, rows: np.ndarray, missing: object = np.nan) -> np.ndarray:
    """Values at rows, missing where the row is -1."""
    if not len(values):
        return np.full(len(rows), missing, dtype=object if missing is None else None)
    taken = values[rows]
    if missing is not None and not isinstance(missing, bool):
        taken = taken.astype(np.float64)
    return np.where(rows >= 0, taken, missing)
