"""The stage ``progression``: survival, pattern, organs and LDH."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics import arrays
from pd1_dynamics.derive.knowledge import Known
from pd1_dynamics.derive.progression.ldh import ldh
from pd1_dynamics.derive.progression.pattern import pattern, progressing
from pd1_dynamics.derive.progression.survival import survival
from pd1_dynamics.derive.response.readings import Assessments, Lesions
from pd1_dynamics.derive.response.stage import Responses


def derive_progression(
    patients: pd.DataFrame,
    read: Assessments,
    rows: Lesions,
    labs: pd.DataFrame,
    responses: Responses,
    definitions: Mapping[str, Any],
    cohort: Known,
) -> pd.DataFrame:
    """Progression of each patient, one row a patient in the order of ``patients``.

    Parameters
    ----------
    patients, labs
        Complete clean tables.
    read, rows
        Settled readings.
    responses
        What :func:`pd1_dynamics.derive.response.derive_response` made of them.
    definitions
        As :func:`pd1_dynamics.contract.definitions.load` gives them.
    cohort
        What the whole cohort knows.
    """
    table = survival(patients, responses.patients, definitions, cohort)
    day = arrays.as_floats(table["progression_day"])
    by_scan = np.where(arrays.as_floats(responses.patients["scanned"]) == 1, day, np.nan)
    found = pattern(responses.visits, by_scan)
    found["progression_date"] = _with_reported(found["progression_date"], patients, day)
    if definitions["publish"]["dates"] == "days":
        days = pd.Series(day).astype("Int64").astype(object)
        found["progression_date"] = days.where(days.notna(), None)
    organs = progressing(read, rows, by_scan, definitions)
    return pd.concat([table, found, organs, ldh(patients, labs, day, definitions)], axis=1)


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
