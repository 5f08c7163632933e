"""What is called robust: on the article's side, and never because a test had no power."""

import pandas as pd
import pytest

from pd1_dynamics.outputs.robustness.statements import statements

MODEL = {"analysis": "m", "term": "x", "not_estimable": None, "n": 80, "events": 50}
FINDING = {"f": {"analysis": "m", "term": "x", "outcome": "os"}}


def tables(**changed):
    curve = {
        "finding": "f",
        "estimable": 300,
        "permutations": 500,
        "median_hazard_ratio": 0.5,
        "lower_quartile": 0.4,
        "upper_quartile": 0.6,
        "share_same_direction": 99.6,
        "share_significant": 80.0,
        "p_median": 0.002,
        "not_estimable": None,
    }
    rows = {
        "specification_curves": curve,
        "proportional_hazards": MODEL | {"p_value": 0.6},
        "functional_form": MODEL | {"p_value": 0.7},
        "influence": MODEL
        | {"estimate": 0.5, "without_one_low": 0.45, "without_one_high": 0.55}
        | {"share_to_change_sign": 6.0},
        "time_dependent": {"analysis": "other", "term": "y", "not_estimable": None},
        "landmark": {"analysis": "other", "term": "y", "not_estimable": None},
        "bootstrap": MODEL
        | {"estimate": 0.5, "resamples": 2000, "share_same_sign": 99.0}
        | {"share_significant": 90.0, "percentile_low": 0.3, "percentile_high": 0.8},
        "missing_values": MODEL
        | {"n_imputed": 80, "imputed": 0.5, "imputed_low": 0.3, "imputed_high": 0.8},
        "e_values": MODEL | {"estimate": 0.5, "e_value": 3.4, "e_value_limit": 2.1},
        "centers": MODEL
        | {"estimate": 0.5, "stratified": 0.5, "stratified_low": 0.3, "stratified_high": 0.8}
        | {"p_interaction": 0.5},
    }
    return {name: pd.DataFrame([row | changed.get(name, {})]) for name, row in rows.items()}


def said(direction="below", **changed):
    made = statements(tables(**changed), FINDING, {"f": "Title"}, {"f": direction}, synthetic=False)
    return made.iloc[0]


def test_a_test_that_does_not_reject_is_no_evidence():
    row = said()
    assert "not refuted (p=0.60, 50 events)" in row["paragraph"]
    assert "refuted" not in row["robust"] + row["fragile"]


def test_a_test_that_rejects_is():
    row = said(proportional_hazards={"p_value": 0.01}, functional_form={"p_value": 0.02})
    assert "hazards are not proportional" in row["fragile"]
    assert "a curve fits better" in row["fragile"]


def test_few_patients_who_turn_the_sign_are_told_as_fragile():
    assert "leaving out 6% of the patients" in said()["fragile"]
    assert "leaving out 20%" in said(influence={"share_to_change_sign": 20.0})["robust"]


def test_on_the_other_side_nothing_is_robust_about_the_cohorts_own_sign():
    row = said(direction="above")
    for words in ("without any one patient", "resamples lie", "stratified by center"):
        assert words in row["fragile"]
        assert words not in row["robust"]
    assert "1% of 2000 resamples lie on the article's side" in row["fragile"]
    assert "confounder" not in row["paragraph"]


def test_where_nothing_is_missing_nothing_is_said_of_imputation():
    assert "imputed" not in said()["paragraph"]
    row = said(missing_values={"n_imputed": 90})
    assert "missing values of 10 more patients imputed" in row["robust"]


def test_a_hundred_percent_means_all():
    assert "more than 99% of 300" in said()["robust"]
    assert "100% of 300" in said(specification_curves={"share_same_direction": 100.0})["robust"]


def test_a_fit_that_is_missing_is_not_told_as_a_number():
    row = said(influence={"without_one_low": float("nan")})
    assert "nan" not in row["paragraph"]
    assert "single patients (without some" in row["paragraph"]


@pytest.mark.parametrize("term", ["x=level", "x"])
def test_a_reason_is_that_of_the_same_covariate(term):
    found = tables()
    found["bootstrap"] = pd.DataFrame(
        [
            {"analysis": "m", "term": "other", "not_estimable": "another reason"},
            {"analysis": "m", "term": "x", "not_estimable": "its own reason"},
        ]
    )
    finding = {"f": FINDING["f"] | {"term": term}}
    made = statements(found, finding, {"f": "Title"}, {"f": "below"}, synthetic=False)
    assert "resamples (its own reason)" in made["paragraph"][0]
