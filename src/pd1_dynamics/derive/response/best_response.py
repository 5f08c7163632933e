"""Best overall response by RECIST 1.1: unconfirmed, and confirmed after four weeks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from pd1_dynamics import arrays
from pd1_dynamics.contract.vocabulary import CR, NE, NON_CR_NON_PD, PD, PR, SD, STABLE
from pd1_dynamics.derive.response.recist import OVERALL
from pd1_dynamics.derive.rules import Condition, Rule, decide


def _ever(name: str, text: str) -> Condition:
    return Condition(text, lambda facts, _: facts[name])


BEST_RESPONSE = (  # the first match wins; assessments after the first PD do not count
    Rule(CR, (_ever(CR, "CR at some assessment"),), "CR was reached", "RECIST 1.1, 4.4"),
    Rule(PR, (_ever(PR, "PR at some assessment"),), "PR was reached", "RECIST 1.1, 4.4"),
    Rule(
        SD,
        (_ever(SD, "SD at an assessment on or after sd_minimum_days"),),
        "stable for long enough",
        "RECIST 1.1, 4.4",
    ),
    Rule(
        NON_CR_NON_PD,
        (_ever(NON_CR_NON_PD, "NON-CR/NON-PD at an assessment on or after sd_minimum_days"),),
        "without target lesions, and non-target disease persisted for long enough",
        "RECIST 1.1, 4.4 and Table 2",
    ),
    Rule(
        PD,
        (_ever(PD, "PD at some assessment"),),
        "progression and nothing better",
        "RECIST 1.1, 4.4",
    ),
    Rule(NE, (), "nothing that counts was seen", "RECIST 1.1, 4.4"),
)

BEST_RESPONSE_CONFIRMED = (  # the first match wins
    Rule(
        CR,
        (_ever(CR, "CR, and CR again at least confirm_days later"),),
        "a complete response was confirmed",
        "RECIST 1.1, 4.6.1 and Table 3",
    ),
    Rule(
        PR,
        (_ever(PR, "PR or CR, and PR or CR again at least confirm_days later"),),
        "a response was confirmed",
        "RECIST 1.1, 4.6.1 and Table 3",
    ),
    Rule(
        NON_CR_NON_PD,
        (
            _ever("persisted", "NON-CR/NON-PD at some assessment"),
            _ever(NON_CR_NON_PD, "CR or NON-CR/NON-PD on or after sd_minimum_days"),
        ),
        "without target lesions, and non-target disease persisted, or a CR was not confirmed",
        "RECIST 1.1, Tables 2 and 3",
    ),
    Rule(
        SD,
        (_ever(SD, "CR, PR or SD at an assessment on or after sd_minimum_days"),),
        "stable for long enough, or a response that was not confirmed",
        "RECIST 1.1, Table 3",
    ),
    Rule(
        PD,
        (_ever(PD, "PD at some assessment"),),
        "progression and nothing better",
        "RECIST 1.1, Table 3",
    ),
    Rule(NE, (), "nothing that counts was seen", "RECIST 1.1, Table 3"),
)
"""Between the two assessments of a confirmed response lie only further responses, at most
``max_not_evaluable_between`` that could not be evaluated and, with ``accept_stable_between``, one
SD (for PR). A CR followed by a PR confirms no CR, but a PR (RECIST 1.1, Table 3, footnote a).
"""


def best_response(
    overall: np.ndarray,
    day: np.ndarray,
    patient: np.ndarray,
    counted: np.ndarray,
    n_patients: int,
    definitions: Mapping[str, Any],
) -> tuple[np.ndarray, np.ndarray]:
    """Unconfirmed best response.

    Parameters
    ----------
    overall
        Overall response of each visit, positions in ``terms.RESPONSES``.
    day
        Day of each visit.
    patient
        Patient of each visit, ascending; visits of a patient ascend by day.
    counted
        Which visits count.
    n_patients
        Number of patients.
    definitions
        ``best_response.sd_minimum_days`` is used: SD counts from that day on, that day included.

    Returns
    -------
    response
        Positions in ``terms.RESPONSES``, -1 for patients without a counted visit.
    row
        The earliest visit with that response, -1 for none.
    """
    late = day >= definitions["best_response"]["sd_minimum_days"]
    shown = {
        CR: overall == OVERALL[CR],
        PR: overall == OVERALL[PR],
        SD: (overall == OVERALL[SD]) & late,
        NON_CR_NON_PD: (overall == OVERALL[NON_CR_NON_PD]) & late,
        PD: overall == OVERALL[PD],
    }
    return _best(BEST_RESPONSE, shown, patient, counted, n_patients, definitions)


def best_response_confirmed(
    overall: np.ndarray,
    day: np.ndarray,
    patient: np.ndarray,
    counted: np.ndarray,
    n_patients: int,
    definitions: Mapping[str, Any],
) -> tuple[np.ndarray, np.ndarray]:
    """Confirmed best response; arguments and result as for :func:`best_response`.

    A confirmed response dates from the first of its two assessments.
    """
    late = day >= definitions["best_response"]["sd_minimum_days"]
    responses = (OVERALL[CR], OVERALL[PR])
    shown = {
        CR: confirmed_at(overall, day, patient, counted, (OVERALL[CR],), definitions),
        PR: confirmed_at(overall, day, patient, counted, responses, definitions),
        "persisted": overall == OVERALL[NON_CR_NON_PD],
        NON_CR_NON_PD: np.isin(overall, (OVERALL[CR], OVERALL[NON_CR_NON_PD])) & late,
        SD: np.isin(overall, (*responses, OVERALL[SD])) & late,
        PD: overall == OVERALL[PD],
    }
    return _best(BEST_RESPONSE_CONFIRMED, shown, patient, counted, n_patients, definitions)


def confirmed_at(
    overall: np.ndarray,
    day: np.ndarray,
    patient: np.ndarray,
    counted: np.ndarray,
    accepted: tuple[int, ...],
    definitions: Mapping[str, Any],
) -> np.ndarray:
    """Which visits show a response that a later visit confirms.

    A visit is confirmed by the first later visit of an accepted response at least ``confirm_days``
    later, when between them lie only accepted responses, not more than
    ``max_not_evaluable_between`` visits that could not be evaluated and, where
    ``accept_stable_between`` says so, one SD.
    """
    settings = definitions["best_response"]
    stable = 1 if settings["accept_stable_between"] and len(accepted) > 1 else 0
    accepts = np.isin(overall, accepted) & counted
    confirmed = np.zeros(len(overall), dtype=bool)
    start = np.flatnonzero(accepts)
    unevaluable = np.zeros(len(start), dtype=np.int64)
    stable_between = np.zeros(len(start), dtype=np.int64)
    step = 0
    while len(start):  # one step looks at the next visit of every response still open
        step += 1
        later = start + step
        inside = later < len(overall)
        later = np.minimum(later, len(overall) - 1)
        inside &= (patient[later] == patient[start]) & counted[later]
        hit = inside & accepts[later]
        done = hit & (day[later] - day[start] >= settings["confirm_days"])
        confirmed[start[done]] = True
        unevaluable += inside & (overall[later] == OVERALL[NE])
        is_stable = np.isin(overall[later], [OVERALL[label] for label in STABLE])
        stable_between += inside & is_stable
        passable = hit | is_stable | (overall[later] == OVERALL[NE])
        open_ = (
            inside
            & ~done
            & passable
            & (unevaluable <= settings["max_not_evaluable_between"])
            & (stable_between <= stable)
        )
        start = start[open_]
        unevaluable, stable_between = unevaluable[open_], stable_between[open_]
    return confirmed


def _best(
    rules: tuple[Rule, ...],
    shown: Mapping[str, np.ndarray],
    patient: np.ndarray,
    counted: np.ndarray,
    n_patients: int,
    definitions: Mapping[str, Any],
) -> tuple[np.ndarray, np.ndarray]:
    """First rule that some counted visit of the patient fulfils, and the earliest such visit."""
    first = {
        label: arrays.find_first(flags & counted, patient, n_patients)
        for label, flags in shown.items()
    }
    first[NE] = arrays.find_first(counted, patient, n_patients)
    facts = {label: rows >= 0 for label, rows in first.items()}
    decided = decide(rules, facts, definitions, n_patients)
    outcome = np.array([OVERALL[rule.outcome] for rule in rules], dtype=np.int8)[decided]
    row = np.choose(decided, [first[rule.outcome] for rule in rules])
    return np.where(first[NE] >= 0, outcome, -1).astype(np.int8), row
