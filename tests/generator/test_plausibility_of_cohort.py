"""Could the patients of the synthetic cohort be patients? Tables as committed and as derived."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pd1_dynamics.cohort import cleaning
from pd1_dynamics.contract import definitions
from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.derive import derive

ROOT = Path(__file__).parents[2]
VISCERAL = {"liver", "adrenal", "bone", "spleen", "peritoneum", "kidney"}
NOT_MEASURABLE = {"bone", "peritoneum"}  # RECIST 1.1: no target without a soft-tissue component
SCANS_FROM, SCANS_TO = 25, 200  # days between two evaluations
FIRST_TO = 126  # the "3-month evaluation" within 18 weeks


@pytest.fixture(scope="module")
def made():
    description = load_cohort(ROOT / "config" / "cohorts" / "synthetic.yaml")
    tables = cleaning.clean(description).tables
    settings = definitions.load(settings=description.settings)
    found = derive(tables, settings)
    return {**tables, "points": found.response, "derived": found.patients}


@pytest.fixture(scope="module")
def baseline(made):
    lesions = made["lesions"].query("day <= 0")
    return lesions.merge(made["patients"][["patient_id", "stage"]], validate="many_to_one")


def organs_by_stage(baseline):
    return baseline.groupby(["stage", "patient_id"])["organ"].agg(set)


def test_every_brain_metastasis_is_a_lesion_at_baseline(baseline):
    organs = organs_by_stage(baseline)
    assert all(("brain" in found) == (stage == "M1d") for (stage, _), found in organs.items())


def test_visceral_disease_is_stage_m1c_or_m1d(baseline):
    organs = organs_by_stage(baseline)
    allowed = {"III": set(), "M1a": set(), "M1b": {"lung"}}
    for (stage, _), found in organs.items():
        if stage in allowed:
            assert not found & (VISCERAL | {"lung", "brain"}) - allowed[stage], stage
        if stage == "M1b":
            assert "lung" in found
        if stage == "M1c":
            assert found & VISCERAL


def test_targets_are_measurable_lesions(baseline):
    targets = baseline.query("role == 'target'")
    assert not targets["organ"].isin(NOT_MEASURABLE).any()
    assert (targets["diameter_mm"] >= 10).all()
    assert (targets.query("node == 1")["diameter_mm"] >= 15).all()


def test_nothing_is_measured_below_five_millimetres(made):
    targets = made["lesions"].query("role == 'target' and node == 0")["diameter_mm"]
    assert not ((targets > 0) & (targets < 5)).any()


def test_new_nodes_are_enlarged(made):
    new = made["lesions"].query("role == 'new' and node == 1")["diameter_mm"]
    assert (new >= 15).all()


def test_lesions_of_a_patient_do_not_move_in_lockstep(made):
    targets = made["lesions"].query("role == 'target' and diameter_mm > 0")
    wide = targets.pivot_table(
        index=["patient_id", "day"], columns="lesion_id", values="diameter_mm"
    )
    shares = wide.div(wide.sum(axis=1), axis=0)[(wide.notna().sum(axis=1) > 1)]
    spread = shares.groupby("patient_id").std().mean(axis=1).dropna()
    assert (spread > 0.003).mean() > 0.9


def test_scans_keep_to_a_schedule(made):
    points = made["points"].query("day > 0")
    first = points.groupby("patient_id")["day"].min()
    assert first.max() <= FIRST_TO
    gaps = points.groupby("patient_id")["day"].diff().dropna()
    assert gaps.min() >= SCANS_FROM
    assert gaps.max() <= SCANS_TO


def test_only_one_progressed_patient_lost_all_targets_while_progressing(made):
    derived = made["derived"].query("in_response_cohort == 1")
    lost = derived.query("best_response == 'PD' and change_3_months_pct == -100")
    assert len(lost) == 1
    assert (derived["enlargement_pct"] == -100).sum() == 1


@pytest.mark.parametrize(
    "column", ["baseline_sum_mm", "change_3_months_pct", "enlargement_pct", "ldh_change_pct"]
)
def test_no_value_is_piled_up(made, column):
    values = made["derived"].query("in_response_cohort == 1")[column].dropna().round(1)
    counts = values[~values.isin([-100, 0])].value_counts()
    assert counts.max() <= 5  # of 215, by chance


def test_gone_targets_stay_gone(made):
    targets = made["lesions"].query("role == 'target'").sort_values("day")
    by_lesion = targets.groupby(["patient_id", "lesion_id"])["diameter_mm"]
    assert not ((by_lesion.shift() == 0) & (targets["diameter_mm"] > 0)).any()


def test_targets_decay_and_regrow(made):
    """On a logarithmic scale a sum of exponentials is convex; errors of measurement are small."""
    points = made["points"].query("target_sum_mm > 0").sort_values(["patient_id", "day"])
    later = points[points["day"] > 0]
    logs = np.log(later["target_sum_mm"].astype(float)).groupby(later["patient_id"])
    days = later.groupby("patient_id")["day"]
    before, after = logs.shift(1), logs.shift(-1)
    weight = (later["day"] - days.shift(1)) / (days.shift(-1) - days.shift(1))
    bulge = np.log(later["target_sum_mm"].astype(float)) - (1 - weight) * before - weight * after
    inner = bulge.dropna()
    assert len(inner) > 200
    assert (inner > 0.1).mean() < 0.05  # after a first scan, a response may be late


def test_no_two_patients_are_alike(made):
    columns = ["baseline_sum_mm", "max_change_pct", "pfs_months", "os_months"]
    assert not made["derived"].query("in_response_cohort == 1")[columns].duplicated().any()


def test_survival_adds_up(made):
    after = made["derived"].query("in_progression_cohort == 1")
    total = after["pfs_months"] + after["pps_months"]
    assert np.allclose(total.astype(float), after["os_months"].astype(float))


def test_ldh_is_followed(made):
    samples = made["labs"].groupby("patient_id").size()
    scans = made["points"].groupby("patient_id").size()
    both = pd.concat([samples, scans], axis=1).fillna(0)
    assert (both[0] >= 2).mean() > 0.8
