"""Resistance types: the cohort paper's rule and the SITC definitions. The stage is
:func:`derive`."""

from pd1_dynamics.derive.resistance.derive import derive
from pd1_dynamics.derive.resistance.paper import PAPER, resistance_paper
from pd1_dynamics.derive.resistance.sitc import CONFIRMATION, RESISTANCE, classify

__all__ = ["CONFIRMATION", "PAPER", "RESISTANCE", "classify", "derive", "resistance_paper"]
