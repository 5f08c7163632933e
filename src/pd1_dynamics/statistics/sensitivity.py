"""How strong something unmeasured, or missing, would have to be."""

import math


def e_value(ratio: float, low: float, high: float, rare: bool = False) -> tuple[float, float]:
    """E-values of a hazard ratio and of its confidence limit.

    The least strength of association, as risk ratio with both exposure and outcome, that an
    unmeasured confounder needs to explain an estimate away (R: ``EValue::evalues.HR``).

    Parameters
    ----------
    ratio, low, high
        Hazard ratio with its interval.
    rare
        Whether the event is rare at the end of follow-up (under 15 %): then a hazard ratio is taken
        as a risk ratio, otherwise converted by the square root rule.

    Returns
    -------
    tuple
        Of the estimate, and of the limit nearer to 1 (1 if the interval holds 1).

    Examples
    --------
    A risk ratio of 3.9 (1.8 to 8.7), the example of the reference:

    >>> [round(value, 2) for value in e_value(3.9, 1.8, 8.7, rare=True)]
    [7.26, 3.0]

    References
    ----------
    VanderWeele TJ, Ding P. Sensitivity analysis in observational research: introducing the E-value.
    Ann Intern Med 2017;167:268-74.
    """
    nearest = low if ratio > 1 else high
    crossed = low <= 1 <= high
    return _e_value(_risk_ratio(ratio, rare)), 1.0 if crossed else _e_value(
        _risk_ratio(nearest, rare)
    )


def _risk_ratio(hazard_ratio: float, rare: bool) -> float:
    if rare:
        return hazard_ratio
    return (1 - 0.5 ** math.sqrt(hazard_ratio)) / (1 - 0.5 ** math.sqrt(1 / hazard_ratio))


def _e_value(risk_ratio: float) -> float:
    above = max(risk_ratio, 1 / risk_ratio)
    return above + math.sqrt(above * (above - 1))
