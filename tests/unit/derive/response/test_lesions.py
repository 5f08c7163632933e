"""Target sum, non-target and new lesions from single lesions."""

import pandas as pd
import pytest

from pd1_dynamics.contract.problems import InputError

T, N, NEW = "target", "nontarget", "new"


def node(day, lesion_id, role, diameter, state=None):
    return {
        "day": day,
        "lesion_id": lesion_id,
        "role": role,
        "diameter_mm": diameter,
        "state": state,
        "node": 1,
    }


def test_the_target_sum_adds_all_target_lesions(run):
    done = run(
        lesions=[(0, "T1", T, 20.1), (0, "T2", T, 9.9), (60, "T1", T, 15.0), (60, "T2", T, 6.0)]
    )
    assert done.points["target_sum_mm"].tolist() == [30.0, 21.0]
    assert done.overall == ["PR"]


def test_lesions_go_before_the_sum_of_the_assessment(run):
    done = run(scans=[(0, 99.0), (60, 99.0)], lesions=[(0, "T1", T, 30.0), (60, "T1", T, 20.0)])
    assert done.points["target_sum_mm"].tolist() == [30.0, 20.0]


def test_the_sum_of_the_assessment_serves_dates_without_target_lesions(run):
    done = run(scans=[(0, 30.0), (60, 20.0)], lesions=[(0, "T1", T, 30.0)])
    assert done.points["target_sum_mm"].tolist() == [30.0, 20.0]


def test_too_small_to_measure_counts_five_mm(run):
    done = run(lesions=[(0, "T1", T, 20.0), (60, "T1", T, 5.0)])
    assert done.overall == ["PR"]
    assert done.patient["max_change_pct"] == -75.0


def test_nodes_below_ten_mm_are_gone(run):
    lesions = [(0, "T1", T, 30.0), node(0, "T2", T, 20.0), (60, "T1", T, 0.0)]
    assert run(lesions=[*lesions, node(60, "T2", T, 9.9)]).overall == ["CR"]
    assert run(lesions=[*lesions, node(60, "T2", T, 10.0)]).overall == ["PR"]


def test_a_node_below_ten_mm_still_adds_to_the_sum(run):
    done = run(lesions=[node(0, "T1", T, 20.0), node(60, "T1", T, 8.0)])
    assert done.points["target_sum_mm"].tolist() == [20.0, 8.0]
    assert done.patient["max_change_pct"] == -60.0
    assert done.patient["best_response"] == "CR"


def test_normal_nodes_that_vary_stay_cr(run):
    # 4 → 9 mm is +5 mm and more than +20 %, yet a node below 10 mm is normal
    lesions = [node(0, "T1", T, 20.0), node(60, "T1", T, 4.0), node(120, "T1", T, 9.0)]
    assert run(lesions=lesions).overall == ["CR", "CR"]


def test_a_node_that_is_pathological_again_after_cr_is_pd(run):
    lesions = [node(0, "T1", T, 20.0), node(60, "T1", T, 8.0), node(120, "T1", T, 10.0)]
    assert run(lesions=lesions).overall == ["CR", "PD"]


def test_a_target_lesion_not_measured_makes_the_target_not_evaluable(run):
    lesions = [(0, "T1", T, 20.0), (0, "T2", T, 20.0), (60, "T1", T, 5.0)]
    not_evaluable = (60, "T2", T, None, "not_evaluable")
    done = run(lesions=[*lesions, not_evaluable])
    assert done.overall == ["NE"]
    assert pd.isna(done.points["target_sum_mm"].iloc[1])
    assert run(lesions=lesions).overall == ["NE"]  # likewise when it has no row at all


def test_what_was_measured_can_prove_pd_alone(run):
    lesions = [(0, "T1", T, 20.0), (0, "T2", T, 20.0), (60, "T2", T, None, "not_evaluable")]
    assert run(lesions=[*lesions, (60, "T1", T, 48.0)]).overall == ["PD"]  # 48 ≥ 40 + 20 %
    assert run(lesions=[*lesions, (60, "T1", T, 47.9)]).overall == ["NE"]


def test_an_absent_target_lesion_is_zero(run):
    assert run(lesions=[(0, "T1", T, 20.0), (60, "T1", T, None, "absent")]).overall == ["CR"]


