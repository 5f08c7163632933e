"""Counts, shares, medians and ranges of a variable in a group."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from pd1_dynamics.analyses.data import Sample
from pd1_dynamics.analyses.estimates import Estimate
from pd1_dynamics.contract.codebook import MISSING
from pd1_dynamics.statistics.medians import median_interval

MEDIAN_METHOD = "median, interval of its order statistics"
QUANTITIES = {
    "mean": np.mean,
    "median": np.median,
    "min": np.min,
    "max": np.max,
    "q1": lambda values: np.quantile(values, 0.25),  # R's type 7
    "q3": lambda values: np.quantile(values, 0.75),
}


def frequencies(
    name: str, sample: Sample, members: Sample, base: Estimate, missing: str
) -> list[Estimate]:
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


def _share(base: Estimate, count: int, lacking: str, nobody: str) -> list[Estimate]:
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


def summary(name: str, sample: Sample, members: Sample, base: Estimate) -> list[Estimate]:
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
