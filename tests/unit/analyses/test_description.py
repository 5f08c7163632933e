"""Counts, shares, medians and rates, worked by hand."""

import pytest

DATA = {
    "size": [10.0, 20.0, 30.0, 70.0, None],
    "ldh": ["normal", "elevated", "elevated", None, None],
    "arm": ["x", "x", "x", "y", None],
}


@pytest.fixture
def describe(estimate, entry):
    def run(data=DATA, **settings):
        variables = {
            "size": entry.continuous("Size"),
            "ldh": entry.levels("normal", "elevated", label="LDH"),
            "arm": entry.levels("x", "y", "z", label="Arm"),
        }
        analysis = {"kind": "description", "variables": ["size", "ldh"], "by": "arm", **settings}
        return estimate(data, analysis, variables=variables)

    return run


def test_median_range_and_quartiles_are_those_of_known_values(describe):
    run = describe()
    found = {s: run.value("a", s, "size") for s in ("n", "n_missing", "median", "min", "max", "q1")}
    assert found == {"n": 4, "n_missing": 1, "median": 25, "min": 10, "max": 70, "q1": 17.5}


def test_percent_is_of_everyone_and_missing_is_a_level(describe):
    run = describe()
    assert run.value("a", "n", "ldh=elevated") == 2
    assert run.value("a", "percent", "ldh=elevated") == 40
    assert run.value("a", "percent", "ldh=missing") == 40
    assert run.value("a", "n_missing", "ldh") == 2


def test_missing_values_can_be_left_out_of_the_denominator(describe):
    run = describe(missing="exclude")
    row = run.row("a", "percent", "ldh=elevated")
    assert row["n"] == 3
    assert row["estimate"] == pytest.approx(100 * 2 / 3)
    assert run.value("a", "n_missing", "ldh") == 2


def test_a_group_has_its_own_denominator(describe):
    run = describe()
    row = run.row("a", "percent", "ldh=elevated", "x")
    assert row["n"] == 3
    assert row["estimate"] == pytest.approx(100 * 2 / 3)


def test_a_group_without_patients_counts_zero_and_has_no_percent(describe):
    run = describe()
    assert run.value("a", "n", "ldh=normal", "z") == 0
    assert run.why("a", "percent", "ldh=normal", "z") == "no patients: Arm: Z"
    assert run.why("a", "median", "size", "z") == "no patients: Arm: Z"


def test_a_patient_without_group_counts_in_everyone_only(describe):
    run = describe()
    assert run.row("a", "n", "size")["estimate"] == 4
    assert run.row("a", "n_missing", "size", "y")["n"] == 1


def test_tests_compare_the_groups_of_a_variable(describe):
    run = describe(tests={"categorical": "fisher_exact", "continuous": "wilcoxon"})
    # Three sizes of x all lie below the one of y: two of the 2 · 4!/(3! 1!) orders, p = 2/4.
    assert run.row("a", "wilcoxon_w", "size")["p_value"] == pytest.approx(0.5)
    assert run.value("a", "wilcoxon_w", "size") == 0
    assert run.why("a", "fisher_exact", "ldh")  # no LDH in y at all


def test_fisher_takes_missing_as_a_level_where_declared(describe):
    run = describe(tests={"categorical": "fisher_exact", "missing": "level"}, variables=["ldh"])
    row = run.row("a", "fisher_exact", "ldh")
    # x: 1 normal, 2 elevated, 0 missing; y: 1 missing. Of the four patients one is y: p(missing is
    # y) = 1/4, p(normal is y) = 1/4, p(elevated is y) = 2/4; as extreme: 1/4 + 1/4.
    assert row["p_value"] == pytest.approx(0.5)
    assert row["n"] == 4
    assert "missing as a level" in row["method"]


def test_wilcoxon_refuses_more_than_two_groups(estimate, entry):
    run = estimate(
        {"size": [1.0, 2.0, 3.0], "arm": ["x", "y", "z"]},
        {"kind": "wilcoxon", "variables": ["size"], "by": "arm"},
        variables={"size": entry.continuous(), "arm": entry.levels("x", "y", "z")},
    )
    assert run.why("a", "wilcoxon_w", "size") == "3 groups, where the test compares two"


def test_levels_set_apart_are_shown_and_not_compared(estimate, entry):
    run = estimate(
        {"size": [1.0, 2.0, 3.0, 4.0, 99.0], "arm": ["x", "x", "y", "y", "odd"]},
        {
            "kind": "description",
            "variables": ["size"],
            "by": "arm",
            "tests": {"continuous": "wilcoxon"},
        },
        variables={
            "size": entry.continuous(),
            "arm": entry.levels("x", "y", levels_apart={"odd": "Odd"}),
        },
    )
    assert run.value("a", "median", "size", "odd") == 99
    assert run.row("a", "wilcoxon_w", "size")["n"] == 4
    assert run.row("a", "wilcoxon_w", "size")["p_value"] == pytest.approx(2 / 6)


def test_rate_has_the_exact_interval_in_percent(estimate, entry):
    run = estimate(
        {"flag": [1] * 9 + [0] * 9 + [None]},
        {"kind": "rate", "events": ["flag=1"]},
        variables={"flag": entry.binary},
    )
    row = run.row("a", "rate", "flag=1")
    assert (row["n"], row["events"], row["estimate"]) == (18, 9, 50)
    assert row["ci_low"] == pytest.approx(26.01906, abs=1e-5)  # R: binom.test(9, 18)
    assert row["ci_high"] == pytest.approx(73.98094, abs=1e-5)


def test_pairs_are_named_in_declared_order_and_adjusted_together(estimate, entry):
    run = estimate(
        {"size": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], "arm": ["y", "y", "x", "x", "z", "z"]},
        {"kind": "pairwise_wilcoxon", "variables": ["size"], "by": "arm"},
        variables={"size": entry.continuous(), "arm": entry.levels("x", "y", "z", "absent")},
    )
    row = run.row("a", "wilcoxon_w", "size", "x vs y")
    assert row["p_value"] == pytest.approx(2 / 6)
    assert row["p_adjusted"] == pytest.approx(1)
    assert row["n"] == 4
    assert run.why("a", "wilcoxon_w", "size", "x vs absent") == "no values in one of the groups"


def test_spearman_uses_patients_with_both_values(estimate, entry):
    run = estimate(
        {"one": [1.0, 2.0, 3.0, 4.0, None], "two": [10.0, 30.0, 20.0, 40.0, 0.0]},
        {"kind": "spearman", "variables": ["one", "two"]},
        variables={"one": entry.continuous(), "two": entry.continuous()},
    )
    row = run.row("a", "spearman_rho", "one")
    assert row["outcome"] == "two"
    assert row["n"] == 4
    assert row["estimate"] == pytest.approx(0.8)  # 1 - 6 · 2 / (4 · 15)