def test_a_target_lesion_unknown_at_baseline_does_not_count(run):
    lesions = [(0, "T1", T, 20.0), (60, "T1", T, 20.0), (60, "T9", T, 40.0)]
    done = run(lesions=lesions)
    assert done.points["target_sum_mm"].tolist() == [20.0, 20.0]


def test_fragments_of_a_split_lesion_are_added(run):
    lesions = [(0, "T1", T, 40.0), (60, "T1.1", T, 15.0), (60, "T1.2", T, 10.0)]
    done = run(lesions=lesions)
    assert done.points["target_sum_mm"].tolist() == [40.0, 25.0]
    assert done.overall == ["PR"]


def test_the_fragment_that_keeps_the_name_is_added_too(run):
    lesions = [(0, "T1", T, 40.0), (60, "T1", T, 15.0), (60, "T1.2", T, 10.0)]
    assert run(lesions=lesions).points["target_sum_mm"].tolist() == [40.0, 25.0]


def test_merged_lesions_count_once_by_their_longest_diameter(run):
    lesions = [(0, "T1", T, 20.0), (0, "T2", T, 22.0), (60, "T1/T2", T, 52.0)]
    done = run(lesions=lesions)
    assert done.points["target_sum_mm"].tolist() == [42.0, 52.0]
    assert done.overall == ["PD"]


def test_a_merged_lesion_leaves_the_third_one_to_be_measured(run):
    lesions = [(0, "T1", T, 20.0), (0, "T2", T, 20.0), (0, "T3", T, 20.0), (60, "T1/T2", T, 30.0)]
    assert run(lesions=lesions).overall == ["NE"]
    assert run(lesions=[*lesions, (60, "T3", T, 12.0)]).overall == ["PR"]


def test_a_name_with_a_dot_is_no_fragment_when_the_baseline_has_it(run):
    lesions = [(0, "1.1", T, 20.0), (0, "1.2", T, 20.0), (60, "1.1", T, 10.0), (60, "1.2", T, 10.0)]
    assert run(lesions=lesions).overall == ["PR"]


def test_a_lesion_that_reappears_under_pr_is_added_to_the_sum(run):
    lesions = [(0, "T1", T, 40.0), (0, "T2", T, 20.0)]
    lesions += [(60, "T1", T, 20.0), (60, "T2", T, 0.0), (120, "T1", T, 18.0), (120, "T2", T, 4.0)]
    done = run(lesions=lesions)
    assert done.points["target_sum_mm"].tolist() == [60.0, 20.0, 22.0]
    assert done.overall == ["PR", "PR"]


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (("present", "present"), "NON-CR/NON-PD"),
        (("present", "absent"), "NON-CR/NON-PD"),
        (("absent", "absent"), "CR"),
        (("absent", "progressed"), "PD"),
        (("not_evaluable", "progressed"), "PD"),
        (("not_evaluable", "present"), "NE"),
        (("absent", "not_evaluable"), "NE"),
        (("absent",), "NE"),  # the other one has no row
    ],
)
def test_nontarget_response_from_lesions(run, states, expected):
    lesions = [(0, "N1", N, None, "present"), (0, "N2", N, None, "present")]
    lesions += [(60, f"N{i}", N, None, state) for i, state in enumerate(states, 1)]
    done = run(scans=[(0, 20.0), (60, 20.0)], lesions=lesions)
    assert done.points["nontarget_response"].tolist() == ["NON-CR/NON-PD", expected]


def test_a_nontarget_node_below_ten_mm_is_gone_unless_it_progressed(run):
    lesions = [node(0, "N1", N, 12.0, "present")]
    scans = [(0, 20.0), (60, 20.0)]
    gone = run(scans=scans, lesions=[*lesions, node(60, "N1", N, 9.0, "present")])
    assert gone.points["nontarget_response"].tolist()[1] == "CR"
    grown = run(scans=scans, lesions=[*lesions, node(60, "N1", N, 9.0, "progressed")])
    assert grown.points["nontarget_response"].tolist()[1] == "PD"


def test_a_nontarget_node_that_is_visible_after_cr_is_no_recurrence(run):
    lesions = [node(0, "N1", N, 12.0, "present"), node(60, "N1", N, 8.0, "present")]
    lesions += [node(120, "N1", N, 11.0, "present")]
    scans = [(0, 20.0), (60, 0.0), (120, 0.0)]
    assert run(scans=scans, lesions=lesions).overall == ["CR", "PR"]


