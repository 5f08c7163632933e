"""Regressions: coding of covariates, complete cases, selection, and what cannot be fitted."""

import numpy as np
import pandas as pd
import pytest

# 2 × 2 table: exposed 12 of 20 with the outcome, others 6 of 20; odds ratio 12·14 / (8·6) = 3.5.
EXPOSED = [1] * 20 + [0] * 20
OUTCOME = [1] * 12 + [0] * 8 + [1] * 6 + [0] * 14


@pytest.fixture
def fit(estimate, entry):
    def run(data, analysis, **variables):
        variables = {
            "x": entry.continuous("X"),
            "z": entry.continuous("Z"),
            "y": entry.continuous("Y"),
            "flag": entry.binary,
            "outcome": entry.binary,
            "arm": entry.levels("low", "middle", "high", label="Arm"),
            **variables,
        }
        analysis = {"mode": "bivariate", **analysis}
        return estimate(data, analysis, variables=variables, outcomes={"survival": entry.survival})

    return run


def test_logistic_on_a_flag_is_the_odds_ratio_of_the_table(fit):
    run = fit(
        {"flag": EXPOSED, "outcome": OUTCOME},
        {"kind": "logistic", "outcome": "outcome=1", "terms": ["flag"]},
    )
    row = run.row("a", "odds_ratio", "flag=1")
    error = np.sqrt(1 / 12 + 1 / 8 + 1 / 6 + 1 / 14)
    assert row["estimate"] == pytest.approx(3.5)
    assert row["ci_low"] == pytest.approx(3.5 * np.exp(-1.959964 * error), rel=1e-6)
    assert (row["n"], row["events"]) == (40, 18)


def test_linear_on_a_factor_gives_differences_from_the_reference_and_an_f_test(fit):
    data = {
        "y": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 9.0, 10.0, 11.0],
        "arm": ["low"] * 3 + ["middle"] * 3 + ["high"] * 3,
    }
    run = fit(data, {"kind": "linear", "outcome": "y", "terms": ["arm"]})
    assert run.value("a", "coefficient", "arm=middle") == pytest.approx(3)
    assert run.value("a", "coefficient", "arm=high") == pytest.approx(8)
    # Between groups 3 · ((-11/3)² + (-2/3)² + (13/3)²) = 98 on 2, within 6 on 6: F = 49.
    assert run.value("a", "f_statistic", "arm") == pytest.approx(49)
    assert run.row("a", "coefficient", "arm=high")["reference"] == "low"


def test_cox_with_a_factor_equals_r(fit):
    # R 4: d <- data.frame(months = c(5,8,12,3,15,20,1,7,9,30,2,11), event = rep(c(1,1,0), 4),
    #   arm = factor(rep(c("low","middle","high"), each = 4), c("low","middle","high")),
    #   x = c(1,3,2,5,4,6,9,7,8,2,4,6))
    # m <- coxph(Surv(months, event) ~ arm + x, d); summary(m); anova(update(m, . ~ . - arm), m)
    data = {
        "months": [5, 8, 12, 3, 15, 20, 1, 7, 9, 30, 2, 11],
        "event": [1, 1, 0] * 4,
        "arm": ["low"] * 4 + ["middle"] * 4 + ["high"] * 4,
        "x": [1.0, 3, 2, 5, 4, 6, 9, 7, 8, 2, 4, 6],
    }
    run = fit(
        data, {"kind": "cox", "outcome": "survival", "terms": ["arm", "x"], "mode": "multivariate"}
    )
    found = [run.value("a", "hazard_ratio", term) for term in ("arm=middle", "arm=high", "x")] + [
        run.value("a", "likelihood_ratio_chi_squared", "arm")
    ]
    assert found == pytest.approx(
        [0.282598910863, 0.110102840269, 1.331386857756, 2.71825559337], rel=1e-6
    )


def test_the_adjustment_is_shown_in_a_multivariate_model_only(fit):
    rng = np.random.default_rng(1)
    data = {name: rng.normal(size=30) for name in "xyz"}
    model = {"kind": "linear", "outcome": "y", "terms": ["x"], "adjust": ["z"]}
    one, all_of_it = fit(data, model), fit(data, model | {"mode": "multivariate"})
    assert one.table["term"].tolist() == ["x"]
    assert all_of_it.table["term"].tolist() == ["x", "z"]
    assert one.value("a", "coefficient", "x") == all_of_it.value("a", "coefficient", "x")
    assert "adjusted for Z" in one.row("a", "coefficient", "x")["method"]


