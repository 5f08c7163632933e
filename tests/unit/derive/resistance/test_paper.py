"""The cohort study's rule: PD, or SD for less than six months, is primary; otherwise secondary."""

import pandas as pd
import pytest

from pd1_dynamics.derive.resistance import PAPER
from pd1_dynamics.derive.rules import as_table


@pytest.mark.parametrize(
    ("scans", "expected"),
    [
        ([(84, 80.0)], "primary"),
        ([(84, 50.0), (182, 80.0)], "primary"),
        ([(84, 50.0), (183, 80.0)], "secondary"),
        ([(84, 30.0), (140, 80.0)], "secondary"),  # PR first: secondary however early
        ([(84, 0.0), (140, 80.0)], "secondary"),
        ([(84, 50.0), (400, 50.0)], None),
        ([(200, 80.0)], "primary"),
    ],
)
def test_resistance_by_the_paper(run, scans, expected):
    row = run([(0, 50.0), *scans]).patient
    assert row["resistance_paper"] == expected
    assert row["resistance"] == expected


def test_the_chosen_rule_fills_the_column_resistance(run):
    scans = [(0, 50.0), (84, 30.0), (140, 80.0)]
    row = run(scans, settings={"resistance_rule": "sitc"}).patient
    assert (row["resistance_paper"], row["resistance_sitc"]) == ("secondary", "primary")
    assert row["resistance"] == "primary"


def test_the_sitc_rule_leaves_other_classes_empty(run):
    row = run([(0, 50.0), (30, 80.0)], settings={"resistance_rule": "sitc"}).patient
    assert row["resistance_sitc"] == "unclassifiable"
    assert row["resistance"] is None


def test_reported_responses_follow_the_same_rule_and_mixed_stays_apart(run):
    best = ["PD", "SD", "SD", "PR", "mixed", "NE", "CR"]
    days = [60, 182, 183, 100, 100, 100, None]
    patients = pd.DataFrame({"patient_id": list("ABCDEFG"), "best_response": best})
    patients["progression_day"] = days
    expected = ["primary", "primary", "secondary", "secondary", None, None, None]
    assert run(patients=patients).patients["resistance_paper"].tolist() == expected


def test_death_without_radiology_is_no_resistance_type(run):
    row = run([(0, 50.0)], patient={"death": 1, "last_follow_up_day": 60}).patient
    assert row["pfs_event"] == 1
    assert row["in_progression_cohort"] == 0
    assert row["resistance_paper"] is None


def test_the_rule_prints_as_a_table():
    table = as_table(PAPER)
    types = ["primary"] * 3 + ["secondary"] * 2
    assert table["outcome"].tolist() == ["", *types, ""]
