"""Kind ``logistic``."""

import numpy as np
import pandas as pd

from pd1_dynamics.analyses import regression
from pd1_dynamics.analyses.data import Sample
from pd1_dynamics.analyses.estimates import Estimate
from pd1_dynamics.analyses.formula import covariates
from pd1_dynamics.analyses.kind import LEVEL, Setting, kind
from pd1_dynamics.analyses.run import Run
from pd1_dynamics.contract.codebook import Codebook
from pd1_dynamics.contract.declarations import Analysis
from pd1_dynamics.statistics.logistic import logistic as fit_logistic
from pd1_dynamics.statistics.results import likelihood_ratio


def _is_level(analysis: Analysis, sample: Sample) -> tuple[np.ndarray, ...]:
    """1 for patients at the level, 0 for others, NaN where the variable has no value."""
    name, _, level = analysis["outcome"].partition("=")
    values = sample.levels(name)
    apart = list(sample.codebook.variables[name].levels_apart)
    unknown = pd.isna(values) | np.isin(values.astype(str), apart)
    return (np.where(unknown, np.nan, values == level).astype(float),)


LOGISTIC = regression.Model(
    statistic="odds_ratio",
    joint_statistic="likelihood_ratio_chi_squared",
    method="logistic regression",
    outcome=_is_level,
    lacks_outcome=lambda analysis, sample: sample.lacks(analysis["outcome"].partition("=")[0]),
    fit=lambda y, frame, _: fit_logistic(y[0], frame),
    rarer=lambda y: int(min(y[0].sum(), len(y[0]) - y[0].sum())),
    joint_test=likelihood_ratio,
)
OUTCOME = Setting(
    {"description": "The event: variable=level.", "type": "string"}, LEVEL, required=True
)


def _formula(analysis: Analysis, codebook: Codebook) -> str:
    name, _, level = analysis["outcome"].partition("=")
    model = f'{name} == "{level}" ~ {covariates(analysis, codebook)}'
    return f"glm({model}, family = binomial, data = {analysis.population})"


@kind(
    "logistic",
    settings=regression.settings(OUTCOME),
    statistics=regression.statistics(
        *("odds_ratio", "OR (95% CI)"),
        *("likelihood_ratio_chi_squared", "Likelihood ratio test"),
    ),
    methods="Odds ratios are from logistic regression with Wald intervals.",
    formula=_formula,
)
def logistic(analysis: Analysis, run: Run) -> list[Estimate]:
    """Logistic regression (R: glm, binomial); it has either terms or select."""
    return regression.regression(LOGISTIC, analysis, run)
