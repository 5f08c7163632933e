"""Several rows for the same thing on one day: an error, or settled by a stated rule."""

import numpy as np
import pandas as pd

from pd1_dynamics.cohort import findings
from pd1_dynamics.cohort.observations import Note
from pd1_dynamics.contract.columns import KEYS, MEASURES
from pd1_dynamics.contract.problems import Problem

ERROR, FIRST, LAST, LARGEST, MEAN = "error", "first", "last", "largest", "mean"

_WORDS = {
    FIRST: "the first one in the file counts",
    LAST: "the last one in the file counts",
    LARGEST: "the largest one counts",
    MEAN: "their mean counts",
}
_SETTING = ", or a rule for them: settings.duplicate_readings"


def settle(
    rows: pd.DataFrame, table: str, rule: str
) -> tuple[pd.DataFrame, list[Problem], list[Note]]:
    """Leave one row a key (:data:`~pd1_dynamics.contract.columns.KEYS`).

    Parameters
    ----------
    rows
        The table, its index the row numbers; text as categoricals.
    rule
        ``error``; or which row counts of several of one day, by one reader: the ``first`` or
        ``last`` in the file, the one with the ``largest`` measurement, or one with their ``mean``
        (its other cells are those of the largest). A row with a measurement counts before one
        without. In the table ``patients`` every rule takes rows together that are alike
        throughout, as in a file with a row for each scan; rows that differ stay an error.

    Returns
    -------
    table, problems, notes
        Notes say how many rows were taken together, and how many of these readings differed.
    """
    key = [name for name in KEYS.get(table, ()) if name in rows]
    needed = [name for name in KEYS.get(table, ()) if name != "reader"]
    if not set(needed) <= set(key) or not needed or len(rows) < 2:
        return rows, [], []
    number = _numbered(rows[key])
    number[rows[needed].isna().any(axis=1).to_numpy()] = -1
    repeated = pd.Series(number).duplicated(keep=False).to_numpy() & (number >= 0)
    if not repeated.any():
        return rows, [], []
    together, number = rows[repeated], number[repeated]
    if table == "patients" and rule != ERROR:
        alike = together.duplicated(keep="first").to_numpy()
        kept = rows.drop(together.index[alike])
        together, number = together[~alike], number[~alike]
        words = "One row a patient: rows that are alike in every column that is read are one."
        note = [Note(table, "repeated rows", int(alike.sum()), _first(rows, kept), words)]
        return kept, _duplicates(together, table, key, number), note if alike.any() else []
    if rule == ERROR or table not in MEASURES:
        return rows, _duplicates(together, table, key, number), []
    chosen = _chosen(together, number, MEASURES[table], rule)
    kept = pd.concat([rows[~repeated], chosen]).sort_index()
    return kept, [], [_note(together, number, table, key, rule)]


def _numbered(key: pd.DataFrame) -> np.ndarray:
    """A whole number for each row, the same for rows that share the key; missing is a value too."""
    number = np.zeros(len(key), dtype=np.int64)
    for name in key:
        codes = key[name].cat.codes.to_numpy().astype(np.int64) + 1
        width = int(codes.max(initial=0)) + 1
        if width * (int(number.max(initial=0)) + 1) >= 2**62:
            number = pd.factorize(number)[0]
        number = number * width + codes
    return number


def _duplicates(
    together: pd.DataFrame, table: str, key: list[str], number: np.ndarray
) -> list[Problem]:
    """Rows whose key an earlier row has already."""
    first = pd.Series(together.index, index=together.index).groupby(number).transform("first")
    later = (first != together.index).to_numpy()
    if not later.any():
        return []
    words = " and ".join(filter(None, [", ".join(key[:-1]), key[-1]]))
    found = [f"the same {words} as in row {row}" for row in first[later]]
    expected = f"one row for each {words}" + (_SETTING if table in MEASURES else "")
    column = ", ".join(key)
    return findings.of_rows(table, column, together.index[later], found, expected, findings.SHOWN)


def _chosen(together: pd.DataFrame, number: np.ndarray, measure: str, rule: str) -> pd.DataFrame:
    """The row that counts of each group of rows."""
    if rule == LAST:
        return together[~pd.Series(number).duplicated(keep="last").to_numpy()]
    if rule == FIRST:
        return together[~pd.Series(number).duplicated(keep="first").to_numpy()]
    order = pd.DataFrame({"group": number}, index=together.index)
    order["smaller"] = -together[measure] if measure in together else 0.0
    for name in together:  # of equal measurements, the order in the file must not decide
        column = together[name]
        is_text = isinstance(column.dtype, pd.CategoricalDtype)
        texts = column.astype(object) if is_text else column
        order[f"by_{name}"] = texts.where(column.notna(), "") if is_text else column
    order = order.sort_values(list(order), kind="stable", na_position="last")
    chosen = together.loc[order.index[~order["group"].duplicated()]].copy()
    if rule == MEAN and measure in together:
        means = together[measure].groupby(number).mean()
        of_row = pd.Series(number, index=together.index)[chosen.index]
        chosen[measure] = means[of_row].to_numpy()
    return chosen


def _note(
    together: pd.DataFrame, number: np.ndarray, table: str, key: list[str], rule: str
) -> Note:
    others = together.drop(columns=key)
    codes = np.stack([pd.factorize(others[name])[0] for name in others], axis=1)
    first = pd.Series(np.arange(len(number))).groupby(number).transform("first").to_numpy()
    differs = (codes != codes[first]).any(axis=1)
    groups, in_disagreement = len(set(number)), set(number[differs])
    example = together.index[np.isin(number, list(in_disagreement))] if in_disagreement else None
    example = example[0] if example is not None else together.index[0]
    words = (
        f"{groups} times several readings of one day; "
        f"in {len(in_disagreement)} of them they differ: {_WORDS[rule]}."
    )
    return Note(table, f"duplicate readings: {rule}", len(together), int(example), words)


def _first(rows: pd.DataFrame, kept: pd.DataFrame) -> int | None:
    gone = rows.index.difference(kept.index)
    return int(gone[0]) if len(gone) else None
