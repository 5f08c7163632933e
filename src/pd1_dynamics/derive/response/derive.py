"""The stage ``response``: from clean tables to time points and one row a patient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics.derive import arrays
from pd1_dynamics.derive.response import irecist, summary
from pd1_dynamics.derive.response import therapies as later
from pd1_dynamics.derive.response.frames import complete_all
from pd1_dynamics.derive.response.visits import read_visits, time_point_table


def derive(
    patients: pd.DataFrame | None,
    assessments: pd.DataFrame | None,
    lesions: pd.DataFrame | None,
    therapies: pd.DataFrame | None,
    definitions: Mapping[str, Any],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Time points and patients of a cohort, from its clean tables.

    Parameters
    ----------
    patients, assessments, lesions, therapies
        Clean tables as the room ``cohort`` writes them: all columns of the data contract, text with
        None for missing, dates as integer days ``day`` from the first dose. Row order is
        irrelevant.
    definitions
        As :func:`pd1_dynamics.contract.definitions.load` gives them.

    Returns
    -------
    time_points
        ``derived/response.csv``: one row a patient and imaging date, by patient and day; dates and
        responses are categories.
    patients
        ``response/patients.parquet``: one row a patient, in the order of ``patients``; columns as
        :func:`.summary.summarise` gives them, and ``later_local_therapy``,
        ``later_systemic_therapy`` (0/1), ``assessment_end_day`` (first day of the later therapy
        after which no scan counts).

    Raises
    ------
    InputError
        If the settings name a reader whom no table has.

    Examples
    --------
    Two patients, one target lesion each: 33 → 23.1 mm is −30 %, 45 → 54 mm is +20 %.

    >>> import pandas as pd
    >>> from pd1_dynamics.contract import definitions
    >>> lesions = pd.DataFrame(
    ...     {
    ...         "patient_id": ["A", "A", "A", "B", "B"],
    ...         "day": [-7, 80, 160, 0, 84],
    ...         "lesion_id": "T1",
    ...         "role": "target",
    ...         "diameter_mm": [33, 23.1, 28, 45, 54],
    ...     }
    ... )
    >>> points, by_patient = derive(None, None, lesions, None, definitions.load())
    >>> points["overall_response"].dropna().tolist()
    ['PR', 'SD', 'PD']
    >>> by_patient["best_response"].tolist(), by_patient["best_response_confirmed"].tolist()
    (['PR', 'PD'], ['SD', 'PD'])
    """
    patients, assessments, lesions, therapies = complete_all(
        patients, assessments=assessments, lesions=lesions, therapies=therapies
    )
    visits = read_visits(patients, assessments, lesions, definitions)
    category = definitions["later_therapy_ends_assessment"]
    end_day = later.first_start(patients, therapies, category)
    before_therapy = ~(visits.day > end_day[visits.patient])
    counted = summary.counted_visits(visits, before_therapy)
    irecist_response = irecist.time_point_responses(visits, definitions)
    irecist_counted = irecist.counted_visits(irecist_response, visits, before_therapy)

    time_points = time_point_table(patients, visits, irecist_response, counted)
    if definitions["publish"]["dates"] == "days":
        time_points["date"] = time_points["day"]
    by_patient = summary.summarise(
        patients, visits, counted, irecist_response, irecist_counted, definitions
    )
    for kind in ("local", "systemic"):
        by_patient[f"later_{kind}_therapy"] = arrays.nullable(later.had(patients, therapies, kind))
    by_patient["assessment_end_day"] = arrays.nullable(np.asarray(end_day))
    return time_points, by_patient


def time_points(
    patients: pd.DataFrame | None,
    assessments: pd.DataFrame | None,
    lesions: pd.DataFrame | None,
    therapies: pd.DataFrame | None,
    definitions: Mapping[str, Any],
) -> pd.DataFrame:
    """Only the first table of :func:`derive`: response at every imaging date.

    Examples
    --------
    A node below 10 mm is normal, whatever its size counts in the sum.

    >>> import pandas as pd
    >>> from pd1_dynamics.contract import definitions
    >>> node = {"patient_id": "A", "lesion_id": "T1", "role": "target", "node": 1}
    >>> lesions = pd.DataFrame([{**node, "day": 0, "diameter_mm": 16},
    ...                         {**node, "day": 84, "diameter_mm": 9.5}])
    >>> found = time_points(None, None, lesions, None, definitions.load())
    >>> found["target_sum_mm"].tolist(), found["overall_response"].iloc[1]
    ([16.0, 9.5], 'CR')
    """
    return derive(patients, assessments, lesions, therapies, definitions)[0]
