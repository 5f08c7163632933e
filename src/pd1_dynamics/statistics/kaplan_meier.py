"""Kaplan–Meier curves and the log-rank test, as R's ``survival`` gives them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri
from scipy.stats import chi2

from pd1_dynamics.statistics.errors import NotEstimable
from pd1_dynamics.statistics.follow_up import follow_up
from pd1_dynamics.statistics.results import TestResult

_TOLERANCE = np.sqrt(np.finfo(float).eps)  # R's quantile.survfit: how near is "exactly"


@dataclass(frozen=True)
class KaplanMeier:
    """A survival curve, one entry for each distinct time (events and censorings).

    Attributes
    ----------
    time, n_risk, n_event, n_censor
        Arrays of shape (k,): times in ascending order, and at each the number at risk just before,
        of events, and of censorings.
    survival, std_err
        Survival after each time, and Greenwood's standard error of its logarithm.
    lower, upper
        Pointwise limits on the log scale (R: ``conf.type = "log"``, its default), the upper one
        not above 1; NaN once the survival is 0.
    """

    time: np.ndarray
    n_risk: np.ndarray
    n_event: np.ndarray
    n_censor: np.ndarray
    survival: np.ndarray
    std_err: np.ndarray
    lower: np.ndarray
    upper: np.ndarray

    @property
    def n(self) -> int:
        """Number of observations."""
        return int(self.n_event.sum() + self.n_censor.sum())

    @property
    def events(self) -> int:
        """Number of events."""
        return int(self.n_event.sum())

    def quantile(self, probability: float = 0.5) -> tuple[float, float, float]:
        """Time by which a share of the population had the event, with its limits.

        R: ``quantile(survfit(...))``. Where the curve is flat at exactly that level, the middle of
        the flat part. NaN means not reached.
        """
        return tuple(
            _first_time(self.time, 1 - curve, probability)
            for curve in (self.survival, self.lower, self.upper)
        )

    def median(self) -> tuple[float, float, float]:
        """Median survival time with its limits; NaN means not reached."""
        return self.quantile(0.5)

    def at(self, times: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Survival and its limits at given times, NaN after the last observation.

        R: ``summary(survfit(...), times = )``.
        """
        times = np.atleast_1d(np.asarray(times, dtype=float))
        place = np.searchsorted(self.time, times, side="right")
        beyond = times > self.time[-1]
        return tuple(
            np.where(beyond, np.nan, np.append(1.0, curve)[place])
            for curve in (self.survival, self.lower, self.upper)
        )

    def n_at_risk(self, times: ArrayLike) -> np.ndarray:
        """Number still observed just before given times (time >= t)."""
        place = np.searchsorted(self.time, np.atleast_1d(times), side="left")
        return np.append(self.n_risk, 0)[place]


def kaplan_meier(time: ArrayLike, event: ArrayLike, confidence: float = 0.95) -> KaplanMeier:
    """Kaplan–Meier estimate with R's default limits (``survfit(Surv(time, event) ~ 1)``).

    Parameters
    ----------
    time
        Follow-up times, shape (n,), in any unit; no missing values.
    event
        1 or True where the event was observed, 0 or False where the time is censored, shape (n,).
    confidence
        Confidence level of the limits.

    Raises
    ------
    NotEstimable
        If there is no observation.
    ValueError
        If values are missing.
    """
    time, event = follow_up(time, event)
    if not len(time):
        raise NotEstimable("no patient with a follow-up time")
    distinct, place = np.unique(time, return_inverse=True)
    total = np.bincount(place)
    n_event = np.bincount(place, weights=event).astype(int)
    n_risk = len(time) - np.append(0, np.cumsum(total)[:-1])
    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.cumprod(1 - n_event / n_risk)
        std_err = np.sqrt(np.cumsum(n_event / (n_risk * (n_risk - n_event))))
        width = _normal_quantile(confidence) * std_err
        lower = np.exp(np.log(survival) - width)
        upper = np.minimum(np.exp(np.log(survival) + width), 1)
    gone = survival == 0
    return KaplanMeier(
        time=distinct,
        n_risk=n_risk,
        n_event=n_event,
        n_censor=total - n_event,
        survival=survival,
        std_err=std_err,
        lower=np.where(gone, np.nan, lower),
        upper=np.where(gone, np.nan, upper),
    )