def test_nontarget_as_read_goes_before_the_lesions(run):
    lesions = [(0, "N1", N, None, "present"), (60, "N1", N, None, "present")]
    done = run(scans=[(0, 20.0), (60, 20.0, "PD")], lesions=lesions)
    assert done.overall == ["PD"]


def test_nontarget_not_read_at_one_scan_is_not_evaluable_there(run):
    done = run([(0, 20.0, "NON-CR/NON-PD"), (60, 0.0, None)])
    assert done.points["nontarget_response"].tolist() == ["NON-CR/NON-PD", "NE"]
    assert done.overall == ["PR"]


def test_nontarget_never_read_means_none(run):
    assert run([(0, 20.0), (60, 0.0)]).points["nontarget_response"].tolist() == ["none", "none"]


def test_a_new_lesion_is_pd(run):
    lesions = [(0, "T1", T, 20.0), (60, "T1", T, 10.0), (60, "X1", NEW, 12.0, "present")]
    done = run(lesions=lesions)
    assert done.points["new_lesion"].tolist() == ["0", "1"]
    assert done.overall == ["PD"]


def test_new_lesions_as_read_and_as_listed_the_worse_counts(run):
    lesions = [(0, "T1", T, 20.0), (60, "T1", T, 20.0), (60, "X1", NEW, None, "present")]
    assert run(scans=[(0, None), (60, None, None, "0")], lesions=lesions).overall == ["PD"]
    assert run(scans=[(0, None), (60, None, None, "1")], lesions=lesions[:2]).overall == ["PD"]


def test_an_equivocal_lesion_is_no_progression_yet(run):
    lesions = [(0, "T1", T, 20.0), (60, "T1", T, 20.0), (60, "X1", NEW, None, "not_evaluable")]
    done = run(lesions=lesions)
    assert done.points["new_lesion"].tolist() == ["0", "equivocal"]
    assert done.overall == ["SD"]


def test_an_equivocal_lesion_later_confirmed_dates_progression_back(run):
    lesions = [(day, "T1", T, 20.0) for day in (0, 60, 120)]
    lesions += [(60, "X1", NEW, None, "not_evaluable"), (120, "X1", NEW, 8.0, "present")]
    done = run(lesions=lesions)
    assert done.overall == ["PD", "PD"]
    assert done.patient["progression_date"] == "60"


def test_another_new_lesion_does_not_confirm_the_equivocal_one(run):
    lesions = [(day, "T1", T, 20.0) for day in (0, 60, 120)]
    lesions += [(60, "X1", NEW, None, "not_evaluable"), (120, "X2", NEW, 8.0, "present")]
    assert run(lesions=lesions).overall == ["SD", "PD"]


def test_an_equivocal_lesion_that_went_away_in_between_is_not_confirmed(run):
    lesions = [(day, "T1", T, 20.0) for day in (0, 60, 120, 180)]
    lesions += [(60, "X1", NEW, None, "not_evaluable"), (120, "X1", NEW, None, "absent")]
    lesions += [(180, "X1", NEW, 8.0, "present")]
    assert run(lesions=lesions).overall == ["SD", "SD", "PD"]


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        (("equivocal", "1"), ["PD", "PD"]),
        (("equivocal", "equivocal", "1"), ["PD", "PD", "PD"]),
        (("equivocal", None, "1"), ["PD", "SD", "PD"]),
        (("equivocal", "0", "1"), ["SD", "SD", "PD"]),
        (("equivocal", "0"), ["SD", "SD"]),
        (("0", "equivocal"), ["SD", "SD"]),
    ],
)
def test_equivocal_readings_without_single_lesions(run, readings, expected):
    scans = [(60 * i, 20.0, None, new) for i, new in enumerate(readings, 1)]
    assert run([(0, 20.0), *scans]).overall == expected


def test_dating_back_overrules_what_the_reader_called_that_day(run):
    scans = [(0, 20.0), (60, 20.0, None, "equivocal", "SD"), (120, 20.0, None, "1", "PD")]
    done = run(scans)
    assert done.overall == ["PD", "PD"]
    assert done.patient["progression_date"] == "60"


