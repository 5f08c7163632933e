"""Kind ``spearman``."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pd1_dynamics.analyses.attempt import attempt
from pd1_dynamics.analyses.estimates import Estimate
from pd1_dynamics.analyses.groups import left_out
from pd1_dynamics.analyses.kind import NUMBER, Setting, Statistic, kind
from pd1_dynamics.analyses.run import Run
from pd1_dynamics.contract.codebook import Codebook
from pd1_dynamics.contract.declarations import Analysis
from pd1_dynamics.statistics.ranks import spearman as rank_correlation


def _formula(analysis: Analysis, _: Codebook) -> str:
    first, second = analysis["variables"]
    return f'with({analysis.population}, cor.test({first}, {second}, method = "spearman"))'


@kind(
    "spearman",
    settings={
        "variables": Setting(
            {
                "description": "The two variables.",
                "type": "array",
                "minItems": 2,
                "maxItems": 2,
                "uniqueItems": True,
                "items": {"type": "string"},
            },
            NUMBER,
            required=True,
        )
    },
    statistics={
        "spearman_rho": Statistic(
            "Spearman's rho", outcome="second variable", term="first variable", decimals=2
        )
    },
    methods="Correlations are Spearman's rank correlations.",
    formula=_formula,
)
def spearman(analysis: Analysis, run: Run) -> list[Estimate]:
    """Spearman's rank correlation of two continuous variables, on patients who have both."""
    sample = run.study.sample(analysis.population)
    first, second = analysis["variables"]
    x, y = sample.numbers(first), sample.numbers(second)
    both = ~np.isnan(x + y)
    row = Estimate(
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
