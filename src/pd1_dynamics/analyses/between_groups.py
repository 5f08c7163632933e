"""Tests of a variable between groups."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics.analyses.attempt import attempt
from pd1_dynamics.analyses.data import Sample
from pd1_dynamics.analyses.estimates import Estimate
from pd1_dynamics.analyses.groups import left_out, split, too_few_groups
from pd1_dynamics.analyses.run import Run
from pd1_dynamics.contract.codebook import MISSING
from pd1_dynamics.contract.declarations import Analysis
from pd1_dynamics.statistics.contingency import fisher_exact, pearson_chi_squared
from pd1_dynamics.statistics.ranks import kruskal_wallis, wilcoxon_rank_sum

WILCOXON, KRUSKAL_WALLIS = "wilcoxon", "kruskal_wallis"
FISHER = "fisher_exact"
STATISTIC = {WILCOXON: "wilcoxon_w", KRUSKAL_WALLIS: "kruskal_wallis_h"}


def categorical_test(
    test: str, name: str, by: str, sample: Sample, base: Estimate, settings: dict[str, Any]
) -> Estimate:
    """Fisher's exact or Pearson's test of a variable's levels against the groups of ``by``.

    Under ``missing: level`` a missing value is a level of the table; a missing group never is.
    """
    groups = sample.compared_levels(by)
    levels = sample.compared_levels(name)
    values, group = sample.levels(name), sample.levels(by)
    if settings.get("missing") == "level":
        values = np.where(pd.isna(values), MISSING, values)
        levels = [*levels, MISSING]
    cells = np.array(
        [[int(np.sum((values == level) & (group == g))) for g in groups] for level in levels]
    ).reshape(len(levels), len(groups))
    base = replace(base, n=int(cells.sum()), statistic=test)
    why = sample.lacks(name) or too_few_groups(sample, by, groups)
    if why:
        return replace(base, not_estimable=why)
    if test == FISHER:
        result, why = attempt(fisher_exact, cells)
    else:
        correct = settings.get("continuity_correction", True)
        result, why = attempt(pearson_chi_squared, cells, correct)
    if why:
        return replace(base, not_estimable=why)
    method = result.method
    if MISSING in levels and cells[-1].any():
        method += ", missing as a level"
    return replace(base, estimate=result.statistic, p_value=result.p_value, method=method)


def continuous_test(test: str, name: str, by: str, sample: Sample, base: Estimate) -> Estimate:
    """Wilcoxon rank-sum (two groups) or Kruskal–Wallis test of a variable between groups."""
    groups = sample.compared_levels(by)
    values, group = sample.numbers(name), sample.levels(by)
    samples = split(values, group, groups)
    codebook = sample.codebook
    base = replace(
        base,
        n=sum(map(len, samples)),
        statistic=STATISTIC[test],
        left_out=left_out(
            [
                (codebook.label(name), np.isnan(values)),
                (codebook.label(by), ~pd.Series(group).isin(groups).to_numpy()),
            ]
        ),
    )
    why = sample.lacks(name) or too_few_groups(sample, by, groups)
    if test == WILCOXON and len(groups) > 2:
        why = why or f"{len(groups)} groups, where the test compares two"
    if why:
        return replace(base, not_estimable=why)
    if test == WILCOXON:
        result, why = attempt(wilcoxon_rank_sum, *samples)
    else:
        labels = np.repeat(groups, [len(part) for part in samples])
        result, why = attempt(kruskal_wallis, np.concatenate(samples), labels)
    if why:
        return replace(base, not_estimable=why)
    return replace(base, estimate=result.statistic, p_value=result.p_value, method=result.method)


def each_variable(analysis: Analysis, run: Run) -> list[Estimate]:
    """One test for each variable of an analysis, named as its kind."""
    sample = run.study.sample(analysis.population)
    by = analysis["by"]
    base = Estimate(analysis=analysis.id, population=analysis.population, outcome=by)
    return [
        continuous_test(analysis.kind, name, by, sample, replace(base, term=name))
        for name in analysis["variables"]
    ]
