"""The stage ``progression``: survival, pattern, organs, LDH and later therapies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics.derive import arrays
from pd1_dynamics.derive.progression.later_therapies import later_therapies
from pd1_dynamics.derive.progression.ldh import ldh
from pd1_dynamics.derive.progression.pattern import pattern, progressing
from pd1_dynamics.derive.progression.survival import survival
from pd1_dynamics.derive.response.frames import complete_all
from pd1_dynamics.derive.response.readings import assessment_arrays, chosen_reader, lesion_arrays


def derive(
    patients: pd.DataFrame | None,
    assessments: pd.DataFrame | None,
    lesions: pd.DataFrame | None,
    labs: pd.DataFrame | None,
    therapies: pd.DataFrame | None,
    time_points: pd.DataFrame,
    response: pd.DataFrame,
    definitions: Mapping[str, Any],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Progression of each patient, and later therapies.

    Parameters
    ----------
    patients, assessments, lesions, labs, therapies
        Clean tables, as for :func:`pd1_dynamics.derive.response.derive`.
    time_points, response
        What :func:`pd1_dynamics.derive.response.derive` made of them.
    definitions
        As :func:`pd1_dynamics.contract.definitions.load` gives them.

    Returns
    -------
    patients
        ``progression/patients.parquet``: one row a patient, in the order of ``response``.
    therapies
        ``derived/therapies.csv``: one row a later therapy.

    Examples
    --------
    >>> import pandas as pd
    >>> from pd1_dynamics.contract import definitions
    >>> from pd1_dynamics.derive import response
    >>> patients = pd.DataFrame({"patient_id": ["A"], "last_follow_up_day": [487], "death": [1]})
    >>> scans = pd.DataFrame({"patient_id": "A", "day": [0, 84, 183], "target_sum_mm": [50, 40, 55],
    ...                       "new_lesion": ["0", "0", "1"]})
    >>> chosen = definitions.load()
    >>> points, responded = response.derive(patients, scans, None, None, chosen)
    >>> table, _ = derive(patients, scans, None, None, None, points, responded, chosen)
    >>> table["progression_pattern"].item(), round(table["pps_months"].item(), 1)
    ('both', 10.0)
    """
    patients, assessments, lesions, labs, therapies = complete_all(
        patients, assessments=assessments, lesions=lesions, labs=labs, therapies=therapies
    )
    table = survival(patients, response, definitions)
    day = arrays.floats(table["progression_day"])
    readings = chosen_reader(
        patients, {"assessments": assessments, "lesions": lesions}, definitions
    )
    readings = {name: rows[_up_to(patients, rows, day, name)] for name, rows in readings.items()}
    table = pd.concat([table, pattern(patients, time_points, day)], axis=1)
    table["progression_date"] = _with_reported(table["progression_date"], patients, day)
    if definitions["publish"]["dates"] == "days":
        days = pd.Series(day).astype("Int64").astype(object)
        table["progression_date"] = days.where(days.notna(), None)
    found = progressing(
        assessment_arrays(patients, readings["assessments"]),
        lesion_arrays(patients, readings["lesions"]),
        day,
        definitions,
    )
    table = pd.concat([table, found, ldh(patients, labs, day, definitions)], axis=1)
    return table, later_therapies(patients, therapies)


def _up_to(patients: pd.DataFrame, rows: pd.DataFrame, day: np.ndarray, name: str) -> np.ndarray:
    """Rows up to the patient's progression; none of patients without one."""
    codes = arrays.patient_codes(patients["patient_id"], rows["patient_id"], name)
    return rows["day"].to_numpy(dtype=np.float64) <= day[codes]


def _with_reported(dates: pd.Series, patients: pd.DataFrame, day: np.ndarray) -> np.ndarray:
    """Dates of progression by scan; for the others the start plus the reported day.

    In the way the cohort writes dates: ISO where the start is one, otherwise the number of days.
    """
    text = dates.to_numpy(dtype=object, na_value=None).copy()
    rows = np.flatnonzero(pd.isna(text) & ~np.isnan(day))
    if len(rows):
        days = pd.Series(day[rows]).round().astype(int)
        start = pd.Series(patients["treatment_start"].to_numpy(dtype=object, na_value=None)[rows])
        start = pd.to_datetime(start.astype(str), format="%Y-%m-%d", errors="coerce")
        iso = (start + pd.to_timedelta(days, unit="D")).dt.strftime("%Y-%m-%d")
        text[rows] = iso.astype(object).where(iso.notna(), days.astype(str)).to_numpy(dtype=object)
    return text
