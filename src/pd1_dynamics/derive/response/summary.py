"""One row a patient: baseline, first and best response, nadir, and when what was reached."""

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


def counted_visits(
    visits: Visits, before_therapy: np.ndarray, reported_end: np.ndarray | None = None
) -> np.ndarray:
    """Visits that count: evaluations up to the first PD and up to a later therapy, both included.

    With ``reported_end`` (days by patient, NaN for none) they count up to the end of PFS that the
    cohort reports instead, whatever the scans show.
    """
    usable = visits.evaluation & before_therapy
    if reported_end is not None:
        return usable & ~(visits.day > reported_end[visits.patient])
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
    by_scans: bool = True,
) -> pd.DataFrame:
    """Response of each patient, in the order of the patients table.

    Patients who were never scanned keep the best response that the cohort reports (``mixed`` stays
    ``mixed``); in a cohort with scans, those without an evaluation are NE. Where reports decide
    (not ``by_scans``), everyone keeps the reported one, and the scans give sizes alone. Everything
    else is missing.

    Returns
    -------
    DataFrame
        One row a patient. Days count from the first dose; months are days / 30.4375. Depth
        (``max_change_pct``) is the smallest change from baseline over the counted evaluations, and
        the nadir the first evaluation that shows it; baseline itself is no evaluation.
    """
    n = len(patients)
    scanned = visits.counts > 0
    decided = scanned & by_scans
    unscanned_response = NE if cohort_has_scans else None
    first_row = arrays.find_first(counted, visits.patient, n)
    evaluated = first_row >= 0
    progression_row = arrays.find_first(
        counted & (visits.overall == OVERALL[PD]), visits.patient, n
    )
    progression_day = arrays.take(visits.day, progression_row)
    any_progression_row = arrays.find_first(visits.overall == OVERALL[PD], visits.patient, n)
    last_evaluable = arrays.take(
        visits.day,
        arrays.find_last(counted & (visits.overall != OVERALL[NE]), visits.patient, n),
    )

    unconfirmed, best_row = best.best_response(
        visits.overall, visits.day, visits.patient, counted, n, definitions
    )
    confirmed, _ = best.best_response_confirmed(
        visits.overall, visits.day, visits.patient, counted, n, definitions
    )
    ibor = irecist.best_response(irecist_response, visits, irecist_counted, definitions)
    pseudo = irecist.pseudoprogression(irecist_response, visits, irecist_counted, definitions)
    reported = patients["best_response"].to_numpy(dtype=object, na_value=None)
    alone = np.where(decided, NE, np.where(pd.isna(reported), unscanned_response, reported))
    best_text = np.where(evaluated & by_scans, arrays.decode(RESPONSES, unconfirmed), alone)

    def where_scanned(labels: np.ndarray) -> np.ndarray:
        known = np.where(evaluated, labels, NE)
        return np.where(decided | cohort_has_scans, known, None)

    benefit = clinical_benefit(
        best_text,
        np.where(np.isnan(progression_day), last_evaluable, progression_day),
        evaluated & by_scans,
        patients,
        definitions,
    )
    return arrays.make_table(
        {
            "patient_id": patients["patient_id"].to_numpy(dtype=object),
            "scanned": decided.astype(np.int64),
            **_sizes(visits, counted, first_row),
            "n_imaging_dates": arrays.as_whole(
                np.where(
                    scanned,
                    np.bincount(visits.patient[counted], minlength=n) + (visits.baseline_row >= 0),
                    np.nan,
                )
            ),
            "first_evaluation_day": arrays.as_whole(arrays.take(visits.day, first_row)),
            "last_evaluable_day": arrays.as_whole(last_evaluable),
            "first_response": arrays.decode(
                RESPONSES,
                np.where(by_scans, arrays.take(visits.overall, first_row, -1), -1).astype(np.int8),
            ),
            "best_response": best_text,
            "best_response_day": arrays.as_whole(
                np.where(by_scans, arrays.take(visits.day, best_row), np.nan)
            ),
            "best_response_confirmed": where_scanned(arrays.decode(RESPONSES, confirmed)),
            "irecist_best_response": where_scanned(arrays.decode(IRECIST_RESPONSES, ibor)),
            "pseudoprogression": arrays.as_whole(np.where(evaluated & by_scans, pseudo, np.nan)),
            "clinical_benefit": arrays.as_whole(benefit),
            "progression_day": arrays.as_whole(np.where(by_scans, progression_day, np.nan)),
            "any_progression_day": arrays.as_whole(
                np.where(by_scans, arrays.take(visits.day, any_progression_row), np.nan)
            ),
            **_times_of_response(visits, counted & by_scans, evaluated & by_scans),
        }
    )


def _sizes(visits: Visits, counted: np.ndarray, first_row: np.ndarray) -> dict[str, Any]:
    """Target sums: at baseline, their change at the first evaluation, and at the nadir."""
    baseline = arrays.take(visits.sum, visits.baseline_row, -1).astype(np.int64)
    first_change = percent_change(arrays.take(visits.sum, first_row, -1).astype(np.int64), baseline)
    nadir_row = _first_minimum(visits, counted & (visits.sum >= 0) & (visits.baseline > 0))
    max_change = percent_change(arrays.take(visits.sum, nadir_row, -1).astype(np.int64), baseline)
    depth_reached = np.where(max_change < 0, max_change, np.nan)
    nadir_day = arrays.take(visits.day, nadir_row)
    return {
        "in_response_cohort": ((baseline > 0) & (first_row >= 0)).astype(np.int64),
        "baseline_day": arrays.as_whole(arrays.take(visits.day, visits.baseline_row)),
        "baseline_sum_mm": to_mm(np.where(baseline > 0, baseline, -1)),
        "largest_lesion_at_baseline_mm": to_mm(
            arrays.take(visits.largest, visits.baseline_row, -1)
        ),
        "change_3_months_pct": first_change,
        "max_change_pct": max_change,
        "nadir_day": arrays.as_whole(nadir_day),
        "time_to_nadir_months": nadir_day / DAYS_PER_MONTH,
        "share_of_depth_at_3_months_pct": first_change / depth_reached * 100,
    }


def _times_of_response(
    visits: Visits, counted: np.ndarray, evaluated: np.ndarray
) -> dict[str, Any]:
    """When SD, PR, CR and any response were first seen, and the time from one to the next."""

    def first_day(*responses: str) -> np.ndarray:
        of_these = np.isin(visits.overall, [OVERALL[response] for response in responses])
        row = arrays.find_first(counted & of_these, visits.patient, len(evaluated))
        return arrays.take(visits.day, row)

    cr, pr, sd, response = first_day(CR), first_day(PR), first_day(*STABLE), first_day(CR, PR)
    return {
        "ever_pr": _flag(pr, evaluated),
        "ever_cr": _flag(cr, evaluated),
        "first_pr_day": arrays.as_whole(pr),
        "first_cr_day": arrays.as_whole(cr),
        "first_objective_response_day": arrays.as_whole(response),
        "time_to_response_months": response / DAYS_PER_MONTH,
        "time_to_pr_months": pr / DAYS_PER_MONTH,
        "time_to_cr_months": cr / DAYS_PER_MONTH,
        "pr_to_cr_months": _interval(pr, cr),
        "sd_to_response_months": _interval(sd, response),
        "sd_to_cr_months": _interval(sd, cr),
    }


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
    benefit = np.isin(best_response.astype(str), (CR, PR, CR_OR_PR)) | (is_sd & long_enough)
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
