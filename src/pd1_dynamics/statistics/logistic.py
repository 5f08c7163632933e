"""Logistic regression, as R's ``glm(family = binomial)`` gives it."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import expit, ndtr, ndtri

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
    outcome = np.asarray(outcome, dtype=float)
    if not np.isin(outcome, (0, 1)).all():
        raise ValueError("the outcome must be 0 or 1 in every row: leave incomplete rows out")
    if np.ptp(outcome) == 0:
        raise NotEstimable("the same outcome in all patients")
    design = check_design(covariates)
    coefficients, std_errors, log_likelihood = _maximum(
        outcome, np.column_stack([np.ones(len(outcome)), design])
    )
    coefficients, std_errors = coefficients[1:], std_errors[1:]
    check_finite(covariates, coefficients, std_errors)
    return ModelResult(
        table=coefficient_table(
            list(map(str, covariates.columns)),
            coefficients,
            std_errors,
            ndtri((1 + confidence) / 2),
            2 * ndtr(-np.abs(coefficients / std_errors)),
            exponentiate=True,
        ),
        n=len(outcome),
        events=int(outcome.sum()),
        method="logistic regression",
        log_likelihood=log_likelihood,
    )


_MOST_STEPS = 100  # Newton's method needs five or so where no covariate separates the outcomes
_SMALL_CHANGE = 1e-12  # of the log-likelihood


@np.errstate(all="ignore")  # a covariate that separates the outcomes runs away
def _maximum(outcome: np.ndarray, design: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Coefficients and standard errors, shape (p,), and log-likelihood, by weighted least
    squares."""
    coefficients = np.zeros(design.shape[1])
    sign = 2 * outcome - 1
    before = -np.inf
    for _ in range(_MOST_STEPS):
        chance = expit(design @ coefficients)
        information = (design * (chance * (1 - chance))[:, None]).T @ design
        try:
            step = np.linalg.solve(information, design.T @ (outcome - chance))
        except np.linalg.LinAlgError:
            return coefficients, np.full(len(coefficients), np.inf), before
        coefficients = coefficients + step
        now = float(-np.logaddexp(0, -sign * (design @ coefficients)).sum())
        if abs(now - before) < _SMALL_CHANGE * (abs(now) + 1):
            break
        before = now
    chance = expit(design @ coefficients)
    information = (design * (chance * (1 - chance))[:, None]).T @ design
    try:
        covariance = np.linalg.inv(information)
    except np.linalg.LinAlgError:
        return coefficients, np.full(len(coefficients), np.inf), now
    return coefficients, np.sqrt(np.diag(covariance)), now
