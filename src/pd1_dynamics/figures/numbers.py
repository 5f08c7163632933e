"""Printed numbers of the figures: looked up among the estimates, never computed."""

import math
from dataclasses import dataclass

import pandas as pd

from pd1_dynamics.statistics.rounding import fixed


class Numbers:
    """The estimates, by analysis, population, outcome, term, group and statistic."""

    def __init__(self, estimates: pd.DataFrame) -> None:
        self._table = estimates

    def rows(self, analysis: str, **where: str) -> pd.DataFrame:
        """Rows of an analysis that have these values."""
        keep = self._table["analysis"] == analysis
        for column, value in where.items():
            keep &= self._table[column].fillna("") == value
        return self._table[keep]

    def row(self, analysis: str, **where: str) -> "Number | None":
        """The first such row, or None."""
        rows = self.rows(analysis, **where)
        if rows.empty:
            return None
        first = rows.iloc[0]
        gap = first["not_estimable"]
        return Number(
            n=float(first["n"]) if not pd.isna(first["n"]) else math.nan,
            estimate=float(first["estimate"]),
            low=float(first["ci_low"]),
            high=float(first["ci_high"]),
            p_value=float(first["p_value"]),
            p_adjusted=float(first["p_adjusted"]),
            method=str(first["method"] or ""),
            gap="" if pd.isna(gap) else str(gap),
        )

    def size(self, population: str) -> str:
        """Patients in a population, as printed; a dash where there is none to count."""
        row = self.row("cohort_flow", population=population, statistic="n")
        return "–" if row is None or row.gap else fixed(row.estimate)

    def gap(self, analysis: str, **where: str) -> str:
        """Why nothing of an analysis is estimable; empty if something is."""
        rows = self.rows(analysis, **where)
        gaps = rows["not_estimable"].fillna("")
        if rows.empty:
            return "no such analysis"
        return str(gaps.iloc[0]) if (gaps != "").all() else ""


@dataclass(frozen=True)
class Number:
    """One estimate."""

    n: float
    estimate: float
    low: float
    high: float
    p_value: float
    p_adjusted: float
    method: str
    gap: str


def p_text(p: float) -> str:
    """A p value with its sign, as a journal prints it.

    >>> [p_text(p) for p in (0.0002, 0.004, 0.03, 0.995)]
    ['p<0.001', 'p=0.004', 'p=0.03', 'p>0.99']
    """
    if p < 0.001:
        return "p<0.001"
    if p > 0.99:
        return "p>0.99"
    return "p=" + fixed(p, 3 if p < 0.0095 else 2)


def interval_text(number: Number, decimals: int = 1) -> str:
    """An estimate with its interval; NR is not reached."""

    def part(value: float) -> str:
        return "NR" if math.isnan(value) else fixed(value, decimals)

    return f"{part(number.estimate)} (95% CI {part(number.low)} to {part(number.high)})"
