"""Short ways to write a patient down: scans, lesions and therapies as aligned rows."""

import functools
import json
from types import SimpleNamespace

import pandas as pd
import pytest

from pd1_dynamics.contract import definitions
from pd1_dynamics.derive import chain

SCAN = ("day", "target_sum_mm", "nontarget_response", "new_lesion", "overall_response")
LESION = ("day", "lesion_id", "role", "diameter_mm", "state")


@functools.cache
def _definitions(settings):
    return definitions.load(settings=json.loads(settings))


def frame(rows, columns):
    """Rows of one patient "A": tuples in the order of the columns, or named by dictionaries."""
    if rows is None:
        return None
    if isinstance(rows, pd.DataFrame):
        return rows
    records = [
        row if isinstance(row, dict) else dict(zip(columns, row, strict=False)) for row in rows
    ]
    table = pd.DataFrame([{"patient_id": "A", **record} for record in records])
    return table.astype({c: object for c in table.columns if table[c].isna().all()})


@pytest.fixture
def run():
    """Derive one patient: ``run(scans=[(day, sum, nontarget, new, overall), …], lesions=[…])``.

    Returns the time points (``points``), the patient's final row (``patient``), and the tables of
    the stages (``response``, ``progression``, ``patients``, ``therapies``).
    """

    def derive(
        scans=None,
        lesions=None,
        patient=None,
        therapies=None,
        labs=None,
        settings=None,
        patients=None,
    ):
        chosen = _definitions(json.dumps(settings))
        scans, lesions = frame(scans, SCAN), frame(lesions, LESION)
        therapies, labs = frame(therapies, ()), frame(labs, ())
        if patients is None:
            treated = {"patient_id": "A", "last_dose_day": None}  # empty: treatment goes on
            patients = pd.DataFrame([treated | (patient or {})])
        made = chain.derive(
            {
                "patients": patients,
                "assessments": scans,
                "lesions": lesions,
                "labs": labs,
                "therapies": therapies,
            },
            chosen,
        )
        points, final = made.response, made.patients
        return SimpleNamespace(
            points=points,
            response=made.by_response,
            progression=made.by_progression,
            patients=final,
            therapies=made.therapies,
            patient=final.iloc[0] if len(final) else None,
            overall=points["overall_response"].dropna().tolist(),
            target=points["target_response"].dropna().tolist(),
        )

    return derive
