"""Laws that RECIST 1.1, iRECIST and the SITC classes obey whatever the patients."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pd1_dynamics.contract import definitions
from pd1_dynamics.contract.vocabulary import (
    NEW_LESION,
    NONTARGET_RESPONSES,
    RESISTANCE_SITC,
    RESPONSES,
    TARGET_RESPONSES,
)
from pd1_dynamics.derive import chain
from pd1_dynamics.derive.response import overall_response
from pd1_dynamics.derive.response.millimetres import to_units
from pd1_dynamics.derive.response.recist import target_response

CHOSEN = definitions.load()
RANK = {label: rank for rank, label in enumerate(("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE"))}
# NE ranks with SD: worse than a response, and it says nothing about progression.
OVERALL_RANK = {"CR": 0, "PR": 1, "SD": 2, "NON-CR/NON-PD": 2, "NE": 2, "PD": 3}

diameters = st.integers(0, 1200).map(lambda tenths: tenths / 10)
measured = st.one_of(diameters, diameters, diameters, st.none())


@st.composite
def lesion_tables(draw):
    """Up to three patients, up to five visits, up to three target lesions, some not measured."""
    rows = []
    for patient in range(draw(st.integers(1, 3))):
        n_lesions = draw(st.integers(1, 3))
        days = [
            -5,
            *np.cumsum(draw(st.lists(st.integers(10, 150), min_size=1, max_size=5))).tolist(),
        ]
        for visit, day in enumerate(days):
            for lesion in range(n_lesions):
                value = draw(diameters if visit == 0 else measured)
                rows.append((f"P{patient}", day, f"T{lesion}", "target", value, None))
            if visit and draw(st.integers(0, 5)) == 0:
                state = draw(st.sampled_from(("present", "not_evaluable")))
                rows.append((f"P{patient}", day, "X1", "new", None, state))
            if draw(st.booleans()):
                state = draw(st.sampled_from(("present", "present", "absent", "progressed")))
                rows.append((f"P{patient}", day, "N1", "nontarget", None, state))
    columns = ["patient_id", "day", "lesion_id", "role", "diameter_mm", "state"]
    table = pd.DataFrame(rows, columns=columns)
    table["diameter_mm"] = table["diameter_mm"].astype(float)
    return table


def derive(lesions, chosen=CHOSEN):
    ids = pd.DataFrame({"patient_id": sorted(lesions["patient_id"].unique())})
    made = chain.derive({"patients": ids, "lesions": lesions}, chosen)
    return made.response, made.patients


@given(lesion_tables(), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_a_permutation_of_rows_changes_nothing(lesions, random):
    order = list(range(len(lesions)))
    random.shuffle(order)
    for ours, theirs in zip(derive(lesions), derive(lesions.iloc[order]), strict=True):
        pd.testing.assert_frame_equal(ours, theirs)


@given(lesion_tables())
@settings(max_examples=30, deadline=None)
def test_patients_do_not_influence_each_other(lesions):
    points, patients = derive(lesions)
    for patient_id, own in lesions.groupby("patient_id"):
        alone_points, alone = derive(own)
        together = points[points["patient_id"] == patient_id].reset_index(drop=True)
        pd.testing.assert_frame_equal(
            together, alone_points, check_dtype=False, check_categorical=False
        )
        row = patients[patients["patient_id"] == patient_id].reset_index(drop=True)
        same = [
            (pd.isna(a) and pd.isna(b)) or a == b
            for a, b in zip(row.iloc[0], alone.iloc[0], strict=True)
        ]
        assert all(same)


@given(lesion_tables())
@settings(max_examples=30, deadline=None)
def test_a_new_lesion_never_improves_a_response(lesions):
    before, patients_before = derive(lesions)
    late = before[before["day"] > 0]
    for _, visit in late.iterrows():
        more = pd.concat(
            [
                lesions,
                pd.DataFrame(
                    [(visit["patient_id"], visit["day"], "X9", "new", 10.0, "present")],
                    columns=lesions.columns,
                ),
            ]
        )
        after, patients_after = derive(more)
        same = (before["patient_id"] == visit["patient_id"]) & (before["day"] == visit["day"])
        assert (after.loc[same, "overall_response"] == "PD").all()
        for name in ("best_response", "best_response_confirmed"):
            ranks = [t[name].map(RANK).to_numpy() for t in (patients_before, patients_after)]
            known = (patients_before[name] != "NE").to_numpy()  # PD says more than NE
            assert (ranks[1][known] >= ranks[0][known]).all()


@given(lesion_tables())
@settings(max_examples=50, deadline=None)
def test_confirmed_best_response_is_never_better_than_unconfirmed(lesions):
    _, patients = derive(lesions)
    confirmed = patients["best_response_confirmed"].map(RANK)
    assert (confirmed >= patients["best_response"].map(RANK)).all()


@given(lesion_tables())
@settings(max_examples=30, deadline=None)
def test_visits_after_the_first_progression_never_change_the_best_response(lesions):
    points, patients = derive(lesions)
    first = points[points["overall_response"] == "PD"].groupby("patient_id")["day"].min()
    cut = lesions["patient_id"].map(first)
    # an equivocal lesion may only be dated back by what comes later, so it must not be cut off
    if (lesions["state"] == "not_evaluable").any():
        return
    _, shortened = derive(lesions[~(lesions["day"] > cut)])
    for name in ("best_response", "best_response_confirmed", "max_change_pct", "progression_date"):
        pd.testing.assert_series_equal(patients[name], shortened[name], check_dtype=False)


@given(lesion_tables())
@settings(max_examples=30, deadline=None)
def test_every_value_is_in_the_vocabulary(lesions):
    points, patients = derive(lesions)
    assert set(points["target_response"].dropna()) <= set(TARGET_RESPONSES)
    assert set(points["nontarget_response"].dropna()) <= set(NONTARGET_RESPONSES)
    assert set(points["overall_response"].dropna()) <= set(RESPONSES)
    assert set(points["new_lesion"]) <= set(NEW_LESION)
    assert set(patients["resistance_sitc"]) <= set(RESISTANCE_SITC)
    assert patients["resistance_sitc_reason"].str.len().gt(0).all()


@given(
    st.lists(
        st.tuples(st.integers(1, 3000), st.integers(1, 3000), st.integers(1, 3000)), min_size=1
    ),
    st.integers(100, 400),
)
@settings(max_examples=100, deadline=None)
def test_scaling_all_diameters_changes_nothing_without_the_absolute_rule(sums, percent):
    # longest diameters only: a node is normal below 10 mm, whatever the scale
    def respond(factor):
        value, baseline, nadir = (
            to_units(np.array(column) / 10) * factor // 100 for column in zip(*sums, strict=True)
        )
        yes, no = np.ones(len(value), dtype=bool), np.zeros(len(value), dtype=bool)
        nadir = np.minimum(nadir, baseline)
        return target_response(value, yes, no, baseline, nadir, no, min_increase_mm=0).tolist()

    assert respond(100) == respond(percent)


@given(st.lists(st.tuples(st.integers(1, 3000), st.integers(1, 3000)), min_size=1))
@settings(max_examples=100, deadline=None)
def test_scaling_up_never_takes_progression_back(pairs):
    # with the absolute rule on, larger tumors pass 5 mm sooner
    def progressed(factor):
        value, nadir = (to_units(np.array(c) / 10) * factor for c in zip(*pairs, strict=True))
        yes, no = np.ones(len(value), dtype=bool), np.zeros(len(value), dtype=bool)
        return target_response(value, yes, no, nadir, nadir, no) == TARGET_RESPONSES.index("PD")

    assert not (progressed(1) & ~progressed(2)).any()


@pytest.mark.parametrize("new", NEW_LESION)
def test_overall_response_never_improves_when_a_part_gets_worse(new):
    order = {"CR": 0, "PR": 1, "SD": 2, "PD": 3}
    for (a, b), nontarget in itertools.product(
        itertools.combinations(order, 2), NONTARGET_RESPONSES
    ):
        better = overall_response(a, nontarget, new)
        worse = overall_response(b, nontarget, new)
        assert OVERALL_RANK[better] <= OVERALL_RANK[worse]
