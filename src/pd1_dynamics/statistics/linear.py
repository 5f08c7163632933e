"""Linear regression, as R's ``lm`` gives it."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import stdtr, stdtrit

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
    outcome = np.asarray(outcome, dtype=float)
    if not np.isfinite(outcome).all():
        raise ValueError("the outcome lacks values: leave incomplete rows out")
    if len(outcome) and np.ptp(outcome) == 0:
        raise NotEstimable("the same value in all patients")
    design = check_design(covariates)
    q, r = np.linalg.qr(np.column_stack([np.ones(len(outcome)), design]))
    coefficients = np.linalg.solve(r, q.T @ outcome)
    residuals = outcome - q @ (r @ coefficients)
    n, df = len(outcome), len(outcome) - len(coefficients)
    squares = float(residuals @ residuals)
    inverse = np.linalg.inv(r)
    std_errors = np.sqrt(squares / df * (inverse**2).sum(axis=1))
    statistics = coefficients / std_errors
    return ModelResult(
        table=coefficient_table(
            list(map(str, covariates.columns)),
            coefficients[1:],
            std_errors[1:],
            stdtrit(df, (1 + confidence) / 2),
            2 * stdtr(df, -np.abs(statistics[1:])),
            exponentiate=False,
        ),
        n=n,
        events=None,
        method="linear regression",
        log_likelihood=-n / 2 * (np.log(2 * np.pi * squares / n) + 1),
        df_residual=df,
        residual_sum_of_squares=squares,
    )
