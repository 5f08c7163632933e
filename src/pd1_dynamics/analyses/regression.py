"""Regression: covariates one at a time, or together, with adjustment, selection and strata.

What the models have in common; :mod:`.kinds` has a file for each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pd1_dynamics.analyses.attempt import attempt
from pd1_dynamics.analyses.data import Sample
from pd1_dynamics.analyses.design import Design, complete, design
from pd1_dynamics.analyses.estimates import Estimate
from pd1_dynamics.analyses.groups import left_out
from pd1_dynamics.analyses.kind import ANY, Setting, Statistic, names
from pd1_dynamics.analyses.run import Run
from pd1_dynamics.contract.declarations import BIVARIATE, Analysis
from pd1_dynamics.statistics.results import ModelResult, TestResult


@dataclass(frozen=True)
class Model:
    """What makes one kind of regression differ from another.

    Attributes
    ----------
    statistic, joint_statistic
        Names of a coefficient's estimate, and of the test of all levels of a factor.
    method
        The model in words.
    outcome
        Values that the model is fitted to, for all rows of a sample: one array, or times and
        events.
    lacks_outcome
        Why a sample says nothing of the outcome; empty if it does.
    fit
        Fits the model: outcome arrays, design, strata (or None).
    rarer
        Number of events that limits how many coefficients can be fitted; None for no limit.
    joint_test
        Test of nested models: full, reduced.
    null_test
        Test of the whole model that a fit brings along, where there is no smaller model.
    """

    statistic: str
    joint_statistic: str
    method: str
    outcome: Callable[[Analysis, Sample], tuple[np.ndarray, ...]]
    lacks_outcome: Callable[[Analysis, Sample], str]
    fit: Callable[[tuple[np.ndarray, ...], pd.DataFrame, np.ndarray | None], ModelResult]
    rarer: Callable[[tuple[np.ndarray, ...]], int | None]
    joint_test: Callable[[ModelResult, ModelResult], TestResult]
    null_test: str = ""


def settings(outcome: Setting, **more: Setting) -> dict[str, Setting]:
    """Settings of a regression, with its own outcome and its own further ones."""
    return {
        "outcome": outcome,
        "mode": Setting(
            {
                "description": "One model for each term, or one model with all terms.",
                "enum": [BIVARIATE, "multivariate"],
            },
            required=True,
        ),
        "terms": names("Covariates, or names of sets of covariates.", ANY, False, sets=True),
        "select": Setting(
            {
                "description": "Instead of terms, those of a bivariate analysis with a p value "
                "below a bound.",
                "type": "object",
                "additionalProperties": False,
                "required": ["from", "p_below"],
                "properties": {
                    "from": {"type": "string"},
                    "p_below": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
                },
            }
        ),
        "adjust": names(
            "Covariates, or sets, of every model; without them it is not estimable.",
            *(ANY, False, True),
        ),
        "adjust_where_available": names(
            "The same, left out when the cohort has no such variable at all.", ANY, False, True
        ),
        **more,
    }


def statistics(name: str, label: str, joint: str, joint_label: str) -> dict[str, Statistic]:
    """Statistics of a regression."""
    term = "`variable`, or `variable=level` against the reference level"
    return {
        name: Statistic(label, outcome="outcome", term=term, decimals=3),
        joint: Statistic(joint_label, outcome="outcome", term="`variable` of three or more levels"),
    }


def regression(model: Model, analysis: Analysis, run: Run) -> list[Estimate]:
    """One model for each term (bivariate), or one with all terms (multivariate)."""
    base = Estimate(
        analysis=analysis.id,
        population=analysis.population,
        outcome=analysis["outcome"],
        statistic=model.statistic,
    )
    terms, why = _terms(model, analysis, run)
    if why:
        return [replace(base, not_estimable=why)]
    sample = run.study.sample(analysis.population)
    return [
        row
        for data in _of_terms(model, analysis, sample, terms)
        for row in _rows(model, analysis, sample, data, base)
    ]


@dataclass(frozen=True)
class ModelData:
    """The patients, outcome and covariates of one model.

    Attributes
    ----------
    shown
        Covariates whose estimates the analysis shows.
    adjusted_for, unavailable
        Those that it adjusts for beside them, and those that the cohort lacks.
    y
        Outcome of its n patients: one array, or times and events.
    members
        The patients.
    covariates
        The columns.
    strata
        Stratum of each patient, where the analysis has strata.
    lacking
        Why there is no such model; then nothing else is there.
    """

    shown: tuple[str, ...]
    adjusted_for: tuple[str, ...]
    unavailable: tuple[str, ...]
    y: tuple[np.ndarray, ...] = ()
    members: Sample | None = None
    covariates: Design | None = None
    strata: np.ndarray | None = None
    lacking: str = ""

    @property
    def variables(self) -> list[str]:
        """All covariates, those that it shows first."""
        return [*dict.fromkeys([*self.shown, *self.adjusted_for])]


def data_of_models(model: Model, analysis: Analysis, run: Run) -> list[ModelData]:
    """What each model of an analysis is fitted on; none where no covariate was selected."""
    terms, _ = _terms(model, analysis, run)
    return list(_of_terms(model, analysis, run.study.sample(analysis.population), terms))


@dataclass(frozen=True)
class Adjustment:
    """Covariates that every model adjusts for, and optional ones that the cohort lacks."""

    variables: tuple[str, ...]
    unavailable: tuple[str, ...]


def _terms(model: Model, analysis: Analysis, run: Run) -> tuple[list[str], str]:
    """Covariates of an analysis, declared or selected; if none is selected, why."""
    if "select" in analysis.settings:
        return selected_terms(model, analysis, run)
    return run.study.declared.codebook.expand(analysis.get("terms", [])), ""


def _of_terms(
    model: Model, analysis: Analysis, sample: Sample, terms: list[str]
) -> Iterator[ModelData]:
    adjustment = _adjustment(analysis, sample)
    together = [[term] for term in terms] if analysis["mode"] == BIVARIATE else [terms]
    for part in together if terms else []:
        yield _of_model(model, analysis, sample, part, adjustment)


def _of_model(
    model: Model, analysis: Analysis, sample: Sample, terms: list[str], adjustment: Adjustment
) -> ModelData:
    adjusted_for = tuple(name for name in adjustment.variables if name not in terms)
    variables = [*terms, *adjusted_for]
    shown = terms if analysis["mode"] == BIVARIATE else variables
    data = ModelData(tuple(shown), adjusted_for, adjustment.unavailable)
    lacking = _lacking(model, analysis, sample, variables)
    if lacking:
        return replace(data, lacking=lacking)
    y, members = _outcome(model, analysis, sample, variables)
    if not len(members):
        return replace(data, members=members, lacking=NOBODY)
    strata = analysis.get("strata", [])
    labels = [members.levels(name).astype(str) for name in strata]
    return replace(
        data,
        y=y,
        members=members,
        covariates=design(members, variables),
        strata=np.array([" / ".join(found) for found in zip(*labels, strict=True)])
        if strata
        else None,
    )


def selected_terms(model: Model, analysis: Analysis, run: Run) -> tuple[list[str], str]:
    """Terms of the bivariate analysis with a p value below the bound; if none, why.

    The p value of a covariate with one coefficient is its own (Wald or t); that of a covariate with
    more is the joint test of all its levels.
    """
    origin, bound = analysis["select"]["from"], analysis["select"]["p_below"]
    rows = run.rows(origin)
    joint = model.joint_statistic
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


def _adjustment(analysis: Analysis, sample: Sample) -> Adjustment:
    needed = sample.codebook.expand(analysis.get("adjust", []))
    wanted = sample.codebook.expand(analysis.get("adjust_where_available", []))
    lacking = tuple(name for name in wanted if name not in needed and sample.lacks(name))
    kept = [*needed, *(name for name in wanted if name not in lacking)]
    return Adjustment(tuple(dict.fromkeys(kept)), lacking)


NOBODY = "no patient with a value in every variable of the model"


def _rows(
    model: Model, analysis: Analysis, sample: Sample, data: ModelData, base: Estimate
) -> list[Estimate]:
    """Rows of one model: those of its terms, and in a multivariate one of the adjustment too."""
    if data.lacking:
        n = None if data.members is None else 0
        terms = _blank(sample, list(data.shown))
        return [replace(base, term=term, n=n, not_estimable=data.lacking) for term in terms]
    fit = _Fit(model, data)
    base = replace(
        base,
        n=len(data.members),
        events=fit.events,
        method=_method(model, analysis, sample, data),
        left_out=_left_out(model, analysis, sample, data.variables),
    )
    return [row for name in data.shown for row in fit.rows(name, base)]


def _lacking(model: Model, analysis: Analysis, sample: Sample, variables: list[str]) -> str:
    """What the cohort lacks of the outcome or of a covariate altogether."""
    lacking = [model.lacks_outcome(analysis, sample)]
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
    model: Model, analysis: Analysis, sample: Sample, variables: list[str]
) -> tuple[tuple[np.ndarray, ...], Sample]:
    """Outcome and patients of a model: those with a value in all that it uses."""
    mask = complete(sample, [*variables, *analysis.get("strata", [])])
    values = model.outcome(analysis, sample)
    mask &= _known(values)
    return tuple(column[mask] for column in values), sample.where(mask)


def _known(values: tuple[np.ndarray, ...]) -> np.ndarray:
    return ~np.isnan(np.sum(values, axis=0))


def _left_out(model: Model, analysis: Analysis, sample: Sample, variables: list[str]) -> str:
    """Patients of the population whom the model cannot use, by what they lack."""
    codebook = sample.codebook
    used = [*variables, *analysis.get("strata", [])]
    lacking = [(codebook.label(name), ~complete(sample, [name])) for name in used]
    outcome = codebook.label(analysis["outcome"].partition("=")[0])
    lacking.append((outcome, ~_known(model.outcome(analysis, sample))))
    return left_out(lacking)


def _method(model: Model, analysis: Analysis, sample: Sample, data: ModelData) -> str:
    label = sample.codebook.label
    parts = [model.method]
    if data.adjusted_for:
        parts.append("adjusted for " + ", ".join(map(label, data.adjusted_for)))
    if data.unavailable:
        names = ", ".join(map(label, data.unavailable))
        parts.append(f"not adjusted for {names} (not available)")
    if analysis.get("strata"):
        parts.append("stratified by " + ", ".join(map(label, analysis["strata"])))
    return "; ".join(parts)


def too_little(covariates: Design, rarer: int | None, events: int | None) -> str:
    """Why no model is tried: no covariate, or no more events than coefficients."""
    if not covariates.columns:
        return next(iter(covariates.left_out.values()), "no covariates")
    coefficients = len(covariates.columns)
    if rarer is not None and 0 < rarer <= coefficients:
        what = "events" if rarer == events else "patients without the event"
        plural = "s" if coefficients > 1 else ""
        return f"too few {what} ({rarer}) to fit {coefficients} coefficient{plural}"
    return ""


def named(members: Sample, frame: pd.DataFrame) -> pd.DataFrame:
    """Design with printed names, which a reason may then name."""
    codebook = members.codebook
    names = []
    for term in frame.columns:
        variable, _, level = term.partition("=")
        label = codebook.label(variable)
        plain = not level or codebook.variables[variable].kind == "binary"
        names.append(label if plain else f"{label}: {codebook.label(term)}")
    return frame.set_axis(names, axis=1)


class _Fit:
    """A fitted model, or the reason why there is none."""

    def __init__(self, model: Model, data: ModelData) -> None:
        self.model, self.data = model, data
        self.members, self.covariates = data.members, data.covariates
        self.rarer = model.rarer(data.y)
        self.events = None if self.rarer is None else int(np.nansum(data.y[-1]))
        self.result: ModelResult | None = None
        self.why = self._too_little()
        if not self.why:
            self.result, self.why = attempt(self._fitted, self._frame())

    def _too_little(self) -> str:
        """Why no model is tried: no covariate, or no more events than coefficients."""
        return too_little(self.covariates, self.rarer, self.events)

    def _frame(self, without: str = "") -> pd.DataFrame:
        return named(self.members, self.covariates.frame(without))

    def _fitted(self, frame: pd.DataFrame) -> ModelResult:
        return self.model.fit(self.data.y, frame, self.data.strata)

    def rows(self, name: str, base: Estimate) -> list[Estimate]:
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

    def _joint_row(self, name: str, base: Estimate) -> Estimate:
        """Test of all levels of a factor: likelihood ratio, or F in a linear model."""
        row = replace(base, term=name, statistic=self.model.joint_statistic)
        if self.why:
            return replace(row, not_estimable=self.why)
        test, why = attempt(self._joint_test, name)
        if why:
            return replace(row, not_estimable=why)
        return replace(row, estimate=test.statistic, p_value=test.p_value)

    def _joint_test(self, name: str) -> TestResult:
        without = self._frame(without=name)
        if without.shape[1] == 0 and self.model.null_test:
            return self.result.tests[self.model.null_test]
        return self.model.joint_test(self.result, self._fitted(without))
