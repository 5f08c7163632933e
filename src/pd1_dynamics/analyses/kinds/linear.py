"""Kind ``linear``."""

import numpy as np

from pd1_dynamics.analyses import regression
from pd1_dynamics.analyses.data import Sample
from pd1_dynamics.analyses.estimates import Estimate
from pd1_dynamics.analyses.formula import covariates
from pd1_dynamics.analyses.kind import NUMBER, Setting, kind
from pd1_dynamics.analyses.run import Run
from pd1_dynamics.contract.codebook import Codebook
from pd1_dynamics.contract.declarations import Analysis
from pd1_dynamics.statistics.linear import linear as fit_linear
from pd1_dynamics.statistics.results import f_test


def _values(analysis: Analysis, sample: Sample) -> tuple[np.ndarray, ...]:
    return (sample.numbers(analysis["outcome"]),)


LINEAR = regression.Model(
    statistic="coefficient",
    joint_statistic="f_statistic",
    method="linear regression",
    outcome=_values,
    lacks_outcome=lambda analysis, sample: sample.lacks(analysis["outcome"]),
    fit=lambda y, frame, _: fit_linear(y[0], frame),
    rarer=lambda y: None,
    joint_test=f_test,
)
OUTCOME = Setting(
    {"description": "A continuous variable.", "type": "string"}, NUMBER, required=True
)


def _formula(analysis: Analysis, codebook: Codebook) -> str:
    model = f"{analysis['outcome']} ~ {covariates(analysis, codebook)}"
    return f"lm({model}, data = {analysis.population})"


@kind(
    "linear",
    settings=regression.settings(OUTCOME),
    statistics=regression.statistics(
        *("coefficient", "Coefficient (95% CI)"), *("f_statistic", "F test")
    ),
    methods="Coefficients of continuous outcomes are from linear regression with t intervals.",
    formula=_formula,
)
def linear(analysis: Analysis, run: Run) -> list[Estimate]:
    """Linear regression (R: lm); it has either terms or select."""
    return regression.regression(LINEAR, analysis, run)
