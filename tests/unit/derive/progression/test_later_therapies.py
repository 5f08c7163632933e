"""Therapies after anti-PD-1."""

import pandas as pd
import pytest

MONTH = 30.4375
SCANS = [(0, 50.0), (84, 80.0)]
ALIVE = {"death": 0, "last_follow_up_day": 900}
DEAD = {"death": 1, "last_follow_up_day": 900}


def therapy(start, **more):
    return {"start_day": start, "category": "systemic", "kind": "braf_mek", **more}


@pytest.mark.parametrize(
    ("patient", "more", "days", "event"),
    [
        (ALIVE, {"progression_day": 300}, 200, 1),
        (DEAD, {"progression_day": 300}, 200, 1),
        (DEAD, {}, 800, 1),
        (DEAD, {"last_follow_up_day": 900}, 800, 1),
        (DEAD, {"last_follow_up_day": 400}, 300, 0),
        (ALIVE, {"last_follow_up_day": 400}, 300, 0),
        (ALIVE, {}, 800, 0),
    ],
)
def test_pfs_on_a_later_therapy(run, patient, more, days, event):
    row = run(SCANS, patient=patient, therapies=[therapy(100, **more)]).therapies.iloc[0]
    assert round(row["pfs_months"] * MONTH) == days
    assert row["pfs_event"] == event
    assert row["start_month"] == 100 / MONTH


@pytest.mark.parametrize(
    ("best", "evaluable", "objective"),
    [("CR", 1, 1), ("PR", 1, 1), ("SD", 1, 0), ("PD", 1, 0), ("NE", 0, None), (None, 0, None)],
)
def test_objective_response_of_evaluable_therapies(run, best, evaluable, objective):
    row = run(SCANS, therapies=[therapy(100, best_response=best)]).therapies.iloc[0]
    assert row["evaluable"] == evaluable
    assert (None if pd.isna(row["objective_response"]) else row["objective_response"]) == objective


def test_lines_follow_the_start(run):
    therapies = [therapy(300), therapy(100, kind="chemotherapy"), therapy(200, category="local")]
    table = run(SCANS, therapies=therapies).therapies
    assert table["line"].tolist() == [1, 2, 3]
    assert table["start_month"].is_monotonic_increasing


def test_patients_with_later_therapies_are_flagged(run):
    row = run(SCANS, therapies=[therapy(100)]).patient
    assert (row["later_systemic_therapy"], row["later_local_therapy"]) == (1, 0)


def test_without_a_table_of_therapies_nothing_is_known(run):
    row = run(SCANS).patient
    assert pd.isna(row["later_systemic_therapy"])
    assert run(SCANS).therapies.empty
