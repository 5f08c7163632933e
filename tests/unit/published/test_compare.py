"""Claims beside estimates: verdicts and kinds of evidence."""

from pathlib import Path

import pandas as pd
import pytest

from pd1_dynamics.published.audit import audit, load_checks
from pd1_dynamics.published.compare import COLUMNS, KEY, compare
from pd1_dynamics.published.ledger import read_claims, selectors

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


def test_equal_as_printed_is_returned_by_a_cohort_that_was_built_to_have_it(claims, findings):
    row = verdicts(claims, findings, res_pfs={"estimate": 4.04}).loc["res_pfs"]
    assert (row["verdict"], row["evidence"], row["recomputed"]) == ("returned", "calibrated", "4")


def test_inside_the_published_interval_is_close(claims, findings):
    row = verdicts(claims, findings, res_os={"estimate": 43.9}).loc["res_os"]  # 30 (24 to 54)
    assert row["verdict"] == "close"


def test_outside_differs(claims, findings):
    assert verdicts(claims, findings, res_os={"estimate": 60}).loc["res_os", "verdict"] == "differs"


def test_a_bound_is_strict(claims, findings):
    row = verdicts(claims, findings, res_change_p={"p_value": 0.00099}).loc["res_change_p"]
    assert (row["verdict"], row["recomputed"]) == ("returned", "<0.001")
    row = verdicts(claims, findings, res_change_p={"p_value": 0.004}).loc["res_change_p"]
    assert row["verdict"] == "differs"


def test_a_verdict_compares_what_is_shown(claims, findings):
    def row(claim, **values):
        return verdicts(claims, findings, **{claim: values}).loc[claim]

    # 65.55 is shown as 65.6, which is not 65.5; p below 0.001 is shown so, which is not 0.001
    assert row("f2c_baseline_pr", estimate=65.55)["verdict"] == "close"
    assert row("f2c_baseline_pr", estimate=65.46)["verdict"] == "returned"
    assert row("t2_enlargement_total_p", p_value=0.00088)["verdict"] == "close"
    assert row("t2_enlargement_total_p", p_value=0.0011)["verdict"] == "returned"


def test_a_statement_about_several_numbers_is_that_of_the_worst(claims, findings):
    claim = next(claims[claims["claim_id"] == "abs_depth_p"].itertuples())
    rows = [
        dict(zip(KEY, key, strict=True)) | {"p_value": p, "not_estimable": ""}
        for (*key, _), p in zip(selectors(claim), (0.0001, 0.029, 0.001, 0.0002), strict=True)
    ]
    estimates = pd.DataFrame(rows).assign(n=166, estimate=1.0, ci_low=None, ci_high=None)
    table = compare(claims, estimates, findings, True).set_index("claim_id")
    assert table.loc["abs_depth_p", ["verdict", "recomputed"]].tolist() == ["differs", "0.029"]
    estimates["p_value"] = estimates["p_value"].clip(upper=0.0012)  # shown as 0.001
    table = compare(claims, estimates, findings, True).set_index("claim_id")
    assert table.loc["abs_depth_p", "verdict"] == "reproduced"  # it was no target
    estimates.loc[2, "not_estimable"] = "no lesions"
    table = compare(claims, estimates, findings, True).set_index("claim_id")
    assert table.loc["abs_depth_p", "verdict"] == "not estimable"


def test_arithmetic_within_rounding_is_compatible(claims, findings):
    table = compare(claims, estimates_for(claims, t1_size={"estimate": 49.0}), findings, True)
    table = table.set_index("claim_id")
    assert table.loc["t3_resistance_p", "verdict"] == "compatible"  # p from a printed interval
    assert table.loc["res_rate_dcr", "verdict"] == "compatible"  # its definition was inferred
    assert table.loc["res_rate_orr", "verdict"] == "reproduced"  # CR and PR of 215


def test_a_cohort_of_other_patients_is_not_compared(claims, findings):
    estimates = estimates_for(claims, t1_size={"estimate": 49.0})
    table = compare(claims, estimates, findings, False, is_compared=False).set_index("claim_id")
    assert set(table["verdict"]) == {"not estimable", "reproduced", "compatible", "contradicted"}
    assert set(table["evidence"]) == {"", "arithmetic"}
    assert "other patients" in table.loc["t1_size", "reason"]


def test_p_values_of_two_cohorts_get_no_verdict(claims, findings):
    values = {"res_depth_pfs_p": {"p_value": 0.0001, "n": 50}}
    row = verdicts(claims, findings, synthetic=False, **values).loc["res_depth_pfs_p"]
    assert (row["cohort_verdict"], row["cohort_evidence"]) == ("not estimable", "")


def test_medians_are_compared_by_the_interval_of_their_order_statistics(claims, findings):
    def verdict(low, high):
        found = {"estimate": 40.0, "ci_low": low, "ci_high": high, "n": 60}
        return verdicts(claims, findings, synthetic=False, t1_size=found).loc["t1_size", "verdict"]

    assert verdict(30.0, 55.0) == "close"  # the article's 49 lies inside
    assert verdict(35.0, 45.0) == "differs"


def test_not_reached_in_both_is_returned(claims, findings):
    row = verdicts(claims, findings, f2d_pps_secondary={"estimate": None}).loc["f2d_pps_secondary"]
    assert row["verdict"] == "returned"


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


def test_the_prediction_interval_counts_the_size_of_both_cohorts(claims, findings):
    """res_rate_orr: 37 % of 215. Half width 1.96 √(0.37 · 0.63 · (1/215 + 1/n)): 15.3 for n =
    47."""
    claim = claims.set_index("claim_id").loc["res_rate_orr"]
    share, size, n = claim["value"] / 100, int(claim["population_n"]), 47
    half = 196 * (share * (1 - share) * (1 / size + 1 / n)) ** 0.5
    alone = 196 * (share * (1 - share) / n) ** 0.5
    assert half > alone + 0.5
    between = claim["value"] + (half + alone) / 2
    found = {"estimate": between, "ci_low": between - 1, "ci_high": between + 1, "n": n}
    row = verdicts(claims, findings, synthetic=False, res_rate_orr=found).loc["res_rate_orr"]
    assert row["in_prediction_interval"] == 1
    beyond = claim["value"] + half + 0.5
    found = {"estimate": beyond, "ci_low": beyond - 1, "ci_high": beyond + 1, "n": n}
    row = verdicts(claims, findings, synthetic=False, res_rate_orr=found).loc["res_rate_orr"]
    assert row["in_prediction_interval"] == 0
    below = claim["value"] - half - 0.5
    found = {"estimate": below, "ci_low": below - 1, "ci_high": below + 1, "n": n}
    row = verdicts(claims, findings, synthetic=False, res_rate_orr=found).loc["res_rate_orr"]
    assert row["in_prediction_interval"] == 0


@pytest.mark.parametrize(("ratio", "agrees"), [(0.7, 1), (1.4, 0)])
def test_the_direction_of_a_ratio_is_compared(claims, findings, ratio, agrees):
    found = {"estimate": ratio, "ci_low": ratio / 2, "ci_high": ratio * 2, "n": 100}
    row = verdicts(claims, findings, synthetic=False, t3_resistance=found).loc["t3_resistance"]
    assert row["direction_agrees"] == agrees  # the article's is 0.503
