"""How estimates of findings are printed."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pd1_dynamics.statistics.printing import interval, number

SCALES = {"log": 2, "logit": 1, "fisher_z": 2, "identity": 1}
"""Decimals of estimates, by the scale on which they are pooled."""


def decimals(entry: Mapping[str, Any]) -> int:
    """Decimals with which a finding is printed: three where it is about a single percent."""
    by_unit = any(f"(by {unit}" in entry["words"] for unit in ("percent", "month"))
    return 3 if by_unit and entry["scale"] == "log" else SCALES[entry["scale"]]


def estimate(values: Sequence[float], places: int) -> str:
    """An estimate with its interval, as far as they are known."""
    value, low, high = values
    if np.isnan(value):
        return "–"
    return number(value, places) if np.isnan(low) else interval(value, low, high, places)
