"""What the audit finds in the article, each with its arithmetic; and nothing else."""

from pathlib import Path

import pytest

from pd1_dynamics.contract.problems import InputError
from pd1_dynamics.published.audit import COLUMNS, audit, load_checks
from pd1_dynamics.published.ledger import read_claims

DATA = Path(__file__).parents[3] / "data" / "published"


@pytest.fixture(scope="module")
def claims():
    return read_claims(DATA / "claims.csv")


@pytest.fixture(scope="module")
def found(claims):
    return audit(claims, load_checks(DATA / "checks.yaml"))


def one(found, check):
    return found[found["check"] == check].squeeze()


def test_contradictions_are_these_and_no_others(found):
    # 96 / 215 = 44.7 %, not 55.7 %, and 7.0 + 29.8 + 18.6 + 55.7 = 111.1 %
    # 23 / 43 = 53.49 %, not 54 %
    # "All response parameters ... strong associations with PPS", but p=0.17 for the time to nadir
    assert set(found.loc[found["verdict"] == "inconsistent", "check"]) == {
        "percent: f2a_pd",
        "percents of best response",
        "percent: t2_new_secondary",
        "response parameters and PPS",
    }


def test_undecided_are_these(found):
    assert set(found.loc[found["verdict"] == "not decidable", "check"]) == {
        "DCR as CR, PR and SD",  # 119 / 215 = 55 %, printed 43 %; disease control is not defined
        "six-month PFS of all against the groups",  # (36 × 72 + 20 × 42) / 56 = 61, printed 64
        "p of local therapy",  # 20 of 43 against 38 of 123: 0.064 to 0.096, printed 0.08
        "p of broad progression in the text",  # 70 of 123 against 13 of 43: 0.001 to 0.005
        "p of systemic therapy",  # 12 of 43 against 70 of 123: Fisher 0.0013, Pearson 0.0011
        # statements in words, which no number settles
        "patients with primary resistance against the flow of patients",
        "the cohort's rule of resistance against SITC's definitions",
        "patients of the models of table 3",
        "the whole cohort of figure 2A",
    }


def test_procedures_are_named(found):
    # Fisher 0.00458 with the missing level as a level; without it 0.012, Pearson 0.0062
    assert one(found, "p of LDH at PD")["procedure"] == "Fisher's exact test, missing as a level"
    assert one(found, "interval of the ORR")["procedure"] == "Clopper–Pearson"
    assert one(found, "six-month PFS rates")["procedure"] == "symmetric on the log scale"
    assert "9 of 18" in one(found, "interval of the ORR of BRAFi/MEKi")["arithmetic"]
    assert "3 of 14" in one(found, "interval of the ORR of anti-CTLA-4")["arithmetic"]
    assert "93 of 215" in one(found, "interval of the DCR")["arithmetic"]


def test_every_finding_shows_its_arithmetic(found):
    assert tuple(found.columns) == COLUMNS
    assert found["check"].is_unique
    assert found["arithmetic"].str.contains(r"\d").mean() > 0.9
    assert (found["arithmetic"].str.len() > 10).all()


def test_a_planted_error_is_found(claims):
    planted = claims.copy()
    row = planted["claim_id"] == "t1_both_n"
    planted.loc[row, "value"] = 93.0  # 83 in the article
    wrong = audit(planted, load_checks(DATA / "checks.yaml"))
    wrong = set(wrong.loc[wrong["verdict"] == "inconsistent", "check"])
    assert {
        "percent: t1_both",
        "table 1 patterns",
        "table 2 both",
        "printed twice: res_widespread_n",
    } <= wrong


def test_a_planted_limit_is_found(claims):
    planted = claims.copy()
    planted.loc[planted["claim_id"] == "t3_ldh_high", "value"] = 4.143  # 4.413 in the article
    wrong = audit(planted, [])
    wrong = set(wrong.loc[wrong["verdict"] == "inconsistent", "check"])
    assert "log symmetry: t3_ldh" in wrong  # sqrt(1.695 × 4.143) = 2.650, not 2.735


def test_unknown_claims_and_kinds_are_refused(claims):
    checks = [
        {"id": "a", "kind": "sum", "parts": ["nobody"], "total": "res_n"},
        {"id": "b", "kind": "magic"},
    ]
    with pytest.raises(InputError, match="2 problems"):
        audit(claims, checks)


def test_a_bound_is_told_as_printed_and_a_value_with_its_sign(claims):
    from pd1_dynamics.published.structure import sign
    from pd1_dynamics.published.view import View

    view = View(claims)
    assert sign(view, "t2_pattern_p") == "<0.001"
    assert sign(view, "abs_depth_p") == "≤0.001"
    assert sign(view, "t3_resistance_p") == "= 0.02"


def test_an_estimate_without_both_limits_has_no_triple_to_check(claims):
    from pd1_dynamics.published import structure
    from pd1_dynamics.published.view import View

    group = claims[
        claims["claim_group"] == claims.set_index("claim_id").loc["t3_size", "claim_group"]
    ]
    for lacking in ("ci_low", "ci_high"):
        part = group[group["statistic"] != lacking]
        assert structure._ratio(View(part), "g", part) == []
    assert structure._ratio(View(group), "g", group)
