"""Finding estimates by what they are about."""

import pandas as pd

from pd1_dynamics.analyses.estimates import ALL, COLUMNS, DROPPED, KEY, Estimate


class NothingSelectedError(Exception):
    """A layout asks for an estimate that no analysis gives: the layout or an analysis is wrong."""


_FIELDS = list(COLUMNS)
_NUMBERS = ("n", "events", "estimate", "ci_low", "ci_high", "p_value", "p_adjusted")


class Estimates:
    """The table of estimates, looked up by analysis, outcome, term, group and statistic."""

    def __init__(self, table: pd.DataFrame) -> None:
        if "left_out" not in table:
            table = table.assign(left_out="")
        table = table.assign(
            **{
                name: pd.to_numeric(table[name]).astype(float)
                if name in _NUMBERS
                else table[name].fillna("").astype(str)
                for name in _FIELDS
            }
        )
        self._rows: dict[tuple[str, ...], Estimate] = {}
        self._analyses: dict[str, list[Estimate]] = {}
        self._lines: dict[tuple[str, ...], int] = {}
        for line, values in enumerate(table[_FIELDS].itertuples(index=False, name=None), start=2):
            row = Estimate(*values)
            self._lines[tuple(getattr(row, name) for name in KEY)] = line
            key = (row.analysis, row.outcome, row.term, row.group, row.statistic)
            self._rows[key] = row
            self._analyses.setdefault(row.analysis, []).append(row)

    def lines(self, *rows: Estimate | None) -> tuple[int, ...]:
        """Lines of ``estimates.csv`` in which rows stand; its header is line 1."""
        keys = (tuple(getattr(row, name) for name in KEY) for row in rows if row is not None)
        return tuple(dict.fromkeys(self._lines[key] for key in keys))

    def rows(self, analysis: str, **where: str) -> list[Estimate]:
        """Rows of an analysis whose fields have these values, in the order of the table."""
        return [
            row
            for row in self._analyses.get(analysis, [])
            if all(getattr(row, field) == value for field, value in where.items())
        ]

    def first(self, analysis: str, **where: str) -> Estimate | None:
        """The first such row that is estimable, or None."""
        return next((row for row in self.rows(analysis, **where) if not row.not_estimable), None)

    def find(
        self, analysis: str, statistic: str, term: str = "", group: str = ALL, outcome: str = ""
    ) -> Estimate | None:
        """One estimate, or None; with no outcome given, the only one that the analysis has."""
        if outcome or (analysis, "", term, group, statistic) in self._rows:
            return self._rows.get((analysis, outcome, term, group, statistic))
        found = self.rows(analysis, statistic=statistic, term=term, group=group)
        return found[0] if found else None

    def terms(self, analysis: str, statistics: tuple[str, ...]) -> list[tuple[str, str, str]]:
        """Term, group and statistic of the rows of an analysis that have one of the statistics."""
        return [
            (row.term, row.group, row.statistic)
            for row in self._analyses.get(analysis, [])
            if row.statistic in statistics
        ]

    def is_dropped(self, analysis: str) -> bool:
        """Whether the cohort's file leaves an analysis out."""
        return any(row.not_estimable == DROPPED for row in self._analyses.get(analysis, ()))

    def gap(self, analysis: str, **where: str) -> str:
        """Why nothing of an analysis is estimable; empty if something is.

        Raises
        ------
        NothingSelectedError
            If the analysis has no such row.
        """
        if self.is_dropped(analysis):
            return DROPPED
        rows = self.rows(analysis, **where)
        if not rows:
            raise NothingSelectedError(f"no estimates of {analysis!r}")
        return rows[0].not_estimable if all(row.not_estimable for row in rows) else ""
