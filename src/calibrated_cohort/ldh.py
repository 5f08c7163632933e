"""LDH before and at progression, in whole U/L and whole days."""

import numpy as np

from calibrated_cohort.person import LdhPair
from calibrated_cohort.world import LDH_FROM, LDH_GAP, LDH_RANGE


def draw(upper_limit: int, elevated: bool, day: int, rng: np.random.Generator) -> LdhPair:
    """A random pair for a progression on a day.

    Raises
    ------
    ValueError
        If the progression leaves no room for an earlier sample.
    """
    longest = day - LDH_FROM
    if longest < LDH_GAP:
        raise ValueError(f"no room for an earlier sample before day {day}")
    at = round(upper_limit * (rng.uniform(1.02, 2.2) if elevated else rng.uniform(0.55, 0.98)))
    before = round(at / np.exp(rng.normal(0.08, 0.2)))
    days = int(np.clip(rng.integers(18, 75), LDH_GAP, longest))
    low, high = LDH_RANGE
    return LdhPair(int(np.clip(before, low, high)), int(np.clip(at, low, high)), days)
