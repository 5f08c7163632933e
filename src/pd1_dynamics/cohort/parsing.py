"""Text to values: numbers, flags, categories, dates and durations, each with its problems.

Every function works on the distinct texts of a column and then spreads the result over its rows.
"""

import datetime
import re
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from pd1_dynamics.cohort import findings
from pd1_dynamics.contract.columns import CHOICE, DATE, DURATION, FLAG, TEXT, WHOLE, Column
from pd1_dynamics.contract.problems import Problem
from pd1_dynamics.contract.vocabulary import DAYS_PER_MONTH

ISO_DATE = "an ISO date, year-month-day, as 2017-03-31"
POSSIBLE_DATE = "a date that exists"

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})([T ]00:00(:00(\.0+)?)?(Z|[+-]00:?00)?)?", re.ASCII)


def parse(
    text: pd.Series, table: str, name: str, column: Column, time: str, unit: str | None = None
) -> tuple[pd.Series, list[Problem]]:
    """Turn one column of text into values.

    Parameters
    ----------
    text
        Categorical of text, missing where a cell is; the index holds row numbers.
    table, name, column
        Where the cells stand, and what the data contract says of them.
    time
        ``date`` or ``day``: what a date column holds.
    unit
        ``day`` or ``month``, of a duration.

    Returns
    -------
    values
        Text and categories stay categoricals (levels that are not of the contract among them, for
        :mod:`pd1_dynamics.cohort.checking` to find). Anything else is float, NaN for missing and
        for what cannot be read: flags 0 and 1, durations in days, dates as days (those of
        :func:`datetime.date.toordinal` where ``time`` is ``date``).
    problems
        Cells that are not of their kind.
    """
    if column.kind in (TEXT, CHOICE):
        return text, []
    if column.kind == DATE and time == "date":
        return _dates(text, table, name)
    values, problems = _numbers(text, table, name, EXPECTED_NUMBER.get(column.kind, A_NUMBER))
    if column.kind == DURATION and unit == "month":
        values = values * DAYS_PER_MONTH
        days = values.round()  # a whole number of days that was divided by the length of a month
        values = values.mask((values - days).abs() < ROUNDING, days)
    return values, problems


ROUNDING = 1e-6  # days
A_NUMBER = "a number, with a point before decimals"
EXPECTED_NUMBER = {FLAG: "0 or 1", WHOLE: "a whole number", DATE: "a whole number of days"}


def relabelled(text: pd.Series, labels: Sequence[str | None]) -> pd.Series:
    """A categorical with other labels, in the order of its categories; None makes cells missing."""
    of_label, distinct = pd.factorize(np.array(labels, dtype=object))
    codes = np.append(of_label, -1)[text.cat.codes.to_numpy()]
    return pd.Series(pd.Categorical.from_codes(codes, list(distinct)), index=text.index)


def iso_dates(text: pd.Series) -> pd.Series:
    """ISO dates as text, without the midnight that a spreadsheet or data base adds to a date."""
    matches = [_DATE.fullmatch(label) for label in text.cat.categories]
    return relabelled(text, [match[1] if match else None for match in matches])


def _spread(text: pd.Series, of_label: Callable[[str], float]) -> pd.Series:
    values = np.array([of_label(label) for label in text.cat.categories] + [np.nan], dtype=float)
    return pd.Series(values[text.cat.codes.to_numpy()], index=text.index)


def _numbers(
    text: pd.Series, table: str, name: str, expected: str
) -> tuple[pd.Series, list[Problem]]:
    values = _spread(text, lambda label: float(label) if _NUMBER.fullmatch(label) else np.inf)
    wrong = np.isinf(values)
    return values.mask(wrong), findings.where(table, name, wrong, text, expected)


def _dates(text: pd.Series, table: str, name: str) -> tuple[pd.Series, list[Problem]]:
    other, impossible = -1.0, -2.0

    def ordinal(label: str) -> float:
        match = _DATE.fullmatch(label)
        if not match:
            return other
        try:
            return datetime.date.fromisoformat(match[1]).toordinal()
        except ValueError:
            return impossible

    values = _spread(text, ordinal)
    problems = findings.where(table, name, values == other, text, ISO_DATE)
    problems += findings.where(table, name, values == impossible, text, POSSIBLE_DATE)
    return values.mask(values < 0), problems
