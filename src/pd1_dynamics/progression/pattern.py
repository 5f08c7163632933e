"""How the disease progressed: enlargement or new lesions, how many organs, how fast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics import arrays
from pd1_dynamics.response.lesions import is_gone
from pd1_dynamics.response.millimetres import PER_MM, percent_change, to_mm, to_units
from pd1_dynamics.response.readings import (
    ABSENT,
    NEW_ROLE,
    NOT_EVALUABLE,
    PROGRESSED,
    TARGET_ROLE,
    Assessments,
    Lesions,
)
from pd1_dynamics.terms import BOTH, DAYS_PER_MONTH, ENLARGEMENT_ONLY, NEW_LESIONS_ONLY, PD

_LARGE = np.int64(1) << 60


def pattern(
    patients: pd.DataFrame, time_points: pd.DataFrame, progression_day: np.ndarray
) -> pd.DataFrame:
    """Progression pattern and growth at progression, one row a patient in the order of
    ``patients``.

    Enlargement: the target or the non-target lesions are PD at the date of progression (an existing
    lesion grew, or came back after a CR). New lesions: a new lesion is PD. Neither (progression as
    read by the reader alone) leaves the pattern empty.

    ``enlargement_pct`` compares the target sum at progression with that of the evaluation just
    before
    it, the baseline included; empty when either was not evaluable or the earlier is 0. Per month:
    divided by the months between the two scans.
    """
    patient = arrays.patient_codes(patients["patient_id"], time_points["patient_id"], "time_points")
    day = time_points["day"].to_numpy(dtype=np.int64)
    n = len(patients)
    at_progression = arrays.first_true(day == progression_day[patient], patient, n)
    starts, _ = arrays.counts_of(patient, n)
    before = np.where(at_progression > starts, at_progression - 1, -1)

    def shown(column: str, value: str) -> np.ndarray:
        flags = (time_points[column].astype(str) == value).to_numpy(dtype=bool)
        return arrays.at(flags, at_progression, False)

    enlarged = shown("target_response", PD) | shown("nontarget_response", PD)
    new = shown("new_lesion", "1")
    text = np.select(
        [enlarged & new, enlarged, new], [BOTH, ENLARGEMENT_ONLY, NEW_LESIONS_ONLY], default=""
    ).astype(object)
    text[text == ""] = None

    sums = to_units(arrays.floats(time_points["target_sum_mm"]))
    size = arrays.at(sums, at_progression, -1).astype(np.int64)
    previous = arrays.at(sums, before, -1).astype(np.int64)
    change = percent_change(size, previous)
    months = (arrays.at(day, at_progression) - arrays.at(day, before)) / DAYS_PER_MONTH
    return pd.DataFrame(
        {
            "progression_pattern": text,
            "target_sum_at_progression_mm": to_mm(size),
            "enlargement_pct": change,
            "enlargement_pct_per_month": change / months,
        }
    )


def progressing(
    read: Assessments,
    rows: Lesions,
    progression_day: np.ndarray,
    definitions: Mapping[str, Any],
) -> pd.DataFrame:
    """What progressed at progression, one row a patient.

    Progressing are, on the day of progression: new lesions that are seen; non-target lesions that
    progressed; target lesions that grew by ``organ_enlargement`` (both its percent and its
    millimetres) or came back from 0. If none of these shows it (many small growths), the target
    lesions larger than before.

    Returns
    -------
    DataFrame
        ``organs_at_progression``: as read (``organs_progressing``) where given, otherwise the
        number of organs of progressing lesions. ``progressing_lesions``: their number.
        ``nodal_only_progression``: 1 if all of them are lymph nodes. Missing where nothing tells.
    """
    n = len(progression_day)
    as_read = arrays.at(
        read.organs, arrays.first_true(read.day == progression_day[read.patient], read.patient, n)
    )
    if not len(rows):
        nothing = arrays.nullable(np.full(n, np.nan))
        return _progressing_table(as_read, nothing, nothing)
    settings = definitions["organ_enlargement"]
    reference = _reference_diameter(rows, settings["against"])
    growth = rows.diameter - reference
    known = (rows.role == TARGET_ROLE) & (rows.diameter >= 0) & (reference >= 0)
    larger = known & (growth > 0) & ~is_gone(rows)
    grown = (
        larger
        & (growth * 100 >= settings["relative_pct"] * reference)
        & (growth >= settings["absolute_mm"] * PER_MM)
    )
    seen_new = (
        (rows.role == NEW_ROLE)
        & (rows.state != NOT_EVALUABLE)
        & (rows.state != ABSENT)
        & (rows.diameter != 0)
    )
    progressed = (rows.role != TARGET_ROLE) & (rows.state == PROGRESSED)
    today = rows.day == progression_day[rows.patient]

    clear = today & (grown | seen_new | progressed)
    is_clear = np.bincount(rows.patient[clear], minlength=n) > 0
    counted = clear | (today & larger & ~is_clear[rows.patient])
    number = np.bincount(rows.patient[counted], minlength=n).astype(float)
    outside_nodes = np.bincount(rows.patient[counted & ~rows.node], minlength=n)
    organs = _distinct_organs(rows, counted & (rows.organ >= 0), n).astype(float)
    organs[organs == 0] = np.nan
    found = number > 0
    return _progressing_table(
        np.where(np.isnan(as_read), organs, as_read),
        arrays.nullable(np.where(found, number, np.nan)),
        arrays.nullable(np.where(found, outside_nodes == 0, np.nan)),
    )


def _progressing_table(organs: np.ndarray, number: object, nodal: object) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "organs_at_progression": arrays.nullable(organs),
            "progressing_lesions": number,
            "nodal_only_progression": nodal,
        }
    )


def _distinct_organs(rows: Lesions, keep: np.ndarray, n: int) -> np.ndarray:
    n_organs = max(len(rows.organs), 1)
    pairs = np.unique(rows.patient[keep] * n_organs + rows.organ[keep])
    return np.bincount(pairs // n_organs, minlength=n)


def _reference_diameter(rows: Lesions, against: str) -> np.ndarray:
    """Diameter of the same lesion before: smallest ever, or the one measured last; -1 for none."""
    order = np.lexsort((rows.day, rows.lesion, rows.patient))
    diameter = rows.diameter[order]
    same = np.append(False, np.diff(rows.lesion[order]) == 0)
    same &= np.append(False, np.diff(rows.patient[order]) == 0)
    series = np.cumsum(~same) - 1
    starts, counts = arrays.counts_of(series, int(series[-1]) + 1)
    held = np.full(len(starts), _LARGE)
    before = np.full(len(order), _LARGE)
    for lesions, at in arrays.walk(starts, counts):
        before[at] = held[lesions]
        measured = diameter[at] >= 0
        now = diameter[at]
        kept = np.minimum(held[lesions], now) if against == "nadir" else now
        held[lesions] = np.where(measured, kept, held[lesions])
    reference = np.empty(len(order), dtype=np.int64)
    reference[order] = np.where(before == _LARGE, -1, before)
    return reference
