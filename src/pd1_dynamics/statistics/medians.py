"""The interval of a median, from its order statistics."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binom


def median_interval(values: ArrayLike, confidence: float = 0.95) -> tuple[float, float]:
    """Distribution-free interval of the median.

    R: ``sort(x)[c(k, n - k + 1)]`` with ``k = qbinom((1 - confidence) / 2, n, 0.5)``. Its coverage
    is at least the confidence.

    Parameters
    ----------
    values
        Shape (n,), without missing values, in any order.

    Returns
    -------
    low, high
        NaN where there are too few values (fewer than six for 95 %).

    Examples
    --------
    >>> median_interval(range(1, 11)), median_interval([1, 2, 3])
    ((2.0, 9.0), (nan, nan))
    """
    ordered = np.sort(np.asarray(values, dtype=float))
    n = len(ordered)
    rank = int(binom.ppf((1 - confidence) / 2, n, 0.5)) if n else 0
    if rank < 1:
        return float("nan"), float("nan")
    return float(ordered[rank - 1]), float(ordered[n - rank])
