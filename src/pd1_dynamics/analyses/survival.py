"""Kaplan–Meier medians, survival and numbers at risk; log-rank tests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pd1_dynamics.analyses.attempt import attempt
from pd1_dynamics.analyses.data import Sample
from pd1_dynamics.analyses.estimates import Row
from pd1_dynamics.analyses.groups import groups_of, left_out, too_few_groups
from pd1_dynamics.contract.codebook import level_text
from pd1_dynamics.contract.declarations import Analysis
from pd1_dynamics.statistics import kaplan_meier as curves

if TYPE_CHECKING:
    from pd1_dynamics.analyses.engine import Run

METHOD = "Kaplan–Meier, log interval"
REVERSE_METHOD = "reverse Kaplan–Meier, log interval"


def kaplan_meier(analysis: Analysis, run: Run) -> list[Row]:
    """Median survival of each group, and survival (0 to 100) and numbers at risk at times.

    With ``reverse``, censoring is the event, and the median is that of follow-up.
    """
    sample = run.study.sample(analysis.population)
    rows = []
    for group, members in groups_of(sample, analysis):
        base = Row(
            analysis=analysis.id,
            population=analysis.population,
            outcome=analysis["outcome"],
            group=group,
            method=REVERSE_METHOD if analysis.get("reverse") else METHOD,
        )
        rows += _curve(analysis, sample, members, base)
    return rows


def _curve(analysis: Analysis, sample: Sample, members: Sample, base: Row) -> list[Row]:
    outcome = analysis["outcome"]
    time, event = members.times(outcome)
    known = ~np.isnan(time + event)
    time, event = time[known], event[known] == (0 if analysis.get("reverse") else 1)
    label = sample.codebook.outcomes[outcome].label
    base = replace(base, n=len(time), events=int(event.sum()), left_out=left_out([(label, ~known)]))
    lacking = sample.lacks_outcome(outcome) or members.lacks_outcome(outcome)
    times = analysis.get("times", [])
    if lacking:
        wanted = [("", "median_survival")]
        wanted += [(_at(t), name) for t in times for name in ("survival", "n_at_risk")]
        base = replace(base, events=None, not_estimable=lacking)
        return [replace(base, term=term, statistic=name) for term, name in wanted]
    curve = curves.kaplan_meier(time, event)
    median, low, high = curve.median()
    rows = [replace(base, statistic="median_survival", estimate=median, ci_low=low, ci_high=high)]
    if analysis.get("curve"):
        rows += _steps(curve, base)
    for t, share, low, high, at_risk in zip(
        times, *curve.at(times), curve.n_at_risk(times), strict=True
    ):
        beyond = "" if np.isfinite(share) else f"no follow-up as long as {level_text(t)} months"
        rows.append(
            replace(
                base,
                term=_at(t),
                statistic="survival",
                estimate=100 * share,
                ci_low=100 * low,
                ci_high=100 * high,
                not_estimable=beyond,
            )
        )
        rows.append(replace(base, term=_at(t), statistic="n_at_risk", estimate=int(at_risk)))
    return rows


def _steps(curve: curves.KaplanMeier, base: Row) -> list[Row]:
    """The whole curve: at each time with events or censoring its value, and who was censored
    then."""
    rows = []
    for place, time in enumerate(curve.time):
        row = replace(base, term=_at(float(time)), n=int(curve.n_risk[place]))
        rows.append(
            replace(
                row,
                events=int(curve.n_event[place]),
                statistic="curve",
                estimate=100 * float(curve.survival[place]),
                ci_low=100 * float(curve.lower[place]),
                ci_high=100 * float(curve.upper[place]),
            )
        )
        if curve.n_censor[place]:
            censored = int(curve.n_censor[place])
            rows.append(replace(row, events=None, statistic="n_censored", estimate=censored))
    return rows


def _at(time: float) -> str:
    return f"time={level_text(time)}"


def log_rank(analysis: Analysis, run: Run) -> list[Row]:
    """Log-rank test between the groups of ``by``, levels set apart left out."""
    sample = run.study.sample(analysis.population)
    outcome, by = analysis["outcome"], analysis["by"]
    time, event = sample.times(outcome)
    group, levels = sample.levels(by), sample.compared_levels(by)
    known = ~np.isnan(time + event) & pd.Series(group).isin(levels).to_numpy()
    codebook = sample.codebook
    row = Row(
        analysis=analysis.id,
        population=analysis.population,
        n=int(known.sum()),
        events=int(event[known].sum()),
        left_out=left_out(
            [
                (codebook.outcomes[outcome].label, np.isnan(time + event)),
                (codebook.variables[by].label, ~pd.Series(group).isin(levels).to_numpy()),
            ]
        ),
        outcome=outcome,
        term=by,
        statistic="log_rank_chi_squared",
        method="log-rank test",
    )
    why = sample.lacks_outcome(outcome) or too_few_groups(sample, by, levels)
    if why:
        return [replace(row, not_estimable=why)]
    labels = group[known].astype(str)
    result, why = attempt(curves.log_rank, time[known], event[known] == 1, labels)
    if why:
        return [replace(row, not_estimable=why)]
    return [replace(row, estimate=result.statistic, p_value=result.p_value, method=result.method)]
