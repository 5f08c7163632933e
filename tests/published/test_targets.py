"""The ledger says which numbers the synthetic cohort was built to have: it must be so."""

from pathlib import Path

import pytest

from pd1_dynamics import synthetic

ROOT = Path(__file__).parents[2]
# Numbers with a selector that are no targets, and why.
NO_TARGETS = {
    "f2a_pd_pct": "contradicts its own count",
    "t2_new_secondary_pct": "contradicts its own count",
    "local_p": "follows from counts that are targets",
    "systemic_p": "follows from counts that are targets",
    "abs_systemic_p": "repeats it",
}


@pytest.fixture(scope="module")
def study():
    return synthetic.load_study(ROOT)


def test_every_number_that_a_cohort_determines_is_a_target(study):
    selected = study.claims[study.claims["analysis"] != ""]
    left = set(selected["claim_id"]) - set(study.targets["claim_id"])
    assert left == set(NO_TARGETS)


def test_nothing_without_a_counterpart_is_a_target(study):
    assert (study.targets["analysis"] != "").all()


def test_the_description_holds_structure_and_no_printed_median(study):
    assert "targets" not in study.description


def test_a_tenth_can_be_left_out_and_takes_its_repetitions_along(study):
    kept = study.targets_without(0.1, seed=1)
    again = study.targets_without(0.1, seed=1)
    out = study.targets[~study.targets["claim_id"].isin(kept["claim_id"])]
    assert kept["claim_id"].tolist() == again["claim_id"].tolist()
    assert 0.07 < len(out) / len(study.targets) < 0.13
    assert not set(out["same_as"]) & set(kept["claim_id"])
    assert not set(kept["same_as"]) & set(out["claim_id"])
