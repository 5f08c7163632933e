"""The stage ``progression``: survival, pattern, organs, LDH and later therapies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics import arrays
from pd1_dynamics.progression.later_therapies import later_therapies
from pd1_dynamics.progression.ldh import ldh
from pd1_dynamics.progression.pattern import pattern, progressing
from pd1_dynamics.progression.survival import survival
from pd1_dynamics.response.frames import complete_all
from pd1_dynamics.response.readings import assessment_arrays, chosen_reader, lesion_arrays


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
        Clean tables, as for :func:`pd1_dynamics.response.derive`.
    time_points, response
        What :func:`pd1_dynamics.response.derive` made of them.
    definitions
        As :func:`pd1_dynamics.definitions.load` gives them.

    Returns
    -------
    patients
        ``progression/patients.parquet``: one row a patient, in the order of ``response``.
    therapies
        ``derived/therapies.csv``: one row a later therapy.
    """
    patients, assessments, lesions, labs, therapies = complete_all(
        patients, assessments=assessments, lesions=lesions, labs=labs, therapies=therapies
    )
    table = survival(patients, response, definitions)
    day = arrays.floats(table["progression_day"])
    readings = chosen_reader(
        patients, {"assessments": assessments, "lesions": lesions}, definitions
    )
    table["progression_date"] = _date_text(patients, response, day)
    table = pd.concat([table, pattern(patients, time_points, day)], axis=1)
    found = progressing(
        assessment_arrays(patients, readings["assessments"]),
        lesion_arrays(patients, readings["lesions"]),
        day,
        definitions,
    )
    table = pd.concat([table, found, ldh(patients, labs, day, definitions)], axis=1)
    return table, later_therapies(patients, therapies)


def _date_text(patients: pd.DataFrame, response: pd.DataFrame, day: np.ndarray) -> np.ndarray:
    """Date of progression as the cohort writes dates: that of the scan, or start plus days."""
    text = response["progression_date"].to_numpy(dtype=object, na_value=None).copy()
    reported = np.flatnonzero(pd.isna(text) & ~np.isnan(day))
    starts = patients["treatment_start"].to_numpy(dtype=object, na_value=None)
    for row in reported:
        text[row] = _add_days(starts[row], int(day[row]))
    return text


def _add_days(start: object, days: int) -> str:
    """ISO date ``days`` after an ISO start, or the number of days when the start is no date.

    Examples
    --------
    >>> _add_days("2015-12-30", 3), _add_days("0", 93)
    ('2016-01-02', '93')
    """
    try:
        return (date.fromisoformat(str(start)) + timedelta(days=days)).isoformat()
    except ValueError:
        return str(days)
