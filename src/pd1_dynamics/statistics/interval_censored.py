"""Survival when an event is only known to lie between two visits, by lifelines."""

import warnings
from dataclasses import dataclass

import numpy as np
from lifelines import KaplanMeierFitter, WeibullFitter
from numpy.typing import ArrayLike

from pd1_dynamics.statistics.errors import NotEstimable

_OPEN = 1e-7  # share of the largest time by which an interval is open on its left


@dataclass(frozen=True)
class Turnbull:
    """Nonparametric survival of interval-censored times.

    Attributes
    ----------
    time
        Ends of the intervals in which the curve falls, ascending, shape (k,).
    begin
        Where the fall that ends at ``time`` may begin, shape (k,).
    survival
        After each of them, shape (k,).
    """

    begin: np.ndarray
    time: np.ndarray
    survival: np.ndarray

    def at(self, time: float) -> tuple[float, float]:
        """Lowest and highest survival at a time that the data allow, from 0 to 1."""
        high = np.append(1.0, self.survival)[np.searchsorted(self.time, time, side="right")]
        low = np.append(1.0, self.survival)[np.searchsorted(self.begin, time, side="left")]
        return float(low), float(high)

    def median(self) -> tuple[float, float]:
        """Earliest and latest time by which half have had the event; NaN if not reached."""
        below = np.flatnonzero(self.survival <= 0.5 + 1e-9)
        if not len(below) or not np.isfinite(self.time[below[0]]):
            return float("nan"), float("nan")
        return float(self.begin[below[0]]), float(self.time[below[0]])


def turnbull(left: ArrayLike, right: ArrayLike) -> Turnbull:
    """Turnbull's estimate for events in (left, right] (R: ``Surv(type = "interval2")``).

    Parameters
    ----------
    left
        Last time without the event, shape (n,).
    right
        First time with it; infinite where it was not seen.

    Raises
    ------
    NotEstimable
        If nobody has the event.
    """
    left, right = _checked(left, right)
    gap = _OPEN * right[np.isfinite(right)].max()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = KaplanMeierFitter().fit_interval_censoring(
            np.minimum(left + gap, right), right, tol=1e-9
        )
    table = fit.survival_function_
    time = table.index.to_numpy()
    upper, lower = table.to_numpy().T
    falls = np.flatnonzero(upper - lower > 1e-8)
    # A fall is told at the end of its interval; it begins at the latest left end before it.
    starts = np.unique(left)
    begin = starts[np.searchsorted(starts, time[falls] - 2 * gap, side="right") - 1]
    return Turnbull(begin, time[falls], lower[falls])


@dataclass(frozen=True)
class Weibull:
    """Weibull model S(t) = exp(−(t / scale)^shape), with lifelines' parameters."""

    scale: float
    shape: float
    log_likelihood: float
    median: float
    median_low: float
    median_high: float

    def at(self, time: float) -> float:
        """Survival at a time, from 0 to 1."""
        return float(np.exp(-((time / self.scale) ** self.shape)))


def weibull(left: ArrayLike, right: ArrayLike) -> Weibull:
    """Weibull fit for events in (left, right] (R: ``survreg(dist = "weibull")``).

    Limits of the median by the delta method on the log scale.

    Parameters
    ----------
    left, right
        As for :func:`turnbull`; equal for an event whose time is known.

    Raises
    ------
    NotEstimable
        If nobody has the event, or no fit is found.
    """
    left, right = _checked(left, right)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            fit = WeibullFitter().fit_interval_censoring(left, right)
        except Exception:  # lifelines raises several kinds where it finds no maximum
            raise NotEstimable("the Weibull model does not converge") from None
    half = np.log(2) ** (1 / fit.rho_)
    median = fit.lambda_ * half
    # d log(median): by scale, 1 / scale; by shape, −log(log 2) / shape².
    slope = np.array([1 / fit.lambda_, -np.log(np.log(2)) / fit.rho_**2])
    error = float(np.sqrt(slope @ fit.variance_matrix_.to_numpy() @ slope))
    width = np.exp(1.959963984540054 * error)
    return Weibull(
        float(fit.lambda_),
        float(fit.rho_),
        float(fit.log_likelihood_),
        float(median),
        float(median / width),
        float(median * width),
    )


def _checked(left: ArrayLike, right: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    left, right = np.asarray(left, float), np.asarray(right, float)
    if left.shape != right.shape or not (np.isfinite(left) & (left <= right)).all():
        raise ValueError("left ends must be finite and not after right ends")
    if not np.isfinite(right).any():
        raise NotEstimable("no events")
    return left, right
