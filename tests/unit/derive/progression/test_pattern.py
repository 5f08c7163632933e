"""Pattern, organs and growth at progression."""

import pandas as pd
import pytest

T, N, NEW = "target", "nontarget", "new"
MONTH = 30.4375


@pytest.mark.parametrize(
    ("scan", "pattern"),
    [
        ((84, 80.0, "NON-CR/NON-PD", "0"), "enlargement_only"),
        ((84, 50.0, "PD", "0"), "enlargement_only"),
        ((84, 50.0, "NON-CR/NON-PD", "1"), "new_lesions_only"),
        ((84, 80.0, "NON-CR/NON-PD", "1"), "both"),
        ((84, 50.0, "PD", "1"), "both"),
        ((84, 50.0, "NON-CR/NON-PD", "0", "PD"), None),
    ],
)
def test_pattern(run, scan, pattern):
    assert run([(0, 50.0, "NON-CR/NON-PD"), scan]).patient["progression_pattern"] == pattern


def test_pattern_is_that_of_the_first_progression(run):
    done = run([(0, 50.0), (84, 80.0), (168, 80.0, None, "1")])
    assert done.patient["progression_pattern"] == "enlargement_only"


def test_growth_is_against_the_evaluation_just_before(run):
    row = run([(0, 50.0), (84, 40.0), (145, 60.0)]).patient
    assert row["target_sum_at_progression_mm"] == 60.0
    assert row["enlargement_pct"] == 50.0
    assert row["enlargement_pct_per_month"] == pytest.approx(50.0 / (61 / MONTH))


def test_growth_at_the_first_evaluation_is_against_the_baseline(run):
    row = run([(-10, 50.0), (84, 75.0)]).patient
    assert row["enlargement_pct"] == 50.0
    assert row["enlargement_pct_per_month"] == pytest.approx(50.0 / (94 / MONTH))


def test_target_lesions_may_have_shrunk_when_new_ones_appear(run):
    assert run([(0, 50.0), (84, 0.0, None, "1")]).patient["enlargement_pct"] == -100.0


@pytest.mark.parametrize(
    "scans",
    [
        [(0, 50.0), (84, None), (168, 80.0)],
        [(0, 50.0), (84, None, None, "1")],
        [(0, 50.0), (84, 0.0, "NON-CR/NON-PD"), (168, 9.0, "NON-CR/NON-PD")],
        [(0, None, "NON-CR/NON-PD"), (84, None, "PD")],
    ],
)
def test_growth_is_missing_when_a_sum_is_missing_or_zero_before(run, scans):
    row = run(scans).patient
    assert row["in_progression_cohort"] == 1
    assert pd.isna(row["enlargement_pct"])
    assert pd.isna(row["enlargement_pct_per_month"])


def test_organs_as_given(run):
    scans = [{"day": 0, "target_sum_mm": 50.0}]
    scans += [{"day": 84, "target_sum_mm": 80.0, "organs_progressing": 3}]
    assert run(scans).patient["organs_at_progression"] == 3


def lesion(day, lesion_id, role, diameter, organ, state=None, node=0):
    return {
        "day": day,
        "lesion_id": lesion_id,
        "role": role,
        "diameter_mm": diameter,
        "organ": organ,
        "state": state,
        "node": node,
    }


def test_organs_from_lesions_are_counted_once_each(run):
    lesions = [lesion(0, "T1", T, 20.0, "lung"), lesion(0, "T2", T, 20.0, "liver")]
    lesions += [lesion(0, "N1", N, None, "bone", "present")]
    lesions += [lesion(84, "T1", T, 40.0, "lung"), lesion(84, "T2", T, 20.0, "liver")]
    lesions += [lesion(84, "N1", N, None, "bone", "progressed")]
    lesions += [lesion(84, "X1", NEW, 9.0, "lung", "present")]
    lesions += [lesion(84, "X2", NEW, None, "skin", "not_evaluable")]
    done = run(lesions=lesions)
    assert done.patient["organs_at_progression"] == 2  # lung, bone
    assert done.progression.loc[0, "progressing_lesions"] == 3
    assert done.patient["progression_pattern"] == "both"


@pytest.mark.parametrize(
    ("settings", "organs"),
    [
        ({}, 1),  # T1 10 → 12 is only 2 mm
        ({"absolute_mm": 2}, 2),
        ({"absolute_mm": 2, "relative_pct": 25}, 1),
    ],
)
def test_when_a_target_lesion_progresses_is_a_setting(run, settings, organs):
    lesions = [lesion(0, "T1", T, 10.0, "lung"), lesion(0, "T2", T, 20.0, "liver")]
    lesions += [lesion(84, "T1", T, 12.0, "lung"), lesion(84, "T2", T, 40.0, "liver")]
    done = run(lesions=lesions, settings={"organ_enlargement": settings})
    assert done.patient["organs_at_progression"] == organs


def test_growth_of_a_lesion_is_against_its_own_nadir_or_the_scan_before(run):
    lesions = [lesion(0, "T1", T, 40.0, "lung"), lesion(0, "T2", T, 20.0, "liver")]
    lesions += [lesion(84, "T1", T, 20.0, "lung"), lesion(84, "T2", T, 20.0, "liver")]
    lesions += [lesion(168, "T1", T, 23.0, "lung"), lesion(168, "T2", T, 20.0, "liver")]
    lesions += [lesion(252, "T1", T, 26.0, "lung"), lesion(252, "T2", T, 30.0, "liver")]
    assert run(lesions=lesions).patient["organs_at_progression"] == 2
    previous = {"organ_enlargement": {"against": "previous"}}
    assert run(lesions=lesions, settings=previous).patient["organs_at_progression"] == 1


def test_many_small_growths_count_where_no_single_one_is_large(run):
    lesions = [lesion(0, f"T{i}", T, 10.0, f"organ{i % 2}") for i in range(4)]
    lesions += [lesion(84, f"T{i}", T, 13.0, f"organ{i % 2}") for i in range(4)]
    assert run(lesions=lesions).patient["organs_at_progression"] == 2


def test_progression_in_lymph_nodes_only_is_told(run):
    lesions = [lesion(0, "T1", T, 20.0, "lung"), lesion(0, "T2", T, 20.0, "lymph_node", node=1)]
    lesions += [lesion(84, "T1", T, 20.0, "lung"), lesion(84, "T2", T, 40.0, "lymph_node", node=1)]
    assert run(lesions=lesions).progression.loc[0, "nodal_only_progression"] == 1


def test_organs_are_missing_where_nothing_tells(run):
    assert pd.isna(run([(0, 50.0), (84, 80.0)]).patient["organs_at_progression"])


@pytest.mark.parametrize(("node", "nodal_only"), [(1, 1), (0, 0)])
def test_progression_in_nodes_alone_is_told_from_any_other(run, node, nodal_only):
    lesions = [
        {"day": day, "lesion_id": "T1", "role": "target", "organ": "lung", "diameter_mm": 30.0}
        for day in (0, 84)
    ]
    lesions.append(
        {
            "day": 84,
            "lesion_id": "N1",
            "role": "new",
            "organ": "x",
            "node": node,
            "state": "present",
        }
    )
    assert run(lesions=lesions).progression["nodal_only_progression"].item() == nodal_only
