"""Ordered, printable rules: the first that matches decides.

A clinical rule set is a tuple of :class:`Rule`. The same tuple decides in the code, fills the
decision tables of the documentation and names the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

Facts = Mapping[str, np.ndarray]
"""What is known of each patient or reading: equally long arrays by name."""


@dataclass(frozen=True)
class Condition:
    """Something that is true or false of each patient, with the words for it."""

    text: str
    test: Callable[[Facts, Mapping[str, Any]], np.ndarray]

    def holds(self, facts: Facts, settings: Mapping[str, Any]) -> np.ndarray:
        """Boolean array, one entry a patient."""
        return self.test(facts, settings)


@dataclass(frozen=True)
class Rule:
    """One row of a decision table: all conditions hold, then this outcome."""

    outcome: str
    when: tuple[Condition, ...]
    reason: str
    source: str
    confirmation: str = ""

    @property
    def text(self) -> str:
        """The conditions in words."""
        return "; ".join(condition.text for condition in self.when) or "otherwise"


def decide(rules: Sequence[Rule], facts: Facts, settings: Mapping[str, Any], n: int) -> np.ndarray:
    """Position of the first rule that matches, for each of n patients.

    Raises
    ------
    ValueError
        If some patient matches no rule: a complete set ends with a rule without conditions.
    """
    decided = np.full(n, -1, dtype=np.int16)
    known: dict[Condition, np.ndarray] = {}
    for position, rule in enumerate(rules):
        matches = decided < 0
        for condition in rule.when:
            if condition not in known:
                known[condition] = condition.holds(facts, settings)
            matches &= known[condition]
        decided[matches] = position
    if (decided < 0).any():
        raise ValueError(f"{int((decided < 0).sum())} cases match no rule")
    return decided


def as_table(rules: Sequence[Rule]) -> pd.DataFrame:
    """The rules as a table to print: order, when, outcome, confirmation, reason, source."""
    return pd.DataFrame(
        {
            "order": range(1, len(rules) + 1),
            "when": [rule.text for rule in rules],
            "outcome": [rule.outcome for rule in rules],
            "confirmation": [rule.confirmation for rule in rules],
            "reason": [rule.reason for rule in rules],
            "source": [rule.source for rule in rules],
        }
    )
