"""Text to values: numbers, flags, categories, dates and durations, each with its problems."""

import pandas as pd

from pd1_dynamics.cohort import findings
from pd1_dynamics.cohort.columns import (
    CHOICE,
    DATE,
    DURATION,
    FLAG,
    TEXT,
    WHOLE,
    Column,
)
from pd1_dynamics.problems import Problem
from pd1_dynamics.terms import DAYS_PER_MONTH

_ISO_DATE = r"\d{4}-\d{2}-\d{2}"
_MIDNIGHT = r"[T ]00:00(:00(\.0+)?)?Z?"


def parse(
    text: pd.Series, table: str, name: str, column: Column, time: str, unit: str | None = None
) -> tuple[pd.Series, list[Problem]]:
    """Turn one column of text into values.

    Parameters
    ----------
    text
        Cells, "" for missing; the index holds row numbers.
    table, name, column
        Where the cells stand, and what the data contract says of them.
    time
        ``date`` or ``day``: what a date column holds.
    unit
        ``day`` or ``month``, of a duration.

    Returns
    -------
    values
        Text (None for missing); a number (NaN for missing); an ISO date as text where ``time`` is
        ``date``. Cells with a problem are missing.
    problems
        One a cell that is not of its kind, the first ten of a kind.
    """
    if column.kind == TEXT:
        return text.where(text != "", None).astype(object), []
    if column.kind == CHOICE:
        return _choice(text, table, name, column)
    if column.kind == FLAG:
        return _number(text, table, name, "0 or 1", allowed=(0.0, 1.0))
    if column.kind == DATE and time == "date":
        return _date(text, table, name)
    if column.kind == DATE:
        return _number(text, table, name, "a whole number of days", whole=True)
    if column.kind == WHOLE:
        return _number(text, table, name, "a whole number", whole=True)
    values, problems = _number(text, table, name, "a number")
    if column.kind == DURATION and unit == "month":
        values = values * DAYS_PER_MONTH
    return values, problems


def _choice(
    text: pd.Series, table: str, name: str, column: Column
) -> tuple[pd.Series, list[Problem]]:
    known = text.isin(column.levels)
    wrong = (text != "") & ~known
    expected = "one of " + ", ".join(column.levels)
    return (
        text.where(known, None).astype(object),
        findings.where(table, name, wrong, text, expected),
    )


def _number(
    text: pd.Series,
    table: str,
    name: str,
    expected: str,
    whole: bool = False,
    allowed: tuple[float, ...] = (),
) -> tuple[pd.Series, list[Problem]]:
    values = pd.to_numeric(text, errors="coerce").astype(float)
    values = values.where(values.abs() != float("inf"))
    wrong = (text != "") & values.isna()
    if whole:
        wrong |= values.notna() & (values % 1 != 0)
    if allowed:
        wrong |= values.notna() & ~values.isin(allowed)
    return values.where(~wrong), findings.where(table, name, wrong, text, expected)


def _date(text: pd.Series, table: str, name: str) -> tuple[pd.Series, list[Problem]]:
    iso = text.str.replace(f"^({_ISO_DATE}){_MIDNIGHT}$", r"\1", regex=True)
    shaped = iso.str.fullmatch(_ISO_DATE)
    dates = pd.to_datetime(iso.where(shaped), format="%Y-%m-%d", errors="coerce")
    other_format = (text != "") & ~shaped
    impossible = shaped & dates.isna()
    problems = findings.where(
        table, name, other_format, text, "an ISO date, year-month-day, as 2017-03-31"
    )
    problems += findings.where(table, name, impossible, text, "a date that exists")
    return iso.where(shaped & dates.notna(), None).astype(object), problems
