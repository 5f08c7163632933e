"""Sizes without new lesions: the cohort's own responses and progression decide."""

import pandas as pd
import pytest

from pd1_dynamics.contract import definitions
from pd1_dynamics.derive import derive

PATIENTS = pd.DataFrame(
    {
        "patient_id": ["A", "B", "C", "D"],
        "best_response": ["CR/PR", "SD/PD", "SD", "SD"],
        "pfs_days": [300.0, 90.0, 150.0, 250.0],
        "pfs_event": [1, 1, 1, 1],
        "os_days": [700.0, 90.0, 400.0, 900.0],
        "death": [1, 1, 1, 0],
    }
)
# A shrinks, then grows by 25 % before the reported progression, which is later; its last scan is
# after it. B has one scan. C has none. D grows by sums, and is stable by the report.
SCANS = pd.DataFrame(
    {
        "patient_id": ["A", "A", "A", "A", "B", "B", "D", "D", "D"],
        "day": [0, 60, 120, 310, 0, 50, 0, 60, 120],
        "target_sum_mm": [100.0, 40.0, 50.0, 30.0, 50.0, 60.0, 50.0, 70.0, 45.0],
    }
)


@pytest.fixture(scope="module")
def made():
    chosen = definitions.load(settings={"outcomes_from": "reports"})
    patients = derive({"patients": PATIENTS, "assessments": SCANS}, chosen).patients
    return patients.set_index("patient_id")


def test_reported_outcomes_decide(made):
    assert made["best_response"].tolist() == ["CR/PR", "SD/PD", "SD", "SD"]
    assert (made["pfs_months"] * 30.4375).round(6).tolist() == [300, 90, 150, 250]
    # B's PFS ends with death: no progression, so no type. C progressed before six months.
    assert made["resistance_paper"].tolist() == ["secondary", None, "primary", "secondary"]
    assert made["pps_months"].isna().tolist() == [False, True, False, False]
    assert made["clinical_benefit"].tolist() == [1, 0, 0, 1]


def test_scans_give_depth_and_nadir_up_to_the_reported_end(made):
    assert made["max_change_pct"].round(6).tolist()[:2] == [-60, 20]  # not -70, after progression
    assert made.loc["D", "max_change_pct"] == pytest.approx(-10)  # growth before does not stop it
    assert made["max_change_pct"].isna().tolist() == [False, False, True, False]
    assert (made["time_to_nadir_months"] * 30.4375).round(6).tolist()[0] == 60


def test_what_sums_alone_cannot_tell_is_missing(made):
    for name in (
        *("first_response", "progression_pattern", "organs_at_progression"),
        *("target_sum_at_progression_mm", "best_response_confirmed", "irecist_best_response"),
        *("duration_of_response_months", "ever_pr", "time_to_response_months"),
    ):
        assert made[name].isna().all(), name


def test_by_default_scans_decide():
    patients = derive({"patients": PATIENTS, "assessments": SCANS}, definitions.load()).patients
    by_scan = patients.set_index("patient_id")
    assert by_scan.loc["A", "best_response"] == "PR"
    assert by_scan.loc["A", "pfs_months"] * 30.4375 == pytest.approx(120)
    assert by_scan.loc["D", "best_response"] == "PD"
    assert by_scan.loc["C", "best_response"] == "SD"  # never scanned: as reported


def test_a_pfs_in_months_keeps_its_fraction():
    # Six months are reached with 6.0 months, though 182.625 days are less than day 183.
    patients = PATIENTS.head(2).assign(
        best_response="SD", pfs_days=[6.0 * 30.4375, 5.99 * 30.4375], os_days=900.0, death=1
    )
    made = derive({"patients": patients}, definitions.load()).patients
    assert made["resistance_paper"].tolist() == ["secondary", "primary"]
    assert made["clinical_benefit"].tolist() == [1, 0]
    assert made["pfs_months"].tolist() == pytest.approx([6.0, 5.99])