def test_a_reader_is_chosen_by_name(run):
    lesions = [
        {"day": day, "lesion_id": "T1", "role": T, "diameter_mm": mm, "reader": reader}
        for day, reader, mm in [(0, "R1", 20), (60, "R1", 10), (0, "R2", 20), (60, "R2", 20)]
    ]
    assert run(lesions=lesions, settings={"reader": "R2"}).overall == ["SD"]
    assert run(lesions=lesions).overall == ["PR"]  # the first in alphabetical order
    assert run(lesions=lesions, settings={"reader": ["R9", "R2", "R1"]}).overall == ["SD"]


def test_a_reader_whom_nobody_knows_is_named(run):
    lesions = [{"day": 0, "lesion_id": "T1", "role": T, "diameter_mm": 9, "reader": "R1"}]
    with pytest.raises(InputError, match=r"'Rx'; expected one of R1"):
        run(lesions=lesions, settings={"reader": "Rx"})


def test_a_lesion_given_twice_on_one_day_is_refused(run):
    lesions = [(0, "T1", T, 20.0), (60, "T1", T, 10.0), (60, "T1", T, 12.0)]
    with pytest.raises(InputError, match="row 3: found 1 rows that share patient_id, day, lesion"):
        run(lesions=lesions)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"role": "Target"}, "column role, row 2: found 'Target'; expected one of target"),
        ({"state": "gone"}, "column state, row 2: found 'gone'; expected one of present"),
        ({"diameter_mm": "big"}, "column diameter_mm, row 2: found 'big'; expected a number"),
        ({"diameter_mm": -3.0}, "column diameter_mm, row 2: found -3; expected a number"),
        ({"node": 2}, "column node, row 2: found 2"),
        ({"day": 60.5}, "column day, row 2: found 60.5; expected a whole number of days"),
        ({"day": pd.Timestamp("2017-03-01")}, "column day, row 2: found '2017-03-01 00:00:00'"),
        ({"day": None}, "column day, row 2: found nothing; expected a whole number of days"),
    ],
)
def test_what_the_contract_forbids_is_told_with_column_and_row(run, row, told):
    first = {"day": 0, "lesion_id": "T1", "role": T, "diameter_mm": 20.0, "node": 0, "state": None}
    lesions = pd.DataFrame([first, first | {"day": 60} | row]).assign(patient_id="A")
    with pytest.raises(InputError) as error:
        run(lesions=lesions)
    assert told in str(error.value)


def test_lesions_are_found_again_in_large_cohorts_as_in_small_ones(run, monkeypatch):
    """Large cohorts use binary search, not a lookup table: the same lesions must be found."""
    lesions = pd.DataFrame(
        [
            {"patient_id": patient, "day": day, "lesion_id": name, "role": T, "diameter_mm": mm}
            for patient in ("A", "B", "C")
            for day, mm in ((0, 30.0), (60, 20.0))
            for name in ("T1", "T2", f"only {patient}")
        ]
        + [
            {"patient_id": "B", "day": 60, "lesion_id": "T9", "role": T, "diameter_mm": 50.0},
        ]
    )
    patients = pd.DataFrame({"patient_id": ["A", "B", "C"]})
    small = run(lesions=lesions, patients=patients).points["target_sum_mm"].tolist()
    assert small == [90.0, 60.0] * 3  # T9 is no lesion of the baseline
    monkeypatch.setattr("pd1_dynamics.derive.response.lesions._TABLE", 0)
    assert run(lesions=lesions, patients=patients).points["target_sum_mm"].tolist() == small


def test_dates_where_days_belong_are_told(run):
    lesions = pd.DataFrame(
        {"patient_id": ["A"], "date": ["2017-01-01"], "lesion_id": "T1", "role": T}
    )
    with pytest.raises(InputError, match=r"expected a column day, .* \(there is a column date\)"):
        run(lesions=lesions)


def test_a_lesion_of_an_unknown_patient_is_named_by_row(run):
    lesions = [(0, "T1", T, 20.0), {"patient_id": "B", "day": 0, "lesion_id": "T1", "role": T}]
    with pytest.raises(ValueError, match="row 2 of lesions"):
        run(lesions=lesions)
