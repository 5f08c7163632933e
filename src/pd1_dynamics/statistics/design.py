"""What a regression needs of its covariates."""

import numpy as np
import pandas as pd

from pd1_dynamics.statistics.errors import NotEstimable

LARGEST_EFFECT = 15.0
"""A coefficient that changes the linear predictor by more than this, per standard deviation of its
covariate, has run away: hazards or odds would differ more than a million-fold."""


WIDEST_INTERVAL = 1e6
"""A 95% interval of a ratio, between two groups or over two standard deviations, whose limits lie
more than a million-fold apart comes from groups that are almost separated, and says nothing."""
_Z = 1.959963984540054


def check_design(covariates: pd.DataFrame) -> np.ndarray:
    """Covariates as an array of shape (n, p), if a model can be fitted on them.

    Raises
    ------
    ValueError
        If a covariate holds text or missing values, which is a fault of the call.
    NotEstimable
        If there are no more observations than covariates, one covariate is constant, or some are
        linear combinations of others; the covariates are named.
    """
    for name in covariates:
        column = covariates[name]
        if not pd.api.types.is_numeric_dtype(column.dtype):
            raise ValueError(f"covariate {name} holds text: give levels of a factor as 0/1 columns")
        if missing := int((~np.isfinite(column.to_numpy(dtype=float, na_value=np.nan))).sum()):
            raise ValueError(f"covariate {name} lacks {missing} values: leave incomplete rows out")
    design = covariates.to_numpy(dtype=float)
    n, p = design.shape
    if n <= p + 1:
        raise NotEstimable(f"only {n} patients with complete data for {p} coefficients")
    constant = [
        str(name)
        for name, spread in zip(covariates, np.ptp(design, axis=0), strict=True)
        if spread == 0
    ]
    if constant:
        raise NotEstimable(f"no variation in {', '.join(constant)}")
    centred = design - design.mean(axis=0)
    if p and np.linalg.matrix_rank(centred / centred.std(axis=0)) < p:
        raise NotEstimable(
            "covariates that determine each other: " + ", ".join(map(str, covariates))
        )
    return design


def check_finite(
    covariates: pd.DataFrame, coefficients: np.ndarray, std_errors: np.ndarray
) -> None:
    """Refuse a fit in which a coefficient diverges, or almost (separation, monotone
    likelihood).

    Raises
    ------
    NotEstimable
        The covariates at fault are named.
    """
    spread = covariates.to_numpy(dtype=float).std(axis=0)
    away = ~np.isfinite(std_errors) | (
        np.maximum(np.abs(coefficients), std_errors) * spread > LARGEST_EFFECT
    )
    if away.any():
        names = ", ".join(str(name) for name, gone in zip(covariates, away, strict=True) if gone)
        raise NotEstimable(f"events in only one of the groups compared by {names}")
    binary = np.isin(covariates.to_numpy(dtype=float), (0, 1)).all(axis=0)
    contrast = np.where(binary, 1.0, 2 * spread)  # between groups, or two standard deviations
    wide = 2 * _Z * std_errors * contrast > np.log(WIDEST_INTERVAL)
    if wide.any():
        names = ", ".join(str(name) for name, gone in zip(covariates, wide, strict=True) if gone)
        raise NotEstimable(f"separation: the data hardly bound the effect of {names}")


def coefficient_table(
    names: list[str],
    coefficients: np.ndarray,
    std_errors: np.ndarray,
    half_width: float,
    p_values: np.ndarray,
    exponentiate: bool,
) -> pd.DataFrame:
    """Coefficients with Wald (or t) intervals, as every model gives them."""
    transform = np.exp if exponentiate else np.asarray
    return pd.DataFrame(
        {
            "term": names,
            "coefficient": coefficients,
            "std_err": std_errors,
            "estimate": transform(coefficients),
            "ci_low": transform(coefficients - half_width * std_errors),
            "ci_high": transform(coefficients + half_width * std_errors),
            "statistic": coefficients / std_errors,
            "p_value": p_values,
        }
    )
