"""Kind ``cox``."""

import numpy as np

from pd1_dynamics.analyses import regression
from pd1_dynamics.analyses.data import Sample
from pd1_dynamics.analyses.estimates import Estimate
from pd1_dynamics.analyses.formula import covariates, survival
from pd1_dynamics.analyses.kind import LEVELS, kind, names, outcome
from pd1_dynamics.analyses.run import Run
from pd1_dynamics.contract.codebook import Codebook
from pd1_dynamics.contract.declarations import Analysis
from pd1_dynamics.statistics.cox import cox as fit_cox
from pd1_dynamics.statistics.results import likelihood_ratio


def times(analysis: Analysis, sample: Sample) -> tuple[np.ndarray, ...]:
    """Times and events of the outcome."""
    return sample.times(analysis["outcome"])


def lacks_times(analysis: Analysis, sample: Sample) -> str:
    """Why a sample says nothing of the outcome."""
    return sample.lacks_outcome(analysis["outcome"])


COX = regression.Model(
    statistic="hazard_ratio",
    joint_statistic="likelihood_ratio_chi_squared",
    method="Cox proportional hazards",
    outcome=times,
    lacks_outcome=lacks_times,
    fit=lambda y, frame, strata: fit_cox(y[0], y[1], frame, strata=strata),
    rarer=lambda y: int(np.nansum(y[-1])),
    joint_test=likelihood_ratio,
    null_test="likelihood_ratio",
)
STRATA = names(
    "Categorical variables that give each group its own baseline hazard.", LEVELS, required=False
)
STATISTICS = regression.statistics(
    *("hazard_ratio", "HR (95% CI)"),
    *("likelihood_ratio_chi_squared", "Likelihood ratio test"),
)


def _formula(analysis: Analysis, codebook: Codebook) -> str:
    model = f"{survival(analysis, codebook)} ~ {covariates(analysis, codebook)}"
    return f"coxph({model}, data = {analysis.population})"


@kind(
    "cox",
    settings=regression.settings(outcome(), strata=STRATA),
    statistics=STATISTICS,
    methods="Hazard ratios are from Cox proportional hazards regression with Efron's method for "
    "ties and Wald intervals.",
    formula=_formula,
)
def cox(analysis: Analysis, run: Run) -> list[Estimate]:
    """Cox regression (R: coxph, Efron's ties); it has either terms or select."""
    return regression.regression(COX, analysis, run)
