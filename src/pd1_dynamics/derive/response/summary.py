"""One row a patient: baseline, first and best response, nadir, and when what was reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics import arrays
from pd1_dynamics.contract.vocabulary import (
    CR,
    DAYS_PER_MONTH,
    IRECIST_RESPONSES,
    MIXED,
    NE,
    PD,
    PR,
    RESPONSES,
    STABLE,
)
from pd1_dynamics.derive.response import best_response as best
from pd1_dynamics.derive.response import irecist
from pd1_dynamics.derive.response.millimetres import percent_change, to_mm
from pd1_dynamics.derive.response.recist import OVERALL
from pd1_dynamics.derive.response.visits import Visits

_LARGE = np.int64(1) << 60


def counted_visits(visits: Visits, before_therapy: np.ndarray) -> np.ndarray:
    """Visits that count: evaluations up to the first PD and up to a later therapy, both
    included."""
    usable = visits.evaluation & before_therapy
    first_pd = arrays.find_first(
        usable & (visits.overall == OVERALL[PD]), visits.patient, len(visits.starts)
    )[visits.patient]
    return usable & ((first_pd < 0) | (np.arange(len(visits)) <= first_pd))


def summarise(
    patients: pd.DataFrame,
    visits: Visits,
    counted: np.ndarray,
    irecist_response: np.ndarray,
    irecist_counted: np.ndarray,
    definitions: Mapping[str, Any],
    cohort_has_scans: bool,
) -> pd.DataFrame:
    """Response of each patient, in the order of the patients table.

    Patients who were never scanned keep the best response that the cohort reports (``mixed`` stays
    ``mixed``); in a cohort with scans, those without an evaluation are NE. Everything else is
    missing for both.

    Returns
    -------
    DataFrame
        One row a patient. Days count from the first dose; months are days / 30.4375. Depth
        (``max_change_pct``) is the smallest change from baseline over the counted evaluations, and
        the nadir the first evaluation that shows it; baseline itself is no evaluation.
    """
    n = len(patients)
    patient = visits.patient

    def first_day(flags: np.ndarray) -> np.ndarray:
        return arrays.take(visits.day, arrays.find_first(flags, patient, n))

    def last_day(flags: np.ndarray) -> np.ndarray:
        return arrays.take(visits.day, arrays.find_last(flags, patient, n))

    scanned = visits.counts > 0
    baseline_day = arrays.take(visits.day, visits.baseline_row)
    baseline = arrays.take(visits.sum, visits.baseline_row, -1).astype(np.int64)
    first_row = arrays.find_first(counted, patient, n)
    evaluated = first_row >= 0
    first_change = percent_change(arrays.take(visits.sum, first_row, -1).astype(np.int64), baseline)

    nadir_row = _first_minimum(visits, counted & (visits.sum >= 0) & (visits.baseline > 0))
    max_change = percent_change(arrays.take(visits.sum, nadir_row, -1).astype(np.int64), baseline)

    unconfirmed, best_row = best.best_response(
        visits.overall, visits.day, patient, counted, n, definitions
    )
    confirmed, _ = best.best_response_confirmed(
        visits.overall, visits.day, patient, counted, n, definitions
    )
    ibor = irecist.best_response(irecist_response, visits, irecist_counted, definitions)

    responded = counted & np.isin(visits.overall, (OVERALL[CR], OVERALL[PR]))
    days = {
        "cr": first_day(counted & (visits.overall == OVERALL[CR])),
        "pr": first_day(counted & (visits.overall == OVERALL[PR])),
        "sd": first_day(counted & np.isin(visits.overall, [OVERALL[label] for label in STABLE])),
        "response": first_day(responded),
    }
    progression_row = arrays.find_first(counted & (visits.overall == OVERALL[PD]), patient, n)
    any_progression_row = arrays.find_first(visits.overall == OVERALL[PD], patient, n)
    last_evaluable = last_day(counted & (visits.overall != OVERALL[NE]))
    progression_day = arrays.take(visits.day, progression_row)

    unscanned_response = NE if cohort_has_scans else None
    reported = patients["best_response"].to_numpy(dtype=object, na_value=None)
    best_text = arrays.decode(RESPONSES, unconfirmed)
    alone = np.where(scanned, NE, np.where(pd.isna(reported), unscanned_response, reported))
    best_text = np.where(evaluated, best_text, alone)

    benefit = clinical_benefit(
        best_text,
        np.where(np.isnan(progression_day), last_evaluable, progression_day),
        evaluated,
        patients,
        definitions,
    )
    depth_reached = np.where(max_change < 0, max_change, np.nan)
    months = {name: day / DAYS_PER_MONTH for name, day in days.items()}
    return arrays.make_table(
        {
            "patient_id": patients["patient_id"].to_numpy(dtype=object),
            "scanned": scanned.astype(np.int64),
            "in_response_cohort": ((baseline > 0) & evaluated).astype(np.int64),
            "baseline_day": arrays.as_whole(baseline_day),
            "baseline_sum_mm": to_mm(np.where(baseline > 0, baseline, -1)),
            "largest_lesion_at_baseline_mm": to_mm(
                arrays.take(visits.largest, visits.baseline_row, -1)
            ),
            "n_imaging_dates": arrays.as_whole(
                np.where(
                    scanned,
                    np.bincount(patient[counted], minlength=n) + (visits.baseline_row >= 0),
                    np.nan,
                )
            ),
            "first_evaluation_day": arrays.as_whole(arrays.take(visits.day, first_row)),
            "last_evaluable_day": arrays.as_whole(last_evaluable),
            "first_response": arrays.decode(
                RESPONSES, arrays.take(visits.overall, first_row, -1).astype(np.int8)
            ),
            "change_3_months_pct": first_change,
            "max_change_pct": max_change,
            "nadir_day": arrays.as_whole(arrays.take(visits.day, nadir_row)),
            "time_to_nadir_months": arrays.take(visits.day, nadir_row) / DAYS_PER_MONTH,
            "share_of_depth_at_3_months_pct": first_change / depth_reached * 100,
            "best_response": best_text,
            "best_response_day": arrays.as_whole(arrays.take(visits.day, best_row)),
            "best_response_confirmed": np.where(
                scanned | cohort_has_scans,
                np.where(evaluated, arrays.decode(RESPONSES, confirmed), NE),
                None,
            ),
            "irecist_best_response": np.where(
                scanned | cohort_has_scans,
                np.where(evaluated, arrays.decode(IRECIST_RESPONSES, ibor), NE),
                None,
            ),
            "pseudoprogression": arrays.as_whole(
                np.where(
                    evaluated,
                    irecist.pseudoprogression(
                        irecist_response, visits, irecist_counted, definitions
                    ),
                    np.nan,
                )
            ),
            "clinical_benefit": arrays.as_whole(benefit),
            "progression_day": arrays.as_whole(progression_day),
            "any_progression_day": arrays.as_whole(arrays.take(visits.day, any_progression_row)),
            "ever_pr": _flag(days["pr"], evaluated),
            "ever_cr": _flag(days["cr"], evaluated),
            "first_pr_day": arrays.as_whole(days["pr"]),
            "first_cr_day": arrays.as_whole(days["cr"]),
            "first_objective_response_day": arrays.as_whole(days["response"]),
            "time_to_response_months": months["response"],
            "time_to_pr_months": months["pr"],
            "time_to_cr_months": months["cr"],
            "pr_to_cr_months": _interval(days["pr"], days["cr"]),
            "sd_to_response_months": _interval(days["sd"], days["response"]),
            "sd_to_cr_months": _interval(days["sd"], days["cr"]),
        }
    )


def clinical_benefit(
    best_response: np.ndarray,
    end_day: np.ndarray,
    evaluated: np.ndarray,
    patients: pd.DataFrame,
    definitions: Mapping[str, Any],
) -> np.ndarray:
    """1 for CR, PR, or SD (NON-CR/NON-PD) of at least ``clinical_benefit_months``; 0 for others;
    NaN if unknown.

    SD lasts from the first dose to progression or the last evaluable assessment; in a patient
    without scans, as long as reported (``sd_duration_days``), or else as PFS. A mixed response is
    unknown.
    """
    reported = arrays.as_floats(patients["sd_duration_days"])
    pfs = arrays.as_floats(patients["pfs_days"])
    reported = np.where(np.isnan(reported), pfs, reported)
    duration = np.where(evaluated, end_day, reported)
    known = ~pd.isna(best_response) & (best_response != MIXED)
    is_sd = np.isin(best_response.astype(str), STABLE)
    long_enough = duration / DAYS_PER_MONTH >= definitions["clinical_benefit_months"]
    benefit = np.isin(best_response.astype(str), (CR, PR)) | (is_sd & long_enough)
    known &= ~(is_sd & np.isnan(duration))
    return np.where(known, benefit, np.nan)


def _first_minimum(visits: Visits, usable: np.ndarray) -> np.ndarray:
    """First usable visit with the patient's smallest target sum, -1 for none."""
    n = len(visits.starts)
    smallest = np.full(n, _LARGE)
    row_of = np.full(n, -1, dtype=np.int64)
    for patients, rows in arrays.step_along(visits.starts, visits.counts):
        better = usable[rows] & (visits.sum[rows] < smallest[patients])
        smallest[patients[better]] = visits.sum[rows[better]]
        row_of[patients[better]] = rows[better]
    return row_of


def _flag(day: np.ndarray, known: np.ndarray) -> pd.array:
    return arrays.as_whole(np.where(known, ~np.isnan(day), np.nan))


def _interval(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Months from start to end where the end comes after the start, NaN otherwise."""
    return np.where(end > start, (end - start) / DAYS_PER_MONTH, np.nan)