def test_a_covariate_is_not_adjusted_for_itself(fit):
    rng = np.random.default_rng(2)
    data = {name: rng.normal(size=30) for name in "xy"}
    model = {"kind": "linear", "outcome": "y", "terms": ["x"]}
    alone, itself = fit(data, model), fit(data, model | {"adjust": ["x"]})
    pd.testing.assert_frame_equal(alone.table, itself.table)


def test_each_model_uses_the_patients_with_all_its_values(fit):
    data = {
        "y": [1.0, 3.0, 2.0, 5.0, 4.0, 7.0],
        "x": [1.0, 2.0, 3.0, 4.0, 5.0, None],
        "z": [None, 1.0, 0.0, 2.0, 1.0, 3.0],
    }
    model = {"kind": "linear", "outcome": "y", "terms": ["x", "z"]}
    one, together = fit(data, model), fit(data, model | {"mode": "multivariate"})
    assert one.row("a", "coefficient", "x")["n"] == 5
    assert one.row("a", "coefficient", "z")["n"] == 5
    assert together.row("a", "coefficient", "x")["n"] == 4


def test_without_the_reference_level_the_first_level_found_is_the_reference(fit):
    data = {"y": [1.0, 2.0, 4.0, 5.0], "arm": ["middle", "middle", "high", "high"]}
    run = fit(data, {"kind": "linear", "outcome": "y", "terms": ["arm"]})
    assert run.value("a", "coefficient", "arm=high") == pytest.approx(3)
    assert run.why("a", "coefficient", "arm=low") == "no patients: Arm: Low"
    assert run.row("a", "coefficient", "arm=high")["reference"] == "middle"


def test_levels_set_apart_take_no_part(fit, entry):
    data = {"y": [1.0, 2.0, 4.0, 5.0, 90.0], "arm": ["low", "low", "high", "high", "odd"]}
    arm = entry.levels("low", "high", label="Arm", levels_apart={"odd": "Odd"})
    run = fit(data, {"kind": "linear", "outcome": "y", "terms": ["arm"]}, arm=arm)
    row = run.row("a", "coefficient", "arm=high")
    assert (row["n"], row["estimate"]) == (4, pytest.approx(3))


def test_a_covariate_that_others_determine_has_no_coefficient(fit):
    data = {"y": [1.0, 3.0, 2.0, 5.0, 4.0], "x": [1.0, 2, 3, 4, 5], "z": [2.0, 4, 6, 8, 10]}
    run = fit(data, {"kind": "linear", "outcome": "y", "terms": ["x", "z"], "mode": "multivariate"})
    assert run.value("a", "coefficient", "x") == pytest.approx(0.8)
    assert run.why("a", "coefficient", "z") == "determined by the other covariates"


@pytest.mark.parametrize(
    ("column", "term", "why"),
    [
        ({"x": [None] * 40}, "x", "no x"),
        ({"x": [7.0] * 40}, "x", "the same value in all patients"),
        ({"arm": ["low"] * 40}, "arm=middle", "no patients: Arm: Middle"),
        ({"x": OUTCOME}, "x", "events in only one of the groups compared by X"),
    ],
)
def test_what_cannot_be_fitted_says_why(fit, column, term, why):
    name = next(iter(column))
    run = fit(
        {"outcome": OUTCOME, **column},
        {"kind": "logistic", "outcome": "outcome=1", "terms": [name]},
    )
    row = run.row("a", "odds_ratio", term)
    assert row["not_estimable"] == why
    assert pd.isna(row["estimate"])


def test_no_more_events_than_coefficients_is_too_few(fit):
    data = {"months": [1.0, 2, 3, 4], "event": [1, 0, 0, 0], "x": [1.0, 3, 2, 4]}
    run = fit(data, {"kind": "cox", "outcome": "survival", "terms": ["x"]})
    assert run.why("a", "hazard_ratio", "x") == "too few events (1) to fit 1 coefficient"


