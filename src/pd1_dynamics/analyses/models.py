"""Cox, logistic and linear regressions: covariates one at a time, or together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pd1_dynamics.analyses.attempt import attempt
from pd1_dynamics.analyses.data import Sample
from pd1_dynamics.analyses.design import Design, complete, design
from pd1_dynamics.analyses.estimates import Row
from pd1_dynamics.analyses.groups import left_out
from pd1_dynamics.contract.declarations import BIVARIATE, COX, LINEAR, LOGISTIC, Analysis
from pd1_dynamics.statistics.cox import cox
from pd1_dynamics.statistics.linear import linear
from pd1_dynamics.statistics.logistic import logistic
from pd1_dynamics.statistics.results import ModelResult, TestResult, f_test, likelihood_ratio

if TYPE_CHECKING:
    from pd1_dynamics.analyses.engine import Run

STATISTIC = {COX: "hazard_ratio", LOGISTIC: "odds_ratio", LINEAR: "coefficient"}
JOINT_STATISTIC = {
    COX: "likelihood_ratio_chi_squared",
    LOGISTIC: "likelihood_ratio_chi_squared",
    LINEAR: "f_statistic",
}
METHOD = {
    COX: "Cox proportional hazards",
    LOGISTIC: "logistic regression",
    LINEAR: "linear regression",
}


def model(analysis: Analysis, run: Run) -> list[Row]:
    """One model for each term (bivariate), or one with all terms (multivariate)."""
    sample = run.study.sample(analysis.population)
    base = Row(
        analysis=analysis.id,
        population=analysis.population,
        outcome=analysis["outcome"],
        statistic=STATISTIC[analysis.kind],
    )
    terms = sample.codebook.expand(analysis.get("terms", []))
    if "select" in analysis.settings:
        terms, why = _selected(analysis, run)
        if not terms:
            return [replace(base, not_estimable=why)]
    adjustment = _adjustment(analysis, sample)
    if analysis["mode"] == BIVARIATE:
        return [
            row for term in terms for row in _fit_rows(analysis, sample, [term], adjustment, base)
        ]
    return _fit_rows(analysis, sample, terms, adjustment, base)


def _selected(analysis: Analysis, run: Run) -> tuple[list[str], str]:
    """Terms of the bivariate analysis with a p value below the bound; if none, why.

    The p value of a covariate with one coefficient is its own (Wald or t); that of a covariate with
    more is the joint test of all its levels.
    """
    origin, bound = analysis["select"]["from"], analysis["select"]["p_below"]
    rows = run.rows(origin)
    joint = JOINT_STATISTIC[analysis.kind]
    p_values: dict[str, float] = {}
    for row in rows:
        name = row.term.partition("=")[0]
        if row.p_value is not None and (name not in p_values or row.statistic == joint):
            p_values[name] = row.p_value
    terms = [name for name, p in p_values.items() if p < bound]
    if terms:
        return terms, ""
    if not p_values:
        return [], next((row.not_estimable for row in rows if row.not_estimable), "no covariates")
    return [], f"no covariate with p below {bound:g} in {origin}"


@dataclass(frozen=True)
class Adjustment:
    """Covariates that every model adjusts for, and those that the cohort has not."""

    variables: tuple[str, ...]
    unavailable: tuple[str, ...]


def _adjustment(analysis: Analysis, sample: Sample) -> Adjustment:
    needed = sample.codebook.expand(analysis.get("adjust", []))
    wanted = sample.codebook.expand(analysis.get("adjust_where_available", []))
    lacking = tuple(name for name in wanted if name not in needed and sample.lacks(name))
    kept = [*needed, *(name for name in wanted if name not in lacking)]
    return Adjustment(tuple(dict.fromkeys(kept)), lacking)


def _fit_rows(
    analysis: Analysis, sample: Sample, terms: list[str], adjustment: Adjustment, base: Row
) -> list[Row]:
    """Rows of one model: those of its terms, and in a multivariate one of the adjustment too."""
    adjusted_for = [name for name in adjustment.variables if name not in terms]
    variables = [*terms, *adjusted_for]
    shown = terms if analysis["mode"] == BIVARIATE else variables
    lacking = _lacking(analysis, sample, variables)
    if lacking:
        return [replace(base, term=term, not_estimable=lacking) for term in _blank(sample, shown)]
    y, members = _outcome(analysis, sample, variables)
    if not len(members):
        why = "no patient with a value in every variable of the model"
        return [replace(base, term=term, n=0, not_estimable=why) for term in _blank(sample, shown)]
    covariates = design(members, variables)
    method = _method(analysis, sample, adjusted_for, adjustment.unavailable)
    fit = _Fit(analysis, y, members, covariates)
    base = replace(
        base,
        n=len(members),
        events=fit.events,
        method=method,
        left_out=_left_out(analysis, sample, variables),
    )
    return [row for name in shown for row in fit.rows(name, base)]


def _lacking(analysis: Analysis, sample: Sample, variables: list[str]) -> str:
    """What the cohort lacks of the outcome or of a covariate altogether."""
    outcome = analysis["outcome"].partition("=")[0]
    lacks = sample.lacks_outcome if analysis.kind == COX else sample.lacks
    lacking = [lacks(outcome)]
    lacking += [sample.lacks(name) for name in (*variables, *analysis.get("strata", []))]
    return next(filter(None, lacking), "")


def _blank(sample: Sample, shown: list[str]) -> list[str]:
    """Terms for covariates that no model was fitted with: each level but the reference."""
    terms = []
    for name in shown:
        variable = sample.codebook.variables[name]
        reference = variable.reference or next(iter(variable.levels), "")
        levels = [level for level in variable.levels if level != reference]
        terms += [f"{name}={level}" for level in levels] or [name]
    return terms


def _outcome(
    analysis: Analysis, sample: Sample, variables: list[str]
) -> tuple[tuple[np.ndarray, ...], Sample]:
    """Outcome and patients of a model: those with a value in all that it uses."""
    used = [*variables, *analysis.get("strata", [])]
    mask = complete(sample, used)
    if analysis.kind == COX:
        time, event = sample.times(analysis["outcome"])
        mask &= ~np.isnan(time + event)
        return (time[mask], event[mask]), sample.where(mask)
    name, _, level = analysis["outcome"].partition("=")
    mask &= complete(sample, [name])
    values = sample.values(name)[mask]
    if analysis.kind == LOGISTIC:
        values = (values == level).astype(float)
    return (values,), sample.where(mask)


def _left_out(analysis: Analysis, sample: Sample, variables: list[str]) -> str:
    """Patients of the population whom the model cannot use, by what they lack."""
    codebook = sample.codebook
    used = [*variables, *analysis.get("strata", [])]
    lacking = [(codebook.label(name), ~complete(sample, [name])) for name in used]
    if analysis.kind == COX:
        time, event = sample.times(analysis["outcome"])
        lacking.append((codebook.label(analysis["outcome"]), np.isnan(time + event)))
    else:
        name = analysis["outcome"].partition("=")[0]
        lacking.append((codebook.label(name), ~complete(sample, [name])))
    return left_out(lacking)


def _method(
    analysis: Analysis, sample: Sample, adjusted_for: list[str], unavailable: tuple[str, ...]
) -> str:
    label = sample.codebook.label
    parts = [METHOD[analysis.kind]]
    if adjusted_for:
        parts.append("adjusted for " + ", ".join(map(label, adjusted_for)))
    if unavailable:
        parts.append("not adjusted for " + ", ".join(map(label, unavailable)) + " (not available)")
    if analysis.get("strata"):
        parts.append("stratified by " + ", ".join(map(label, analysis["strata"])))
    return "; ".join(parts)


class _Fit:
    """A fitted model, or the reason why there is none."""

    def __init__(
        self, analysis: Analysis, y: tuple[np.ndarray, ...], members: Sample, covariates: Design
    ) -> None:
        self.analysis = analysis
        self.kind = analysis.kind
        self.y = y
        self.members = members
        self.covariates = covariates
        self.events = None if self.kind == LINEAR else int(np.nansum(y[-1]))
        self.result: ModelResult | None = None
        self.why = self._too_little()
        if not self.why:
            self.result, self.why = attempt(self._fitted, self._frame())

    def _too_little(self) -> str:
        """Why no model is tried: no covariate, or no more events than coefficients.

        In a logistic model those without the event count when they are fewer.
        """
        if not self.covariates.columns:
            return next(iter(self.covariates.left_out.values()), "no covariates")
        if self.kind == LINEAR:
            return ""
        rarer = self.events
        if self.kind == LOGISTIC:
            rarer = min(self.events, len(self.members) - self.events)
        coefficients = len(self.covariates.columns)
        if 0 < rarer <= coefficients:
            what = "events" if rarer == self.events else "patients without the event"
            plural = "s" if coefficients > 1 else ""
            return f"too few {what} ({rarer}) to fit {coefficients} coefficient{plural}"
        return ""

    def _frame(self, without: str = "") -> pd.DataFrame:
        """Design with printed names, which a reason may then name."""
        frame = self.covariates.frame(without)
        return frame.set_axis([self._name(term) for term in frame.columns], axis=1)

    def _name(self, term: str) -> str:
        codebook = self.members.codebook
        variable, _, level = term.partition("=")
        label = codebook.label(variable)
        if not level or codebook.variables[variable].kind == "binary":
            return label
        return f"{label}: {codebook.label(term)}"

    def _fitted(self, frame: pd.DataFrame) -> ModelResult:
        if self.kind == COX:
            return cox(*self.y, frame, strata=self._strata())
        return (logistic if self.kind == LOGISTIC else linear)(*self.y, frame)

    def _strata(self) -> np.ndarray | None:
        names = self.analysis.get("strata", [])
        if not names:
            return None
        parts = [self.members.levels(name).astype(str) for name in names]
        return np.array([" / ".join(levels) for levels in zip(*parts, strict=True)])

    def rows(self, name: str, base: Row) -> list[Row]:
        """Rows of one covariate: each of its terms, and their joint test if there are several."""
        codebook = self.members.codebook
        reference = self.covariates.references.get(name, "")
        position = {column.term: i for i, column in enumerate(self.covariates.columns)}
        rows = []
        for term in self.covariates.terms(name):
            row = replace(base, term=term, reference=reference)
            why = self.covariates.left_out.get(term) or self.why
            if why:
                rows.append(replace(row, not_estimable=why))
                continue
            fit = self.result.table.iloc[position[term]]
            rows.append(
                replace(
                    row,
                    estimate=float(fit["estimate"]),
                    ci_low=float(fit["ci_low"]),
                    ci_high=float(fit["ci_high"]),
                    p_value=float(fit["p_value"]),
                )
            )
        if not rows:  # a factor of which all patients have the same level
            level = codebook.label(f"{name}={reference}")
            why = f"only one group of {codebook.label(name)}: {level}"
            rows.append(replace(base, term=name, not_estimable=why))
        if len(self.covariates.of(name)) > 1:
            rows.append(self._joint_row(name, base))
        return rows

    def _joint_row(self, name: str, base: Row) -> Row:
        """Test of all levels of a factor: likelihood ratio, or F in a linear model."""
        row = replace(base, term=name, statistic=JOINT_STATISTIC[self.kind])
        if self.why:
            return replace(row, not_estimable=self.why)
        test, why = attempt(self._joint_test, name)
        if why:
            return replace(row, not_estimable=why)
        return replace(row, estimate=test.statistic, p_value=test.p_value)

    def _joint_test(self, name: str) -> TestResult:
        without = self._frame(without=name)
        if without.shape[1] == 0 and self.kind == COX:
            return self.result.tests["likelihood_ratio"]
        reduced = self._fitted(without)
        return (f_test if self.kind == LINEAR else likelihood_ratio)(self.result, reduced)
