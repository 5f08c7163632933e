"""The table of estimates: its columns, its rows, and reading it back.

CONTRACT: every number that any table, figure or report shows is one row of ``estimates.csv``.
"""

from dataclasses import asdict, dataclass, fields
from pathlib import Path

import pandas as pd

from pd1_dynamics import files
from pd1_dynamics.contract.codebook import level_text

ALL = "all"
"""Group of everyone together."""
DROPPED = "the cohort's file leaves this analysis out"
"""Reason in the only row of an analysis that a cohort's file drops."""


@dataclass(frozen=True)
class Estimate:
    """One row of ``estimates.csv``. Percents, rates and survival are 0 to 100.

    A number that is missing is None in a row that is made, and NaN in one that is read back.

    ``reference`` is the level of the term's variable that a coefficient of a model compares with;
    ``left_out`` says how many of the population lack a value that the estimate needs, and which.
    """

    analysis: str = ""
    population: str = ""
    n: int | None = None
    events: int | None = None
    outcome: str = ""
    term: str = ""
    group: str = ALL
    statistic: str = ""
    estimate: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    p_value: float | None = None
    p_adjusted: float | None = None
    method: str = ""
    not_estimable: str = ""
    reference: str = ""
    left_out: str = ""


COLUMNS = tuple(field.name for field in fields(Estimate))
KEY = ("analysis", "population", "outcome", "term", "group", "statistic")
"""Columns that find a row."""

_WHOLE = ("n", "events")
_NUMBERS = ("estimate", "ci_low", "ci_high", "p_value", "p_adjusted")
_TEXT = tuple(name for name in COLUMNS if name not in _WHOLE + _NUMBERS)


def at_time(time: float) -> str:
    """Term of an estimate at a time.

    >>> at_time(6.0)
    'time=6'
    """
    return f"time={level_text(time)}"


def to_table(rows: list[Estimate]) -> pd.DataFrame:
    """Rows as a typed table: whole numbers Int64, other numbers float, text ("" when empty).

    A limit that is not reached, and any other number that is not finite, is an empty cell.
    """
    return _typed(pd.DataFrame([asdict(row) for row in rows], columns=list(COLUMNS)))


def read_estimates(path: str | Path) -> pd.DataFrame:
    """Read ``estimates.csv`` with the types of :func:`to_table`."""
    return _typed(files.read_table(path))


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    table = table.copy()
    for name in _WHOLE:
        table[name] = pd.to_numeric(table[name]).astype("Int64")
    for name in _NUMBERS:
        numbers = pd.to_numeric(table[name]).astype(float)
        table[name] = numbers.where(numbers.abs() < float("inf"))
    for name in _TEXT:
        table[name] = table[name].fillna("").astype(str)
    return table
