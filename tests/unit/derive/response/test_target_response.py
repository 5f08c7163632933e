"""Target lesions at a time point: one patient, sums by scan."""

import numpy as np
import pytest


def test_pr_is_thirty_percent_below_baseline_exactly(run):
    assert run([(0, 33.0), (60, 23.1)]).target == ["PR"]
    assert run([(0, 33.0), (60, 23.2)]).target == ["SD"]


def test_pd_is_twenty_percent_above_nadir_exactly(run):
    assert run([(0, 45.0), (60, 54.0)]).target == ["PD"]
    assert run([(0, 45.0), (60, 53.9)]).target == ["SD"]


def test_pd_needs_five_mm_absolute_increase(run):
    assert run([(0, 20.0), (60, 24.9)]).target == ["SD"]  # +24.5 %, but 4.9 mm
    assert run([(0, 20.0), (60, 25.0)]).target == ["PD"]


def test_nadir_includes_the_baseline(run):
    assert run([(0, 40.0), (60, 44.0), (120, 48.0)]).target == ["SD", "PD"]


def test_pd_is_judged_from_the_nadir_even_when_below_baseline(run):
    points = run([(0, 100.0), (60, 50.0), (120, 60.0)]).points
    assert points["target_response"].astype(str).tolist() == ["nan", "PR", "PD"]
    assert points["nadir_sum_mm"].tolist()[1:] == [100.0, 50.0]
    assert points["change_from_nadir_pct"].tolist()[1:] == [-50.0, 20.0]
    assert points["change_from_nadir_mm"].tolist()[1:] == [-50.0, 10.0]
    assert points["change_from_baseline_pct"].tolist() == [0.0, -50.0, -40.0]


def test_without_target_sum_the_target_response_is_not_evaluable(run):
    assert run([(0, 40.0), (60, None), (120, 40.0)]).target == ["NE", "SD"]


def test_a_missing_sum_leaves_the_nadir_alone(run):
    points = run([(0, 40.0), (60, None), (120, 48.0)]).points
    assert points["nadir_sum_mm"].tolist()[1:] == [40.0, 40.0]
    assert points["target_response"].tolist()[1:] == ["NE", "PD"]


def test_complete_response_is_a_sum_of_zero(run):
    assert run([(0, 40.0), (60, 0.0)]).overall == ["CR"]


def test_a_lesion_that_comes_back_after_overall_cr_is_pd_whatever_its_size(run):
    assert run([(0, 40.0), (60, 0.0), (120, 3.0)]).overall == ["CR", "PD"]


def test_a_lesion_that_comes_back_after_target_cr_alone_needs_five_mm(run):
    scans = [(0, 40.0, "NON-CR/NON-PD"), (60, 0.0, "NON-CR/NON-PD")]
    assert run([*scans, (120, 4.9, "NON-CR/NON-PD")]).overall == ["PR", "PR"]
    assert run([*scans, (120, 5.0, "NON-CR/NON-PD")]).overall == ["PR", "PD"]


def test_nontarget_disease_that_comes_back_after_overall_cr_is_pd(run):
    done = run([(0, 40.0, "NON-CR/NON-PD"), (60, 0.0, "CR"), (120, 0.0, "NON-CR/NON-PD")])
    assert done.overall == ["CR", "PD"]
    assert done.patient["progression_pattern"] == "enlargement_only"


def test_baseline_is_the_last_evaluable_scan_up_to_day_zero(run):
    points = run([(-40, 30.0), (-5, 50.0), (0, None), (60, 35.0)]).points
    assert points["overall_response"].astype(str).tolist() == ["nan", "nan", "nan", "PR"]
    assert np.isnan(points["baseline_sum_mm"].iloc[0])
    assert points["baseline_sum_mm"].tolist()[1:] == [50.0, 50.0, 50.0]


def test_the_latest_day_of_the_baseline_is_a_setting(run):
    scans = [(-5, 50.0), (7, 60.0), (60, 50.0)]
    assert run(scans).overall == ["PD", "SD"]
    assert run(scans, settings={"baseline": {"latest_day": 7}}).overall == ["SD"]


def test_without_a_baseline_target_lesions_are_not_evaluable(run):
    done = run([(60, 40.0), (120, 80.0)])
    assert done.overall == ["NE", "NE"]
    assert done.patient["in_response_cohort"] == 0


def test_without_a_baseline_new_lesions_still_are_progression(run):
    assert run([(60, 40.0), (120, 40.0, None, "1")]).overall == ["NE", "PD"]


def test_a_baseline_sum_of_zero_is_no_measurable_disease(run):
    done = run([(0, 0.0, "NON-CR/NON-PD"), (60, 0.0, "NON-CR/NON-PD")])
    assert done.target == ["none"]
    assert done.overall == ["NON-CR/NON-PD"]
    assert done.patient["best_response"] == "NON-CR/NON-PD"
    assert done.patient["irecist_best_response"] == "iSD"
    assert done.patient["in_response_cohort"] == 0
    assert np.isnan(done.patient["baseline_sum_mm"])


def test_patients_without_target_lesions_progress_by_other_findings(run):
    done = run([(0, None, "NON-CR/NON-PD"), (60, None, "NON-CR/NON-PD"), (120, None, "PD")])
    assert done.target == ["none", "none"]
    assert done.overall == ["NON-CR/NON-PD", "PD"]
    assert done.patient["best_response"] == "NON-CR/NON-PD"
    assert done.patient["resistance_paper"] == "primary"  # counts as stable for less than 6 months
    assert done.patient["in_response_cohort"] == 0
    assert done.patient["in_progression_cohort"] == 1


def test_the_reader_who_called_the_overall_response_wins(run):
    assert run([(0, 40.0), (60, 40.0, None, None, "PR")]).overall == ["PR"]


def test_a_cr_called_by_the_reader_does_not_make_a_normal_node_a_recurrence(run):
    # a sum does not tell nodes: 8 mm may be a normal node, and the reader knows
    scans = [(0, 40.0), (60, 8.0, None, None, "CR"), (120, 8.0)]
    assert run(scans).overall == ["CR", "PR"]


def test_a_cr_that_the_reader_denies_makes_no_recurrence(run):
    scans = [(0, 40.0), (60, 0.0, None, None, "PR"), (120, 3.0)]
    assert run(scans).overall == ["PR", "PR"]


def test_scans_in_any_order_are_read_by_date(run):
    in_order = [(0, 100.0), (60, 50.0), (120, 60.0)]
    assert run(in_order[::-1]).overall == run(in_order).overall == ["PR", "PD"]


def test_months_are_30_4375_days(run):
    points = run([(0, 10.0), (487, 10.0)]).points
    assert points["month"].tolist() == [0.0, 16.0]


@pytest.mark.parametrize("tenths", range(100, 1000, 7))
def test_thresholds_are_exact_at_every_tenth_of_a_millimetre(run, tenths):
    # 30 % off and 20 % on, wherever these are tenths of a millimetre
    baseline = tenths * 10 / 10
    assert run([(0, baseline), (60, tenths * 7 / 10)]).target == ["PR"]
    assert run([(0, baseline), (60, tenths * 12 / 10)]).target == ["PD"]
