"""The ledger says which numbers the synthetic cohort was built to have: it must be so."""

import re
from pathlib import Path

import pytest

from calibrated_cohort.study import load_study

ROOT = Path(__file__).parents[2]
# Numbers with a selector that are no targets, and why.
NO_TARGETS = {
    "f2a_pd_pct": "contradicts its own count",
    "t2_new_secondary_pct": "contradicts its own count",
    "local_p": "follows from counts that are targets",
    "systemic_p": "follows from counts that are targets",
    "abs_systemic_p": "repeats it",
    "abs_depth_p": "a statement about four models, three of which have it without being asked",
    "res_both_p": "no counts that the article prints give it",
}


@pytest.fixture(scope="module")
def study():
    return load_study(ROOT)


def test_every_number_that_a_cohort_determines_is_a_target(study):
    selected = study.claims[study.claims["analysis"] != ""]
    left = set(selected["claim_id"]) - set(study.targets["claim_id"])
    assert left == set(NO_TARGETS)


def test_nothing_without_a_counterpart_is_a_target(study):
    assert (study.targets["analysis"] != "").all()


# Printed sizes, times and percents (with decimals) that also stand where the search starts, and
# why.
STARTS = {
    "synthetic.yaml": {"10.3"},  # median PPS of primary resistance
    "structure.py": {"1.4", "2.7"},  # the exceptional fast courses
}
CHANCE = {"0.3", "0.4", "10.0", "120.0"}  # probabilities, steps and shares that happen to be equal
FILES = (
    *sorted((ROOT / "src" / "calibrated_cohort").glob("*.py")),
    *sorted((ROOT / "src" / "calibrated_cohort" / "calibration").glob("*.py")),
    ROOT / "config" / "synthetic.yaml",
)


def test_no_further_printed_number_is_in_the_code_or_the_description(study):
    claims = study.claims
    sizes = claims[claims["unit"].isin(("mm", "months", "%")) & (claims["decimals"] > 0)]
    printed = set(sizes["value"].abs())
    found = {}
    for file in FILES:
        text = re.sub(r"#.*", "", file.read_text(encoding="utf-8"))
        numbers = re.findall(r"(?<![\w.])\d+\.\d+(?![\w.])", text)
        if same := {number for number in numbers if float(number) in printed}:
            found[file.name] = same - CHANCE
    assert {name: numbers for name, numbers in found.items() if numbers} == STARTS


def test_a_tenth_can_be_left_out_and_takes_its_repetitions_along(study):
    kept = study.targets_without(0.1, seed=1)
    again = study.targets_without(0.1, seed=1)
    out = study.targets[~study.targets["claim_id"].isin(kept["claim_id"])]
    assert kept["claim_id"].tolist() == again["claim_id"].tolist()
    assert 0.07 < len(out) / len(study.targets) < 0.13
    assert not set(out["same_as"]) & set(kept["claim_id"])
    assert not set(kept["same_as"]) & set(out["claim_id"])
