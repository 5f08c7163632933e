"""Tests between groups, and rank correlation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from pd1_dynamics.analyses.attempt import attempt
from pd1_dynamics.analyses.data import Sample
from pd1_dynamics.analyses.estimates import Row
from pd1_dynamics.analyses.groups import left_out, split, too_few_groups
from pd1_dynamics.contract.codebook import MISSING
from pd1_dynamics.contract.declarations import Analysis
from pd1_dynamics.statistics.contingency import fisher_exact, pearson_chi_squared
from pd1_dynamics.statistics.ranks import kruskal_wallis, wilcoxon_rank_sum
from pd1_dynamics.statistics.ranks import pairwise_wilcoxon as all_pairs
from pd1_dynamics.statistics.ranks import spearman as rank_correlation

if TYPE_CHECKING:
    from pd1_dynamics.analyses.engine import Run

WILCOXON, KRUSKAL_WALLIS = "wilcoxon", "kruskal_wallis"
FISHER, PEARSON = "fisher_exact", "pearson_chi_squared"
STATISTIC = {WILCOXON: "wilcoxon_w", KRUSKAL_WALLIS: "kruskal_wallis_h"}


def categorical_test(
    test: str, name: str, by: str, sample: Sample, base: Row, settings: dict[str, Any]
) -> Row:
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


def continuous_test(test: str, name: str, by: str, sample: Sample, base: Row) -> Row:
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


def rank_test(analysis: Analysis, run: Run) -> list[Row]:
    """Kinds ``wilcoxon`` and ``kruskal_wallis``: one row a variable."""
    sample = run.study.sample(analysis.population)
    by = analysis["by"]
    base = Row(analysis=analysis.id, population=analysis.population, outcome=by)
    return [
        continuous_test(analysis.kind, name, by, sample, replace(base, term=name))
        for name in analysis["variables"]
    ]


def pairwise_wilcoxon(analysis: Analysis, run: Run) -> list[Row]:
    """Wilcoxon rank-sum tests of all pairs of groups, Bonferroni-adjusted within the variable."""
    sample = run.study.sample(analysis.population)
    by = analysis["by"]
    levels = sample.compared_levels(by)
    declared = [*sample.codebook.variables[by].levels]
    pairs = [
        f"{first} vs {second}"
        for place, first in enumerate(declared)
        for second in declared[place + 1 :]
    ]
    rows = []
    for name in analysis["variables"]:
        base = Row(
            analysis=analysis.id,
            population=analysis.population,
            outcome=by,
            term=name,
            statistic=STATISTIC[WILCOXON],
        )
        values, group = sample.numbers(name), sample.levels(by)
        usable = ~np.isnan(values) & pd.Series(group).isin(levels).to_numpy()
        why = sample.lacks(name) or too_few_groups(sample, by, levels)
        tests = None
        if not why:
            tests, why = attempt(all_pairs, values[usable], group[usable], levels)
        tests = pd.DataFrame() if tests is None else tests
        done = {}
        for test in tests.itertuples():
            pair = f"{test.first} vs {test.second}"
            n = int(np.isin(group[usable].astype(str), [test.first, test.second]).sum())
            done[pair] = replace(
                base,
                n=n,
                group=pair,
                estimate=test.statistic,
                p_value=test.p_value,
                p_adjusted=test.p_adjusted,
                method=f"{test.method}, Bonferroni-adjusted for {len(tests)} pairs",
            )
        for pair in dict.fromkeys([*pairs, *done]):
            absent = replace(
                base, n=0, group=pair, not_estimable=why or "no values in one of the groups"
            )
            rows.append(done.get(pair, absent))
    return rows


def spearman(analysis: Analysis, run: Run) -> list[Row]:
    """Spearman's rank correlation of the two variables, on patients who have both."""
    sample = run.study.sample(analysis.population)
    first, second = analysis["variables"]
    x, y = sample.numbers(first), sample.numbers(second)
    both = ~np.isnan(x + y)
    row = Row(
        analysis=analysis.id,
        population=analysis.population,
        n=int(both.sum()),
        left_out=left_out(
            [
                (sample.codebook.label(first), np.isnan(x)),
                (sample.codebook.label(second), np.isnan(y)),
            ]
        ),
        outcome=second,
        term=first,
        statistic="spearman_rho",
    )
    why = sample.lacks(first) or sample.lacks(second)
    if why:
        return [replace(row, not_estimable=why)]
    result, why = attempt(rank_correlation, x[both], y[both])
    if why:
        return [replace(row, not_estimable=why)]
    return [replace(row, estimate=result.estimate, p_value=result.p_value, method=result.method)]
