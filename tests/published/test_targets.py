"""The ledger says which numbers the synthetic cohort was built to have: it must be so."""

from pathlib import Path

import pytest
import yaml

from pd1_dynamics.published import read_claims
from pd1_dynamics.published.ledger import SELECTOR

ROOT = Path(__file__).parents[2]
RANGES = ("median", "min", "max")
# Targets that the description gives in days or millimetres, not as a printed median or range.
SINGLE = {"res_time_pd_min": "earliest_progression_days", "res_largest_cr": "largest_lesion_in_cr"}


@pytest.fixture(scope="module")
def claims():
    table = read_claims(ROOT / "data" / "published" / "claims.csv")
    return table.assign(selector=[tuple(row) for row in table[list(SELECTOR)].to_numpy()])


@pytest.fixture(scope="module")
def description():
    return yaml.safe_load((ROOT / "config" / "synthetic.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def printed(description):
    """Statistic and value of each printed median and range that the search aims at."""
    return {
        (statistic, float(value))
        for target in description["targets"]
        for statistic, value in zip(RANGES, target["printed"], strict=True)
        if value is not None
    }


def test_every_target_of_the_search_is_marked_as_one(claims, printed):
    marked = claims[claims["calibration_target"] == 1]
    found = set(zip(marked["statistic"], marked["value"], strict=True))
    assert printed <= found


def test_what_is_marked_is_a_count_or_the_number_of_a_target(claims, printed, description):
    aimed_at = [
        (row.statistic, row.value) in printed
        for row in claims[["statistic", "value"]].itertuples(index=False)
    ]
    selectors = set(claims.loc[aimed_at, "selector"])
    marked = claims[(claims["calibration_target"] == 1) & claims["statistic"].isin(RANGES)]
    for claim in marked.itertuples():
        if claim.claim_id in SINGLE:
            assert SINGLE[claim.claim_id] in description
        else:
            assert claim.selector in selectors, claim.claim_id


def test_every_count_of_the_cohort_is_a_target(claims):
    counts = claims[claims["statistic"].isin(("n", "percent")) & (claims["analysis"] != "")]
    assert (counts["calibration_target"] == 1).all()


def test_survival_and_models_are_targets_only_where_the_description_names_them(claims, description):
    others = claims[
        (claims["calibration_target"] == 1) & (claims["statistic"] == "median_survival")
    ]
    therapies = {f"res_pfs_{kind}" for kind in description["therapies"]}
    assert set(others["claim_id"]) <= therapies | {"f2d_pps_primary"}
    assert "median" in description["survival"]["primary"]
    tested = claims["statistic"].isin(("hazard_ratio", "p_value", "ci_low", "ci_high"))
    assert (claims.loc[tested, "calibration_target"] == 0).all()
