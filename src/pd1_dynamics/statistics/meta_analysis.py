"""Random-effects meta-analysis, as R's ``metafor::rma(method = "PM", test = "knha")`` gives it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.stats import chi2
from scipy.stats import t as student

from pd1_dynamics.statistics.errors import NotEstimable

LEAST_FOR_PREDICTION = 3


@dataclass(frozen=True)
class Pooled:
    """Several estimates of one quantity as one.

    Attributes
    ----------
    estimate, ci_low, ci_high
        Mean of the random effects with the interval of Hartung and Knapp.
    prediction_low, prediction_high
        Interval of the true effect in a new study; NaN below three studies.
    tau_squared, i_squared, q, q_p_value
        Variance between studies (Paule and Mandel), its share in percent (as ``metafor`` defines it
        for any estimator), Cochran's Q with its p value.
    p_value
        Of the estimate against 0.
    weights
        Share of each study in the mean, percent, shape (k,).
    """

    estimate: float
    ci_low: float
    ci_high: float
    prediction_low: float
    prediction_high: float
    tau_squared: float
    i_squared: float
    q: float
    q_p_value: float
    p_value: float
    weights: np.ndarray


def random_effects(
    effects: ArrayLike, variances: ArrayLike, confidence: float = 0.95, cautious: bool = False
) -> Pooled:
    """Pool estimates of independent studies.

    Parameters
    ----------
    effects, variances
        Estimates on a scale on which they are about normal, and their squared standard errors,
        shape (k,), k of at least 2.
    confidence
        Level of the intervals.
    cautious
        Whether the factor of Hartung and Knapp may widen the interval only, never narrow it, as it
        does where the estimates lie closer together than chance would have them (``metafor``:
        ``test = "adhoc"``).

    Raises
    ------
    NotEstimable
        With fewer than two studies, or variances that are not positive and finite.

    References
    ----------
    Paule RC, Mandel J. J Res Natl Bur Stand 1982;87:377-85. Hartung J, Knapp G. Stat Med
    2001;20:3875-89. Higgins JPT, Thompson SG, Spiegelhalter DJ. J R Stat Soc A 2009;172:137-59
    (prediction). R: ``metafor::rma``, ``predict``.
    """
    from statsmodels.stats.meta_analysis import combine_effects

    effect, variance = np.asarray(effects, dtype=float), np.asarray(variances, dtype=float)
    k = len(effect)
    if k < 2:
        raise NotEstimable("fewer than two cohorts")
    if not (np.isfinite(effect).all() and (variance > 0).all() and np.isfinite(variance).all()):
        raise NotEstimable("an estimate without a standard error")
    # statsmodels sets tau² to 0 where its last step falls short of the root by rounding: it starts
    # just below the root, and so stops there.
    start = _paule_mandel(effect, variance) * (1 - 1e-10)
    found = combine_effects(effect, variance, method_re="pm", use_t=True, tau2_start=start)
    tau_squared = float(found.tau2)
    std_err = float(np.sqrt(found.var_hksj_re))
    if cautious:
        std_err = max(std_err, float(1 / np.sqrt((1 / (variance + tau_squared)).sum())))
    mean = float(found.mean_effect_re)
    critical = float(student.isf((1 - confidence) / 2, k - 1))
    weight = 1 / variance
    typical = (k - 1) * weight.sum() / (weight.sum() ** 2 - (weight**2).sum())
    spread = critical * float(np.sqrt(std_err**2 + tau_squared))
    if k < LEAST_FOR_PREDICTION:
        spread = float("nan")
    statistic = abs(mean) / std_err if std_err else float("inf")
    return Pooled(
        estimate=mean,
        ci_low=mean - critical * std_err,
        ci_high=mean + critical * std_err,
        prediction_low=mean - spread,
        prediction_high=mean + spread,
        tau_squared=tau_squared,
        i_squared=100 * tau_squared / (tau_squared + typical),
        q=float(found.q),
        q_p_value=float(chi2.sf(found.q, k - 1)),
        p_value=float(2 * student.sf(statistic, k - 1)),
        weights=100 * np.asarray(found.weights_rel_re, dtype=float),
    )


def _paule_mandel(effect: np.ndarray, variance: np.ndarray) -> float:
    """Variance between studies at which the weighted sum of squares equals its expectation."""

    def excess(tau_squared: float) -> float:
        weight = 1 / (variance + tau_squared)
        mean = weight @ effect / weight.sum()
        return float(weight @ (effect - mean) ** 2) - (len(effect) - 1)

    if excess(0.0) <= 0:
        return 0.0
    high = float(variance.max())
    while excess(high) > 0:
        high *= 2
    return float(brentq(excess, 0.0, high, xtol=1e-14, rtol=1e-14))
