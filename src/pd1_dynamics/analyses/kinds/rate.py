"""Kind ``rate``."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from pd1_dynamics.analyses.estimates import Estimate
from pd1_dynamics.analyses.formula import each
from pd1_dynamics.analyses.groups import groups_of
from pd1_dynamics.analyses.kind import (
    EACH_GROUP,
    LEVEL,
    OVERALL,
    Setting,
    Statistic,
    by,
    kind,
)
from pd1_dynamics.analyses.run import Run
from pd1_dynamics.contract.codebook import Codebook
from pd1_dynamics.contract.declarations import Analysis
from pd1_dynamics.statistics.proportions import clopper_pearson


def _formula(analysis: Analysis, _: Codebook) -> str:
    events = [event.partition("=") for event in analysis["events"]]
    shown = each([f'{name} == "{level}"' for name, _, level in events])
    call = f"binom.test(sum({shown}, na.rm = TRUE), sum(!is.na({shown})))"
    groups = f"by {analysis['by']}: " if analysis.get("by") else ""
    return f"{groups}with({analysis.population}, {call})"


@kind(
    "rate",
    settings={
        "events": Setting(
            {
                "description": "Each as variable=level.",
                "type": "array",
                "minItems": 1,
                "uniqueItems": True,
                "items": {"type": "string", "pattern": "^[a-z][a-z0-9_]*=.+$"},
            },
            LEVEL,
            required=True,
        ),
        "by": by(),
        "overall": OVERALL,
    },
    statistics={"rate": Statistic("Rate, %", term="`variable=level`", group=EACH_GROUP)},
    methods="Rates have exact (Clopper–Pearson) intervals.",
    formula=_formula,
)
def rate(analysis: Analysis, run: Run) -> list[Estimate]:
    """Percent with an event, with its exact (Clopper–Pearson) interval."""
    sample = run.study.sample(analysis.population)
    rows = []
    for event in analysis["events"]:
        name, _, level = event.partition("=")
        for group, members in groups_of(sample, analysis):
            levels = members.levels(name)
            n, events = int((~pd.isna(levels)).sum()), int(np.sum(levels == level))
            row = Estimate(
                analysis=analysis.id,
                population=analysis.population,
                n=n,
                events=events,
                term=event,
                group=group,
                statistic="rate",
                method="proportion, Clopper–Pearson interval",
            )
            lacking = sample.lacks(name) or members.lacks(name)
            if lacking:
                rows.append(replace(row, events=None, not_estimable=lacking))
                continue
            share, low, high = (100 * limit for limit in clopper_pearson(events, n))
            rows.append(replace(row, estimate=share, ci_low=low, ci_high=high))
    return rows
