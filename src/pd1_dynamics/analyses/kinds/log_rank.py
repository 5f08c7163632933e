"""Kind ``log_rank``."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from pd1_dynamics.analyses.attempt import attempt
from pd1_dynamics.analyses.estimates import Estimate
from pd1_dynamics.analyses.formula import grouped, survival
from pd1_dynamics.analyses.groups import left_out, too_few_groups
from pd1_dynamics.analyses.kind import Statistic, by, kind, outcome
from pd1_dynamics.analyses.run import Run
from pd1_dynamics.contract.codebook import Codebook
from pd1_dynamics.contract.declarations import Analysis
from pd1_dynamics.statistics import kaplan_meier as curves


def _formula(analysis: Analysis, codebook: Codebook) -> str:
    model = f"{survival(analysis, codebook)} ~ {grouped(analysis)}"
    return f"survdiff({model}, data = {analysis.population})"


@kind(
    "log_rank",
    settings={"outcome": outcome(), "by": by(required=True)},
    statistics={
        "log_rank_chi_squared": Statistic(
            "Log-rank test", outcome="outcome", term="the `by` variable"
        )
    },
    methods="Survival curves were compared by the log-rank test.",
    formula=_formula,
)
def log_rank(analysis: Analysis, run: Run) -> list[Estimate]:
    """Log-rank test between the groups of ``by``, levels set apart left out."""
    sample = run.study.sample(analysis.population)
    outcome, by = analysis["outcome"], analysis["by"]
    time, event = sample.times(outcome)
    group, levels = sample.levels(by), sample.compared_levels(by)
    known = ~np.isnan(time + event) & pd.Series(group).isin(levels).to_numpy()
    codebook = sample.codebook
    row = Estimate(
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
