"""Resampling: which observations are drawn, and limits from what the resamples gave."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from pd1_dynamics.statistics.errors import NotEstimable


def draws(strata: np.ndarray, resamples: int, rng: np.random.Generator) -> np.ndarray:
    """Bootstrap resamples within strata, as observations drawn.

    Parameters
    ----------
    strata
        Stratum of each observation, shape (n,); as many are drawn of each as it has.
    resamples
        Number of resamples.
    rng
        Generator of random numbers.

    Returns
    -------
    ndarray
        Rows of the observations drawn, shape (resamples, n), grouped by stratum
        (R: ``boot(..., strata = )``).
    """
    drawn = np.empty((resamples, len(strata)), dtype=np.int64)
    place = 0
    for level in np.unique(strata):
        members = np.flatnonzero(strata == level)
        drawn[:, place : place + len(members)] = rng.choice(members, (resamples, len(members)))
        place += len(members)
    return drawn


def times_drawn(drawn: np.ndarray, n: int) -> np.ndarray:
    """How often each of n observations was drawn, shape (resamples, n)."""
    shifted = drawn + n * np.arange(len(drawn))[:, None]
    return np.bincount(shifted.ravel(), minlength=n * len(drawn)).reshape(len(drawn), n)


def percentile_limits(values: ArrayLike, confidence: float = 0.95) -> tuple[float, float]:
    """Percentile limits (R: ``boot.ci(type = "perc")``).

    Raises
    ------
    NotEstimable
        With fewer than 40 values: a limit would lie beyond the smallest or the largest.
    """
    tail = (1 - confidence) / 2
    return _quantiles(values, np.array([tail, 1 - tail]))


def bca_limits(
    values: ArrayLike, estimate: float, influence: ArrayLike, confidence: float = 0.95
) -> tuple[float, float]:
    """Bias-corrected and accelerated limits (R: ``boot.ci(type = "bca")``).

    Parameters
    ----------
    values
        What the resamples gave, shape (r,); those that gave nothing are NaN.
    estimate
        What the data themselves give.
    influence
        Empirical influence of each observation, shape (n,), for example (n − 1) times the estimate
        less that without the observation (R: ``empinf(type = "jack")``).

    Raises
    ------
    NotEstimable
        If there are too few values, all lie on one side of the estimate, or no observation has any
        influence.

    References
    ----------
    Efron B. Better bootstrap confidence intervals. J Am Stat Assoc 1987;82:171-85.
    """
    found = np.asarray(values, dtype=float)
    found = found[np.isfinite(found)]
    influence = np.asarray(influence, dtype=float)
    squares = float((influence**2).sum())
    shift = float(ndtri((found < estimate).mean())) if len(found) else np.inf
    if not np.isfinite(shift):
        raise NotEstimable("all resamples on one side of the estimate")
    if not squares > 0:
        raise NotEstimable("no observation has any influence")
    acceleration = float((influence**3).sum()) / (6 * squares**1.5)
    tails = shift + ndtri(np.array([(1 - confidence) / 2, (1 + confidence) / 2]))
    return _quantiles(found, ndtr(shift + tails / (1 - acceleration * tails)))


_FEWEST = 40


def _quantiles(values: ArrayLike, levels: np.ndarray) -> tuple[float, float]:
    """Order statistics at r + 1 times the levels, between two on the normal scale.

    R: ``boot:::norm.inter``.
    """
    found = np.asarray(values, dtype=float)
    found = np.sort(found[np.isfinite(found)])
    if len(found) < _FEWEST:
        raise NotEstimable(f"only {len(found)} resamples with an estimate")
    place = np.clip((len(found) + 1) * levels, 1, len(found))
    below = np.minimum(np.trunc(place).astype(int), len(found) - 1)
    low, high = (ndtri(k / (len(found) + 1)) for k in (below, below + 1))
    share = (ndtri(place / (len(found) + 1)) - low) / (high - low)
    limits = found[below - 1] + share * (found[below] - found[below - 1])
    return float(limits[0]), float(limits[1])
