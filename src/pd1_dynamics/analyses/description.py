"""Counts, shares, medians and ranges, by group, with the test between groups."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pd1_dynamics.analyses.comparison import categorical_test, continuous_test
from pd1_dynamics.analyses.data import Sample, nobody
from pd1_dynamics.analyses.estimates import Row
from pd1_dynamics.analyses.groups import groups_of
from pd1_dynamics.contract.codebook import MISSING
from pd1_dynamics.contract.declarations import Analysis
from pd1_dynamics.statistics.medians import median_interval
from pd1_dynamics.statistics.proportions import clopper_pearson

if TYPE_CHECKING:
    from pd1_dynamics.analyses.engine import Run

MEDIAN_METHOD = "median, interval of its order statistics"
QUANTITIES = {
    "mean": np.mean,
    "median": np.median,
    "min": np.min,
    "max": np.max,
    "q1": lambda values: np.quantile(values, 0.25),  # R's type 7
    "q3": lambda values: np.quantile(values, 0.75),
}


def sizes(analysis: Analysis, run: Run) -> list[Row]:
    """Patients of each population, and their percent of the population that it is part of."""
    rows = []
    for name in analysis["populations"]:
        sample = run.study.sample(name)
        population = run.study.declared.populations[name]
        parent = run.study.sample(population.of) if population.of else sample
        base = Row(analysis=analysis.id, population=name, n=len(parent), method="count")
        if not len(parent) or sample.empty not in ("", nobody(population.label)):
            rows += [
                replace(base, statistic=statistic, not_estimable=sample.empty)
                for statistic in ("n", "percent")
            ]
            continue
        share = 100 * len(sample) / len(parent)
        rows.append(replace(base, statistic="n", estimate=len(sample)))
        rows.append(replace(base, statistic="percent", estimate=share))
    return rows


def description(analysis: Analysis, run: Run) -> list[Row]:
    """Frequencies of categorical and summaries of continuous variables, and their tests."""
    sample = run.study.sample(analysis.population)
    base = Row(analysis=analysis.id, population=analysis.population)
    groups = list(groups_of(sample, analysis))
    rows = []
    for name in analysis["variables"]:
        continuous = sample.codebook.variables[name].is_continuous
        for group, members in groups:
            own = replace(base, group=group, term=name)
            if continuous:
                rows += summary(name, sample, members, own)
            else:
                rows += frequencies(name, sample, members, own, analysis.get("missing", "level"))
        tests = analysis.get("tests", {})
        wanted = tests.get("continuous" if continuous else "categorical")
        if wanted and "by" in analysis.settings and name != analysis["by"]:
            own = replace(base, term=name, outcome=analysis["by"])
            if continuous:
                rows.append(continuous_test(wanted, name, analysis["by"], sample, own))
            else:
                rows.append(categorical_test(wanted, name, analysis["by"], sample, own, tests))
    return rows


def frequencies(name: str, sample: Sample, members: Sample, base: Row, missing: str) -> list[Row]:
    """Count and percent of each level among the members of a group.

    ``missing`` is ``level`` (missing values are a level and count in the denominator) or
    ``exclude`` (they are only counted).
    """
    levels = members.levels(name)
    absent = int(pd.isna(levels).sum())
    n = len(members) - (absent if missing == "exclude" else 0)
    base = replace(base, n=n, method="frequency")
    lacking = sample.lacks(name)
    rows = []
    for level in sample.shown_levels(name):
        count = int(np.sum(levels == level))
        rows += _share(replace(base, term=f"{name}={level}"), count, lacking, members.empty)
    if missing == "level":
        rows += _share(replace(base, term=f"{name}={MISSING}"), absent, lacking, members.empty)
    counted = None if sample.empty else absent
    rows.append(
        replace(
            base,
            n=len(members),
            statistic="n_missing",
            estimate=counted,
            not_estimable=sample.empty,
        )
    )
    return rows


def _share(base: Row, count: int, lacking: str, nobody: str) -> list[Row]:
    """Count and percent; a group without patients (why: ``nobody``) has a count, no percent."""
    if lacking:
        return [
            replace(base, statistic=statistic, not_estimable=lacking)
            for statistic in ("n", "percent")
        ]
    percent = 100 * count / base.n if base.n else None
    why = "" if base.n else nobody or "no patients with a value"
    return [
        replace(base, statistic="n", estimate=count),
        replace(base, statistic="percent", estimate=percent, not_estimable=why),
    ]


def summary(name: str, sample: Sample, members: Sample, base: Row) -> list[Row]:
    """Number of values, mean, median, range and quartiles among the members of a group."""
    values = members.numbers(name)
    known = values[~np.isnan(values)]
    missing = sample.codebook.variables[name].missing
    lacking = sample.lacks(name) or members.empty or ("" if len(known) else missing)
    base = replace(base, n=len(known), method="summary")
    absent = replace(base, n=len(values), statistic="n_missing")
    if sample.empty:
        counts = [replace(row, not_estimable=sample.empty) for row in (base, absent)]
    else:
        counts = [
            replace(base, estimate=len(known)),
            replace(absent, estimate=len(values) - len(known)),
        ]
    if lacking:
        rows = [replace(base, statistic=key, not_estimable=lacking) for key in QUANTITIES]
    else:
        rows = [
            replace(base, statistic=key, estimate=float(quantity(known)))
            for key, quantity in QUANTITIES.items()
        ]
        low, high = median_interval(known)
        place = list(QUANTITIES).index("median")
        rows[place] = replace(rows[place], ci_low=low, ci_high=high, method=MEDIAN_METHOD)
    return [replace(counts[0], statistic="n"), *rows, counts[1]]


def rate(analysis: Analysis, run: Run) -> list[Row]:
    """Percent with an event and its Clopper–Pearson interval, among those with a value."""
    sample = run.study.sample(analysis.population)
    rows = []
    for event in analysis["events"]:
        name, _, level = event.partition("=")
        for group, members in groups_of(sample, analysis):
            levels = members.levels(name)
            n, events = int((~pd.isna(levels)).sum()), int(np.sum(levels == level))
            row = Row(
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
