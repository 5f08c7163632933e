"""How estimates of findings are printed."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pd1_dynamics.statistics.printing import interval, number

SCALES = {"log": 2, "logit": 1, "fisher_z": 2, "identity": 1}
"""Decimals of estimates, by the scale on which they are pooled."""


def decimals(entry: Mapping[str, Any]) -> int:
    """Decimals with which a finding is printed: as it declares, else those of its scale."""
    return entry.get("decimals", SCALES[entry["scale"]])


def whole(value: float | None, unknown: str = "–") -> str:
    """A count with commas between thousands."""
    return unknown if value is None or np.isnan(value) else f"{int(value):,}"


def estimate(values: Sequence[float], places: int) -> str:
    """An estimate with its interval, as far as they are known."""
    value, low, high = values
    if np.isnan(value):
        return "–"
    return number(value, places) if np.isnan(low) else interval(value, low, high, places)
