"""Cox regression on covariates that change, as R's ``coxph(Surv(start, stop, event) ~ ...)``."""

import warnings

import pandas as pd
from lifelines import CoxTimeVaryingFitter
from lifelines.exceptions import ConvergenceError, ConvergenceWarning
from scipy.special import ndtr

from pd1_dynamics.statistics.design import check_design, check_finite, coefficient_table
from pd1_dynamics.statistics.errors import NotEstimable
from pd1_dynamics.statistics.results import ModelResult

_PRECISE = {"precision": 1e-10}  # lifelines' default stops at the sixth digit
_Z = 1.959963984540054


def counting_process_cox(
    spans: pd.DataFrame, covariates: list[str], subject: str = "patient"
) -> ModelResult:
    """Cox model with Efron's ties on spans of time, within which covariates are constant.

    Parameters
    ----------
    spans
        One row a span: ``subject``, ``start``, ``stop`` (start < stop, no overlap within a
        subject), ``event`` (1 in the span that ends with it), and the covariates.
    covariates
        Columns that enter the model.
    subject
        Column that tells whose span it is; n counts them.

    Returns
    -------
    ModelResult
        ``estimate`` is the hazard ratio.

    Raises
    ------
    NotEstimable
        If there is no event, the covariates do not allow a fit, or it does not converge.
    """
    events = int(spans["event"].sum())
    if not events:
        raise NotEstimable("no events")
    columns = spans[covariates].astype(float)
    check_design(columns)
    numbered = columns.set_axis([f"x{i}" for i in range(len(covariates))], axis=1)
    data = pd.concat([spans[[subject, "start", "stop", "event"]], numbered], axis=1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", ConvergenceWarning
            )  # check_finite sees what it warns of
            fit = CoxTimeVaryingFitter().fit(
                data,
                id_col=subject,
                start_col="start",
                stop_col="stop",
                event_col="event",
                fit_options=_PRECISE,
            )
    except ConvergenceError:
        raise NotEstimable("the model does not converge") from None
    coefficients = fit.params_.to_numpy()
    std_errors = fit.standard_errors_.to_numpy()
    check_finite(columns, coefficients, std_errors)
    return ModelResult(
        table=coefficient_table(
            covariates,
            coefficients,
            std_errors,
            _Z,
            2 * ndtr(-abs(coefficients / std_errors)),
            exponentiate=True,
        ),
        n=spans[subject].nunique(),
        events=events,
        method="Cox model with covariates that change over time",
        log_likelihood=float(fit.log_likelihood_),
    )
