"""Primary and secondary resistance by the cohort study's own rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics import arrays
from pd1_dynamics.contract.vocabulary import (
    CR,
    CR_OR_PR,
    DAYS_PER_MONTH,
    PD,
    PR,
    PRIMARY,
    SD_OR_PD,
    SECONDARY,
    STABLE,
)
from pd1_dynamics.derive.rules import Condition, Rule, decide

_METHODS = "cohort study, Methods, Statistical analysis"


def _best(*labels: str) -> Condition:
    return Condition(
        f"best response {' or '.join(labels)}",
        lambda facts, _: np.isin(facts["best_response"].astype(str), labels),
    )


_NOT_PROGRESSED = Condition("no progression with a date", lambda facts, _: ~facts["progressed"])
_EARLY = Condition(
    "progression before resistance_paper.primary_before_months",
    lambda facts, settings: (
        facts["months_to_progression"] < settings["resistance_paper"]["primary_before_months"]
    ),
)

PAPER = (  # the first match wins
    Rule("", (_NOT_PROGRESSED,), "not in the progression cohort", _METHODS),
    Rule(PRIMARY, (_best(PD),), "progression was the best response", _METHODS),
    Rule(
        PRIMARY,
        (_best(SD_OR_PD),),
        "progression, or stable disease without clinical benefit: primary either way",
        _METHODS,
    ),
    Rule(
        PRIMARY,
        (_best(*STABLE), _EARLY),
        "stable disease for less than that time (the study: 6 months)",
        _METHODS,
    ),
    Rule(SECONDARY, (_best(*STABLE),), "stable disease for that time or longer", _METHODS),
    Rule(SECONDARY, (_best(CR, PR, CR_OR_PR),), "progression after a response", _METHODS),
    Rule(
        "", (), "best response mixed, not evaluable or not known", "the study has no such patients"
    ),
)
"""Empty outcome: no resistance type. A mixed response stays apart (and is counted as ``mixed`` in
``best_response``), because the study knows none and either type would be a guess.
"""


def resistance_paper(
    best_response: pd.Series, progression_day: pd.Series, definitions: Mapping[str, Any]
) -> np.ndarray:
    """Resistance type of each patient, None for none.

    The months (setting ``resistance_paper.primary_before_months``, 6 in the study) count from the
    first dose to progression: day 183 is the first that is secondary.

    Examples
    --------
    >>> from pd1_dynamics.contract.definitions import load
    >>> best, day = pd.Series(["SD", "SD", "PR", "PD"]), pd.Series([182, 183, 90, None])
    >>> resistance_paper(best, day, load()).tolist()
    ['primary', 'secondary', 'secondary', None]
    """
    day = arrays.as_floats(progression_day)
    facts = {
        "best_response": best_response.to_numpy(dtype=object, na_value=None),
        "progressed": ~np.isnan(day),
        "months_to_progression": day / DAYS_PER_MONTH,
    }
    decided = decide(PAPER, facts, definitions, len(day))
    return np.array([rule.outcome or None for rule in PAPER], dtype=object)[decided]
