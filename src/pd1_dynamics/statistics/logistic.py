"""Logistic regression, as R's ``glm(family = binomial)`` gives it."""

import warnings

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from pd1_dynamics.statistics.design import check_design, check_finite, coefficient_table
from pd1_dynamics.statistics.errors import NotEstimable
from pd1_dynamics.statistics.results import ModelResult


def logistic(outcome: ArrayLike, covariates: pd.DataFrame, confidence: float = 0.95) -> ModelResult:
    """Logistic model with Wald intervals (R: ``glm``, ``confint.default``); no intercept shown.

    Parameters
    ----------
    outcome
        0/1, shape (n,).
    covariates
        Numeric columns without missing values, n rows; levels of a factor as 0/1 columns.
    confidence
        Confidence level of the intervals.

    Returns
    -------
    ModelResult
        ``estimate`` is the odds ratio; ``events`` counts the ones.

    Raises
    ------
    ValueError
        If an outcome is not 0 or 1, or a covariate holds text or missing values.
    NotEstimable
        If all outcomes are the same, the covariates do not allow a fit, or a covariate separates
        the outcomes.
    """
    import statsmodels.api as sm
    from scipy.stats import norm

    outcome = np.asarray(outcome, dtype=float)
    if not np.isin(outcome, (0, 1)).all():
        raise ValueError("the outcome must be 0 or 1 in every row: leave incomplete rows out")
    if np.ptp(outcome) == 0:
        raise NotEstimable("the same outcome in all patients")
    design = check_design(covariates)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        model = sm.GLM(outcome, sm.add_constant(design, has_constant="add"), sm.families.Binomial())
        fit = model.fit(tol=1e-14, maxiter=100)
    check_finite(covariates, fit.params[1:], fit.bse[1:])
    z = norm.ppf((1 + confidence) / 2)
    return ModelResult(
        table=coefficient_table(
            list(map(str, covariates.columns)),
            fit.params[1:],
            fit.bse[1:],
            z,
            fit.pvalues[1:],
            exponentiate=True,
        ),
        n=len(outcome),
        events=int(outcome.sum()),
        method="logistic regression",
        log_likelihood=float(fit.llf),
    )
