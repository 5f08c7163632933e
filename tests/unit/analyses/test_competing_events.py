"""Cumulative incidence and models from a landmark, as declared analyses."""

import pytest

PATIENTS = {
    "months": [1, 2, 3, 4, 5, 6, 7, 8],
    "event": [1, 1, 0, 1, 1, 0, 1, None],
    "why": ["a", "b", None, "a", "b", None, "a", None],
    "arm": ["x", "x", "x", "x", "y", "y", "y", "y"],
}

CURVE = "cumulative_incidence"


@pytest.fixture
def declared(entry):
    return {
        "variables": {
            "why": entry.levels("a", "b", label="Event"),
            "arm": entry.levels("x", "y", label="Arm"),
            "z": entry.continuous(),
        },
        "outcomes": {"survival": entry.survival},
    }


def test_events_compete_and_groups_are_compared(estimate, declared):
    analysis = {
        "kind": "cumulative_incidence",
        "outcome": "survival",
        "cause": "why",
        "by": "arm",
        "times": [4, 9],
    }
    found = estimate(PATIENTS, analysis, **declared)
    row = found.row("a", CURVE, outcome="why=a", term="time=4", group="x")
    # 4 in x: event a at 1 (1/4), b at 2 (survival 1/2), one censored at 3, a at 4: 1/4 + 1/2.
    assert row["estimate"] == pytest.approx(75)
    assert (row["n"], row["events"]) == (4, 2)
    assert found.row("a", CURVE, outcome="why=b", term="time=4", group="x")["estimate"] == 25
    beyond = found.row("a", CURVE, outcome="why=a", term="time=9", group="y")
    assert beyond["not_estimable"] == "no follow-up as long as 9 months"
    everyone = found.row("a", CURVE, outcome="why=a", term="time=4", group="all")
    assert everyone["left_out"] == "1: Survival (1)"
    test = found.row("a", "gray_chi_squared", outcome="why=a", term="arm")
    assert 0 < test["p_value"] < 1


def test_a_cohort_without_causes_is_told_so(estimate, declared):
    analysis = {
        "kind": "cumulative_incidence",
        "outcome": "survival",
        "cause": "why",
        "times": [4],
    }
    data = {k: v for k, v in PATIENTS.items() if k != "why"}
    found = estimate(data, analysis, **declared)
    assert found.row("a", CURVE, outcome="why=a", term="time=4")["not_estimable"] == "no event"


def test_a_landmark_leaves_out_who_is_no_longer_at_risk(estimate, declared):
    months = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    z = [9, 1, 2, 7, 3, 6, 4, 8, 5, 2, 7, 3]
    data = {"months": months, "event": [1, 0, 1, 1, 0, 1, 1, 1, 1, 0, 1, 1], "z": z}
    model = {"outcome": "survival", "mode": "bivariate", "terms": ["z"]}
    found = estimate(data, {"kind": "landmark_cox", "landmark": 3, **model}, **declared)
    later = {name: values[3:] for name, values in data.items()}
    plain = estimate(later, {"kind": "cox", **model}, **declared).row("a", "hazard_ratio", term="z")
    row = found.row("a", "hazard_ratio", term="z")
    assert row["estimate"] == pytest.approx(plain["estimate"], rel=1e-9)
    assert (row["n"], row["events"]) == (9, 7)
    assert row["method"] == "Cox proportional hazards from 3 months on"
    assert row["left_out"] == "3: Survival (3)"
