"""Progression-free, overall and post-progression survival, and durations of response."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics import arrays
from pd1_dynamics.contract.vocabulary import CR, DAYS_PER_MONTH, PR, STABLE
from pd1_dynamics.derive.rules import Condition, Rule, decide


def _known(name: str, text: str) -> Condition:
    return Condition(text, lambda facts, _: facts[name])


_UNKNOWN = _known("unknown", "no vital status, and no progression-free survival reported")
_REPORTED = _known("reported", "no scans, and the cohort reports PFS")
_EVENT = _known("pfs_event", "PFS ended with an event, as reported")
_UNSCANNED = _known("unscanned", "no scans")
_PROGRESSED = _known("progressed", "radiological progression (not after a later therapy)")
_LATER = _known(
    "later_therapy", "a later systemic therapy, and setting pfs.later_therapy is censor"
)
_DIED = _known("died", "death")
_TO_DEATH = _known("pfs_to_death", "death, and PFS reaches to it")
_TO_CONTACT = _known("to_last_contact", "setting pfs.censoring is last_follow_up")
_EVALUATED = _known("evaluated", "an evaluable assessment")

PFS_END = (  # the first match wins
    Rule(
        "unknown", (_UNKNOWN,), "whether the patient died is not known", "no estimate from PD alone"
    ),
    Rule(
        "reported progression",
        (_REPORTED, _known("reported_pd", "progression reported")),
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
    Rule("reported censoring", (_REPORTED,), "no progression reported", "data contract"),
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
    cohort_has_scans: bool,
    cohort_has_deaths: bool,
    cohort_has_last_doses: bool,
) -> pd.DataFrame:
    """PFS, OS, PPS and durations of response, one row a patient in the order of ``patients``.

    - PFS counts from the first dose to radiological progression or death. Without scans, the
      reported PFS is taken: an event if progression is reported, if it ends on the day of death, or
      if ``pfs_event`` says so. Such an event is a progression on its last day, unless that is the
      day of death or the cohort records that there was no progression.
    - OS counts to ``last_follow_up_day``, or as reported (``os_days``).
    - PPS counts from progression to death or last contact, in the progression cohort: patients with
      radiological progression, or, without scans, reported progression with a day.
    - Durations of response, PR, CR and disease control count from the first such evaluation
      (disease control: from the first evaluation, when that is CR, PR or SD) to the end of PFS.
    - Treatment counts to the last dose, or to the last contact where it goes on: without a last
      dose, in a cohort that knows that of others.
    - A cohort that knows nobody's vital status and reports no PFS has no survival.

    Returns
    -------
    DataFrame
        Months and 0/1 events, ``pfs_end`` (rule that ended PFS), ``in_progression_cohort``,
        ``progression_day``.
    """
    n = len(patients)
    death = arrays.as_floats(patients["death"])
    last_day = arrays.as_floats(patients["last_follow_up_day"])
    os_days = arrays.as_floats(patients["os_days"])
    end_day = np.where(np.isnan(last_day), os_days, last_day)
    died = (death == 1) & ~np.isnan(end_day)
    scanned = arrays.as_floats(response["scanned"]) == 1
    reported_pfs = np.where(scanned, np.nan, arrays.as_floats(patients["pfs_days"]))
    reported_pd = ~scanned & (arrays.as_floats(patients["progression"]) == 1)
    reported_pd_day = arrays.as_floats(patients["progression_day"])
    reported_pd |= ~scanned & ~np.isnan(reported_pd_day)
    pfs_event = arrays.as_floats(patients["pfs_event"])
    unsaid = np.isnan(arrays.as_floats(patients["progression"])) & np.isnan(reported_pd_day)
    to_death = died & (reported_pfs >= end_day)
    reported_pd |= ~scanned & unsaid & (pfs_event == 1) & ~np.isnan(reported_pfs) & ~to_death
    reported_pd_day = np.where(np.isnan(reported_pd_day), reported_pfs, reported_pd_day)
    reported_pfs = np.where(np.isnan(reported_pfs) & reported_pd, reported_pd_day, reported_pfs)

    censors = definitions["pfs"]["later_therapy"] == "censor"
    pd_day = arrays.as_floats(response["progression_day" if censors else "any_progression_day"])
    last_evaluable = arrays.as_floats(response["last_evaluable_day"])
    later = arrays.as_floats(response["assessment_end_day"])

    to_contact = definitions["pfs"]["censoring"] == "last_follow_up"
    facts = {
        "unknown": np.isnan(reported_pfs) & (not cohort_has_deaths),
        "reported": ~np.isnan(reported_pfs),
        "reported_pd": reported_pd,
        "pfs_to_death": to_death,
        "pfs_event": pfs_event == 1,
        "unscanned": ~scanned,
        "progressed": ~np.isnan(pd_day),
        "later_therapy": ~np.isnan(later) & censors,
        "died": died,
        "to_last_contact": np.full(n, to_contact) & ~np.isnan(end_day),
        "evaluated": ~np.isnan(last_evaluable),
    }
    decided = decide(PFS_END, facts, definitions, n)
    last_or_start = np.where(np.isnan(last_evaluable), 0.0, last_evaluable)
    end_of = {
        "unknown": np.full(n, np.nan),
        "reported progression": reported_pfs,
        "reported death": reported_pfs,
        "reported event": reported_pfs,
        "reported censoring": reported_pfs,
        "progression": pd_day,
        "later therapy": last_or_start,
        "death": end_day,
        "last contact": end_day,
        "last assessment": last_evaluable,
        "no assessment": np.zeros(n),
    }
    events = {"reported progression", "reported death", "reported event", "progression", "death"}
    pfs_day = np.choose(decided, [end_of[rule.outcome] for rule in PFS_END])
    is_event = np.array([rule.outcome in events for rule in PFS_END], dtype=float)[decided]
    event = np.where(np.isnan(pfs_day), np.nan, is_event)

    progression_day = np.where(
        scanned,
        pd_day,
        np.where(reported_pd, reported_pd_day, np.nan),
    )
    progressed = ~np.isnan(progression_day)
    reported = ~np.isnan(arrays.as_floats(patients["progression"])) | ~np.isnan(
        arrays.as_floats(patients["progression_day"])
    )
    reported |= ~np.isnan(pfs_event) & ~np.isnan(reported_pfs)
    knows_progression = scanned | reported | cohort_has_scans
    alive_or_dead = ~np.isnan(end_day) & ~np.isnan(death)

    table = arrays.make_table(
        {
            "patient_id": patients["patient_id"].to_numpy(dtype=object),
            "in_progression_cohort": arrays.as_whole(
                np.where(knows_progression, progressed, np.nan)
            ),
            "progression_day": arrays.as_whole(progression_day),
            "pfs_months": pfs_day / DAYS_PER_MONTH,
            "pfs_event": arrays.as_whole(event),
            "pfs_end": np.array([rule.outcome for rule in PFS_END], dtype=object)[decided],
            "os_months": np.where(alive_or_dead, end_day, np.nan) / DAYS_PER_MONTH,
            "os_event": arrays.as_whole(np.where(alive_or_dead, death, np.nan)),
            "pps_months": np.where(alive_or_dead & progressed, end_day - progression_day, np.nan)
            / DAYS_PER_MONTH,
            "pps_event": arrays.as_whole(np.where(alive_or_dead & progressed, death, np.nan)),
            "follow_up_months": end_day / DAYS_PER_MONTH,
            "progression_months": progression_day / DAYS_PER_MONTH,
            **_treatment(patients, end_day, cohort_has_last_doses),
        }
    )
    first_ok = response["first_response"].isin([CR, PR, *STABLE]).to_numpy()
    starts = {
        "duration_of_response": arrays.as_floats(response["first_objective_response_day"]),
        "duration_of_pr": arrays.as_floats(response["first_pr_day"]),
        "duration_of_cr": arrays.as_floats(response["first_cr_day"]),
        "disease_control": np.where(
            first_ok, arrays.as_floats(response["first_evaluation_day"]), np.nan
        ),
    }
    for name, start in starts.items():
        table[f"{name}_months"] = (pfs_day - start) / DAYS_PER_MONTH
        known = ~np.isnan(start) & ~np.isnan(pfs_day)
        table[f"{name}_event"] = arrays.as_whole(np.where(known, event, np.nan))
    return table


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
