"""Progression-free, overall and post-progression survival, and durations of response."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics import arrays
from pd1_dynamics.cohort.reports import reaches
from pd1_dynamics.contract.vocabulary import (
    CR,
    DAYS_PER_MONTH,
    PD,
    PR,
    ROUNDING_DAYS,
    SD_OR_PD,
    STABLE,
)
from pd1_dynamics.derive.knowledge import Known
from pd1_dynamics.derive.rules import Condition, Rule, decide


def _known(name: str, text: str) -> Condition:
    return Condition(text, lambda facts, _: facts[name])


_NO_DEATHS = _known("no_deaths", "a cohort without vital status, and no PFS reported")
_NO_END = _known(
    "no_end",
    "no scans, no PFS reported, and progression without its day or not known to be absent",
)
_REPORTED = _known("reported", "no scans, and the cohort reports PFS")
_EVENT = _known("pfs_event", "PFS ended with an event, as reported")
_UNSCANNED = _known("unscanned", "no scans")
_PROGRESSED = _known("progressed", "radiological progression (not after a later therapy)")
_LATER = _known(
    "later_therapy", "a later systemic therapy, and setting pfs.later_therapy is censor"
)
_DIED = _known("died", "death")
_TO_DEATH = _known("pfs_to_death", "death, and PFS reaches to it")
_EVENTS_ALONE = _known("events_alone", "in the whole cohort, nothing but events is reported")
_CENSORED = _known(
    "censored",
    "reported without an event; or progression absent or later, and the vital status known",
)
_TO_CONTACT = _known("to_last_contact", "setting pfs.censoring is last_follow_up")
_EVALUATED = _known("evaluated", "an evaluable assessment")

PFS_END = (  # the first match wins
    Rule(
        "unknown",
        (_NO_DEATHS,),
        "whether the patient died is not known",
        "no estimate from PD alone",
    ),
    Rule(
        "unknown",
        (_NO_END,),
        "when the patient progressed is not known; death alone is overall survival",
        "no estimate from death alone",
    ),
    Rule(
        "unknown",
        (_REPORTED, _EVENTS_ALONE),
        "who has had no event cannot be told from who is not known",
        "no estimate from events alone",
    ),
    Rule(
        "reported progression",
        (_REPORTED, _known("reported_pd", "progression reported by then")),
        "progressed, as reported",
        "data contract",
    ),
    Rule(
        "reported death",
        (_REPORTED, _TO_DEATH),
        "died without progression, as reported",
        "data contract",
    ),
    Rule(
        "reported event",
        (_REPORTED, _EVENT),
        "an event without progression or death that are recorded, as reported",
        "data contract",
    ),
    Rule(
        "reported censoring",
        (_REPORTED, _CENSORED),
        "no event by then, as reported",
        "data contract",
    ),
    Rule(
        "unknown",
        (_REPORTED,),
        "whether an event ended it is not known",
        "no estimate from times alone",
    ),
    Rule("progression", (_PROGRESSED,), "radiological progression", "paper, Methods"),
    Rule(
        "later therapy",
        (_LATER,),
        "censored at the last evaluable assessment before a later therapy",
        "FDA guidance on cancer trial endpoints, 2018",
    ),
    Rule("death", (_DIED,), "died without radiological progression", "paper, Methods"),
    Rule(
        "last contact",
        (_TO_CONTACT,),
        "alive without progression at the last contact",
        "setting pfs.censoring",
    ),
    Rule(
        "last assessment",
        (_EVALUATED,),
        "alive without progression at the last evaluable assessment",
        "FDA guidance on cancer trial endpoints, 2018",
    ),
    Rule(
        "no assessment",
        (),
        "alive, never evaluated: censored at the first dose",
        "FDA guidance, 2018",
    ),
)


def survival(
    patients: pd.DataFrame,
    response: pd.DataFrame,
    definitions: Mapping[str, Any],
    cohort: Known,
) -> pd.DataFrame:
    """PFS, OS, PPS and durations of response, one row a patient in the order of ``patients``.

    - PFS counts from the first dose to radiological progression or death. Without scans, the
      reported PFS is taken: an event if progression is reported, if it ends on the day of death, or
      if ``pfs_event`` says so. Such an event is a progression on its last day, unless that is the
      day of death or the cohort records that there was no progression. It is censored
      if the progression came later, and unknown if neither ``pfs_event`` nor progression and death
      say whether an event ended it.
    - In a cohort without scans that reports times of progression, a patient without one whose
      progression is absent has PFS to death or last contact. Otherwise it is unknown.
    - OS counts to ``last_follow_up_day``, or as reported (``os_days``).
    - PPS counts from progression to death or last contact, in the progression cohort: patients with
      radiological progression, or, without scans, reported progression with a day. Whether a
      patient belongs to it is unknown if the progression has no day, or if all that is reported is
      an event that may have been a death.
    - Durations of response, PR, CR and disease control count from the first such evaluation
      (disease control: from the first evaluation, when that is CR, PR or SD) to the end of PFS.
    - Treatment lasts to the last dose, or to the last contact if it is ongoing: no last dose, in a
      cohort that records last doses.
    - In a cohort without any vital status or reported PFS, no survival is derived.

    Returns
    -------
    DataFrame
        Months and 0/1 events, ``pfs_end`` (rule that ended PFS), ``in_progression_cohort``,
        ``progression_day``.
    """
    death = arrays.as_floats(patients["death"])
    last_day = arrays.as_floats(patients["last_follow_up_day"])
    end_day = np.where(np.isnan(last_day), arrays.as_floats(patients["os_days"]), last_day)
    died = (death == 1) & ~np.isnan(end_day)
    scanned = arrays.as_floats(response["scanned"]) == 1
    reported = _as_reported(patients, scanned, died, end_day, cohort)
    pfs = _end_of_pfs(patients, response, reported, died, end_day, definitions, cohort)
    progression_day = np.where(
        scanned, pfs.pd_day, np.where(reported.progressed, reported.progression_day, np.nan)
    )
    progressed = ~np.isnan(progression_day)
    known = ~np.isnan(end_day) & ~np.isnan(death)
    # Two reported times of one day may lie apart by rounding; farther apart, one of them is wrong.
    pps = np.maximum(end_day - progression_day, 0.0)
    has_pps = known & (progression_day - end_day <= ROUNDING_DAYS)
    table = arrays.make_table(
        {
            "patient_id": patients["patient_id"].to_numpy(dtype=object),
            "in_progression_cohort": arrays.as_whole(
                np.where(reported.knows_progression, progressed, np.nan)
            ),
            # Not a whole number where a cohort reports its PFS in months.
            "progression_day": progression_day,
            "pfs_months": pfs.day / DAYS_PER_MONTH,
            "pfs_event": arrays.as_whole(pfs.event),
            "pfs_end": pfs.rule,
            "os_months": np.where(known, end_day, np.nan) / DAYS_PER_MONTH,
            "os_event": arrays.as_whole(np.where(known, death, np.nan)),
            "pps_months": np.where(has_pps, pps, np.nan) / DAYS_PER_MONTH,
            "pps_event": arrays.as_whole(np.where(has_pps, death, np.nan)),
            "follow_up_months": end_day / DAYS_PER_MONTH,
            "progression_months": progression_day / DAYS_PER_MONTH,
            **_treatment(patients, end_day, cohort.last_doses),
        }
    )
    return table.assign(**_durations(response, pfs))


@dataclass(frozen=True)
class _Reported:
    """What a cohort without scans reports of progression; days, NaN for unknown.

    ``pfs_day``: as reported, or the day of progression, or the last contact if there was none.
    ``to_death``: that is the day of death. ``has_pfs``: PFS itself is reported. ``is_later``: the
    progression came after the end of PFS. ``is_censored``: no event ended PFS.
    ``knows_progression``: scans or reports tell whether, and when, there was a progression.
    """

    pfs_day: np.ndarray
    progressed: np.ndarray
    progression_day: np.ndarray
    to_death: np.ndarray
    has_pfs: np.ndarray
    is_later: np.ndarray
    is_censored: np.ndarray
    knows_progression: np.ndarray


def _as_reported(
    patients: pd.DataFrame,
    scanned: np.ndarray,
    died: np.ndarray,
    end_day: np.ndarray,
    cohort: Known,
) -> _Reported:
    pfs_day = np.where(scanned, np.nan, arrays.as_floats(patients["pfs_days"]))
    said = arrays.as_floats(patients["progression"])
    said_day = arrays.as_floats(patients["progression_day"])
    pfs_event = arrays.as_floats(patients["pfs_event"])
    best = patients["best_response"].to_numpy(dtype=object, na_value="")
    has_pfs = ~np.isnan(pfs_day)
    # Dates of progression without a column that says who progressed: who has none did not.
    undenied = np.isin(best.astype(str), (PD, SD_OR_PD)) | cohort.progressions | cohort.scans
    denied = (said == 0) | (np.isnan(said) & cohort.progression_days & ~undenied)
    is_free = ~scanned & np.isnan(said_day) & denied & (pfs_event != 1)
    to_contact = is_free & ~has_pfs & cohort.progression_days & (not cohort.scans)
    pfs_day = np.where(to_contact, end_day, pfs_day)
    to_death = died & reaches(pfs_day, end_day)
    fate_known = (arrays.as_floats(patients["death"]) == 0) | died
    by_event = np.isnan(said) & np.isnan(said_day) & (pfs_event == 1) & has_pfs
    is_death = to_death | ~(fate_known | (best == PD))  # or may be one
    progressed = ~scanned & ((said == 1) | ~np.isnan(said_day) | (by_event & ~is_death))
    progression_day = np.where(np.isnan(said_day), pfs_day, said_day)
    pfs_day = np.where(np.isnan(pfs_day) & progressed, progression_day, pfs_day)
    is_later = has_pfs & (said_day > pfs_day + np.where(pfs_event == 0, 0, ROUNDING_DAYS))
    is_censored = (pfs_event == 0) | is_later | (is_free & fate_known)
    has_event = progressed | by_event | to_death
    is_open = (progressed & np.isnan(progression_day)) | (by_event & is_death & ~to_death)
    is_open |= has_pfs & ~has_event & ~is_censored & np.isnan(said)
    is_told = ~np.isnan(said) | ~np.isnan(said_day) | (~np.isnan(pfs_day) & ~is_open)
    return _Reported(
        pfs_day=pfs_day,
        progressed=progressed,
        progression_day=progression_day,
        to_death=to_death,
        has_pfs=has_pfs,
        is_later=is_later,
        is_censored=is_censored,
        knows_progression=scanned | ((is_told | cohort.scans) & ~is_open),
    )


@dataclass(frozen=True)
class _EndOfPfs:
    """End of PFS: day, 0/1 event (NaN where unknown), rule, and day of PD by the scans."""

    day: np.ndarray
    event: np.ndarray
    rule: np.ndarray
    pd_day: np.ndarray


_EVENTS = ("reported progression", "reported death", "reported event", "progression", "death")
"""Rules of :data:`PFS_END` that are events; the others censor."""


def _end_of_pfs(
    patients: pd.DataFrame,
    response: pd.DataFrame,
    reported: _Reported,
    died: np.ndarray,
    end_day: np.ndarray,
    definitions: Mapping[str, Any],
    cohort: Known,
) -> _EndOfPfs:
    n = len(patients)
    censors = definitions["pfs"]["later_therapy"] == "censor"
    pd_day = arrays.as_floats(response["progression_day" if censors else "any_progression_day"])
    last_evaluable = arrays.as_floats(response["last_evaluable_day"])
    later = arrays.as_floats(response["assessment_end_day"])
    to_contact = definitions["pfs"]["censoring"] == "last_follow_up"
    unscanned = arrays.as_floats(response["scanned"]) != 1
    facts = {
        "no_deaths": ~reported.has_pfs & (not cohort.deaths),
        "no_end": unscanned
        & np.isnan(reported.pfs_day)
        & (reported.progressed | (not cohort.scans)),
        "reported": ~np.isnan(reported.pfs_day),
        "events_alone": np.full(n, not cohort.censorings),
        "reported_pd": reported.progressed & ~reported.is_later,
        "pfs_to_death": reported.to_death,
        "pfs_event": arrays.as_floats(patients["pfs_event"]) == 1,
        "censored": reported.is_censored,
        "unscanned": unscanned,
        "progressed": ~np.isnan(pd_day),
        "later_therapy": ~np.isnan(later) & censors,
        "died": died,
        "to_last_contact": np.full(n, to_contact) & ~np.isnan(end_day),
        "evaluated": ~np.isnan(last_evaluable),
    }
    decided = decide(PFS_END, facts, definitions, n)
    day_of = {
        "unknown": np.full(n, np.nan),
        "reported progression": reported.pfs_day,
        "reported death": reported.pfs_day,
        "reported event": reported.pfs_day,
        "reported censoring": reported.pfs_day,
        "progression": pd_day,
        "later therapy": np.where(np.isnan(last_evaluable), 0.0, last_evaluable),
        "death": end_day,
        "last contact": end_day,
        "last assessment": last_evaluable,
        "no assessment": np.zeros(n),
    }
    day = np.choose(decided, [day_of[rule.outcome] for rule in PFS_END])
    is_event = np.array([rule.outcome in _EVENTS for rule in PFS_END], dtype=float)[decided]
    rule = np.array([rule.outcome for rule in PFS_END], dtype=object)[decided]
    return _EndOfPfs(day, np.where(np.isnan(day), np.nan, is_event), rule, pd_day)


def _durations(response: pd.DataFrame, pfs: _EndOfPfs) -> dict[str, object]:
    """Months and events of response, PR, CR and disease control, to the end of PFS."""
    first_ok = response["first_response"].isin([CR, PR, *STABLE]).to_numpy()
    first_day = arrays.as_floats(response["first_evaluation_day"])
    starts = {
        "duration_of_response": arrays.as_floats(response["first_objective_response_day"]),
        "duration_of_pr": arrays.as_floats(response["first_pr_day"]),
        "duration_of_cr": arrays.as_floats(response["first_cr_day"]),
        "disease_control": np.where(first_ok, first_day, np.nan),
    }
    columns: dict[str, object] = {}
    for name, start in starts.items():
        known = ~np.isnan(start) & ~np.isnan(pfs.day)
        columns[f"{name}_months"] = (pfs.day - start) / DAYS_PER_MONTH
        columns[f"{name}_event"] = arrays.as_whole(np.where(known, pfs.event, np.nan))
    return columns


def _treatment(
    patients: pd.DataFrame, end_day: np.ndarray, cohort_has_last_doses: bool
) -> dict[str, object]:
    last_dose = arrays.as_floats(patients["last_dose_day"])
    known = ~np.isnan(last_dose)
    ongoing = ~known & ~np.isnan(end_day) & cohort_has_last_doses
    return {
        "treatment_months": np.where(ongoing, end_day, last_dose) / DAYS_PER_MONTH,
        "treatment_ongoing": arrays.as_whole(np.where(known | ongoing, ongoing, np.nan)),
    }
