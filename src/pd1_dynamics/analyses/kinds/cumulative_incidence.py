"""Kind ``cumulative_incidence``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from pd1_dynamics.analyses.attempt import attempt
from pd1_dynamics.analyses.data import Sample
from pd1_dynamics.analyses.estimates import Estimate, at_time
from pd1_dynamics.analyses.groups import groups_of, left_out, too_few_groups
from pd1_dynamics.analyses.kind import (
    EACH_GROUP,
    LEVELS,
    OVERALL,
    Setting,
    Statistic,
    by,
    kind,
    outcome,
    times,
)
from pd1_dynamics.analyses.run import Run
from pd1_dynamics.contract.codebook import Codebook, level_text
from pd1_dynamics.contract.declarations import Analysis
from pd1_dynamics.statistics import cumulative_incidence as curves

CAUSE = Setting(
    {
        "description": "Variable whose levels are the events that compete; without a value, an "
        "event of the outcome is not known and its patient left out.",
        "type": "string",
    },
    LEVELS,
    required=True,
)
OUTCOME = "`cause=level`"


def _formula(analysis: Analysis, codebook: Codebook) -> str:
    outcome = codebook.outcomes[analysis["outcome"]]
    cause = f'ifelse({outcome.event} == 0, "censored", as.character({analysis["cause"]}))'
    groups = f", group = {analysis['by']}" if analysis.get("by") else ""
    call = f'cmprsk::cuminc({outcome.time}, {cause}{groups}, cencode = "censored")'
    return f"with({analysis.population}, {call})"


@kind(
    "cumulative_incidence",
    settings={
        "outcome": outcome(),
        "cause": CAUSE,
        "by": by(),
        "overall": OVERALL,
        "times": times("Times at which incidence is given, in the outcome's unit.", required=True),
    },
    statistics={
        "cumulative_incidence": Statistic(
            "Cumulative incidence at {time}, % (95% CI)",
            outcome=OUTCOME,
            term="`time=6`",
            group=EACH_GROUP,
        ),
        "gray_chi_squared": Statistic(
            "Gray's test, chi-squared", outcome=OUTCOME, term="the `by` variable"
        ),
    },
    methods="Competing events were described by cumulative incidence (Aalen–Johansen) and "
    "compared by Gray's test.",
    formula=_formula,
)
def cumulative_incidence(analysis: Analysis, run: Run) -> list[Estimate]:
    """Cumulative incidence of competing events (Aalen–Johansen, R: survfit), with Gray's test."""
    sample = run.study.sample(analysis.population)
    rows = []
    for level in sample.shown_levels(analysis["cause"]):
        for group, members in groups_of(sample, analysis):
            rows += _curve(analysis, sample, members, level, group)
        if "by" in analysis.settings:
            rows.append(_test(analysis, sample, level))
    return rows


def _curve(
    analysis: Analysis, sample: Sample, members: Sample, level: str, group: str
) -> Iterator[Estimate]:
    time, cause, known = _events(analysis, members, level)
    base = Estimate(
        analysis=analysis.id,
        population=analysis.population,
        n=int(known.sum()),
        events=int((cause[known] == 1).sum()),
        outcome=f"{analysis['cause']}={level}",
        group=group,
        statistic="cumulative_incidence",
        method="Aalen–Johansen, log interval",
        left_out=_left_out(analysis, sample, known),
    )
    why = sample.lacks_outcome(analysis["outcome"]) or sample.lacks(analysis["cause"])
    why = why or members.lacks_outcome(analysis["outcome"])
    if why:
        base = replace(base, events=None, not_estimable=why)
        yield from (replace(base, term=at_time(t)) for t in analysis["times"])
        return
    curve = curves.cumulative_incidence(time[known], cause[known])
    for t, share, low, high in zip(analysis["times"], *curve.at(analysis["times"]), strict=True):
        beyond = "" if np.isfinite(share) else f"no follow-up as long as {level_text(t)} months"
        limits = {"ci_low": 100 * low, "ci_high": 100 * high}
        yield replace(base, term=at_time(t), estimate=100 * share, **limits, not_estimable=beyond)


def _test(analysis: Analysis, sample: Sample, level: str) -> Estimate:
    name = analysis["by"]
    time, cause, known = _events(analysis, sample, level)
    group, levels = sample.levels(name), sample.compared_levels(name)
    known = known & pd.Series(group).isin(levels).to_numpy()
    row = Estimate(
        analysis=analysis.id,
        population=analysis.population,
        n=int(known.sum()),
        events=int((cause[known] == 1).sum()),
        outcome=f"{analysis['cause']}={level}",
        term=name,
        statistic="gray_chi_squared",
        method="Gray's test",
        left_out=_left_out(analysis, sample, known),
    )
    why = sample.lacks_outcome(analysis["outcome"]) or sample.lacks(analysis["cause"])
    why = why or too_few_groups(sample, name, levels)
    if not why:
        labels = group[known].astype(str)
        result, why = attempt(curves.gray_test, time[known], cause[known], labels)
    if why:
        return replace(row, not_estimable=why)
    return replace(row, estimate=result.statistic, p_value=result.p_value)


def _events(
    analysis: Analysis, sample: Sample, level: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times; 1 for the event of this level, 2 for a competing one, 0 for censored; who is known."""
    time, event = sample.times(analysis["outcome"])
    levels = sample.levels(analysis["cause"])
    cause = np.where(event == 1, np.where(levels == level, 1, 2), 0)
    known = ~np.isnan(time + event) & ~((event == 1) & pd.isna(levels))
    return time, cause, known


def _left_out(analysis: Analysis, sample: Sample, known: np.ndarray) -> str:
    return left_out([(sample.codebook.label(analysis["outcome"]), ~known)])
