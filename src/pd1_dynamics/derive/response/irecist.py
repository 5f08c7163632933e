"""iRECIST: progression that must be confirmed, and what follows when it is not.

References
----------
Seymour L et al. iRECIST: guidelines for response criteria for use in trials testing
immunotherapeutics. Lancet Oncol 2017;18:e143-52, Table 2 (time point response). Questions and
answers of the EORTC RECIST group, recist.eortc.org.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from pd1_dynamics import arrays
from pd1_dynamics.contract.vocabulary import (
    CR,
    IRECIST_RESPONSES,
    NE,
    NON_CR_NON_PD,
    PD,
    PR,
    RESPONSES,
    SD,
)
from pd1_dynamics.derive.response.millimetres import PER_MM
from pd1_dynamics.derive.response.recist import NEW, NONTARGET, OVERALL, TARGET
from pd1_dynamics.derive.response.visits import Visits
from pd1_dynamics.derive.rules import Condition, Rule, decide

CONFIRM_INCREASE_MM = 5  # Seymour 2017, Table 2: further growth of target or new lesions
IRECIST = {label: code for code, label in enumerate(IRECIST_RESPONSES)}
ICR, IPR, ISD, IUPD, ICPD = "iCR", "iPR", "iSD", "iUPD", "iCPD"


_IMMUNE = {CR: ICR, PR: IPR, SD: ISD, NON_CR_NON_PD: ISD, PD: IUPD, NE: NE}
"""The category of iRECIST for each of RECIST 1.1; non-iCR/non-iUPD (Table 2) is counted as iSD."""


def _seen(label: str) -> Condition:
    return Condition(f"{label} at some assessment", lambda facts, _: facts[label])


IRECIST_BEST_RESPONSE = (  # the first match wins; nothing after iCPD or a later therapy counts
    Rule(ICR, (_seen(ICR),), "iCR was reached, also after an iUPD", "Seymour 2017"),
    Rule(IPR, (_seen(IPR),), "iPR was reached, also after an iUPD", "Seymour 2017"),
    Rule(
        ISD,
        (Condition("iSD on or after sd_minimum_days", lambda facts, _: facts[ISD]),),
        "stable for long enough, also after an iUPD",
        "Seymour 2017",
    ),
    Rule(ICPD, (_seen(ICPD),), "progression was confirmed", "Seymour 2017"),
    Rule(IUPD, (_seen(IUPD),), "progression was seen and never confirmed", "Seymour 2017"),
    Rule(NE, (), "nothing that counts was seen", "Seymour 2017"),
)


def time_point_responses(visits: Visits, definitions: Mapping[str, Any]) -> np.ndarray:
    """iRECIST response of each visit, positions in ``terms.IRECIST_RESPONSES``, -1 for no
    evaluation.

    The first progression by RECIST 1.1 is iUPD. At a later assessment it is

    - **confirmed** (iCPD), when at least ``confirm_earliest_days`` have passed since the first iUPD
      and not more than ``confirm_latest_days`` since the latest iUPD, and

      - the target sum is 5 mm or more above that at the first iUPD (steps add up), or
      - there are more new lesions than then, or they have grown by 5 mm or more in sum, or
      - target, non-target or new lesions progress that did not at the first iUPD, or
      - without single new lesions, or for non-target disease, the same finding is read again
        (setting ``repeated_finding``);
    - **reset**, when RECIST 1.1 no longer finds progression against baseline and nadir: iSD, iPR or
      iCR, and the next progression is a first iUPD again;
    - otherwise still iUPD. An assessment that could not be evaluated leaves it open.

    All later assessments of an iCPD are iCPD.
    """
    plain = np.array([*(IRECIST[_IMMUNE[label]] for label in RESPONSES), -1], dtype=np.int8)
    response = plain[visits.overall]
    progressed = np.zeros(len(visits.starts), dtype=bool)
    progressed[visits.patient[visits.overall == OVERALL[PD]]] = True
    if not progressed.any():
        return response

    settings = definitions["irecist"]
    latest = settings["confirm_latest_days"]
    latest = np.inf if latest is None else latest
    again = settings["repeated_finding"] == "confirms"
    growth = CONFIRM_INCREASE_MM * PER_MM
    by_target = visits.target == TARGET[PD]
    by_nontarget = visits.nontarget == NONTARGET[PD]
    by_new = visits.new == NEW["1"]

    n = len(visits.starts)
    open_ = np.zeros(n, dtype=bool)  # an iUPD waits for confirmation
    final = np.zeros(n, dtype=bool)  # iCPD
    first = np.zeros(n, dtype=np.int64)  # visit of the first iUPD
    last_day = np.zeros(n, dtype=np.int64)  # day of the latest assessment with iUPD
    counts = np.where(progressed, visits.counts, 0)
    for patients, rows in arrays.step_along(visits.starts, counts):
        pd = visits.overall[rows] == OVERALL[PD]
        evaluable = (visits.overall[rows] >= 0) & (visits.overall[rows] != OVERALL[NE])
        waiting = open_[patients]
        start = first[patients]
        further = (
            (visits.sum[rows] >= 0)
            & (visits.sum[start] >= 0)
            & (visits.sum[rows] - visits.sum[start] >= growth)
            & by_target[start]
        )
        listed = visits.new_given[rows] & visits.new_given[start]
        further |= listed & (visits.new_number[rows] > visits.new_number[start])
        further |= (
            listed
            & by_new[start]
            & (visits.new_measured[rows] - visits.new_measured[start] >= growth)
        )
        further |= by_target[rows] & ~by_target[start]
        further |= by_nontarget[rows] & ~by_nontarget[start]
        further |= by_new[rows] & ~by_new[start]
        if again:
            further |= by_nontarget[rows] & by_nontarget[start]
            further |= by_new[rows] & by_new[start] & ~listed
            unexplained = ~(by_target | by_nontarget | by_new)
            further |= unexplained[rows] & unexplained[start]
        day = visits.day[rows]
        in_time = (day - visits.day[start] >= settings["confirm_earliest_days"]) & (
            day - last_day[patients] <= latest
        )
        confirms = waiting & pd & further & in_time & ~final[patients]
        final[patients[confirms]] = True
        response[rows[final[patients] & (visits.overall[rows] >= 0)]] = IRECIST[ICPD]
        begins = pd & ~waiting
        first[patients[begins]] = rows[begins]
        last_day[patients[pd]] = day[pd]
        open_[patients[pd]] = True
        open_[patients[evaluable & ~pd]] = False
    return response


def counted_visits(response: np.ndarray, visits: Visits, before_therapy: np.ndarray) -> np.ndarray:
    """Visits that count for the best response: evaluations up to the first iCPD and later
    therapy."""
    icpd = response == IRECIST[ICPD]
    first = arrays.find_first(icpd, visits.patient, len(visits.starts))[visits.patient]
    rows = np.arange(len(response))
    return visits.evaluation & before_therapy & ((first < 0) | (rows <= first))


def best_response(
    response: np.ndarray, visits: Visits, counted: np.ndarray, definitions: Mapping[str, Any]
) -> np.ndarray:
    """Best response by iRECIST (iBOR), positions in ``terms.IRECIST_RESPONSES``; -1 without a
    visit."""
    n = len(visits.starts)
    late = visits.day >= definitions["best_response"]["sd_minimum_days"]

    def ever(flags: np.ndarray) -> np.ndarray:
        return arrays.find_first(flags & counted, visits.patient, n) >= 0

    facts = {label: ever(response == IRECIST[label]) for label in (ICR, IPR, IUPD, ICPD)}
    facts[ISD] = ever((response == IRECIST[ISD]) & late)
    decided = decide(IRECIST_BEST_RESPONSE, facts, definitions, n)
    outcome = np.array([IRECIST[rule.outcome] for rule in IRECIST_BEST_RESPONSE], dtype=np.int8)
    return np.where(ever(counted), outcome[decided], -1).astype(np.int8)


def pseudoprogression(
    response: np.ndarray, visits: Visits, counted: np.ndarray, definitions: Mapping[str, Any]
) -> np.ndarray:
    """Whether an iUPD was followed by iSD, iPR or iCR (setting) before any iCPD, for each
    patient."""
    followers = [IRECIST[ICR], IRECIST[IPR]]
    if definitions["irecist"]["pseudoprogression"] == "any":
        followers.append(IRECIST[ISD])
    n = len(visits.starts)
    first = arrays.find_first(counted & (response == IRECIST[IUPD]), visits.patient, n)
    after = np.isin(response, followers) & counted
    last = arrays.find_last(after, visits.patient, n)
    return (first >= 0) & (last > first)
