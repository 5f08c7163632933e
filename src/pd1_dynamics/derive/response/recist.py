"""RECIST 1.1: response of the target lesions, and overall response at a time point.

References
----------
Eisenhauer EA et al. New response evaluation criteria in solid tumours: revised RECIST guideline
(version 1.1). Eur J Cancer 2009;45:228-47. Schwartz LH et al. RECIST 1.1: update and clarification.
Eur J Cancer 2016;62:132-7. Questions and answers of the EORTC RECIST group, recist.eortc.org.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import product
from typing import Any

import numpy as np

from pd1_dynamics.contract.vocabulary import (
    CR,
    NE,
    NEW_LESION,
    NON_CR_NON_PD,
    NONE,
    NONTARGET_RESPONSES,
    PD,
    PR,
    RESPONSES,
    SD,
    TARGET_RESPONSES,
)
from pd1_dynamics.derive.response.millimetres import PER_MM
from pd1_dynamics.derive.rules import Condition, Rule, decide

PR_DECREASE_PCT = 30  # RECIST 1.1, 4.3.1: at least 30 % below baseline
PD_INCREASE_PCT = 20  # RECIST 1.1, 4.3.1: at least 20 % above the smallest sum on study ...
PD_MIN_INCREASE_MM = 5  # ... and at least 5 mm
THRESHOLDS = {
    "partial_response_pct": -PR_DECREASE_PCT,
    "progression_pct": PD_INCREASE_PCT,
    "progression_mm": PD_MIN_INCREASE_MM,
}
"""The thresholds of a target sum by name, for whoever draws them."""
NODE_NORMAL_BELOW_MM = 10  # RECIST 1.1, 4.3.1: a node with a short axis below 10 mm is normal

TARGET = {label: code for code, label in enumerate(TARGET_RESPONSES)}
NONTARGET = {label: code for code, label in enumerate(NONTARGET_RESPONSES)}
NEW = {label: code for code, label in enumerate(NEW_LESION)}
OVERALL = {label: code for code, label in enumerate(RESPONSES)}


def is_progression(
    sum_: np.ndarray, nadir: np.ndarray, min_increase_mm: float = PD_MIN_INCREASE_MM
) -> np.ndarray:
    """Whether a sum is progression over the smallest sum before: +20 % and +5 mm, both included.

    Parameters
    ----------
    sum_, nadir
        Whole units of :mod:`.millimetres`, -1 where missing (then False).
    min_increase_mm
        The absolute rule; 0 switches it off.
    """
    increase = sum_ - nadir
    known = (sum_ >= 0) & (nadir >= 0)
    relative = (increase * 100 >= PD_INCREASE_PCT * nadir) & (increase > 0)
    return known & relative & (increase >= round(min_increase_mm * PER_MM))


def is_partial_response(sum_: np.ndarray, baseline: np.ndarray) -> np.ndarray:
    """Whether a sum is at least 30 % below a baseline above zero; units as above."""
    known = (sum_ >= 0) & (baseline > 0)
    return known & ((baseline - sum_) * 100 >= PR_DECREASE_PCT * baseline)


TARGET_RULES = (  # the first match wins
    (NONE, "no target lesions"),
    (NE, "no complete sum at baseline"),
    (PD, "target disease is back after a complete response"),
    (CR, "all target lesions are gone"),
    (PD, f"at least {PD_INCREASE_PCT} % and {PD_MIN_INCREASE_MM} mm above the smallest sum before"),
    (NE, "not all target lesions were measured"),
    (PR, f"at least {PR_DECREASE_PCT} % below baseline"),
    (SD, f"neither {PR_DECREASE_PCT} % below baseline nor progression"),
)
"""Target response with its reason, in the order in which :func:`target_rule` asks."""
TARGET_OF_RULE = np.array([TARGET[label] for label, _ in TARGET_RULES], dtype=np.int8)


def target_response(*facts: np.ndarray, **settings: Any) -> np.ndarray:
    """Response of the target lesions at each time point: positions in ``TARGET_RESPONSES``.

    Arguments as for :func:`target_rule`, which says what decides.
    """
    return TARGET_OF_RULE[target_rule(*facts, **settings)]


def target_rule(
    measured: np.ndarray,
    complete: np.ndarray,
    gone: np.ndarray,
    baseline: np.ndarray,
    nadir: np.ndarray,
    without_targets: np.ndarray,
    reappeared: np.ndarray | None = None,
    min_increase_mm: float = PD_MIN_INCREASE_MM,
) -> np.ndarray:
    """Which of :data:`TARGET_RULES` decides the response of the target lesions, at each time point.

    First match: no target lesions → none; no baseline sum → NE; disease back after an overall CR →
    PD; all measured and gone → CR (nodes below 10 mm count as gone, whatever their sum does); +20 %
    and +5 mm over the smallest sum before → PD, even if only some of the lesions were measured;
    not everything measured → NE; −30 % from baseline → PR; otherwise SD.

    Parameters
    ----------
    measured
        Sum of the target lesions that were measured, whole units, -1 when none was.
    complete
        Every target lesion of the baseline was measured.
    gone
        Every measured lesion is 0, or a node below 10 mm.
    baseline, nadir
        Sum at baseline, and smallest complete sum before this time point (baseline included).
    without_targets
        The patient has no target lesions.
    reappeared
        An overall CR came before and target disease is measured again.
    min_increase_mm
        The absolute rule of progression.

    Returns
    -------
    int8 array
        Positions in :data:`TARGET_RULES`.
    """
    if reappeared is None:
        reappeared = np.zeros(len(measured), dtype=bool)
    return np.select(
        [
            without_targets,
            baseline < 0,
            reappeared & (measured > 0) & ~gone,
            complete & gone,
            is_progression(measured, nadir, min_increase_mm),
            ~complete,
            is_partial_response(measured, baseline),
        ],
        list(range(len(TARGET_RULES) - 1)),
        default=len(TARGET_RULES) - 1,
    ).astype(np.int8)


def _target(*labels: str) -> Condition:
    wanted = [TARGET[label] for label in labels]
    return Condition(
        f"target lesions {' or '.join(labels)}", lambda facts, _: np.isin(facts["target"], wanted)
    )


def _nontarget(*labels: str) -> Condition:
    wanted = [NONTARGET[label] for label in labels]
    return Condition(
        f"non-target lesions {' or '.join(labels)}",
        lambda facts, _: np.isin(facts["nontarget"], wanted),
    )


_NEW = Condition("new lesion", lambda facts, _: facts["new"] == NEW["1"])


def _counts_as(category: str) -> Condition:
    return Condition(
        f"setting nonmeasurable_stable is {category}",
        lambda facts, settings: np.full(
            len(facts["target"]), settings["best_response"]["nonmeasurable_stable"] == category
        ),
    )


OVERALL_RESPONSE = (  # the first match wins
    Rule(PD, (_NEW,), "an unequivocal new lesion is progression", "RECIST 1.1, 4.3.5"),
    Rule(PD, (_target(PD),), "the target lesions progressed", "RECIST 1.1, Table 1"),
    Rule(PD, (_nontarget(PD),), "non-target lesions progressed", "RECIST 1.1, Tables 1 and 2"),
    Rule(
        CR,
        (_target(CR), _nontarget(CR, NONE)),
        "no disease is left",
        "RECIST 1.1, Table 1",
    ),
    Rule(
        PR,
        (_target(CR), _nontarget(NON_CR_NON_PD, NE)),
        "target lesions are gone, non-target lesions are left or were not all evaluated",
        "RECIST 1.1, Table 1",
    ),
    Rule(PR, (_target(PR),), "target lesions shrank by 30 %", "RECIST 1.1, Table 1"),
    Rule(SD, (_target(SD),), "neither PR nor PD", "RECIST 1.1, Table 1"),
    Rule(NE, (_target(NE),), "not all target lesions were evaluated", "RECIST 1.1, Table 1"),
    Rule(
        CR,
        (_target(NONE), _nontarget(CR)),
        "non-target disease only, and it is gone",
        "RECIST 1.1, Table 2",
    ),
    Rule(
        NON_CR_NON_PD,
        (_target(NONE), _nontarget(NON_CR_NON_PD), _counts_as(NON_CR_NON_PD)),
        "non-target disease only, and it persists",
        "RECIST 1.1, Table 2",
    ),
    Rule(
        SD,
        (_target(NONE), _nontarget(NON_CR_NON_PD), _counts_as(SD)),
        "non-target disease only, and it persists",
        "RECIST 1.1, Table 2; setting nonmeasurable_stable",
    ),
    Rule(NE, (), "nothing that could be evaluated", "RECIST 1.1, Tables 1 and 2"),
)
"""Overall response from target × non-target × new lesion.

