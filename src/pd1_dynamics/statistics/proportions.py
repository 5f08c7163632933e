"""Exact binomial intervals."""

from scipy.stats import binomtest

from pd1_dynamics.statistics.errors import NotEstimable


def clopper_pearson(successes: int, n: int, confidence: float = 0.95) -> tuple[float, float, float]:
    """Proportion with its exact (Clopper–Pearson) interval, all 0 to 1 (R: ``binom.test``).

    Raises
    ------
    NotEstimable
        If there is no trial.

    Examples
    --------
    >>> [round(limit, 2) for limit in clopper_pearson(9, 18)]
    [0.5, 0.26, 0.74]
    """
    if not n:
        raise NotEstimable("no patient to count")
    interval = binomtest(int(successes), int(n)).proportion_ci(confidence, method="exact")
    return successes / n, float(interval.low), float(interval.high)
