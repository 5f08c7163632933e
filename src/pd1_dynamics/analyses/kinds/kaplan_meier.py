"""Kind ``kaplan_meier``."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pd1_dynamics.analyses.data import Sample
from pd1_dynamics.analyses.estimates import Estimate, at_time
from pd1_dynamics.analyses.formula import grouped, survival
from pd1_dynamics.analyses.groups import groups_of, left_out
from pd1_dynamics.analyses.kind import (
    EACH_GROUP,
    OVERALL,
    Statistic,
    by,
    flag,
    kind,
    outcome,
    times,
)
from pd1_dynamics.analyses.run import Run
from pd1_dynamics.contract.codebook import Codebook, level_text
from pd1_dynamics.contract.declarations import Analysis
from pd1_dynamics.statistics import kaplan_meier as curves

METHOD = "Kaplan–Meier, log interval"
REVERSE_METHOD = "reverse Kaplan–Meier, log interval"


def _formula(analysis: Analysis, codebook: Codebook) -> str:
    event = codebook.outcomes[analysis["outcome"]].event
    response = survival(analysis, codebook, f"1 - {event}" if analysis.get("reverse") else "")
    model = f"{response} ~ {grouped(analysis)}"
    return f'survfit({model}, data = {analysis.population}, conf.type = "log")'


@kind(
    "kaplan_meier",
    settings={
        "outcome": outcome(),
        "by": by(),
        "overall": OVERALL,
        "curve": flag("Whether the whole curves are estimates too, for a figure that draws them."),
        "reverse": flag("Censoring is the event, so that the median is that of follow-up."),
        "times": times(
            "Times at which survival and numbers at risk are given, in the outcome's unit."
        ),
    },
    statistics={
        "median_survival": Statistic("Median", outcome="outcome", group=EACH_GROUP),
        "survival": Statistic(
            "Survival at {time}, %", outcome="outcome", term="`time=6`", group=EACH_GROUP
        ),
        "n_at_risk": Statistic(
            "At risk at {time}",
            outcome="outcome",
            term="`time=6`",
            group=EACH_GROUP,
            decimals=0,
        ),
        "curve": Statistic(
            "Survival at {time}, %",
            outcome="outcome",
            term="`time=6.2`: each time with an event or censoring",
            group=EACH_GROUP,
        ),
        "n_censored": Statistic(
            "Censored at {time}",
            outcome="outcome",
            term="`time=6.2`",
            group=EACH_GROUP,
            decimals=0,
        ),
    },
    methods="Survival was estimated by the Kaplan–Meier method, with intervals on the log scale.",
    formula=_formula,
)
def kaplan_meier(analysis: Analysis, run: Run) -> list[Estimate]:
    """Median survival, and survival and numbers at risk at times, with R's log interval.

    With ``reverse``, censoring is the event, and the median is that of follow-up.
    """
    sample = run.study.sample(analysis.population)
    rows = []
    for group, members in groups_of(sample, analysis):
        base = Estimate(
            analysis=analysis.id,
            population=analysis.population,
            outcome=analysis["outcome"],
            group=group,
            method=REVERSE_METHOD if analysis.get("reverse") else METHOD,
        )
        rows += _curve(analysis, sample, members, base)
    return rows


def _curve(analysis: Analysis, sample: Sample, members: Sample, base: Estimate) -> list[Estimate]:
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
        wanted += [(at_time(t), name) for t in times for name in ("survival", "n_at_risk")]
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
                term=at_time(t),
                statistic="survival",
                estimate=100 * share,
                ci_low=100 * low,
                ci_high=100 * high,
                not_estimable=beyond,
            )
        )
        rows.append(replace(base, term=at_time(t), statistic="n_at_risk", estimate=int(at_risk)))
    return rows


def _steps(curve: curves.KaplanMeier, base: Estimate) -> list[Estimate]:
    """The whole curve: at each time with events or censoring its value, and who was censored
    then."""
    rows = []
    for place, time in enumerate(curve.time):
        row = replace(base, term=at_time(float(time)), n=int(curve.n_risk[place]))
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
