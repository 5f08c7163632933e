"""Cumulative incidence of competing events (Aalen–Johansen), and Gray's test between groups.

lifelines adds random noise to tied times before it estimates this curve, and statsmodels gives no
test between groups; so both are here, in agreement with R.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, ndtri

from pd1_dynamics.statistics.errors import NotEstimable
from pd1_dynamics.statistics.follow_up import follow_up
from pd1_dynamics.statistics.results import TestResult


@dataclass(frozen=True)
class CumulativeIncidence:
    """Cumulative incidence of one of several competing events.

    Attributes
    ----------
    time
        Distinct follow-up times, ascending, shape (d,).
    incidence
        Probability of the event up to each time, shape (d,).
    """

    time: np.ndarray
    incidence: np.ndarray
    _follow_up: np.ndarray
    _is_event: np.ndarray
    _is_any: np.ndarray
    _pieces: np.ndarray

    def at(
        self, times: ArrayLike, confidence: float = 0.95
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Incidence and its limits at times; NaN after the last follow-up.

        The interval is R's default for ``survfit`` of several states: on the log scale, with the
        infinitesimal jackknife's standard error.
        """
        times = np.atleast_1d(np.asarray(times, dtype=float))
        value = np.array([self._value(t) for t in times])
        error = np.array([self._std_error(t) for t in times])
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = np.exp(ndtri((1 + confidence) / 2) * error / value)
            low, high = value / reach, np.minimum(value * reach, 1)
        none = value == 0
        low[none], high[none] = np.nan, np.nan
        beyond = times > self.time[-1]
        for numbers in (value, low, high):
            numbers[beyond] = np.nan
        return value, low, high

    def _place(self, t: float) -> int:
        return int(np.searchsorted(self.time, t, side="right")) - 1

    def _value(self, t: float) -> float:
        place = self._place(t)
        return float(self.incidence[place]) if place >= 0 else 0.0

    def _std_error(self, t: float) -> float:
        """Infinitesimal jackknife: root of the summed squares of the observations' influences."""
        last = self._place(t)
        if last < 0:
            return 0.0
        survival, step, hazard, any_hazard = self._pieces
        final = self.incidence[last]
        with np.errstate(divide="ignore", invalid="ignore"):
            ahead = np.where(survival > 0, (final - self.incidence) / survival, 0.0)
        at_risk = np.cumsum(step * (hazard - any_hazard * ahead))
        place = np.searchsorted(self.time, self._follow_up)
        influence = -at_risk[np.minimum(place, last)]
        within = place <= last
        happened = step[place] * (self._is_event - self._is_any * ahead[place])
        influence = influence + np.where(within, happened, 0.0)
        return float(np.sqrt((influence**2).sum()))


def cumulative_incidence(time: ArrayLike, cause: ArrayLike, event: int = 1) -> CumulativeIncidence:
    """Aalen–Johansen estimate (R: ``survfit(Surv(time, factor(cause)) ~ 1)``, ``cuminc``).

    Parameters
    ----------
    time
        Follow-up times, shape (n,).
    cause
        0 for censored, otherwise the number of the event that ended follow-up, shape (n,).
    event
        The event whose incidence is wanted; the others compete with it.

    Raises
    ------
    NotEstimable
        If there is no observation.
    ValueError
        If values are missing.
    """
    cause = np.asarray(cause)
    time, _ = follow_up(time, cause != 0)
    if not len(time):
        raise NotEstimable("no patients")
    distinct, place = np.unique(time, return_inverse=True)
    is_event, is_any = (cause == event).astype(float), (cause != 0).astype(float)
    events = np.bincount(place, is_event)
    any_events = np.bincount(place, is_any)
    at_risk = np.cumsum(np.bincount(place)[::-1])[::-1]
    hazard, any_hazard = events / at_risk, any_events / at_risk
    survival = np.cumprod(1 - any_hazard)
    survival[np.abs(survival) < 1e-15] = 0
    before = np.append(1.0, survival[:-1])
    return CumulativeIncidence(
        time=distinct,
        incidence=np.cumsum(before * hazard),
        _follow_up=time,
        _is_event=is_event,
        _is_any=is_any,
        _pieces=np.array([survival, before / at_risk, hazard, any_hazard]),
    )


