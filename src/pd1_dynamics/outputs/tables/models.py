"""Tables of regression models: a line a coefficient, reference levels, N and events, footnotes."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics.analyses.selection import Estimate, Estimates
from pd1_dynamics.contract.codebook import BINARY, Codebook, Variable
from pd1_dynamics.contract.declarations import labels_of_statistics
from pd1_dynamics.outputs.tables.footnotes import Footnotes
from pd1_dynamics.outputs.tables.table import LEVEL, ROW, Block, Cell, Line
from pd1_dynamics.statistics import printing as printed

RATIOS = ("hazard_ratio", "odds_ratio", "coefficient")
JOINT = ("likelihood_ratio_chi_squared", "f_statistic")
REFERENCE = "Reference"
NOT_PROPORTIONAL = (
    "Hazards are not proportional over time (score test, P<0.05): the ratio is an average over "
    "follow-up."
)
_FAILS = 0.05
ADJUSTED = {
    "bonferroni": "Bonferroni's method",
    "holm": "Holm's method",
    "benjamini_hochberg": "the method of Benjamini and Hochberg (false discovery rate)",
}


@dataclass(frozen=True)
class Tested:
    """What was tested beside the estimates.

    Attributes
    ----------
    hazards
        ``robustness/proportional_hazards.csv``.
    multiplicity
        ``robustness/multiplicity.csv``.
    """

    hazards: pd.DataFrame
    multiplicity: pd.DataFrame

    def not_proportional(self, analysis: str, term: str) -> bool:
        """Whether the test speaks against proportional hazards of a term, or of its covariate."""
        table = self.hazards
        names = (term, term.partition("=")[0])
        rows = table[(table["analysis"] == analysis) & table["term"].isin(names)]
        own = rows["model"].fillna("").isin(["", term.partition("=")[0]])
        return bool((rows.loc[own, "p_value"] < _FAILS).any())

    def adjusted(self, analysis: str, term: str, method: str) -> tuple[float, int]:
        """P value of a term corrected in its family, and how many tests the family has."""
        table = self.multiplicity
        rows = table[(table["analysis"] == analysis) & (table["term"] == term)]
        if rows.empty:
            return float("nan"), 0
        return float(rows[method].iloc[0]), int(rows["tests"].iloc[0])


class _Model:
    """One model of a table: how its cells are made."""

    def __init__(
        self, entry: Mapping[str, Any], estimates: Estimates, tested: Tested, notes: Footnotes
    ) -> None:
        self.analysis, self.statistic = entry["analysis"], entry["statistic"]
        self.decimals = entry.get("decimals", 3)
        self.adjusted = entry.get("adjusted_p", "")
        self.label = f"{entry['label']}: " if entry.get("label") else ""
        self.estimates, self.tested, self.notes = estimates, tested, notes
        rows = [row for row in estimates.rows(self.analysis) if row.statistic in RATIOS]
        self.terms = [row.term for row in rows]
        self.counts_events = any(not np.isnan(row.events) for row in rows)
        methods = Counter(row.method for row in rows if row.method)
        self.method = methods.most_common(1)[0][0] if methods else ""

    def header(self) -> list[str]:
        """Headings of its columns."""
        counts = "n (events)" if self.counts_events else "n"
        heading = self.label + labels_of_statistics()[self.statistic]["label"]
        found = [heading + self.notes.mark(_sentence(self.method)), counts, "P value"]
        if self.adjusted:
            tests = self.tested.multiplicity
            own = tests[tests["analysis"] == self.analysis]
            many = int(own["tests"].max()) if own["tests"].notna().any() else 0
            note = f"P values corrected for {many} tests by {ADJUSTED[self.adjusted]}."
            found.append("Adjusted P value" + self.notes.mark(note))
        return found

    def blank(self) -> list[str]:
        """Empty cells."""
        return [""] * (4 if self.adjusted else 3)

    def reference(self) -> list[str]:
        """Cells of a reference level."""
        return [REFERENCE, *self.blank()[1:]]

    def find(self, term: str) -> Estimate | None:
        """The row of a term."""
        return self.estimates.find(self.analysis, self.statistic, term)

    def cells(self, term: str) -> list[str]:
        """Cells of a coefficient."""
        row = self.find(term)
        if row is None:
            return [printed.DASH] * len(self.blank())
        if row.not_estimable:
            why = self._cell(f"not estimable: {row.not_estimable}", row)
            shown = [why, self._cell(_counts(row), row), printed.DASH]
            return [*shown, *([printed.DASH] if self.adjusted else [])]
        ratio = printed.interval(row.estimate, row.ci_low, row.ci_high, self.decimals)
        if row.method != self.method:
            ratio += self.notes.mark(_sentence(row.method))
        if self.tested.not_proportional(self.analysis, term):
            ratio += self.notes.mark(NOT_PROPORTIONAL)
        shown = [ratio, _counts(row), printed.p_value(row.p_value), *self._corrected(term)]
        return [self._cell(text, row) for text in shown]

    def joint(self, name: str) -> list[str]:
        """Cells of a covariate of several levels: their joint test."""
        rows = [self.estimates.find(self.analysis, statistic, name) for statistic in JOINT]
        row = next((found for found in rows if found is not None and not found.not_estimable), None)
        if row is None:
            return self.blank()
        mark = ""
        if self.tested.not_proportional(self.analysis, name):
            mark = self.notes.mark(NOT_PROPORTIONAL)
        shown = [_counts(row), printed.p_value(row.p_value), *self._corrected(name)]
        return [mark, *(self._cell(text, row) for text in shown)]

    def _cell(self, text: str, row: Estimate) -> Cell:
        return Cell(text, self.estimates.lines(row))

    def _corrected(self, term: str) -> list[str]:
        if not self.adjusted:
            return []
        value, _ = self.tested.adjusted(self.analysis, term, self.adjusted)
        return [printed.DASH if np.isnan(value) else printed.p_value(value)]


def models(
    part: Mapping[str, Any],
    estimates: Estimates,
    codebook: Codebook,
    notes: Footnotes,
    tested: Tested,
) -> Block:
    """Terms by lines; for each model its estimate with interval, patients and events, and p."""
    shown = [_Model(entry, estimates, tested, notes) for entry in part["models"]]
    names = dict.fromkeys(term.partition("=")[0] for model in shown for term in model.terms)
    wanted = codebook.expand(part["terms"]) if "terms" in part else [n for n in names if n]
    header = [part.get("stub", "Covariate")]
    for model in shown:
        header += model.header()
    lines = [line for name in wanted for line in _lines(codebook.variables[name], shown)]
    gaps = [(entry, estimates.gap(entry["analysis"])) for entry in part["models"]]
    said = [f"{entry.get('label', 'Models')}: not estimable: {gap}." for entry, gap in gaps if gap]
    if not lines:
        why = f"not estimable: {gaps[0][1]}" if gaps[0][1] else "No covariate entered the model"
        lines.append(Line(ROW, (why, *[""] * (len(header) - 1))))
    return tuple(header), lines, said


def _lines(variable: Variable, shown: list[_Model]) -> list[Line]:
    """Lines of a covariate: one, or its name, its reference level and the others."""
    name = variable.id
    label = variable.label + (f" ({variable.unit})" if variable.unit else "")
    terms = dict.fromkeys(
        term
        for model in shown
        for term in model.terms
        if term == name or term.startswith(f"{name}=")
    )
    if not terms:
        return []
    levels = [term for term in terms if "=" in term]
    if not levels or _is_yes_or_no(variable):
        return [
            Line(ROW, (label, *_joined(model.cells(term) for model in shown))) for term in terms
        ]
    rows = [row for term in levels for model in shown if (row := model.find(term)) is not None]
    reference = next((row.reference for row in rows if row.reference), "")
    several = len(levels) > 1
    first = _joined(model.joint(name) if several else model.blank() for model in shown)
    lines = [Line(ROW, (label, *first))]
    if reference:
        cells = _joined(model.reference() for model in shown)
        lines.append(Line(LEVEL, (variable.level_label(reference), *cells)))
    for term in levels:
        level = variable.level_label(term.partition("=")[2])
        lines.append(Line(LEVEL, (level, *_joined(model.cells(term) for model in shown))))
    return lines


def _joined(parts: Any) -> list[str]:
    return [cell for part in parts for cell in part]


def _is_yes_or_no(variable: Variable) -> bool:
    """Whether a variable says only that something is there, so that its name says it all."""
    return variable.kind == BINARY and variable.level_label("1") in ("1", "Yes")


def _counts(row: Estimate) -> str:
    """Patients, and events in parentheses where the model has any."""
    if np.isnan(row.n):
        return printed.DASH
    many = printed.number(row.n, 0)
    return many if np.isnan(row.events) else f"{many} ({printed.number(row.events, 0)})"


_LISTS = ("not adjusted for ", "adjusted for ", "stratified by ")


def _sentence(words: str) -> str:
    """A method as a sentence; names of covariates inside it begin small, but for abbreviations."""
    parts = []
    for part in words.split("; ") if words else []:
        start = next((text for text in _LISTS if part.startswith(text)), "")
        names = part[len(start) :].split(", ") if start else []
        small = [n[:1].lower() + n[1:] if n[1:2].islower() else n for n in names]
        parts.append(start + ", ".join(small) if start else part)
    return "; ".join(parts) + "." * bool(parts)
