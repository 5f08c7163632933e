"""Estimates of several imputations made one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr, stdtrit


@dataclass(frozen=True)
class Pooled:
    """One coefficient of all imputations.

    Attributes
    ----------
    estimate, std_err, ci_low, ci_high, p_value
        The coefficient with its t interval.
    df
        Degrees of freedom.
    missing_information
        Share of the variance that comes from the imputations, 0 to 1 (R: ``lambda``).
    """

    estimate: float
    std_err: float
    ci_low: float
    ci_high: float
    p_value: float
    df: float
    missing_information: float


def pool(
    estimates: ArrayLike, std_errors: ArrayLike, complete_df: float, confidence: float = 0.95
) -> Pooled:
    """Rubin's rules with Barnard and Rubin's degrees of freedom (R: ``mice::pool``).

    Parameters
    ----------
    estimates, std_errors
        Of one coefficient in each imputation, shape (m,).
    complete_df
        Degrees of freedom had nothing been missing: for a Cox model, events less coefficients.

    References
    ----------
    Barnard J, Rubin DB. Small-sample degrees of freedom with multiple imputation. Biometrika
    1999;86:948-55.
    """
    estimates, std_errors = np.asarray(estimates, float), np.asarray(std_errors, float)
    m = len(estimates)
    mean, within = float(estimates.mean()), float((std_errors**2).mean())
    between = float(estimates.var(ddof=1))
    total = within + (1 + 1 / m) * between
    share = (1 + 1 / m) * between / total
    share = max(share, 1e-4)  # as mice does, so that nothing is divided by zero
    observed = (complete_df + 1) / (complete_df + 3) * complete_df * (1 - share)
    old = (m - 1) / share**2
    df = old * observed / (old + observed)
    error = float(np.sqrt(total))
    width = float(stdtrit(df, (1 + confidence) / 2)) * error
    return Pooled(
        mean,
        error,
        mean - width,
        mean + width,
        float(2 * stdtr(df, -abs(mean / error))),
        df,
        share,
    )
