"""Several tests at once."""

import numpy as np
from numpy.typing import ArrayLike


def bonferroni(p_values: ArrayLike) -> np.ndarray:
    """Bonferroni-adjusted p values (R: ``p.adjust``); NaN stays and does not count.

    Examples
    --------
    >>> bonferroni([0.01, 0.5]).tolist()
    [0.02, 1.0]
    """
    p_values = np.asarray(p_values, dtype=float)
    return np.minimum(p_values * np.sum(~np.isnan(p_values)), 1)
