"""One row a patient: baseline, first response, depth, times."""

import pandas as pd
import pytest

MONTH = 30.4375


def test_first_response_and_three_month_change_are_those_of_the_first_evaluation(run):
    done = run([(0, 100.0), (84, 80.0), (168, 30.0)])
    assert done.patient["first_response"] == "SD"
    assert done.patient["change_3_months_pct"] == -20.0
    assert done.patient["share_of_depth_at_3_months_pct"] == pytest.approx(20 / 70 * 100)


def test_depth_is_the_smallest_change_and_the_nadir_its_first_date(run):
    done = run([(0, 100.0), (84, 30.0), (168, 25.0), (252, 25.0), (336, 28.0)])
    assert done.patient["max_change_pct"] == -75.0
    assert done.patient["time_to_nadir_months"] == 168 / MONTH


def test_depth_is_growth_when_there_is_only_growth(run):
    done = run([(0, 50.0), (84, 55.0), (168, 100.0)])
    assert done.patient["max_change_pct"] == 10.0
    assert done.patient["time_to_nadir_months"] == 84 / MONTH
    assert pd.isna(done.patient["share_of_depth_at_3_months_pct"])


def test_nothing_after_progression_counts_for_depth(run):
    done = run([(0, 50.0), (84, 80.0), (168, 10.0)])
    assert done.patient["max_change_pct"] == 60.0
    assert done.points["counted"].tolist() == [0, 1, 0]


def test_the_scan_that_shows_progression_still_counts_for_depth(run):
    done = run([(0, 50.0), (84, 40.0, None, "1")])
    assert done.patient["best_response"] == "PD"
    assert done.patient["max_change_pct"] == -20.0


def test_imaging_dates_are_the_baseline_and_the_counted_evaluations(run):
    done = run([(-30, 50.0), (0, 50.0), (84, 50.0), (168, 80.0), (200, 80.0)])
    assert done.patient["n_imaging_dates"] == 3


def test_the_response_cohort_needs_a_baseline_and_an_evaluation(run):
    assert run([(0, 50.0), (84, 50.0)]).patient["in_response_cohort"] == 1
    assert run([(0, 50.0)]).patient["in_response_cohort"] == 0
    assert run([(84, 50.0)]).patient["in_response_cohort"] == 0
    assert run([(0, 50.0), (84, None)]).patient["in_response_cohort"] == 1


def test_a_patient_without_evaluation_is_not_evaluable(run):
    done = run([(0, 50.0)])
    assert done.patient["best_response"] == "NE"
    assert done.patient["first_response"] is None


def test_times_from_sd_over_pr_to_cr(run):
    done = run([(0, 50.0), (84, 45.0), (200, 30.0), (400, 0.0)])
    row = done.patient
    assert row["time_to_response_months"] == row["time_to_pr_months"] == 200 / MONTH
    assert row["time_to_cr_months"] == 400 / MONTH
    assert row["pr_to_cr_months"] == 200 / MONTH
    assert row["sd_to_response_months"] == 116 / MONTH
    assert row["sd_to_cr_months"] == 316 / MONTH
    assert (row["ever_pr"], row["ever_cr"]) == (1, 1)


def test_no_time_from_pr_to_cr_without_a_pr_before(run):
    done = run([(0, 50.0), (84, 0.0)])
    assert pd.isna(done.patient["pr_to_cr_months"])
    assert (done.patient["ever_pr"], done.patient["ever_cr"]) == (0, 1)


def test_the_largest_lesion_at_baseline(run):
    lesions = [(0, "T1", "target", 43.0), (0, "T2", "target", 12.0), (84, "T1", "target", 60.0)]
    assert run(lesions=lesions).patient["largest_lesion_at_baseline_mm"] == 43.0


@pytest.mark.parametrize(
    ("scans", "benefit"),
    [
        ([(84, 30.0)], 1),  # PR
        ([(84, 50.0), (182, 50.0)], 0),  # SD seen for 182 days
        ([(84, 50.0), (183, 50.0)], 1),  # SD seen for 183 days
        ([(84, 50.0), (182, 80.0)], 0),  # SD until PD on day 182
        ([(84, 50.0), (183, 80.0)], 1),
        ([(84, 80.0)], 0),
        ([(84, None)], 0),
    ],
)
def test_clinical_benefit_is_cr_pr_or_sd_of_six_months(run, scans, benefit):
    assert run([(0, 50.0), *scans]).patient["clinical_benefit"] == benefit


def test_six_months_of_benefit_are_a_setting(run):
    done = run([(0, 50.0), (125, 50.0)], settings={"clinical_benefit_months": 4})
    assert done.patient["clinical_benefit"] == 1


def test_reported_responses_stand_where_there_are_no_scans(run):
    patients = pd.DataFrame(
        {"patient_id": ["A", "B", "C", "D"], "best_response": ["PR", "mixed", "SD", None]}
    )
    patients["pfs_days"] = [100.0, 100.0, 182.0, 10.0]
    done = run(patients=patients)
    assert done.patients["best_response"].tolist() == ["PR", "mixed", "SD", None]
    assert done.patients["clinical_benefit"].tolist() == [1, pd.NA, 0, pd.NA]
    assert done.patients["first_response"].isna().all()
    assert done.patients["best_response_confirmed"].isna().all()


def test_the_order_of_patients_is_that_of_the_patients_table(run):
    scans = pd.DataFrame(
        {"patient_id": ["B", "A", "B", "A"], "day": [60, 0, 0, 60], "target_sum_mm": [5.0, 9, 9, 9]}
    )
    done = run(scans, patients=pd.DataFrame({"patient_id": ["B", "C", "A"]}))
    assert done.patients["patient_id"].tolist() == ["B", "C", "A"]
    assert done.patients["best_response"].tolist() == ["PR", "NE", "SD"]
    assert done.points["patient_id"].tolist() == ["B", "B", "A", "A"]
