"""Residuals of a Cox model: martingale, scaled Schoenfeld, and each observation's influence."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtr

from pd1_dynamics.statistics.cox import fitted
from pd1_dynamics.statistics.design import coefficient_table
from pd1_dynamics.statistics.errors import NotEstimable
from pd1_dynamics.statistics.follow_up import follow_up
from pd1_dynamics.statistics.partial_likelihood import RiskSets, partial_likelihood, risk_sets

_Z = 1.959963984540054


@dataclass(frozen=True)
class CoxResiduals:
    """What a fitted Cox model leaves of n observations, p covariates and d events.

    Attributes
    ----------
    coefficients, covariance
        Of the model, shapes (p,) and (p, p).
    martingale
        Events less expected events, shape (n,) (R: ``residuals(fit, "martingale")``).
    dfbeta
        Change of the coefficients that each observation makes, shape (n, p)
        (R: ``residuals(fit, "dfbeta")``).
    event_time, scaled_schoenfeld
        Times of the events, shape (d,), ascending, and the coefficients as they seem to be then,
        shape (d, p) (R: ``residuals(fit, "scaledsch")``).
    """

    coefficients: np.ndarray
    covariance: np.ndarray
    martingale: np.ndarray
    dfbeta: np.ndarray
    event_time: np.ndarray
    scaled_schoenfeld: np.ndarray


def cox_residuals(
    time: ArrayLike, event: ArrayLike, covariates: pd.DataFrame, strata: ArrayLike | None = None
) -> CoxResiduals:
    """Fit a Cox model with Efron's ties, and give its residuals.

    Parameters
    ----------
    time, event, covariates, strata
        As for :func:`pd1_dynamics.statistics.cox.cox`.

    Raises
    ------
    NotEstimable, ValueError
        As :func:`pd1_dynamics.statistics.cox.cox`.

    References
    ----------
    Therneau TM, Grambsch PM. Modeling survival data. Springer 2000, chapters 4, 6 and 7.
    """
    fits, _ = fitted(time, event, covariates, strata)
    beta, covariance = fits.coefficients[0, 0], fits.covariance[0, 0]
    time, event = follow_up(time, event)
    stratum = np.zeros(len(time), int)
    if strata is not None:
        stratum = np.unique(np.asarray(strata), return_inverse=True)[1]
    design = covariates.to_numpy(dtype=float)
    sets = risk_sets(time, event, stratum)
    parts = partial_likelihood(sets, design - design.mean(axis=0), beta)
    means = design[sets.dead] - parts.residuals
    predictor = (design - design.mean(axis=0)) @ beta
    weight = np.exp(predictor - predictor.max(initial=0))
    step = 1 / sets.totals(weight)  # of the cumulative hazard at each event

    # Hazard that each observation lives through, and the same times the means at risk.
    moment = stratum * (len(time) + 1) + np.unique(time, return_inverse=True)[1]
    by_moment = np.argsort(moment[sets.dead], kind="stable")
    at = moment[sets.dead][by_moment]
    last = np.searchsorted(at, moment, side="right")
    first = np.searchsorted(at, stratum * (len(time) + 1), side="left")
    tied = np.full(len(time), -1)
    tied[sets.dead] = sets.tie
    hazard = _lived(step, sets, by_moment, first, last, tied)
    of_means = np.column_stack(
        [_lived(step * column, sets, by_moment, first, last, tied) for column in means.T]
    )
    mean_of_tie = np.column_stack(
        [np.bincount(sets.tie, column) / np.bincount(sets.tie) for column in means.T]
    )
    died = np.where(event[:, None], design - mean_of_tie[tied], 0.0)
    score = died - weight[:, None] * (design * hazard[:, None] - of_means)
    by_time = sets.dead[np.lexsort((time[sets.dead], stratum[sets.dead]))]
    schoenfeld = (design - mean_of_tie[tied])[by_time]
    return CoxResiduals(
        coefficients=beta,
        covariance=covariance,
        martingale=event - weight * hazard,
        dfbeta=score @ covariance,
        event_time=time[by_time],
        scaled_schoenfeld=schoenfeld @ covariance * len(by_time) + beta,
    )


def _lived(
    steps: np.ndarray,
    sets: RiskSets,
    by_moment: np.ndarray,
    first: np.ndarray,
    last: np.ndarray,
    tied: np.ndarray,
) -> np.ndarray:
    """Sum of the steps at the events from ``first`` to ``last``; who dies there takes a part."""
    running = np.append(0, np.cumsum(steps[by_moment]))
    missed = np.append(np.bincount(sets.tie, steps * sets.share), 0.0)
    return running[last] - running[first] - missed[tied]


def cox_robust(
    time: ArrayLike,
    event: ArrayLike,
    covariates: pd.DataFrame,
    cluster: ArrayLike,
    strata: ArrayLike | None = None,
) -> pd.DataFrame:
    """Cox model with a cluster-robust (sandwich) error (R: ``coxph(..., cluster = )``).

    Parameters
    ----------
    cluster
        Group of each observation, shape (n,): observations of one group may depend on each other.

    Returns
    -------
    DataFrame
        As the ``table`` of :func:`pd1_dynamics.statistics.cox.cox`.

    Raises
    ------
    NotEstimable
        As :func:`pd1_dynamics.statistics.cox.cox`; also with fewer clusters than coefficients + 1.
    """
    found = cox_residuals(time, event, covariates, strata)
    groups = np.unique(np.asarray(cluster), return_inverse=True)[1]
    if groups.max(initial=0) < covariates.shape[1]:
        raise NotEstimable(
            f"only {groups.max(initial=-1) + 1} clusters for {covariates.shape[1]} coefficients"
        )
    sums = np.column_stack([np.bincount(groups, column) for column in found.dfbeta.T])
    std_errors = np.sqrt(np.diag(sums.T @ sums))
    return coefficient_table(
        list(map(str, covariates.columns)),
        found.coefficients,
        std_errors,
        _Z,
        2 * ndtr(-np.abs(found.coefficients / std_errors)),
        exponentiate=True,
    )
