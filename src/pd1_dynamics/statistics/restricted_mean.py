"""Restricted mean survival time, as R's ``survRM2`` and ``survival`` give it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from pd1_dynamics.statistics.errors import NotEstimable
from pd1_dynamics.statistics.kaplan_meier import kaplan_meier


@dataclass(frozen=True)
class RestrictedMean:
    """Area under a survival curve up to a horizon, with its standard error."""

    estimate: float
    std_err: float
    n: int
    events: int


@dataclass(frozen=True)
class Difference:
    """A difference with its limits and the p value of a normal test."""

    estimate: float
    ci_low: float
    ci_high: float
    p_value: float
    std_err: float


def restricted_mean(time: ArrayLike, event: ArrayLike, horizon: float) -> RestrictedMean:
    """Mean survival up to a horizon, in the unit of the times.

    R: ``survRM2::rmst2``, and ``summary(survfit(...), rmean = )`` of survival.

    Parameters
    ----------
    time, event
        Follow-up times and 0/1 events, shape (n,).
    horizon
        Time up to which survival counts.

    Raises
    ------
    NotEstimable
        If nobody is followed up to the horizon and somebody was still alive at the last time, or
        there is no event before it (its error would be 0).
    """
    curve = kaplan_meier(time, event)
    if curve.time[-1] < horizon and curve.survival[-1] > 0:
        raise NotEstimable(f"nobody is followed up to {horizon:g}")
    before = (curve.time <= horizon) & (curve.n_event > 0)
    if not before.any():
        raise NotEstimable(f"no events up to {horizon:g}")
    steps = np.append(curve.time[before], horizon)
    height = np.append(1.0, curve.survival[before])
    areas = height * np.diff(np.append(0.0, steps))
    rest = np.cumsum(areas[:0:-1])[::-1]  # area from each event time on
    at_risk, dead = curve.n_risk[before], curve.n_event[before]
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.where(at_risk > dead, dead / (at_risk * (at_risk - dead)), 0.0)
    return RestrictedMean(
        float(areas.sum()), float(np.sqrt(np.sum(rest**2 * variance))), curve.n, int(dead.sum())
    )


def difference(
    first: RestrictedMean, second: RestrictedMean, confidence: float = 0.95
) -> Difference:
    """Difference of two restricted means, first less second (R: ``survRM2::rmst2``)."""
    estimate = first.estimate - second.estimate
    error = float(np.hypot(first.std_err, second.std_err))
    width = float(ndtri((1 + confidence) / 2)) * error
    p_value = float(2 * ndtr(-abs(estimate / error)))
    return Difference(estimate, estimate - width, estimate + width, p_value, error)
