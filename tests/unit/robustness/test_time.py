"""What is known when: patients worked out by hand, and R on the synthetic cohort."""

import numpy as np
import pandas as pd
import pytest

from pd1_dynamics.robustness import time

NAN = float("nan")


@pytest.fixture
def response():
    """A: −20 % at 2, −50 % (PR) at 4, −40 % at 6. B: +10 % at 2, and PD at 5 that counts. C: no
    scan. D: −35 % at 3, whose later scans do not count."""
    rows = [
        *[("A", 0.0, 0, NAN, None), ("A", 2.0, 1, -20, "SD"), ("A", 4.0, 1, -50, "PR")],
        *[("A", 6.0, 1, -40, "PR"), ("B", 2.0, 1, 10, "SD"), ("B", 5.0, 1, 60, "PD")],
        *[("D", 3.0, 1, -35, "PR"), ("D", 6.0, 0, -90, "CR")],
    ]
    names = ["patient_id", "month", "counted", "change_from_baseline_pct", "overall_response"]
    return pd.DataFrame(rows, columns=names)


@pytest.fixture
def patients():
    return pd.DataFrame(
        {
            "patient_id": ["A", "B", "C", "D"],
            "in_progression_cohort": [0, 1, 0, 1],
            "pfs_months": [9.0, 5.0, 3.0, 8.0],
            "progression_months": [NAN, 5.0, NAN, 8.0],
            "resistance": [None, "primary", None, "secondary"],
        }
    )


def test_known_at_a_landmark(response, patients):
    scans = time.scans_that_count(response)
    at_three = time.known_at(scans, patients, 3)
    assert at_three[time.DEPTH].tolist()[:2] == [-20, 10]
    assert np.isnan(at_three[time.DEPTH][2])
    assert at_three[time.RESPONSE].tolist()[:2] == [0, 0]
    assert at_three[time.RESPONSE][3] == 1  # the scan of the day itself counts
    assert at_three[time.OF_PRIMARY].tolist() == [0, 0, 0, 0]
    at_six = time.known_at(scans, patients, 6)
    assert at_six[time.DEPTH].tolist()[::3] == [-50, -35]  # what does not count is not known
    assert at_six[time.NADIR].tolist()[:2] == [4, 2]
    assert at_six[time.OF_PRIMARY].tolist() == [0, 1, 0, 0]
    at_eight = time.known_at(scans, patients, 8)
    assert at_eight[time.OF_SECONDARY].tolist() == [0, 0, 0, 1]


def test_a_type_that_is_none_of_the_two_is_not_known(response, patients):
    patients["resistance"] = [None, "unclassifiable", None, "secondary"]
    found = time.known_at(time.scans_that_count(response), patients, 6)
    assert np.isnan(found[time.OF_PRIMARY][1])
    assert np.isnan(found[time.OF_SECONDARY][1])


def test_a_type_is_known_from_the_progression_on_not_from_the_end_of_pfs(response, patients):
    patients.loc[3, "pfs_months"] = 4.0  # censored then, progressed at 8
    scans = time.scans_that_count(response)
    assert time.known_at(scans, patients, 6)[time.OF_SECONDARY].tolist() == [0, 0, 0, 0]
    months, event = np.array([9.0, 9.0, 9.0, 9.0]), np.array([1, 1, 1, 1])
    spans = time.spans(scans, patients, months, event)
    turned = spans[(spans["patient"] == 3) & (spans[time.OF_SECONDARY] == 1)]
    assert turned["start"].tolist() == [8.0]


def test_who_may_have_progressed_is_in_no_group(response, patients):
    patients["in_progression_cohort"] = [0, 1, NAN, 1]
    scans = time.scans_that_count(response)
    for term in (time.OF_PRIMARY, time.OF_SECONDARY):
        assert np.isnan(time.known_at(scans, patients, 6)[term][2])
        spans = time.spans(scans, patients, np.full(4, 9.0), np.ones(4, dtype=int))
        assert spans.loc[spans["patient"] == 2, term].isna().all()
        assert spans.loc[spans["patient"] == 0, term].notna().all()


def test_spans(response, patients):
    scans = time.scans_that_count(response)
    found = time.spans(scans, patients, np.array([9.0, 7.0, 3.0, 6.0]), np.array([1, 1, 0, 1]))
    of_a = found[found["patient"] == 0]
    assert of_a[["start", "stop", "event"]].to_numpy().tolist() == [
        [0, 2, 0],
        [2, 4, 0],
        [4, 6, 0],
        [6, 9, 1],
    ]
    assert of_a[time.DEPTH].tolist() == [0, -20, -50, -50]
    assert of_a[time.NADIR].tolist() == [0, 2, 4, 4]
    assert of_a[time.RESPONSE].tolist() == [0, 0, 1, 1]
    of_b = found[found["patient"] == 1]  # progresses at 5, where a scan lies as well
    assert of_b[["start", "stop", "event"]].to_numpy().tolist() == [[0, 2, 0], [2, 5, 0], [5, 7, 1]]
    assert of_b[time.OF_PRIMARY].tolist() == [0, 0, 1]
    assert of_b[time.DEPTH].tolist() == [0, 10, 10]
    of_c = found[found["patient"] == 2]
    assert of_c[["start", "stop", "event"]].to_numpy().tolist() == [[0, 3, 0]]
    # Nobody's follow-up is lost or doubled, and a scan on the day of the event cuts nothing.
    length = (found["stop"] - found["start"]).groupby(found["patient"]).sum()
    assert length.tolist() == [9, 7, 3, 6]
    assert found.groupby("patient")["event"].sum().tolist() == [1, 1, 0, 1]


def test_at_the_end_all_is_known_that_the_patients_table_says(derived):
    patients = derived.patients[derived.patients["in_response_cohort"] == 1].reset_index(drop=True)
    found = time.known_at(time.scans_that_count(derived.response), patients, np.inf)
    np.testing.assert_allclose(found[time.DEPTH], patients["max_change_pct"])
    np.testing.assert_allclose(found[time.NADIR], patients["time_to_nadir_months"])
    responds = patients["best_response"].isin(["CR", "PR"]).to_numpy(dtype=float)
    assert found[time.RESPONSE].tolist() == responds.tolist()
    kinds = found[time.OF_SECONDARY] - found[time.OF_PRIMARY]
    expected = patients["resistance"].map({"primary": -1.0, "secondary": 1.0}).fillna(0)
    assert kinds.tolist() == expected.tolist()


def test_everyone_is_at_risk_or_lost_for_a_reason(material, run):
    found = time.landmarks(material, run)
    told = found[found["n"].notna()]
    assert len(told) > 20
    parts = told[["n", "had_event", "censored", "not_known"]].sum(axis=1)
    assert (parts == told["population_n"]).all()


def test_pfs_says_nothing_of_resistance(material, run):
    for found in (time.landmarks(material, run), time.time_dependent(material, run)):
        rows = found[found["analysis"] == "pfs_on_resistance"]
        assert set(rows["not_estimable"]) == {time.ENDS}


def test_progression_lies_between_its_scan_and_the_one_before(material, run):
    found = time.visit_schedule(material, run).set_index(["quantity", "months"])
    low, high = found["turnbull_low"], found["turnbull_high"]
    assert (low <= high + 1e-9).all()
    # Earlier progression than its detection: never more survival than the curve at detection.
    survival = found.loc["survival"]
    assert (survival["turnbull_low"] <= survival["at_detection"] + 1e-9).all()