An equivocal new lesion is no new lesion until a later scan confirms it; then progression dates from
its first sight (RECIST 1.1, 4.3.5), see :mod:`~pd1_dynamics.derive.response.visits`.
"""


@cache
def _overall_table(nonmeasurable_stable: str) -> np.ndarray:
    """Rule of the overall response of every combination: target × non-target × new lesion."""
    shape = (len(TARGET), len(NONTARGET), len(NEW))
    combinations = np.array(list(product(*map(range, shape))))
    facts = dict(zip(("target", "nontarget", "new"), combinations.T, strict=True))
    settings = {"best_response": {"nonmeasurable_stable": nonmeasurable_stable}}
    decided = decide(OVERALL_RESPONSE, facts, settings, len(combinations))
    return decided.astype(np.int8).reshape(shape)


OVERALL_OF_RULE = np.array([OVERALL[rule.outcome] for rule in OVERALL_RESPONSE], dtype=np.int8)
"""Position in ``RESPONSES`` of each rule's outcome."""


def overall_rule(
    target: np.ndarray, nontarget: np.ndarray, new: np.ndarray, settings: Mapping[str, Any]
) -> np.ndarray:
    """Which rule of :data:`OVERALL_RESPONSE` decides, for codes of the three parts."""
    table = _overall_table(settings["best_response"]["nonmeasurable_stable"])
    return table[target, nontarget, new]


def overall_response(
    target: str,
    nontarget: str = NONE,
    new_lesion: str = "0",
    nonmeasurable_stable: str = NON_CR_NON_PD,
) -> str:
    """Overall response of one time point, in words.

    Parameters
    ----------
    target
        CR, PR, SD, PD, NE, none.
    nontarget
        CR, NON-CR/NON-PD, PD, NE, none.
    new_lesion
        "0", "1", "equivocal".
    nonmeasurable_stable
        What persistent non-target disease is without target lesions: NON-CR/NON-PD, SD or NE.

    Examples
    --------
    >>> overall_response("CR", "NON-CR/NON-PD")
    'PR'
    >>> overall_response("PR", "CR", "1")
    'PD'
    """
    table = _overall_table(nonmeasurable_stable)
    rule = table[TARGET[target], NONTARGET[nontarget], NEW[new_lesion]]
    return OVERALL_RESPONSE[rule].outcome
