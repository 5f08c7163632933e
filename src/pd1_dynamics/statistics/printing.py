"""How numbers are printed: R's rounding, and a journal's habits."""

import math

from pd1_dynamics.statistics.rounding import fixed

MINUS = "\u2212"
NOT_REACHED = "NR"
DASH = "\u2013"


def number(value: float, decimals: int) -> str:
    """A number with a true minus sign.

    >>> number(-69.55, 1)
    '−69.6'
    """
    return fixed(value, decimals).replace("-", MINUS)


def count(n: float, percent: float | None) -> str:
    """A count with its percent, rounded to whole ones.

    >>> count(41, 24.7), count(3, None)
    ('41 (25)', '3')
    """
    if percent is None or math.isnan(percent):
        return fixed(n)
    return f"{fixed(n)} ({fixed(percent)})"


def median_range(median: float, low: float, high: float, decimals: int) -> str:
    """Median with range.

    >>> median_range(49, 0, 415, 1)
    '49.0 (0.0 to 415.0)'
    """
    return f"{number(median, decimals)} ({number(low, decimals)} to {number(high, decimals)})"


def interval(estimate: float, low: float, high: float, decimals: int) -> str:
    """Estimate with its confidence interval; what is not reached is NR.

    >>> interval(10.28, 7.7, float("nan"), 1)
    '10.3 (7.7 to NR)'
    """

    def part(value: float) -> str:
        return NOT_REACHED if math.isnan(value) else number(value, decimals)

    return f"{part(estimate)} ({part(low)} to {part(high)})"


def p_value(p: float) -> str:
    """A p value: three decimals below 0.0095, otherwise two; below 0.001 or above 0.99 a bound.

    One below 0.05 that two decimals would show as 0.05 has as many as it takes.

    >>> [p_value(p) for p in (0.0004, 0.0049, 0.0153, 0.0951, 0.999)]
    ['<0.001', '0.005', '0.02', '0.10', '>0.99']
    >>> [p_value(p) for p in (0.048, 0.04996, 0.0499999, 0.05, 0.0512)]
    ['0.048', '0.04996', '<0.05', '0.05', '0.05']
    """
    if p < 0.001:
        return "<0.001"
    if p > 0.99:
        return ">0.99"
    if p < 0.05:
        shown = (fixed(p, decimals) for decimals in (3 if p < 0.0095 else 2, 3, 4, 5))
        return next((text for text in shown if float(text) < 0.05), "<0.05")
    return fixed(p, 2)


def p_text(p: float) -> str:
    """A p value with its sign.

    >>> [p_text(p) for p in (0.0002, 0.03)]
    ['p<0.001', 'p=0.03']
    """
    text = p_value(p)
    return f"p{text}" if text[0] in "<>" else f"p={text}"
