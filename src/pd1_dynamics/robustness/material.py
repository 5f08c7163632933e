"""What the questions are asked of: a cohort's derived data, and the models of its analyses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics.analyses import kinds as kinds  # registers them
from pd1_dynamics.analyses.data import StudyData
from pd1_dynamics.analyses.kinds.cox import COX
from pd1_dynamics.analyses.kinds.linear import LINEAR
from pd1_dynamics.analyses.kinds.logistic import LOGISTIC
from pd1_dynamics.analyses.regression import ModelData, data_of_models, named, too_little
from pd1_dynamics.analyses.run import Run
from pd1_dynamics.contract.declarations import BIVARIATE, Analysis, Declarations

MODELS = {"cox": COX, "logistic": LOGISTIC, "linear": LINEAR}


@dataclass(frozen=True)
class Material:
    """A cohort as the robustness questions see it.

    Attributes
    ----------
    patients, therapies, response
        The derived tables.
    declared
        Codebook, populations and analyses.
    asked
        ``config/robustness.yaml``.
    """

    patients: pd.DataFrame
    therapies: pd.DataFrame
    response: pd.DataFrame
    declared: Declarations
    asked: Mapping[str, Any]

    @property
    def too_many(self) -> str:
        """Why the cohort is not asked what only small cohorts need; empty if it is."""
        return too_many(len(self.patients), self.asked)

    def run(self) -> Run:
        """The declared analyses on the cohort; each is carried out when it is first asked for."""
        return Run(StudyData(self.patients, self.therapies, self.declared))


@dataclass(frozen=True)
class Fitted:
    """One model of an analysis, ready to be fitted by other means.

    Attributes
    ----------
    analysis
        The analysis.
    label
        Covariate of a model of its own; empty for a model with all covariates.
    data
        Patients, outcome and covariates.
    why
        Why the model cannot be fitted.
    """

    analysis: Analysis
    label: str
    data: ModelData
    why: str

    @property
    def frame(self) -> pd.DataFrame:
        """Design with the terms of the estimates as names."""
        return self.data.covariates.frame()

    @property
    def named(self) -> pd.DataFrame:
        """Design with printed names."""
        return named(self.data.members, self.frame)

    @property
    def follow_up(self) -> tuple[np.ndarray, np.ndarray]:
        """Times and events of a Cox model."""
        time, event = self.data.y
        return time, event

    @property
    def events(self) -> int | None:
        """Events among its patients; None for a linear model."""
        rarer = MODELS[self.analysis.kind].rarer(self.data.y)
        return None if rarer is None else int(np.nansum(self.data.y[-1]))

    def shown(self) -> list[tuple[int, str]]:
        """Place and term of each coefficient that the analysis shows; none without a design."""
        columns = self.data.covariates.columns if self.data.covariates else ()
        return [(i, c.term) for i, c in enumerate(columns) if c.variable in self.data.shown]


def models_of(run: Run, name: str) -> Iterator[Fitted]:
    """The models of a declared regression; none where the cohort's file drops it."""
    analysis = run.study.declared.analyses.get(name)
    if analysis is not None and not analysis.dropped:
        yield from models_as_said(run, analysis)


def models_as_said(run: Run, analysis: Analysis) -> Iterator[Fitted]:
    """The models of a regression, declared or not."""
    model = MODELS[analysis.kind]
    for data in data_of_models(model, analysis, run):
        why = data.lacking
        if not why:
            rarer = model.rarer(data.y)
            events = None if rarer is None else int(np.nansum(data.y[-1]))
            why = too_little(data.covariates, rarer, events)
        label = data.shown[0] if analysis["mode"] == BIVARIATE else ""
        yield Fitted(analysis, label, data, why)


def cox_analyses(
    declared: Declarations, asked: Mapping[str, Any], shown: Iterable[str]
) -> list[str]:
    """Cox models among the analyses that tables show, and those that answer headline findings.

    Parameters
    ----------
    declared
        The declared analyses.
    asked
        ``config/robustness.yaml``.
    shown
        Analyses of the tables.
    """
    there = declared.analyses
    answers = [one["analysis"] for one in asked["specifications"]["findings"].values()]
    names = [*shown, *answers]
    return [
        name
        for name in dict.fromkeys(names)
        if name in there and there[name].kind == "cox" and not there[name].dropped
    ]


def too_many(patients: int, asked: Mapping[str, Any]) -> str:
    """Why a cohort is not resampled, or taken through every specification; empty if it is."""
    most = asked["most_patients"]
    return f"not asked of cohorts with more than {most:,} patients" if patients > most else ""


def too_few(events: int, coefficients: int, asked: Mapping[str, Any]) -> str:
    """Why a further model is refused, with how many events it would take; empty if it is not.

    >>> too_few(23, 6, {"events_per_coefficient": 5})
    'too few events: 23, and 6 coefficients need 30'
    """
    needed = coefficients * asked["events_per_coefficient"]
    if events >= needed:
        return ""
    plural = "s need" if coefficients > 1 else " needs"
    return f"too few events: {events}, and {coefficients} coefficient{plural} {needed}"


def table(rows: Iterable[Mapping[str, Any]], columns: str, whole: str = "") -> pd.DataFrame:
    """Rows as a table; what a row does not say is empty.

    Parameters
    ----------
    rows
        Values by column.
    columns
        Names in order, with blanks between them.
    whole
        Those that hold whole numbers, beside ``n``, ``events`` and ``df``.
    """
    made = pd.DataFrame(list(rows)).reindex(columns=columns.split())
    for name in {"n", "events", "df", *whole.split()} & set(made):
        made[name] = pd.to_numeric(made[name]).astype("Int64")
    if "not_estimable" in made:
        made["not_estimable"] = made["not_estimable"].fillna("").astype(str)
    return made


COUNTS = (
    *("n", "events", "primary", "secondary", "moved", "not_classified", "newly_classified"),
    *("population_n", "had_event", "censored", "not_known", "missing", "n_imputed", "agree"),
    "disagree",
)
"""Columns that count patients."""


def keep_back(made: pd.DataFrame, smallest: int) -> pd.DataFrame:
    """A table without the numbers of rows that count fewer patients than may be shown.

    Parameters
    ----------
    made
        A table with ``not_estimable`` and any of :data:`COUNTS`.
    smallest
        Setting ``publish.smallest_cell``; 0 for any.
    """
    counts = [name for name in COUNTS if name in made]
    if not smallest or not counts:
        return made
    numbers = made[counts].astype(float)
    if {"n", "n_imputed"} <= set(counts):  # one less the other counts patients too
        numbers["imputed_alone"] = numbers["n_imputed"] - numbers["n"]
    few = ((numbers > 0) & (numbers < smallest)).any(axis=1).to_numpy()
    made = made.copy()
    blank = [name for name in made if pd.api.types.is_numeric_dtype(made[name])]
    made.loc[few, blank] = np.nan
    made.loc[few, "not_estimable"] = f"fewer than {smallest} patients or events"
    return made


def without_patients(made: pd.DataFrame, smallest: int) -> pd.DataFrame:
    """A table of single patients where these may be shown; otherwise what it was about, and why."""
    if not smallest:
        return made
    about = made.drop_duplicates(["analysis", "term"], ignore_index=True)
    kept = about[["analysis", "term"]].reindex(columns=made.columns)
    return kept.assign(not_estimable="single patients are not shown")
