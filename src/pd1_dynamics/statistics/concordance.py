"""Harrell's C of many weighted samples at once."""

import numpy as np
from numpy.typing import ArrayLike

from pd1_dynamics.statistics.follow_up import follow_up

_CHUNK = 4_000_000  # pairs times samples that are held at once


def concordance(
    time: ArrayLike, event: ArrayLike, risks: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Share of comparable pairs in which the higher risk has the event first.

    R: ``survival::concordance(Surv(time, event) ~ risk, reverse = TRUE)``. Two observations are
    comparable when one is known to have the event before the other; pairs with the same risk count
    half.

    Parameters
    ----------
    time, event
        Follow-up times and 0/1 events, shape (n,).
    risks
        Linear predictors, shape (r, n).
    weights
        How often each observation counts, shape (r, n).

    Returns
    -------
    ndarray
        Shape (r,); NaN where no pair is comparable.

    References
    ----------
    Harrell FE, Lee KL, Mark DB. Multivariable prognostic models. Stat Med 1996;15:361-87.
    """
    time, event = follow_up(time, event)
    later = (time[:, None] < time[None, :]) | ((time[:, None] == time[None, :]) & ~event[None, :])
    first, second = np.nonzero(later & event[:, None])
    result = np.full(len(risks), np.nan)
    rows = max(_CHUNK // max(len(first), 1), 1)
    for start in range(0, len(risks), rows):
        part = slice(start, start + rows)
        pair = weights[part][:, first] * weights[part][:, second]
        gap = risks[part][:, first] - risks[part][:, second]
        with np.errstate(invalid="ignore", divide="ignore"):
            result[part] = (pair * (0.5 + 0.5 * np.sign(gap))).sum(axis=1) / pair.sum(axis=1)
    return result
