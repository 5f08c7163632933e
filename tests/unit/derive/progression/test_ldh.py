"""LDH at baseline and at progression."""

import pandas as pd
import pytest

PROGRESSED = [(0, 50.0), (84, 50.0), (168, 80.0)]
MONTH = 30.4375


def sample(day, value, upper_limit=250.0):
    return {"day": day, "test": "ldh", "value": value, "upper_limit": upper_limit}


@pytest.mark.parametrize(("value", "state"), [(250.0, "normal"), (250.1, "elevated")])
def test_elevated_is_above_its_own_upper_limit(run, value, state):
    assert run(PROGRESSED, labs=[sample(168, value)]).patient["ldh_at_progression"] == state


@pytest.mark.parametrize(
    ("days", "chosen"),
    [
        ((160, 170), 170),
        ((161, 175), 161),  # equally near: the earlier
        ((140, 190), 140),
        ((139, 182), 182),
        ((139, 183), None),
    ],
)
def test_the_sample_nearest_to_the_scan_inside_the_window_counts(run, days, chosen):
    labs = [sample(day, 300.0 if day == chosen else 100.0) for day in days]
    state = run(PROGRESSED, labs=labs).patient["ldh_at_progression"]
    assert state == (None if chosen is None else "elevated")


def test_the_window_is_a_setting(run):
    settings = {"ldh": {"progression_window_days": [0, 0]}}
    labs = [sample(167, 300.0), sample(168, 100.0)]
    assert run(PROGRESSED, labs=labs, settings=settings).patient["ldh_at_progression"] == "normal"


def test_change_is_against_the_last_sample_before(run):
    labs = [sample(-5, 100.0), sample(107, 200.0), sample(168, 250.0), sample(180, 900.0)]
    row = run(PROGRESSED, labs=labs).patient
    assert row["ldh_change_pct"] == 25.0
    assert row["ldh_change_pct_per_month"] == pytest.approx(25.0 / (61 / MONTH))


def test_change_is_missing_without_a_sample_before(run):
    row = run(PROGRESSED, labs=[sample(168, 250.0)]).patient
    assert pd.isna(row["ldh_change_pct"])
    assert pd.isna(row["ldh_change_pct_per_month"])


def test_state_is_missing_without_an_upper_limit_but_change_is_not(run):
    labs = [sample(107, 200.0), sample(168, 250.0, None)]
    row = run(PROGRESSED, labs=labs).patient
    assert row["ldh_at_progression"] is None
    assert row["ldh_change_pct"] == 25.0


def test_other_tests_and_samples_without_a_value_do_not_count(run):
    labs = [sample(168, None), {**sample(168, 900.0), "test": "crp"}, sample(160, 100.0)]
    assert run(PROGRESSED, labs=labs).patient["ldh_at_progression"] == "normal"


def test_of_two_samples_on_one_day_the_higher_counts(run):
    labs = [sample(168, 300.0), sample(168, 100.0)]
    assert run(PROGRESSED, labs=labs).patient["ldh_at_progression"] == "elevated"


def test_without_progression_there_is_no_ldh_at_progression(run):
    row = run([(0, 50.0), (84, 50.0)], labs=[sample(0, 300.0), sample(84, 300.0)]).patient
    assert row["ldh_at_progression"] is None
    assert row["ldh_at_baseline"] == "elevated"


def test_ldh_at_baseline_as_reported(run):
    assert run(PROGRESSED, patient={"ldh_elevated": 1}).patient["ldh_at_baseline"] == "elevated"
    assert run(PROGRESSED, patient={"ldh_elevated": 0}).patient["ldh_at_baseline"] == "normal"
    assert run(PROGRESSED).patient["ldh_at_baseline"] is None


def test_samples_of_other_patients_do_not_count(run):
    labs = pd.DataFrame(
        [{"patient_id": p, **sample(168, v)} for p, v in (("A", 100.0), ("B", 900.0))]
    )
    scans = pd.DataFrame(
        [{"patient_id": p, "day": d, "target_sum_mm": s} for p in "AB" for d, s in PROGRESSED]
    )
    labs.loc[2] = ["B", 100, "ldh", 450.0, 250.0]
    done = run(scans, labs=labs, patients=pd.DataFrame({"patient_id": ["A", "B"]}))
    assert done.patients["ldh_at_progression"].tolist() == ["normal", "elevated"]
    assert done.patients["ldh_change_pct"].isna().tolist() == [True, False]
    assert done.patients["ldh_change_pct"].tolist()[1] == 100.0
