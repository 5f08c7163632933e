"""LDH at baseline and at progression, and how it moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics import arrays
from pd1_dynamics.contract.vocabulary import DAYS_PER_MONTH, ELEVATED, NORMAL

LDH = "ldh"


def ldh(
    patients: pd.DataFrame,
    labs: pd.DataFrame,
    progression_day: np.ndarray,
    definitions: Mapping[str, Any],
) -> pd.DataFrame:
    """LDH of each patient, in the order of ``patients``.

    The sample at progression is the one nearest to the scan inside ``ldh.progression_window_days``,
    the earlier of two equally near; of two on one day the higher counts. Elevated is a value above
    its own upper limit. The change compares it with the patient's last sample before it, however
    old; per month: divided by the months between the two samples.

    Baseline LDH is chosen likewise around day 0, or else as reported (``ldh_elevated``).
    """
    settings = definitions["ldh"]
    samples = _Samples(patients, labs)
    at_baseline = samples.nearest(np.zeros(len(patients)), settings["baseline_window_days"])
    at_progression = samples.nearest(progression_day, settings["progression_window_days"])
    before = samples.before(at_progression)
    value, previous = arrays.take(samples.value, at_progression), arrays.take(samples.value, before)
    usable = previous > 0
    change = np.where(usable, (value - previous) * 100 / np.where(usable, previous, 1), np.nan)
    months = (arrays.take(samples.day, at_progression) - arrays.take(samples.day, before)) / (
        DAYS_PER_MONTH
    )
    baseline = samples.state(at_baseline)
    reported = arrays.as_floats(patients["ldh_elevated"])
    as_reported = np.where(reported == 1, ELEVATED, np.where(reported == 0, NORMAL, None))
    return arrays.make_table(
        {
            "ldh_at_progression": samples.state(at_progression),
            "ldh_change_pct": change,
            "ldh_change_pct_per_month": change / months,
            "ldh_at_baseline": np.where(pd.isna(baseline), as_reported, baseline),
        }
    )


class _Samples:
    """LDH samples with a value, sorted by patient and day, one a day."""

    def __init__(self, patients: pd.DataFrame, labs: pd.DataFrame) -> None:
        labs = labs[(labs["test"].astype(object) == LDH) & labs["value"].notna()]
        patient = arrays.match_patients(patients["patient_id"], labs["patient_id"], "labs")
        day = labs["day"].to_numpy(dtype=np.int64)
        value, limit = arrays.as_floats(labs["value"]), arrays.as_floats(labs["upper_limit"])
        order = np.lexsort((np.nan_to_num(limit), value, day, patient))
        last = np.append((np.diff(patient[order]) != 0) | (np.diff(day[order]) != 0), True)[
            : len(order)
        ]
        keep = order[last]
        self.patient, self.day = patient[keep], day[keep]
        self.value, self.limit = value[keep], limit[keep]
        self.earliest = self.day.min() if len(keep) else 0
        self.span = int(self.day.max() - self.earliest) + 1 if len(keep) else 1
        self.key = self.patient.astype(np.int64) * self.span + (self.day - self.earliest)

    def nearest(self, target_day: np.ndarray, window: list[int]) -> np.ndarray:
        """Sample nearest to each patient's day inside the window, -1 for none."""
        n = len(target_day)
        if not len(self.key):
            return np.full(n, -1, dtype=np.int64)
        wanted = ~np.isnan(target_day)
        day = np.where(wanted, target_day, 0).astype(np.int64)
        offset = np.clip(day - self.earliest, 0, self.span)
        place = np.searchsorted(self.key, np.arange(n) * self.span + offset)
        best = np.full(n, -1, dtype=np.int64)
        distance = np.full(n, np.iinfo(np.int64).max)
        for candidate in (place - 1, place):  # the earlier one first: it wins when equally near
            inside = (candidate >= 0) & (candidate < len(self.key)) & wanted
            at = np.where(inside, candidate, 0)
            gap = self.day[at] - day
            inside &= (self.patient[at] == np.arange(n)) & (gap >= window[0]) & (gap <= window[1])
            nearer = inside & (np.abs(gap) < distance)
            best[nearer], distance[nearer] = at[nearer], np.abs(gap)[nearer]
        return best

    def before(self, rows: np.ndarray) -> np.ndarray:
        """The patient's sample just before each given one, -1 for none."""
        if not len(self.key):
            return rows
        at = np.maximum(rows, 1)
        same = (rows > 0) & (
            self.patient[np.minimum(at, len(self.key) - 1) - 1] == arrays.take(self.patient, rows)
        )
        return np.where(same, rows - 1, -1)

    def state(self, rows: np.ndarray) -> np.ndarray:
        """Normal or elevated, None where the sample or its upper limit is missing."""
        value, limit = arrays.take(self.value, rows), arrays.take(self.limit, rows)
        known = ~np.isnan(value) & ~np.isnan(limit)
        return np.where(known, np.where(value > limit, ELEVATED, NORMAL), None)
