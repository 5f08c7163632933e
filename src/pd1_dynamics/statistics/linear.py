"""Linear regression, as R's ``lm`` gives it."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from pd1_dynamics.statistics.design import check_design, coefficient_table
from pd1_dynamics.statistics.errors import NotEstimable
from pd1_dynamics.statistics.results import ModelResult


def linear(outcome: ArrayLike, covariates: pd.DataFrame, confidence: float = 0.95) -> ModelResult:
    """Linear model by least squares with t intervals (R: ``lm``, ``confint``); no intercept shown.

    Parameters
    ----------
    outcome
        Shape (n,).
    covariates
        Numeric columns without missing values, n rows; levels of a factor as 0/1 columns.
    confidence
        Confidence level of the intervals.

    Raises
    ------
    ValueError
        If outcomes are missing, or a covariate holds text or missing values.
    NotEstimable
        If all outcomes are the same, or the covariates do not allow a fit.
    """
    import statsmodels.api as sm
    from scipy.stats import t

    outcome = np.asarray(outcome, dtype=float)
    if not np.isfinite(outcome).all():
        raise ValueError("the outcome lacks values: leave incomplete rows out")
    if len(outcome) and np.ptp(outcome) == 0:
        raise NotEstimable("the same value in all patients")
    design = check_design(covariates)
    fit = sm.OLS(outcome, sm.add_constant(design, has_constant="add")).fit()
    return ModelResult(
        table=coefficient_table(
            list(map(str, covariates.columns)),
            fit.params[1:],
            fit.bse[1:],
            t.ppf((1 + confidence) / 2, fit.df_resid),
            fit.pvalues[1:],
            exponentiate=False,
        ),
        n=len(outcome),
        events=None,
        method="linear regression",
        log_likelihood=float(fit.llf),
        df_residual=int(fit.df_resid),
        residual_sum_of_squares=float(fit.ssr),
    )
