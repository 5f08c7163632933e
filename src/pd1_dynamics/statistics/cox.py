"""Cox proportional hazards regression, as R's ``survival::coxph`` gives it."""

import warnings

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from pd1_dynamics.statistics.design import check_design, check_finite, coefficient_table
from pd1_dynamics.statistics.errors import NotEstimable
from pd1_dynamics.statistics.results import ModelResult, TestResult

# lifelines stops earlier by default, in the sixth digit of the coefficients.
_FIT_OPTIONS = {"precision": 1e-12}


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
        ``estimate`` is the hazard ratio; ``tests`` holds ``likelihood_ratio``.

    Raises
    ------
    NotEstimable
        If there is no event, the covariates do not allow a fit (see
        :func:`~pd1_dynamics.statistics.design.check_design`), or the likelihood has no maximum.
    """
    from lifelines import CoxPHFitter
    from lifelines.exceptions import ConvergenceError
    from scipy.stats import norm

    event = np.asarray(event).astype(bool)
    if not event.any():
        raise NotEstimable("no events")
    check_design(covariates)
    names = [f"x{position}" for position in range(covariates.shape[1])]
    data = pd.DataFrame(covariates.to_numpy(dtype=float), columns=names)
    data["time"], data["event"] = np.asarray(time, dtype=float), event
    if strata is not None:
        data["stratum"] = np.asarray(strata)
    fitter = CoxPHFitter()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fitter.fit(
                data,
                "time",
                "event",
                strata=None if strata is None else ["stratum"],
                fit_options=_FIT_OPTIONS,
            )
    except (ConvergenceError, np.linalg.LinAlgError, ValueError):
        raise NotEstimable("the model does not converge") from None
    coefficients = fitter.params_.loc[names].to_numpy()
    std_errors = fitter.standard_errors_.loc[names].to_numpy()
    check_finite(covariates, coefficients, std_errors)
    gain = fitter.log_likelihood_ratio_test()
    return ModelResult(
        table=coefficient_table(
            list(map(str, covariates.columns)),
            coefficients,
            std_errors,
            norm.ppf((1 + confidence) / 2),
            2 * norm.sf(np.abs(coefficients / std_errors)),
            exponentiate=True,
        ),
        n=len(data),
        events=int(event.sum()),
        method="Cox proportional hazards model",
        log_likelihood=float(fitter.log_likelihood_),
        tests={
            "likelihood_ratio": TestResult(
                float(gain.test_statistic),
                float(gain.p_value),
                "likelihood ratio test",
                df=covariates.shape[1],
            )
        },
    )
