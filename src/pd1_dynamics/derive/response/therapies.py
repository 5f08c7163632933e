"""Therapies after anti-PD-1, as far as they end its assessment."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pd1_dynamics import arrays


def first_start(patients: pd.DataFrame, therapies: pd.DataFrame, category: str) -> np.ndarray:
    """Day on which each patient's first therapy of a category starts, NaN for none.

    ``category`` is local, systemic, any, or none (then nobody has one).
    """
    first = np.full(len(patients), np.inf)
    if category != "none" and len(therapies):
        start = arrays.as_floats(therapies["start_day"])
        keep = ~np.isnan(start)
        if category != "any":
            keep &= (therapies["category"] == category).to_numpy(dtype=bool, na_value=False)
        codes = arrays.match_patients(patients["patient_id"], therapies["patient_id"], "therapies")
        np.minimum.at(first, codes[keep], start[keep])
    return np.where(np.isinf(first), np.nan, first)


def had(
    patients: pd.DataFrame, therapies: pd.DataFrame, category: str, is_known: bool
) -> np.ndarray:
    """1 for patients with a therapy of the category, 0 for others; NaN where it is not known.

    A cohort without any therapy row does not know them.
    """
    if not is_known:
        return np.full(len(patients), np.nan)
    rows = therapies[(therapies["category"] == category).to_numpy(dtype=bool, na_value=False)]
    codes = arrays.match_patients(patients["patient_id"], rows["patient_id"], "therapies")
    had = np.zeros(len(patients))
    had[codes] = 1
    return had
