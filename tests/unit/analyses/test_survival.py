"""Kaplan–Meier medians, survival and numbers at risk, worked by hand."""

import pytest

# At risk 6: event at 1 (5/6), censored at 2, events at 3 (3/4), 4 (2/3); censored at 8, event at 9.
DATA = {"months": [1.0, 2.0, 3.0, 4.0, 8.0, 9.0], "event": [1, 0, 1, 1, 0, 1]}


@pytest.fixture
def curve(estimate, entry):
    def run(data=DATA, **settings):
        analysis = {"kind": "kaplan_meier", "outcome": "survival", **settings}
        variables = {"arm": entry.levels("x", "y", label="Arm")}
        return estimate(data, analysis, variables=variables, outcomes={"survival": entry.survival})

    return run


def test_survival_is_a_percent_and_numbers_at_risk_count_those_still_followed(curve):
    run = curve(times=[0, 3, 5])
    assert run.value("a", "survival", "time=0") == 100
    assert run.value("a", "survival", "time=3") == pytest.approx(100 * 5 / 6 * 3 / 4)
    assert run.value("a", "survival", "time=5") == pytest.approx(100 * 5 / 6 * 3 / 4 * 2 / 3)
    assert [run.value("a", "n_at_risk", f"time={t}") for t in (0, 3, 5)] == [6, 4, 2]


def test_median_is_where_half_have_had_the_event(curve):
    row = curve().row("a", "median_survival")
    assert row["estimate"] == 4
    assert (row["n"], row["events"]) == (6, 4)


def test_a_median_that_is_not_reached_is_empty_and_estimable(curve):
    row = curve({"months": [1.0, 2.0, 3.0], "event": [1, 0, 0]}).row("a", "median_survival")
    assert row[["estimate", "ci_high"]].isna().all()
    assert row["not_estimable"] == ""


def test_survival_beyond_the_last_follow_up_is_not_estimable(curve):
    run = curve(times=[12])
    assert run.why("a", "survival", "time=12") == "no follow-up as long as 12 months"
    assert run.value("a", "n_at_risk", "time=12") == 0


def test_reverse_makes_censoring_the_event(curve):
    row = curve(reverse=True).row("a", "median_survival")
    # Censored at 2 (4/5) and 8 (1/2 of that, 0.4): the median follow-up is 8.
    assert row["estimate"] == 8
    assert row["events"] == 2


def test_each_group_has_its_curve_and_an_empty_one_a_reason(curve):
    run = curve(DATA | {"arm": ["x"] * 6}, by="arm")
    assert run.value("a", "median_survival", group="x") == 4
    assert run.why("a", "median_survival", group="y") == "no patients: Arm: Y"


def test_a_patient_without_time_or_event_is_left_out(curve):
    data = {"months": [*DATA["months"], None, 5.0], "event": [*DATA["event"], 1, None]}
    assert curve(data).row("a", "median_survival")["n"] == 6


def test_log_rank_compares_groups(estimate, entry):
    run = estimate(
        {"months": [1.0, 2.0, 3.0, 4.0], "event": [1, 1, 1, 1], "arm": ["x", "x", "y", "y"]},
        {"kind": "log_rank", "outcome": "survival", "by": "arm"},
        variables={"arm": entry.levels("x", "y")},
        outcomes={"survival": entry.survival},
    )
    row = run.row("a", "log_rank_chi_squared", "arm")
    # Expected in x: 2/4 + 1/3; variance 1/4 + 2/9. (2 - 5/6)² / (17/36) = 49/17.
    assert row["estimate"] == pytest.approx(49 / 17)
    assert row["outcome"] == "survival"


def test_log_rank_of_one_group_says_which(estimate, entry):
    run = estimate(
        DATA | {"arm": ["x"] * 6},
        {"kind": "log_rank", "outcome": "survival", "by": "arm"},
        variables={"arm": entry.levels("x", "y", label="Arm")},
        outcomes={"survival": entry.survival},
    )
    assert run.why("a", "log_rank_chi_squared", "arm") == "only one group of Arm: X"