def test_an_adjustment_that_the_cohort_lacks_stops_the_model_or_is_left_out(fit):
    rng = np.random.default_rng(3)
    data = {"x": rng.normal(size=20), "y": rng.normal(size=20), "z": [None] * 20}
    model = {"kind": "linear", "outcome": "y", "terms": ["x"]}
    needed = fit(data, model | {"adjust": ["z"]})
    assert needed.why("a", "coefficient", "x") == "no z"
    wished = fit(data, model | {"adjust_where_available": ["z"]})
    assert wished.value("a", "coefficient", "x") == fit(data, model).value("a", "coefficient", "x")
    assert "not adjusted for Z (not available)" in wished.row("a", "coefficient", "x")["method"]


def test_strata_give_each_group_its_own_baseline_hazard(fit):
    rng = np.random.default_rng(4)
    x = rng.normal(size=40)
    data = {
        "months": rng.exponential(np.exp(-0.5 * x)),
        "event": [1] * 40,
        "x": x,
        "arm": ["low", "high"] * 20,
    }
    model = {"kind": "cox", "outcome": "survival", "terms": ["x"]}
    run = fit(data, model | {"strata": ["arm"]})
    assert run.value("a", "hazard_ratio", "x") != fit(data, model).value("a", "hazard_ratio", "x")
    assert "stratified by Arm" in run.row("a", "hazard_ratio", "x")["method"]


@pytest.fixture
def selected(estimate, entry):
    """A multivariate model of what a bivariate round let through."""

    def run(data, p_below=0.1, **more):
        model = {"title": "Model", "kind": "linear", "population": "all", "outcome": "y"}
        return estimate(
            data,
            variables={
                "x": entry.continuous("X"),
                "z": entry.continuous("Z"),
                "y": entry.continuous("Y"),
                "arm": entry.levels("low", "middle", "high", label="Arm"),
            },
            analyses={
                "together": model
                | {"mode": "multivariate", "select": {"from": "one_by_one", "p_below": p_below}}
                | more,
                "one_by_one": model | {"mode": "bivariate", "terms": ["x", "z", "arm"]} | more,
            },
        ).table.query("analysis == 'together'")

    return run


NOISE = np.random.default_rng(5).normal(size=60)


def test_selection_takes_covariates_below_the_bound_and_no_others(selected):
    x = np.arange(60.0)
    data = {
        "x": x,
        "z": NOISE,
        "y": x + 5 * np.roll(NOISE, 7),
        "arm": ["low", "middle", "high"] * 20,
    }
    assert selected(data)["term"].tolist() == ["x"]


def test_a_covariate_at_the_bound_itself_is_not_selected(selected, estimate, entry):
    data = {"x": np.arange(60.0), "z": NOISE, "y": np.arange(60.0) + 5 * np.roll(NOISE, 7)}
    data["arm"] = ["low", "middle", "high"] * 20
    model = {"title": "Model", "kind": "linear", "population": "all", "outcome": "y"}
    one = estimate(
        data,
        variables={"x": entry.continuous("X"), "y": entry.continuous("Y")},
        analyses={"one": model | {"mode": "bivariate", "terms": ["x"]}},
    ).table
    p = float(one.loc[one["term"] == "x", "p_value"].iloc[0])
    assert "x" not in selected(data, p_below=p)["term"].tolist()
    assert "x" in selected(data, p_below=float(np.nextafter(p, 1)))["term"].tolist()


def test_a_factor_is_selected_by_the_test_of_all_its_levels(selected):
    levels = np.array(["low"] * 20 + ["middle"] * 20 + ["high"] * 20)
    data = {
        "x": NOISE,
        "z": np.roll(NOISE, 3),
        "y": np.roll(NOISE, 11) + np.where(levels == "high", 3, 0),
        "arm": levels,
    }
    assert {"arm=middle", "arm=high", "arm"} <= set(selected(data)["term"])


def test_when_nothing_is_selected_one_row_says_so(selected):
    data = {"x": NOISE, "z": np.roll(NOISE, 3), "y": np.roll(NOISE, 11), "arm": ["low"] * 60}
    rows = selected(data, p_below=1e-9)
    assert rows["not_estimable"].tolist() == ["no covariate with p below 1e-09 in one_by_one"]


def test_selection_from_what_cannot_be_estimated_passes_the_reason_on(selected):
    data = {"x": NOISE, "z": NOISE, "y": [None] * 60, "arm": ["low"] * 60}
    assert selected(data)["not_estimable"].tolist() == ["no y"]
