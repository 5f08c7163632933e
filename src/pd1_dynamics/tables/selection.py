"""Finding estimates by what they are about."""

from dataclasses import dataclass

import pandas as pd

ALL = "all"


class NothingSelectedError(Exception):
    """A layout asks for an estimate that no analysis gives: the layout or an analysis is wrong."""


@dataclass(frozen=True)
class Estimate:
    """One row of ``estimates.csv``."""

    n: float
    events: float
    estimate: float
    ci_low: float
    ci_high: float
    p_value: float
    p_adjusted: float
    method: str
    not_estimable: str


class Estimates:
    """The table of estimates, looked up by analysis, outcome, term, group and statistic."""

    def __init__(self, table: pd.DataFrame) -> None:
        self._rows: dict[tuple[str, ...], Estimate] = {}
        self._terms: dict[str, list[tuple[str, str, str]]] = {}
        self._analyses: dict[str, list[Estimate]] = {}
        numbers = ["n", "events", "estimate", "ci_low", "ci_high", "p_value", "p_adjusted"]
        table = table.assign(
            **{name: pd.to_numeric(table[name]).astype(float) for name in numbers},
            **{
                name: table[name].fillna("").astype(str)
                for name in (
                    *("analysis", "outcome", "term", "group", "statistic"),
                    *("method", "not_estimable"),
                )
            },
        )
        fields = [*numbers, "method", "not_estimable"]
        keys = ["analysis", "outcome", "term", "group", "statistic"]
        for key, values in zip(
            table[keys].itertuples(index=False, name=None),
            table[fields].itertuples(index=False, name=None),
            strict=True,
        ):
            row = Estimate(*values)
            self._rows[key] = row
            self._terms.setdefault(key[0], []).append((key[2], key[3], key[4]))
            self._analyses.setdefault(key[0], []).append(row)

    def find(
        self, analysis: str, statistic: str, term: str = "", group: str = ALL, outcome: str = ""
    ) -> Estimate | None:
        """One estimate, or None; with no outcome given, the only one that the analysis has."""
        if outcome or (analysis, "", term, group, statistic) in self._rows:
            return self._rows.get((analysis, outcome, term, group, statistic))
        for key, row in self._rows.items():
            if (key[0], *key[2:]) == (analysis, term, group, statistic):
                return row
        return None

    def get(self, analysis: str, statistic: str, term: str = "", group: str = ALL) -> Estimate:
        """One estimate that must be there.

        Raises
        ------
        NothingSelectedError
            If no row of the estimates fits.
        """
        row = self.find(analysis, statistic, term, group)
        if row is None:
            raise NothingSelectedError(
                f"no estimate {statistic!r} of term {term!r}, group {group!r} in {analysis!r}"
            )
        return row

    def terms(self, analysis: str, statistics: tuple[str, ...]) -> list[tuple[str, str, str]]:
        """Term, group and statistic of the rows of an analysis that have one of the statistics."""
        return [key for key in self._terms.get(analysis, []) if key[2] in statistics]

    def gap(self, analysis: str) -> str:
        """Why nothing of an analysis is estimable; empty if something is."""
        rows = self._analyses.get(analysis)
        if not rows:
            raise NothingSelectedError(f"no estimates of {analysis!r}")
        if all(row.not_estimable for row in rows):
            return rows[0].not_estimable
        return ""
