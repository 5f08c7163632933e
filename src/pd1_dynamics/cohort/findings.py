"""Problems of many rows, told without hiding one behind another."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from pd1_dynamics.contract.problems import Problem

SHOWN = 10
"""Rows shown of one kind of problem; the rest is counted."""
DISTINCT_SHOWN = 20
"""Different findings of one kind that are each shown at least once."""
LONGEST = 80
"""Characters of a cell that a message shows."""
EVERY_CATEGORY = 200
"""The same for categories, of which each needs an entry under ``values``."""


def of_rows(
    table: str,
    column: str,
    rows: Sequence[int],
    found: Sequence[str] | str,
    expected: str,
    distinct: int = DISTINCT_SHOWN,
) -> list[Problem]:
    """One problem a row; where there are many, some of them and the number of the others.

    Shown are the first row of each different finding (up to ``distinct``) and the first ten rows.

    Parameters
    ----------
    rows
        Row numbers as a person sees them.
    found
        What stands in each of the rows, or one text for all.
    """
    rows = np.asarray(rows, dtype=np.int64)
    texts = pd.Series([found] * len(rows) if isinstance(found, str) else list(found), dtype=object)
    firsts = np.flatnonzero(~texts.duplicated())[:distinct]
    shown = np.union1d(firsts, np.arange(min(len(rows), SHOWN)))
    problems = [
        Problem(table, texts[place], expected, column=column, row=int(rows[place]))
        for place in shown.astype(int)
    ]
    if more := len(rows) - len(shown):
        words = f"the same in {more:,} more row{'s' if more > 1 else ''}"
        problems.append(Problem(table, words, expected, column=column))
    return problems


def where(
    table: str, column: str, wrong: pd.Series, found: pd.Series | str, expected: str
) -> list[Problem]:
    """Problems in the rows where ``wrong`` is true; its index holds the row numbers.

    ``found`` is one text for all, or a series with a text (or a value, then quoted) for each row.
    """
    flags = wrong.to_numpy(dtype=bool, na_value=False)
    if not flags.any():
        return []
    texts = found if isinstance(found, str) else quoted(found[flags])
    return of_rows(table, column, wrong.index[flags], texts, expected)


def quoted(values: Iterable[object]) -> list[str]:
    """Cells as messages show them: text in quotation marks, whole numbers without a point."""
    return [
        repr(value if len(value) <= LONGEST else value[:LONGEST] + "…")
        if isinstance(value, str)
        else "an empty cell"
        if pd.isna(value)
        else f"{value:g}"
        for value in values
    ]
