"""What a cohort without scans reports of progression and death, and what can be told from it."""

import numpy as np
import pandas as pd

from pd1_dynamics.contract.vocabulary import DAYS_PER_MONTH

MONTH_ROUNDING = 0.05
"""Half the last digit of a time in months with one decimal."""


def reaches(time, day):
    """Whether a reported time, in days, reaches to a day; arrays or Series of one shape.

    A time that is no whole number of days was reported in months: rounding may make it miss the
    day.

    Examples
    --------
    >>> reaches(np.array([280.0, 279.0, 9.2 * 30.4375, 9.1 * 30.4375]), 281.0).tolist()
    [False, False, True, False]
    """
    return time + np.where(time % 1 > 0, MONTH_ROUNDING * DAYS_PER_MONTH, 0) >= day


def has_any(patients: pd.DataFrame, name: str) -> bool:
    """Whether a column is there and has a value."""
    return name in patients and bool(patients[name].notna().any())


def dates_alone_tell(patients: pd.DataFrame) -> bool:
    """Progressions have dates, and no column says who progressed: who has none did not."""
    return has_any(patients, "progression_day") and not has_any(patients, "progression")


def tells_censoring(patients: pd.DataFrame) -> bool:
    """Whether it can be told who had no event: otherwise estimates would be of events alone.

    ``pfs_event`` or ``progression`` is 0 somewhere, or filled in for all who have a reported PFS
    (for all patients, if nobody has); or :func:`dates_alone_tell`.
    """
    asked = patients[patients["pfs_days"].notna()] if has_any(patients, "pfs_days") else patients
    return dates_alone_tell(patients) or any(
        bool((patients[name] == 0).any() or asked[name].notna().all())
        for name in ("pfs_event", "progression")
        if has_any(patients, name)
    )
