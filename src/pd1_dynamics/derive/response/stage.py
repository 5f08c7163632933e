"""The stage ``response``: from settled readings to time points and one row a patient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics import arrays
from pd1_dynamics.derive.knowledge import Known
from pd1_dynamics.derive.response import irecist, summary
from pd1_dynamics.derive.response import therapies as later
from pd1_dynamics.derive.response.readings import Assessments, Lesions
from pd1_dynamics.derive.response.visits import Visits, read_visits, time_point_table


@dataclass(frozen=True)
class Responses:
    """What the stage hands on.

    Attributes
    ----------
    visits
        All visits, with the response at each.
    irecist
        Positions in ``vocabulary.IRECIST_RESPONSES``, one a visit.
    time_points
        ``derived/response.csv``.
    patients
        One row a patient: columns as :func:`.summary.summarise` gives them, and
        ``later_local_therapy``, ``later_systemic_therapy`` (0/1), ``assessment_end_day`` (first day
        of the later therapy after which no scan counts).
    """

    visits: Visits
    irecist: np.ndarray
    time_points: pd.DataFrame
    patients: pd.DataFrame


def derive_response(
    patients: pd.DataFrame,
    read: Assessments,
    rows: Lesions,
    therapies: pd.DataFrame,
    definitions: Mapping[str, Any],
    cohort: Known,
) -> Responses:
    """Response at every visit, and of each patient in the order of ``patients``.

    Parameters
    ----------
    patients, therapies
        Complete clean tables.
    read, rows
        Settled readings.
    definitions
        As :func:`pd1_dynamics.contract.definitions.load` gives them.
    cohort
        What the whole cohort knows.
    """
    visits = read_visits(read, rows, len(patients), definitions)
    end_day = later.first_start(patients, therapies, definitions["later_therapy_ends_assessment"])
    before_therapy = ~(visits.day > end_day[visits.patient])
    by_scans = definitions["outcomes_from"] == "scans"
    # A PFS that is reported in months is no whole number of days: its last day counts.
    reported_end = None if by_scans else np.rint(arrays.as_floats(patients["pfs_days"]))
    counted = summary.counted_visits(visits, before_therapy, reported_end)
    immune = irecist.time_point_responses(visits, definitions)
    immune_counted = irecist.counted_visits(immune, visits, before_therapy)
    time_points = time_point_table(patients, visits, immune, counted)
    if definitions["publish"]["dates"] == "days":
        time_points["date"] = time_points["day"]
    by_patient = summary.summarise(
        patients, visits, counted, immune, immune_counted, definitions, cohort.scans, by_scans
    )
    for kind in ("local", "systemic"):
        had = later.had(patients, therapies, kind, cohort.therapies)
        by_patient[f"later_{kind}_therapy"] = arrays.as_whole(had)
    by_patient["assessment_end_day"] = arrays.as_whole(np.asarray(end_day))
    return Responses(visits, immune, time_points, by_patient)
