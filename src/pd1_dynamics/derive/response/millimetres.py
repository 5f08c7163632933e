"""Diameters as whole numbers, so that thresholds compare exactly.

33 → 23.1 mm is −30 % and 45 → 54 mm is +20 %, whatever binary fractions make of 23.1. A diameter is
held as a whole number of nanometres: measurements given with up to six decimals of a millimetre,
and sums of them that a spreadsheet has added up in floating point, are exact.
"""

import numpy as np

PER_MM = 1_000_000
MISSING = -1


def to_units(mm: np.ndarray) -> np.ndarray:
    """Millimetres as int64 units; NaN becomes -1.

    Examples
    --------
    >>> to_units(np.array([23.1, 7.7 * 3, np.nan])).tolist()
    [23100000, 23100000, -1]
    """
    missing = np.isnan(mm)
    units = np.rint(np.where(missing, 0.0, mm) * PER_MM).astype(np.int64)
    units[missing] = MISSING
    return units


def to_mm(units: np.ndarray) -> np.ndarray:
    """Units as millimetres in float64, NaN where missing; the nearest float to the decimal
    value."""
    return np.where(units < 0, np.nan, units / PER_MM)


def percent_change(value: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Change in percent of the reference, NaN where either is missing or the reference is 0.

    Examples
    --------
    >>> percent_change(to_units(np.array([23.1, 54.0])), to_units(np.array([33.0, 45.0]))).tolist()
    [-30.0, 20.0]
    """
    known = (value >= 0) & (reference > 0)
    change = np.full(len(value), np.nan)
    change[known] = (value[known] - reference[known]) * 100 / reference[known]
    return change
