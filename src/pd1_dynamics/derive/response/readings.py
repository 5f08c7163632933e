"""One reading a patient and date: which reader counts, in which order, and what a repeat means."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pd1_dynamics import arrays
from pd1_dynamics.cohort.readers import counted_readings
from pd1_dynamics.contract.vocabulary import (
    LESION_ROLES,
    LESION_STATES,
    NEW_LESION,
    NONTARGET_RESPONSES,
    RESPONSES,
)
from pd1_dynamics.derive.response.millimetres import to_units

TARGET_ROLE, NONTARGET_ROLE, NEW_ROLE = range(3)
PRESENT, ABSENT, PROGRESSED, NOT_EVALUABLE = range(4)
_SEVERITY = np.array([2, 1, 3, 0, -1], dtype=np.int8)  # of present, absent, progressed, NE, missing


@dataclass(frozen=True)
class Lesions:
    """Lesion rows as arrays, sorted by patient, day and lesion, each lesion once a day.

    ``patient`` position in the patients table; ``lesion`` position in ``names``; ``role``,
    ``state`` (-1 missing) positions in the vocabulary; ``diameter`` whole units, -1 not measured;
    ``organ`` position in ``organs``, -1 missing; ``node`` whether a lymph node.
    """

    patient: np.ndarray
    day: np.ndarray
    date: np.ndarray | pd.Categorical
    lesion: np.ndarray
    role: np.ndarray
    state: np.ndarray
    diameter: np.ndarray
    node: np.ndarray
    organ: np.ndarray
    names: np.ndarray
    organs: np.ndarray

    def __len__(self) -> int:
        return len(self.patient)

    def rows(self, keep: np.ndarray, *names: str) -> Lesions:
        """The rows that a mask or positions keep, with the named columns only (the rest empty)."""
        taken = {name: getattr(self, name)[keep if name in names else _NOTHING] for name in _BY_ROW}
        return replace(self, **taken)

    def in_order(self, order: np.ndarray) -> Lesions:
        """The rows at these positions, whole."""
        return self.rows(order, *_BY_ROW)


_BY_ROW = ("patient", "day", "date", "lesion", "role", "state", "diameter", "node", "organ")
_NOTHING = slice(0)


def lesion_arrays(patients: pd.DataFrame, lesions: pd.DataFrame) -> Lesions:
    """Lesion rows as arrays in a settled order.

    A lesion given twice on one day (which a clean table does not hold) counts once: measured before
    not measured, then the larger diameter, then the worse state. An absent target or non-target is
    0 mm; a non-target node below 10 mm is left to the rules.
    """
    lesion, names = arrays.as_codes(lesions["lesion_id"])
    organ, organs = arrays.as_codes(lesions["organ"])
    state = arrays.encode(lesions["state"], LESION_STATES)
    diameter = to_units(arrays.as_floats(lesions["diameter_mm"]))
    diameter[(diameter < 0) & (state == ABSENT)] = 0
    rows = Lesions(
        patient=arrays.match_patients(patients["patient_id"], lesions["patient_id"], "lesions"),
        day=lesions["day"].to_numpy(dtype=np.int32),
        date=arrays.as_objects(lesions["date"]),
        lesion=lesion.astype(np.int32),
        role=arrays.encode(lesions["role"], LESION_ROLES),
        state=state,
        diameter=diameter,
        node=arrays.is_one(lesions["node"]),
        organ=organ.astype(np.int32),
        names=np.asarray(names, dtype=object),
        organs=np.asarray(organs, dtype=object),
    )
    keys = (rows.patient, rows.day, rows.lesion, rows.role)
    if not _is_sorted(keys):
        order = np.lexsort((_SEVERITY[rows.state], rows.diameter, *keys[::-1]))
        rows = rows.in_order(order)
        keys = (rows.patient, rows.day, rows.lesion, rows.role)
    repeated = _equals_next(keys)
    if repeated.any():
        order = np.lexsort((_SEVERITY[rows.state], rows.diameter, *keys[::-1]))
        rows = rows.in_order(order[~repeated])
    return rows


@dataclass(frozen=True)
class Assessments:
    """Assessment rows as arrays, sorted by patient and day, one a patient and day.

    Text columns hold positions in the vocabulary, -1 missing; flags are float with NaN missing.
    """

    patient: np.ndarray
    day: np.ndarray
    date: np.ndarray | pd.Categorical
    target_sum: np.ndarray
    nontarget: np.ndarray
    new: np.ndarray
    overall: np.ndarray
    organs: np.ndarray
    clinical_deterioration: np.ndarray
    biopsy_confirmed: np.ndarray

    def __len__(self) -> int:
        return len(self.patient)


def assessment_arrays(patients: pd.DataFrame, assessments: pd.DataFrame) -> Assessments:
    """Assessment rows as arrays in a settled order.

    A date given twice (which a clean table does not hold) counts once: the row with the larger
    target sum, then the worse overall response.
    """
    patient = arrays.match_patients(
        patients["patient_id"], assessments["patient_id"], "assessments"
    )
    columns = {
        "patient": patient,
        "day": assessments["day"].to_numpy(dtype=np.int32),
        "date": arrays.as_objects(assessments["date"]),
        "target_sum": to_units(arrays.as_floats(assessments["target_sum_mm"])),
        "nontarget": arrays.encode(assessments["nontarget_response"], NONTARGET_RESPONSES),
        "new": arrays.encode(assessments["new_lesion"], NEW_LESION),
        "overall": arrays.encode(assessments["overall_response"], RESPONSES),
        "organs": arrays.as_floats(assessments["organs_progressing"]),
        "clinical_deterioration": arrays.as_floats(assessments["clinical_deterioration"]),
        "biopsy_confirmed": arrays.as_floats(assessments["biopsy_confirmed"]),
    }
    keys = (columns["patient"], columns["day"])
    if not _is_sorted(keys) or _equals_next(keys).any():
        order = np.lexsort(
            (
                columns["nontarget"],
                columns["new"],
                np.nan_to_num(columns["organs"], nan=-1.0),
                columns["overall"],
                columns["target_sum"],
                *keys[::-1],
            )
        )
        columns = {name: values[order] for name, values in columns.items()}
        repeated = _equals_next((columns["patient"], columns["day"]))
        columns = {name: values[~repeated] for name, values in columns.items()}
    return Assessments(**columns)


def _is_sorted(keys: tuple[np.ndarray, ...]) -> bool:
    """Whether rows ascend by the keys, the first key first."""
    tied = np.ones(max(len(keys[0]) - 1, 0), dtype=bool)
    for key in keys:
        if (tied & (key[1:] < key[:-1])).any():
            return False
        tied &= key[1:] == key[:-1]
    return True


def _equals_next(keys: tuple[np.ndarray, ...]) -> np.ndarray:
    """True for a row whose keys equal those of the next row."""
    equal = np.ones(len(keys[0]), dtype=bool)
    equal[-1:] = False
    for key in keys:
        equal[:-1] &= key[1:] == key[:-1]
    return equal


def settled_readings(
    patients: pd.DataFrame,
    assessments: pd.DataFrame,
    lesions: pd.DataFrame,
    preference: tuple[str, ...],
) -> tuple[Assessments, Lesions]:
    """Assessments and lesions of the reader who counts, each once, in a settled order.

    ``preference`` is what :func:`pd1_dynamics.cohort.readers.preferred` gives.
    """
    tables = {"assessments": assessments, "lesions": lesions}
    if preference:
        counted = counted_readings(patients["patient_id"], tables, preference)
        tables = {name: table[counted[name]] for name, table in tables.items()}
    return (
        assessment_arrays(patients, tables["assessments"]),
        lesion_arrays(patients, tables["lesions"]),
    )
