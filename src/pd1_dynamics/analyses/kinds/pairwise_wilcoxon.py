"""Kind ``pairwise_wilcoxon``."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from pd1_dynamics.analyses.attempt import attempt
from pd1_dynamics.analyses.estimates import Estimate
from pd1_dynamics.analyses.formula import each, grouped
from pd1_dynamics.analyses.groups import too_few_groups
from pd1_dynamics.analyses.kind import NUMBER, Statistic, by, kind, names
from pd1_dynamics.analyses.run import Run
from pd1_dynamics.contract.codebook import Codebook
from pd1_dynamics.contract.declarations import Analysis
from pd1_dynamics.statistics.ranks import pairwise_wilcoxon as all_pairs


def _formula(analysis: Analysis, _: Codebook) -> str:
    names, by = each(analysis["variables"]), grouped(analysis)
    call = f'pairwise.wilcox.test({names}, {by}, p.adjust.method = "bonferroni")'
    return f"with({analysis.population}, {call})"


@kind(
    "pairwise_wilcoxon",
    settings={"variables": names("Variables that are compared.", NUMBER), "by": by(required=True)},
    statistics={
        "wilcoxon_w": Statistic(
            "Wilcoxon rank-sum test",
            outcome="the `by` variable",
            term="variable",
            group="`CR vs PR`",
        )
    },
    methods="Pairs of groups were compared by Wilcoxon rank-sum tests, Bonferroni-adjusted.",
    formula=_formula,
)
def pairwise_wilcoxon(analysis: Analysis, run: Run) -> list[Estimate]:
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
        base = Estimate(
            analysis=analysis.id,
            population=analysis.population,
            outcome=by,
            term=name,
            statistic="wilcoxon_w",
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