def nelson_aalen(time: ArrayLike, event: ArrayLike) -> np.ndarray:
    """Cumulative hazard that each observation lived through, shape (n,), with Efron's ties.

    Of those who have the event together, each lives through a part of that moment's hazard. Events
    less this are the martingale residuals without covariates
    (R: ``residuals(coxph(Surv(time, event) ~ 1), "martingale")``).

    Examples
    --------
    >>> nelson_aalen([1, 2, 2, 3], [1, 1, 1, 0]).round(4).tolist()
    [0.25, 0.8333, 0.8333, 1.0833]
    """
    time, event = follow_up(time, event)
    _, place = np.unique(time, return_inverse=True)
    dead = np.bincount(place, weights=event).astype(int)
    at_risk = len(time) - np.append(0, np.cumsum(np.bincount(place))[:-1])
    pairs = list(zip(at_risk, dead, strict=True))
    whole = np.array([sum(1 / (n - j) for j in range(d)) for n, d in pairs])
    part = np.array([sum((1 - j / d) / (n - j) for j in range(d)) for n, d in pairs])
    before = np.append(0.0, np.cumsum(whole)[:-1])
    return before[place] + np.where(event, part[place], whole[place])


def log_rank(
    time: ArrayLike, event: ArrayLike, group: ArrayLike, strata: ArrayLike | None = None
) -> TestResult:
    """Log-rank test that survival is the same in all groups (R: ``survdiff``).

    Parameters
    ----------
    time, event
        As for :func:`kaplan_meier`.
    group
        Group of each observation, shape (n,); two groups or more.
    strata
        Stratum of each observation, shape (n,), for a stratified test.

    Raises
    ------
    NotEstimable
        If there are no two groups with patients at risk at an event, or no event.
    ValueError
        If values are missing.

    Notes
    -----
    A group that has left before the first event adds nothing, and no degree of freedom.
    """
    time, event = follow_up(time, event)
    groups, member = np.unique(np.asarray(group), return_inverse=True)
    if len(groups) < 2:
        raise NotEstimable("only one group with a follow-up time")
    if not event.any():
        raise NotEstimable("no events")
    stratum = np.asarray(strata) if strata is not None else np.zeros(len(time))
    parts = [
        _excess(time[chosen], event[chosen], member[chosen], len(groups))
        for chosen in (stratum == name for name in np.unique(stratum))
    ]
    observed, expected, variance = (np.sum(values, axis=0) for values in zip(*parts, strict=True))
    at_risk = expected > 0
    if at_risk.sum() < 2:
        raise NotEstimable("a group has left the study before the first event")
    excess = (observed - expected)[at_risk][1:]
    variance = variance[np.ix_(at_risk, at_risk)][1:, 1:]
    if np.linalg.matrix_rank(variance) < len(excess):
        raise NotEstimable("too few patients at risk at the events to compare the groups")
    statistic = float(excess @ np.linalg.solve(variance, excess))
    df = len(excess)
    return TestResult(statistic, float(chi2.sf(statistic, df)), "log-rank test", df=df)


def _excess(
    time: np.ndarray, event: np.ndarray, member: np.ndarray, groups: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Observed and expected events of each group, (k,), and their covariance, (k, k)."""
    moments, place = np.unique(time[event], return_inverse=True)
    deaths = np.bincount(place, minlength=len(moments))
    at_risk = np.column_stack(
        [
            len(t) - np.searchsorted(t, moments)
            for t in (np.sort(time[member == g]) for g in range(groups))
        ]
    )
    total = at_risk.sum(axis=1)
    share = at_risk / total[:, None]
    spread = deaths * (total - deaths) / np.maximum(total - 1, 1)  # hypergeometric
    observed = np.bincount(member[event], minlength=groups)
    variance = np.diag(spread @ share) - share.T @ (spread[:, None] * share)
    return observed, deaths @ share, variance


def _first_time(time: np.ndarray, gone: np.ndarray, probability: float) -> float:
    """Time at which a step function reaches a level, the middle of a flat part at that level.

    R: ``survival:::findq``. A confidence limit need not be monotone; of the steps that reach the
    level, the one nearest to it counts.
    """
    time, gone = np.append(0, time), np.append(0, gone)
    last = time[-1]
    steps = np.sort(np.unique(gone, return_index=True)[1])
    time, gone = time[steps], gone[steps]
    reached = np.flatnonzero(gone >= probability - _TOLERANCE)
    passed = np.flatnonzero(gone >= probability + _TOLERANCE)
    if not len(reached):
        return float("nan")
    start = time[reached[np.argmin(gone[reached])]]
    if abs(gone[-1] - probability) < _TOLERANCE:
        return float((start + last) / 2)
    if not len(passed):
        return float("nan")
    return float((start + time[passed[np.argmin(gone[passed])]]) / 2)


def _normal_quantile(confidence: float) -> float:
    return float(ndtri((1 + confidence) / 2))
