"""What the SITC definitions ask about a patient, from the tables of the stages before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics import arrays
from pd1_dynamics.contract.vocabulary import CR, IRECIST_RESPONSES, NE, PD, PR, SD, STABLE
from pd1_dynamics.derive.response.recist import OVERALL
from pd1_dynamics.derive.response.stage import Responses

WEEKS_4, WEEKS_6, WEEKS_12 = 28, 42, 84
"""Days of the weeks that the guideline names."""

NO_SCAN, SCAN_SHOWS_PD, SCAN_SHOWS_NO_PD, SCAN_UNKNOWN = 0, 1, 2, 3

_IRECIST = {name: code for code, name in enumerate(IRECIST_RESPONSES)}
_RECIST_OF = {"iCR": CR, "iPR": PR, "iSD": SD, "iUPD": PD, "iCPD": PD, NE: NE}


def facts(
    patients: pd.DataFrame,
    assessments: pd.DataFrame,
    responses: Responses,
    progression: pd.DataFrame,
    definitions: Mapping[str, Any],
) -> dict[str, np.ndarray]:
    """Facts by name, one entry a patient; days from the first dose, NaN for unknown or never.

    ``progression_day``: first PD by the chosen criteria, counted or (setting
    ``intercurrent_therapy``) also after a later therapy; as reported without scans.
    ``exposure_days``: as setting ``exposure`` says. ``off_treatment_days``: from the last dose to
    PD, 0 or less under treatment. ``confirming_scan``: what the first evaluable scan of the
    confirmation window shows.
    """
    sitc = definitions["sitc"]
    response = responses.patients
    n = len(patients)
    scanned = arrays.as_floats(response["scanned"]) == 1
    by_scan, icpd = _progression_by_scan(responses, sitc)
    reported = arrays.as_floats(progression["progression_day"])
    pd_day = np.where(scanned, by_scan, reported)

    last_dose = arrays.as_floats(patients["last_dose_day"])
    reason = patients["discontinuation_reason"].to_numpy(dtype=object, na_value=None).astype(str)
    off_days = np.where(np.isnan(last_dose), 0.0, pd_day - last_dose)

    column = {"confirmed": "best_response_confirmed", "unconfirmed": "best_response"}
    best = response[column[sitc["prior_response"]]].to_numpy(dtype=object, na_value=None)
    if sitc["prior_response"] == "confirmed":
        best = np.where(pd.isna(best), response["best_response"].to_numpy(dtype=object), best)
    if sitc["criteria"] == "irecist":
        immune = response["irecist_best_response"].map(_RECIST_OF)
        best = np.where(immune.isna(), best, immune.to_numpy(dtype=object, na_value=None))

    sd_days = arrays.as_floats(patients["sd_duration_days"])
    sd_days = np.where(scanned | np.isnan(sd_days), pd_day, sd_days)
    covered = pd_day
    if sitc["exposure"] == "cycles":
        covered = np.fmin(pd_day, last_dose + sitc["dosing_interval_days"])
    treated = np.fmin(pd_day, last_dose)

    rapid = arrays.as_floats(patients["rapid_clinical_progression"]) == 1
    rapid |= _flag_at(patients, assessments, "clinical_deterioration", pd_day)
    biopsy = arrays.as_floats(patients["biopsy_confirmed"]) == 1
    biopsy |= _flag_from(patients, assessments, "biopsy_confirmed", pd_day)
    known = scanned | ~np.isnan(arrays.as_floats(progression["in_progression_cohort"]))
    return {
        "setting": patients["setting"].fillna("advanced").to_numpy(dtype=object).astype(str),
        "combination": arrays.as_floats(patients["monotherapy"]) == 0,
        "pathological_response": arrays.as_floats(patients["major_pathological_response"]),
        "reason": reason,
        "progression_day": pd_day,
        "progressed": ~np.isnan(pd_day),
        "progression_known": known,
        "evaluated": ~pd.isna(response["first_response"]).to_numpy()
        | (~scanned & known & ~pd.isna(best)),
        "died": arrays.as_floats(patients["death"]) == 1,
        "best_response": best.astype(str),
        "stable_days": sd_days,
        "exposure_days": covered,
        "treated_days": np.where(np.isnan(treated), pd_day, treated),
        "off_treatment_days": off_days,
        "last_dose_known": _last_dose_known(patients, last_dose, reason),
        "confirming_scan": np.where(
            scanned,
            _confirming_scan(responses, pd_day, icpd, sitc),
            _reported_scan(patients, pd_day, sitc),
        ),
        "rapid": rapid,
        "biopsy": biopsy,
        "nodal_only": arrays.as_floats(progression["nodal_only_progression"]) == 1,
        "one_lesion": arrays.as_floats(progression["progressing_lesions"]) == 1,
        "n": np.full(n, n),
    }


def _progression_by_scan(
    responses: Responses, sitc: Mapping[str, Any]
) -> tuple[np.ndarray, np.ndarray]:
    """Day of PD by the scans, and day of the first iCPD; NaN for none."""
    response, visits, immune = responses.patients, responses.visits, responses.irecist
    n, day, patient = len(response), visits.day, visits.patient
    icpd = arrays.take(day, arrays.find_first(immune == _IRECIST["iCPD"], patient, n))
    end = arrays.as_floats(response["assessment_end_day"])
    if sitc["criteria"] == "irecist":
        reset = arrays.find_last(
            np.isin(immune, [_IRECIST[name] for name in ("iCR", "iPR", "iSD")]), patient, n
        )
        unconfirmed = (immune == _IRECIST["iUPD"]) & (np.arange(len(day)) > reset[patient])
        found = arrays.take(day, arrays.find_first(unconfirmed, patient, n))
    else:
        found = arrays.as_floats(response["any_progression_day"])
    if sitc["intercurrent_therapy"] == "exclude":
        found = np.where(found > end, np.nan, found)
    return found, icpd


def _confirming_scan(
    responses: Responses, pd_day: np.ndarray, icpd: np.ndarray, sitc: Mapping[str, Any]
) -> np.ndarray:
    """What the first evaluable scan at least four weeks after PD shows."""
    response, visits = responses.patients, responses.visits
    n, day, patient = len(response), visits.day, visits.patient
    is_pd = visits.overall == OVERALL[PD]
    evaluable = np.isin(visits.overall, [OVERALL[name] for name in (PD, CR, PR, *STABLE)])
    usable = (day >= (pd_day + WEEKS_4)[patient]) & evaluable
    if sitc["confirmation_window"] == "from_4_to_12_weeks":
        usable &= day <= (pd_day + WEEKS_12)[patient]
    if sitc["scan_on_later_therapy"] == "ignore":
        end = arrays.as_floats(response["assessment_end_day"])
        # a later therapy that started before PD does not exclude the scans after PD
        end = np.where(end < pd_day, np.nan, end)
        usable &= ~(day > end[patient])
    row = arrays.find_first(usable, patient, n)
    shows = arrays.take(is_pd, row, False)
    if sitc["criteria"] == "irecist":
        shows = ~np.isnan(icpd) & (row >= 0)
    return np.where(row < 0, NO_SCAN, np.where(shows, SCAN_SHOWS_PD, SCAN_SHOWS_NO_PD))


def _reported_scan(
    patients: pd.DataFrame, pd_day: np.ndarray, sitc: Mapping[str, Any]
) -> np.ndarray:
    """The same as reported by a cohort without scans.

    Nothing is known where the cohort does not date such scans, or a scan lacks its date or finding.
    """
    scan_day = arrays.as_floats(patients["confirmatory_scan_day"])
    gap = scan_day - pd_day
    usable = gap >= WEEKS_4
    if sitc["confirmation_window"] == "from_4_to_12_weeks":
        usable &= gap <= WEEKS_12
    shows = arrays.as_floats(patients["confirmatory_scan_shows_pd"])
    found = np.where(
        ~usable | np.isnan(shows), NO_SCAN, np.where(shows == 1, SCAN_SHOWS_PD, SCAN_SHOWS_NO_PD)
    )
    undated = np.isnan(scan_day)
    unrecorded = arrays.as_floats(patients["confirmatory_scan_recorded"]) != 1
    unknown = undated & (unrecorded | ~np.isnan(shows))
    return np.where(unknown | (usable & np.isnan(shows)), SCAN_UNKNOWN, found)


def _last_dose_known(
    patients: pd.DataFrame, last_dose: np.ndarray, reason: np.ndarray
) -> np.ndarray:
    """Whether it is known until when each patient was treated.

    Without a last dose it is known if the reason for stopping is ``ongoing`` or ``progression``
    (treatment ended then), or if the cohort records last doses and this patient has no reason for
    stopping (treatment is ongoing).
    """
    recorded = arrays.as_floats(patients["last_dose_recorded"]) == 1
    said = np.isin(reason, ("ongoing", "progression"))
    return ~np.isnan(last_dose) | said | (recorded & np.isin(reason, ("None", "nan")))


def _flag_at(
    patients: pd.DataFrame, assessments: pd.DataFrame, column: str, pd_day: np.ndarray
) -> np.ndarray:
    """Whether a flag of the assessments is set on the day of PD."""
    rows = assessments[arrays.is_one(assessments[column])]
    codes = arrays.match_patients(patients["patient_id"], rows["patient_id"], "assessments")
    found = np.zeros(len(patients), dtype=bool)
    found[codes[rows["day"].to_numpy(dtype=float) == pd_day[codes]]] = True
    return found


def _flag_from(
    patients: pd.DataFrame, assessments: pd.DataFrame, column: str, pd_day: np.ndarray
) -> np.ndarray:
    """Whether a flag of the assessments is set on the day of PD or later."""
    rows = assessments[arrays.is_one(assessments[column])]
    codes = arrays.match_patients(patients["patient_id"], rows["patient_id"], "assessments")
    found = np.zeros(len(patients), dtype=bool)
    found[codes[rows["day"].to_numpy(dtype=float) >= pd_day[codes]]] = True
    return found
