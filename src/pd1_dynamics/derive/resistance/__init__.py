"""Resistance types: the cohort paper's rule and the SITC definitions. The stage is
:func:`classify_resistance`."""

from pd1_dynamics.derive.resistance.paper import PAPER
from pd1_dynamics.derive.resistance.sitc import CONFIRMATION, RESISTANCE, classify
from pd1_dynamics.derive.resistance.stage import classify_resistance

__all__ = [
    "CONFIRMATION",
    "PAPER",
    "RESISTANCE",
    "classify",
    "classify_resistance",
]
