"""Cox proportional hazards regression, as R's ``survival::coxph`` gives it."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import chdtrc, ndtr, ndtri

from pd1_dynamics.statistics.cox_engine import FITTED, SINGULAR, CoxFits, fit_cox
from pd1_dynamics.statistics.design import check_design, check_finite, coefficient_table
from pd1_dynamics.statistics.errors import NotEstimable
from pd1_dynamics.statistics.follow_up import follow_up
from pd1_dynamics.statistics.kaplan_meier import kaplan_meier
from pd1_dynamics.statistics.partial_likelihood import (
    partial_likelihood,
    risk_sets,
)
from pd1_dynamics.statistics.results import ModelResult, TestResult


def cox(
    time: ArrayLike,
    event: ArrayLike,
    covariates: pd.DataFrame,
    strata: ArrayLike | None = None,
    confidence: float = 0.95,
) -> ModelResult:
    """Cox model with Efron's handling of ties and Wald intervals (R: ``coxph``).

    Parameters
    ----------
    time, event
        Follow-up times and 0/1 events, shape (n,).
    covariates
        Numeric columns without missing values, n rows; levels of a factor as 0/1 columns.
    strata
        Stratum of each observation, shape (n,).
    confidence
        Confidence level of the intervals.

    Returns
    -------
    ModelResult
        ``estimate`` is the hazard ratio; ``tests`` holds ``likelihood_ratio``, ``wald`` and
        ``score``, of the whole model.

    Raises
    ------
    NotEstimable
        If there is no event, the covariates do not allow a fit (see
        :func:`~pd1_dynamics.statistics.design.check_design`), or the likelihood has no maximum.
    ValueError
        If values are missing.
    """
    fits, dead = fitted(time, event, covariates, strata)
    coefficients, std_errors = fits.coefficients[0, 0], fits.std_errors[0, 0]
    return ModelResult(
        table=coefficient_table(
            list(map(str, covariates.columns)),
            coefficients,
            std_errors,
            ndtri((1 + confidence) / 2),
            2 * ndtr(-np.abs(coefficients / std_errors)),
            exponentiate=True,
        ),
        n=len(covariates),
        events=dead,
        method="Cox proportional hazards model",
        log_likelihood=float(fits.log_likelihood[0, 0]),
        tests=_tests_of_the_model(fits),
    )


def cox_zph(
    time: ArrayLike,
    event: ArrayLike,
    covariates: pd.DataFrame,
    strata: ArrayLike | None = None,
    terms: list[str] | None = None,
) -> pd.DataFrame:
    """Test that hazards are proportional (R: ``cox.zph`` of survival 3 and later).

    The score test that a coefficient changes with 1 − S(t−), the Kaplan–Meier estimate of all
    patients together just before t.

    Parameters
    ----------
    time, event, covariates, strata
        As for :func:`cox`.
    terms
        Name of the term that each column belongs to, for factors that take several; by default each
        column is its own.

    Returns
    -------
    DataFrame
        ``term``, ``statistic`` (chi-squared), ``df``, ``p_value``; the last row, ``GLOBAL``, tests
        all terms together.

    Raises
    ------
    NotEstimable, ValueError
        As :func:`cox`; also if all events fall on one time.

    References
    ----------
    Grambsch PM, Therneau TM. Proportional hazards tests and diagnostics based on weighted
    residuals. Biometrika 1994;81:515-26.
    """
    fits, _ = fitted(time, event, covariates, strata)
    time, event = follow_up(time, event)
    stratum = np.zeros(len(time), int)
    if strata is not None:
        stratum = np.unique(np.asarray(strata), return_inverse=True)[1]
    sets = risk_sets(time, event, stratum)
    design = covariates.to_numpy(dtype=float)
    scale = design.std(axis=0)
    at_maximum = partial_likelihood(
        sets, (design - design.mean(axis=0)) / scale, fits.coefficients[0, 0] * scale
    )
    curve = kaplan_meier(time, event)
    before = np.append(1.0, curve.survival)[np.searchsorted(curve.time, time[sets.dead])]
    change = (1 - before) - (1 - before).mean()
    if np.ptp(change) == 0:
        raise NotEstimable("all events at the same time")
    score = change @ at_maximum.residuals
    plain, once, twice = (at_maximum.information(change**power) for power in (0, 1, 2))
    # What the model's own coefficients already explain is taken out of the information.
    left = twice - once @ np.linalg.solve(plain, once)
    terms = np.array(list(map(str, covariates.columns)) if terms is None else terms)
    rows = []
    for term in [*dict.fromkeys(terms.tolist()), "GLOBAL"]:
        of_term = np.ones(len(terms), bool) if term == "GLOBAL" else terms == term
        part = left[np.ix_(of_term, of_term)]
        try:
            statistic = float(score[of_term] @ np.linalg.solve(part, score[of_term]))
        except np.linalg.LinAlgError:
            raise NotEstimable("too few events to follow the hazards over time") from None
        df = int(of_term.sum())
        rows.append((term, statistic, df, float(chdtrc(df, statistic))))
    return pd.DataFrame(rows, columns=["term", "statistic", "df", "p_value"])


def fitted(
    time: ArrayLike, event: ArrayLike, covariates: pd.DataFrame, strata: ArrayLike | None
) -> tuple[CoxFits, int]:
    """One model by the engine, and its number of events; raises as :func:`cox`."""
    time, event = follow_up(time, event)
    if not event.any():
        raise NotEstimable("no events")
    fits = fit_cox(time, event, check_design(covariates), strata=strata)
    ended = fits.ended[0, 0]
    if ended == SINGULAR:
        raise NotEstimable("no difference between patients at risk at the events")
    with np.errstate(invalid="ignore"):
        check_finite(covariates, fits.reached[0, 0], fits.std_errors[0, 0])
    if ended != FITTED:
        raise NotEstimable("the model does not converge")
    return fits, int(event.sum())


def _tests_of_the_model(fits: CoxFits) -> dict[str, TestResult]:
    """Three tests that all coefficients are 0 (R: ``summary(coxph(...))``)."""
    coefficients, covariance = fits.coefficients[0, 0], fits.covariance[0, 0]
    gain = fits.log_likelihood[0, 0] - fits.log_likelihood_at_zero[0, 0]
    statistics = {
        "likelihood_ratio": 2 * gain,
        "wald": coefficients @ np.linalg.solve(covariance, coefficients),
        "score": fits.score_statistic[0, 0],
    }
    df = len(coefficients)
    return {
        name: TestResult(
            float(statistic), float(chdtrc(df, statistic)), f"{name.replace('_', ' ')} test", df=df
        )
        for name, statistic in statistics.items()
    }
