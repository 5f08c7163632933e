"""Follow-up times, as every survival statistic takes them."""

import numpy as np
from numpy.typing import ArrayLike

_TOLERANCE = np.sqrt(np.finfo(float).eps)


def follow_up(time: ArrayLike, event: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Times as floats, nearly equal ones made equal (R: ``aeqSurv``), and events as booleans.

    Times that differ by no more than about 1.5e-8, in their unit or relative to their mean, count
    as one time that rounding errors have split, such as 0.3 and 0.1 + 0.2.

    Raises
    ------
    ValueError
        If a time or an event is missing, an event is not 0 or 1, or their numbers differ.
    """
    time, event = np.asarray(time, dtype=float), np.asarray(event, dtype=float)
    if time.shape != event.shape or time.ndim != 1:
        raise ValueError("times and events must be two columns of the same length")
    if not np.isfinite(time).all() or not np.isin(event, (0, 1)).all():
        raise ValueError("times must be finite, and events 0 or 1: leave incomplete rows out")
    distinct = np.unique(time)
    if len(distinct) > 1:
        gap = np.diff(distinct)
        same = np.minimum(gap, gap / np.abs(distinct).mean()) <= _TOLERANCE
        if same.any():
            kept = distinct[np.append(True, ~same)]
            time = kept[np.searchsorted(kept, time, side="right") - 1]
    return time, event.astype(bool)