def gray_test(time: ArrayLike, cause: ArrayLike, group: ArrayLike, event: int = 1) -> TestResult:
    """Gray's test that groups have the same cumulative incidence (R: ``cmprsk::cuminc``, rho = 0).

    Parameters
    ----------
    time, cause, event
        As for :func:`cumulative_incidence`.
    group
        Group of each observation, shape (n,); two groups or more.

    Raises
    ------
    NotEstimable
        If there are no two groups, or the event does not happen.
    ValueError
        If values are missing.

    References
    ----------
    Gray RJ. A class of K-sample tests for comparing the cumulative incidence of a competing risk.
    Ann Stat 1988;16:1141-54.
    """
    cause = np.asarray(cause)
    time, _ = follow_up(time, cause != 0)
    groups, member = np.unique(np.asarray(group), return_inverse=True)
    if len(groups) < 2:
        raise NotEstimable("only one group with a follow-up time")
    if not (cause == event).any():
        raise NotEstimable("no events")
    score, variance = _gray_score(time, cause, member, len(groups), event)
    kept = slice(0, len(groups) - 1)
    try:
        statistic = float(score[kept] @ np.linalg.solve(variance[kept, kept], score[kept]))
    except np.linalg.LinAlgError:
        raise NotEstimable("too few patients at risk at the events") from None
    df = len(groups) - 1
    return TestResult(statistic, float(chdtrc(df, statistic)), "Gray's test", df=df)


def _gray_score(
    time: np.ndarray, cause: np.ndarray, member: np.ndarray, n_groups: int, event: int
) -> tuple[np.ndarray, np.ndarray]:
    """Score of each group, shape (g,), and its covariance, shape (g, g).

    Events are expected in proportion to the groups' subdistribution risk sets: the number at risk,
    weighted up for patients with an earlier competing event.
    """
    distinct, place = np.unique(time, return_inverse=True)
    shape = (len(distinct), n_groups)

    def counted(chosen: np.ndarray) -> np.ndarray:
        cells = np.bincount(place[chosen] * n_groups + member[chosen], minlength=np.prod(shape))
        return cells.reshape(shape).astype(float)

    of_interest, competing = counted(cause == event), counted((cause != 0) & (cause != event))
    at_risk = np.cumsum(counted(np.ones(len(time), dtype=bool))[::-1], axis=0)[::-1]
    score, variance = np.zeros(n_groups), np.zeros((n_groups, n_groups))
    drift, cross = np.zeros((n_groups, n_groups)), np.zeros((n_groups, n_groups))
    spread = np.zeros(n_groups)
    survival, incidence, pooled = np.ones(n_groups), np.zeros(n_groups), 0.0
    for d1, d2, y in zip(of_interest, competing, at_risk, strict=True):
        if not (d1.any() or d2.any()):
            continue
        there = (y > 0) & (survival > 0)
        safe_y, safe_survival = np.where(there, y, 1), np.where(there, survival, 1)
        after = np.where(there, survival * (y - d1 - d2) / safe_y, survival)
        effective = np.where(there, y / safe_survival, 0)
        total, events = effective.sum(), d1.sum()
        could = effective * (1 - incidence)
        pooled_after = pooled + events / total
        shares = np.diag(effective) - np.outer(effective, effective) / total
        if events:
            drift += shares * events / (total * (1 - pooled))
            score += np.where(there, d1 - events * could / could.sum(), 0)
            left = np.where(after > 0, 1 - (1 - pooled_after) / np.where(after > 0, after, 1), 1.0)
            ties = 1 - (events - 1) / (total * survival - 1) if events > 1 else np.ones(n_groups)
            size = np.where(there, ties * survival * events / (total * safe_y), 0)
            part = shares - left * drift
            variance += (part * size) @ part.T
            cross += part * left * size
            spread += left**2 * size
        if d2.any():
            gone = there & (after > 0) & (d2 > 0)
            left = np.where(gone, (1 - pooled_after) / np.where(gone, after, 1), 0)
            ties = np.where(d2 > 1, 1 - (d2 - 1) / np.where(y > 1, y - 1, 1), 1)
            size = np.where(gone, ties * survival**2 * d2 / safe_y**2, 0)
            part = left * drift
            variance += (part * size) @ part.T
            cross -= part * left * size
            spread += left**2 * size
        incidence = incidence + np.where(there, survival * d1 / safe_y, 0)
        survival, pooled = after, pooled_after
    variance += (drift * spread) @ drift.T + drift @ cross.T + cross @ drift.T
    return score, variance
