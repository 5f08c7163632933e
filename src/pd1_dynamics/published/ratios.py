"""Hazard and odds ratios: estimate, interval and p value as a triple."""

import math

from scipy.stats import norm

from pd1_dynamics.published.printed import Interval

_Z = 1.959963984540054


def log_interval(printed: Interval) -> Interval:
    """The logarithm of what a printed ratio may be."""
    return Interval(math.log(max(printed.low, 1e-12)), math.log(printed.high))


def is_symmetric(estimate: Interval, low: Interval, high: Interval) -> bool:
    """Whether the estimate may lie in the middle of its interval on the log scale (Wald)."""
    low, high, estimate = log_interval(low), log_interval(high), log_interval(estimate)
    return Interval((low.low + high.low) / 2, (low.high + high.high) / 2).meets(estimate)


def wald_p(estimate: Interval, low: Interval, high: Interval) -> Interval | None:
    """Every Wald p value that the printed triple allows; None when it is not symmetric.

    z = 1.96 · (log high + log low) / (log high − log low) is a ratio of linear functions, so its
    extremes lie in the corners of what is allowed: the box of the two limits, cut by the strip in
    which their middle rounds to the printed estimate.
    """
    if not is_symmetric(estimate, low, high):
        return None
    low, high, estimate = log_interval(low), log_interval(high), log_interval(estimate)
    corners = [(a, b) for a in (low.low, low.high) for b in (high.low, high.high)]
    points = [(a, b) for a, b in corners if (a + b) / 2 in estimate]
    for middle in (estimate.low, estimate.high):
        points += [(a, 2 * middle - a) for a in (low.low, low.high) if 2 * middle - a in high]
        points += [(2 * middle - b, b) for b in (high.low, high.high) if 2 * middle - b in low]
    scores = [_Z * (a + b) / (b - a) for a, b in points if b > a]
    smallest = 0.0 if min(scores) <= 0 <= max(scores) else min(abs(z) for z in scores)
    largest = max(abs(z) for z in scores)
    return Interval(float(2 * norm.sf(largest)), float(2 * norm.sf(smallest)))
