"""Claims beside estimates: verdicts and kinds of evidence."""

from pathlib import Path

import pandas as pd
import pytest

from pd1_dynamics.published import audit, compare, load_checks, read_claims
from pd1_dynamics.published.compare import COLUMNS

DATA = Path(__file__).parents[3] / "data" / "published"


@pytest.fixture(scope="module")
def claims():
    return read_claims(DATA / "claims.csv")


@pytest.fixture(scope="module")
def findings(claims):
    return audit(claims, load_checks(DATA / "checks.yaml"))


def estimates_for(claims, **values):
    """Rows of estimates for some claims: claim id = {column: value}."""
    rows = {}
    for claim in claims[claims["claim_id"].isin(values)].itertuples():
        key = {
            "analysis": claim.analysis,
            "population": claim.population_id,
            "outcome": claim.outcome,
            "term": claim.term,
            "group": claim.estimate_group,
            "statistic": claim.estimate_statistic,
        }
        empty = dict.fromkeys(("n", "estimate", "ci_low", "ci_high", "p_value"))
        rows[claim.claim_id] = key | empty | {"not_estimable": ""} | values[claim.claim_id]
    return pd.DataFrame(rows.values())


def verdicts(claims, findings, synthetic=True, **values):
    table = compare(claims, estimates_for(claims, **values), findings, synthetic)
    assert tuple(table.columns) == COLUMNS
    return table.set_index("claim_id")


def test_equal_at_printed_precision_is_reproduced(claims, findings):
    row = verdicts(claims, findings, res_pfs={"estimate": 4.04}).loc["res_pfs"]
    assert (row["verdict"], row["evidence"], row["recomputed"]) == ("reproduced", "calibrated", "4")


def test_inside_the_published_interval_is_close(claims, findings):
    row = verdicts(claims, findings, res_os={"estimate": 43.9}).loc["res_os"]  # 30 (24 to 54)
    assert row["verdict"] == "close"


def test_outside_differs(claims, findings):
    assert verdicts(claims, findings, res_os={"estimate": 60}).loc["res_os", "verdict"] == "differs"


def test_a_bound_is_strict(claims, findings):
    row = verdicts(claims, findings, res_change_p={"p_value": 0.00099}).loc["res_change_p"]
    assert row["verdict"] == "reproduced"
    row = verdicts(claims, findings, res_change_p={"p_value": 0.004}).loc["res_change_p"]
    assert row["verdict"] == "differs"


def test_not_reached_in_both_is_reproduced(claims, findings):
    row = verdicts(claims, findings, f2d_pps_secondary={"estimate": None}).loc["f2d_pps_secondary"]
    assert row["verdict"] == "reproduced"


def test_a_calibrated_number_is_named_so(claims, findings):
    row = verdicts(claims, findings, t1_size={"estimate": 49.0}).loc["t1_size"]
    assert row["evidence"] == "calibrated"


def test_contradictions_of_the_paper_come_first(claims, findings):
    row = verdicts(claims, findings, f2a_pd_pct={"estimate": 44.65}).loc["f2a_pd_pct"]
    assert (row["verdict"], row["evidence"]) == ("contradicted", "arithmetic")
    assert "96 / 215" in row["reason"]


def test_what_cannot_be_estimated_says_why(claims, findings):
    values = {"t1_size": {"not_estimable": "no target lesion measurements"}}
    table = verdicts(claims, findings, **values)
    assert table.loc["t1_size", "reason"] == "not estimable: no target lesion measurements"
    assert table.loc["met_alpha", "verdict"] == "not estimable"
    assert (table["reason"] != "").all()


def test_every_claim_has_one_row(claims, findings):
    table = verdicts(claims, findings, t1_size={"estimate": 49.0})
    assert table.index.tolist() == claims["claim_id"].tolist()


def test_replication_compares_intervals(claims, findings):
    hr = {"estimate": 0.6, "ci_low": 0.4, "ci_high": 0.9, "n": 80}
    row = verdicts(claims, findings, False, t3_resistance=hr).loc["t3_resistance"]
    assert (row["verdict"], row["evidence"]) == ("reproduced", "replication")
    assert (row["direction_agrees"], row["in_prediction_interval"]) == (1, 1)
    hr = {"estimate": 2.0, "ci_low": 1.5, "ci_high": 2.7, "n": 80}
    row = verdicts(claims, findings, False, t3_resistance=hr).loc["t3_resistance"]
    assert (row["verdict"], row["direction_agrees"]) == ("differs", 0)


def test_counts_and_ranges_of_another_cohort_are_not_compared(claims, findings):
    table = verdicts(claims, findings, False, res_n={"estimate": 100, "n": 100})
    assert table.loc["res_n", "verdict"] == "not estimable"


def test_another_analysis_stands_in_and_is_named(claims, findings):
    rows = estimates_for(
        claims,
        res_rate_orr={"estimate": 38.0, "ci_low": 30.0, "ci_high": 47.0, "n": 140},
    )
    rows["analysis"] = "best_response_rates_reported"
    rows["population"] = "response_known"
    table = compare(
        claims, rows, findings, False, {"best_response_rates": "best_response_rates_reported"}
    ).set_index("claim_id")
    assert table.loc["res_rate_orr", "verdict"] == "reproduced"
    assert "best_response_rates_reported instead" in table.loc["res_rate_orr", "reason"]
