"""Intervals of proportions: which procedure gives the printed one, and which counts it implies."""

import numpy as np
from scipy.stats import beta

from pd1_dynamics.published.printed import Interval

PROCEDURES = ("Clopper–Pearson", "Wilson", "Wald")
_Z = 1.959963984540054


def limits(procedure: str, count, of, confidence: float = 0.95):
    """Limits of a proportion in percent; arrays of counts and denominators are allowed."""
    count, of = np.asarray(count, float), np.asarray(of, float)
    tail = (1 - confidence) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        if procedure == "Clopper–Pearson":
            low = np.where(count == 0, 0.0, beta.ppf(tail, count, of - count + 1))
            high = np.where(count == of, 1.0, beta.ppf(1 - tail, count + 1, of - count))
        elif procedure == "Wilson":
            share = count / of
            middle = (share + _Z**2 / (2 * of)) / (1 + _Z**2 / of)
            half = _Z / (1 + _Z**2 / of) * np.sqrt(share * (1 - share) / of + _Z**2 / (4 * of**2))
            low, high = middle - half, middle + half
        else:
            share = count / of
            half = _Z * np.sqrt(share * (1 - share) / of)
            low, high = np.maximum(share - half, 0), np.minimum(share + half, 1)
    return 100 * low, 100 * high


def implied_proportions(
    percent: Interval,
    low: Interval,
    high: Interval,
    of: int | range,
    procedure: str = "Clopper–Pearson",
) -> list[tuple[int, int]]:
    """Every (count, denominator) that a printed percent with its interval may stem from.

    >>> from pd1_dynamics.published.printed import possible_values as v
    >>> implied_proportions(v(21, 0), v(5, 0), v(51, 0), range(1, 20))
    [(3, 14)]
    """
    found = []
    for n in [of] if isinstance(of, int) else of:
        counts = np.arange(n + 1)
        lower, upper = limits(procedure, counts, n)
        found += [
            (int(x), n)
            for x, a, b in zip(counts, lower, upper, strict=True)
            if 100 * x / n in percent and a in low and b in high
        ]
    return found


SCALES = {
    "log": np.log,
    "plain": lambda s: s,
    "log-log": lambda s: np.log(-np.log(s)),
    "logit": lambda s: np.log(s / (1 - s)),
}
"""Scales on which the interval of a survival probability is symmetric, named as R's conf.type."""


def symmetric_scales(estimate: Interval, low: Interval, high: Interval) -> list[str]:
    """Scales on which a survival probability (percent) lies in the middle of its interval."""
    found = []
    for name, scale in SCALES.items():
        ends = [
            sorted(scale(np.clip([part.low, part.high], 1e-6, 100 - 1e-6) / 100))
            for part in (estimate, low, high)
        ]
        middle = Interval((ends[1][0] + ends[2][0]) / 2, (ends[1][1] + ends[2][1]) / 2)
        if middle.meets(Interval(*ends[0])):
            found.append(name)
    return found
