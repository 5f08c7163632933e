"""Problems of many rows, told without hiding one behind another."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from pd1_dynamics.problems import Problem

SHOWN = 10
"""Rows shown of one kind of problem; the rest is counted."""


def of_rows(
    table: str, column: str, rows: Iterable[int], found: Iterable[object] | str, expected: str
) -> list[Problem]:
    """One problem a row, the first ten, and the number of further rows with the same problem.

    Parameters
    ----------
    rows
        Row numbers as a person sees them.
    found
        What stands in each of the rows, or one text for all.
    """
    rows = np.asarray(list(rows), dtype=int)
    texts = [found] * len(rows) if isinstance(found, str) else [_quoted(value) for value in found]
    shown = [
        Problem(table, text, expected, column=column, row=int(row))
        for row, text in zip(rows[:SHOWN], texts[:SHOWN], strict=True)
    ]
    if len(rows) > SHOWN:
        more = f"the same problem in {len(rows) - SHOWN:,} more rows"
        shown.append(Problem(table, more, expected, column=column))
    return shown


def where(
    table: str, column: str, wrong: pd.Series, found: pd.Series | str, expected: str
) -> list[Problem]:
    """Problems in the rows where ``wrong`` is true; its index holds the row numbers."""
    wrong = wrong.fillna(False).astype(bool)
    if not wrong.any():
        return []
    values = found if isinstance(found, str) else found[wrong]
    return of_rows(table, column, wrong.index[wrong], values, expected)


def _quoted(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return repr(value) if isinstance(value, str) else str(value)
