"""Columns as arrays, and steps along the visits of many patients."""

import numpy as np
import pandas as pd
import pytest

from pd1_dynamics import arrays

PATIENTS = pd.Series(["B", "A", "C"])


@pytest.mark.parametrize("kind", [object, "category"])
def test_patients_are_found_in_any_order(kind):
    ids = pd.Series(["A", "A", "B", "A"]).astype(kind)
    assert arrays.match_patients(PATIENTS, ids, "labs").tolist() == [1, 1, 0, 1]


def test_an_unknown_patient_is_named_by_row():
    with pytest.raises(ValueError, match="row 3 of labs"):
        arrays.match_patients(PATIENTS, pd.Series(["A", "B", "X"]), "labs")


def test_first_and_last_rows_of_a_flag():
    codes = np.array([0, 0, 0, 2, 2])
    flags = np.array([False, True, True, False, True])
    assert arrays.find_first(flags, codes, 3).tolist() == [1, -1, 4]
    assert arrays.find_last(flags, codes, 3).tolist() == [2, -1, 4]


def test_walking_visits_every_row_once_in_order():
    starts, counts = arrays.find_runs(np.array([0, 0, 0, 2]), 3)
    steps = [(p.tolist(), r.tolist()) for p, r in arrays.step_along(starts, counts)]
    assert steps == [([0, 2], [0, 3]), ([0], [1]), ([0], [2])]


def test_values_at_missing_rows_are_missing():
    assert np.isnan(arrays.take(np.array([5.0]), np.array([-1]))).all()
    assert arrays.take(np.array(["x"], dtype=object), np.array([0, -1]), None).tolist() == [
        "x",
        None,
    ]
    assert np.isnan(arrays.take(np.empty(0), np.array([-1, -1]))).all()


def test_texts_that_are_no_label_have_no_code():
    column = pd.Series(["PD", None, "??"], dtype=object)
    assert arrays.encode(column, ("CR", "PD")).tolist() == [1, -1, -1]
    assert arrays.decode(("CR", "PD"), np.array([1, -1])).tolist() == ["PD", None]
