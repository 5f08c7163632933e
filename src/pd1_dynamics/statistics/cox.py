"""Cox proportional hazards regression, as R's ``survival::coxph`` gives it.

lifelines finds the coefficients to about six digits, whatever precision it is asked for; Newton
steps from there give the rest, and tell a maximum from a likelihood that has none.
"""

import warnings

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from pd1_dynamics.statistics.design import check_design, check_finite, coefficient_table
from pd1_dynamics.statistics.errors import NotEstimable
from pd1_dynamics.statistics.follow_up import follow_up
from pd1_dynamics.statistics.kaplan_meier import kaplan_meier
from pd1_dynamics.statistics.partial_likelihood import (
    PartialLikelihood,
    RiskSets,
    maximum,
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
    from scipy.stats import norm

    fit = _fit(time, event, covariates, strata)
    std_errors = np.sqrt(np.diag(fit.covariance))
    coefficients = fit.coefficients
    return ModelResult(
        table=coefficient_table(
            list(map(str, covariates.columns)),
            coefficients,
            std_errors,
            norm.ppf((1 + confidence) / 2),
            2 * norm.sf(np.abs(coefficients / std_errors)),
            exponentiate=True,
        ),
        n=len(covariates),
        events=len(fit.sets.dead),
        method="Cox proportional hazards model",
        log_likelihood=fit.at_maximum.log_likelihood,
        tests=_tests_of_the_model(fit),
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
    from scipy.stats import chi2

    fit = _fit(time, event, covariates, strata)
    time, event = follow_up(time, event)
    curve = kaplan_meier(time, event)
    before = np.append(1.0, curve.survival)[np.searchsorted(curve.time, time[fit.sets.dead])]
    change = (1 - before) - (1 - before).mean()
    if np.ptp(change) == 0:
        raise NotEstimable("all events at the same time")
    score = change @ fit.at_maximum.residuals
    plain, once, twice = (fit.at_maximum.information(change**power) for power in (0, 1, 2))
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
        rows.append((term, statistic, df, float(chi2.sf(statistic, df))))
    return pd.DataFrame(rows, columns=["term", "statistic", "df", "p_value"])


class _Fit:
    """A fitted model, its covariates centred and scaled to a standard deviation of 1."""

    def __init__(self, sets: RiskSets, design: np.ndarray, scale: np.ndarray, start: np.ndarray):
        for first in (start, np.zeros(len(scale))):  # a start may lie beyond the way back
            standard, self.at_maximum, self.arrived = maximum(sets, design, first)
            if self.arrived:
                break
        self.sets = sets
        self.at_zero = partial_likelihood(sets, design, np.zeros(len(scale)))
        self.standard = standard
        self.coefficients = standard / scale
        with np.errstate(all="ignore"):
            try:
                inverse = np.linalg.inv(self.at_maximum.information())
            except np.linalg.LinAlgError:
                inverse = np.full((len(scale), len(scale)), np.inf)
            self.covariance = inverse / np.outer(scale, scale)


def _fit(
    time: ArrayLike, event: ArrayLike, covariates: pd.DataFrame, strata: ArrayLike | None
) -> _Fit:
    time, event = follow_up(time, event)
    if not event.any():
        raise NotEstimable("no events")
    design = check_design(covariates)
    stratum = np.zeros(len(time), int)
    if strata is not None:
        stratum = np.unique(np.asarray(strata), return_inverse=True)[1]
    scale = design.std(axis=0)
    design = (design - design.mean(axis=0)) / scale
    start = _by_lifelines(time, event, design, stratum)
    fit = _Fit(risk_sets(time, event, stratum), design, scale, start)
    with np.errstate(invalid="ignore"):
        check_finite(covariates, fit.coefficients, np.sqrt(np.diag(fit.covariance)))
    if not fit.arrived:
        raise NotEstimable("the model does not converge")
    return fit


def _by_lifelines(
    time: np.ndarray, event: np.ndarray, design: np.ndarray, stratum: np.ndarray
) -> np.ndarray:
    """Coefficients, shape (p,), near the maximum; 0 where lifelines does not find one."""
    from lifelines import CoxPHFitter
    from lifelines.exceptions import ConvergenceError

    data = pd.DataFrame(design).rename(columns=str)
    data["time"], data["event"], data["stratum"] = time, event, stratum
    fitter = CoxPHFitter()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fitter.fit(data, "time", "event", strata=["stratum"])
    except (ConvergenceError, np.linalg.LinAlgError, ValueError):
        return np.zeros(design.shape[1])
    return fitter.params_.to_numpy()


def _tests_of_the_model(fit: _Fit) -> dict[str, TestResult]:
    """Three tests that all coefficients are 0 (R: ``summary(coxph(...))``)."""
    from scipy.stats import chi2

    zero: PartialLikelihood = fit.at_zero
    statistics = {
        "likelihood_ratio": 2 * (fit.at_maximum.log_likelihood - zero.log_likelihood),
        "wald": fit.standard @ fit.at_maximum.information() @ fit.standard,
        "score": zero.score @ np.linalg.solve(zero.information(), zero.score),
    }
    df = len(fit.standard)
    return {
        name: TestResult(
            float(statistic), float(chi2.sf(statistic, df)), f"{name.replace('_', ' ')} test", df=df
        )
        for name, statistic in statistics.items()
    }
