"""Which patients fulfil a condition, and which level a rule gives."""

import pandas as pd
import pytest

VARIABLES = {
    "change": {"label": "Change", "kind": "continuous", "missing": "no change"},
    "response": {
        "label": "Response",
        "kind": "categorical",
        "levels": {"CR": "CR", "PR": "PR"},
        "levels_apart": {"NE": "Not evaluable"},
        "missing": "no response",
    },
    "ecog": {"label": "ECOG", "kind": "categorical", "missing": "no ECOG"},
    "depth": {
        "label": "Depth",
        "kind": "categorical",
        "levels": {"deep": "Deep", "shallow": "Shallow"},
        "missing": "no change",
        "rules": [
            {"level": "deep", "where": {"change": {"below": -40}}},
            {"level": "shallow", "where": {"change": {"missing": False}}},
        ],
    },
}
PATIENTS = {
    "change": [-50.0, (24.0 - 40.0) / 40.0 * 100 - 1e-13, None, 10.0],
    "response": ["CR", "NE", None, "PR"],
    "ecog": [0, 1, None, 2],
}


def count(estimate, where):
    populations = {
        "all": {"label": "All"},
        "some": {"label": "Some", "of": "all", "where": where},
    }
    analyses = {"a": {"kind": "sizes", "title": "Sizes", "populations": ["some"]}}
    run = estimate(PATIENTS, variables=VARIABLES, populations=populations, analyses=analyses)
    return run.value("a", "n")


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"response": "CR"}, 1),
        ({"response": ["CR", "PR"]}, 2),
        ({"response": {"missing": True}}, 1),
        ({"response": {"missing": False}}, 3),
        ({"change": {"below": 0}}, 2),
        ({"change": {"at_least": -50, "at_most": 10}}, 3),
        ({"change": 10}, 1),
        ({"ecog": 1}, 1),
        ({"ecog": {"at_least": 1}}, 2),
        ({"ecog": {"at_least": 1}, "response": "PR"}, 1),
        ({"depth": "shallow"}, 2),
    ],
)
def test_a_condition_selects_patients_and_a_missing_value_fulfils_none(estimate, where, expected):
    assert count(estimate, where) == expected


def test_bounds_compare_to_the_ninth_decimal(estimate):
    assert count(estimate, {"change": {"below": -40}}) == 1


def test_the_first_rule_that_holds_gives_the_level(estimate):
    run = estimate(
        PATIENTS,
        {"kind": "description", "variables": ["depth"]},
        variables=VARIABLES,
    )
    assert run.value("a", "n", "depth=deep") == 1
    assert run.value("a", "n", "depth=shallow") == 2
    assert run.value("a", "n", "depth=missing") == 1


def test_a_population_is_a_part_of_its_parent(estimate):
    populations = {
        "all": {"label": "All"},
        "responders": {"label": "Responders", "of": "all", "where": {"response": ["CR", "PR"]}},
        "deep": {"label": "Deep", "of": "responders", "where": {"depth": "deep"}},
    }
    analyses = {"a": {"kind": "sizes", "title": "Sizes", "populations": ["deep"]}}
    run = estimate(PATIENTS, variables=VARIABLES, populations=populations, analyses=analyses)
    assert run.row("a", "n")["n"] == 2
    assert run.value("a", "percent") == 50


def test_later_therapies_bring_the_columns_of_their_patient(estimate):
    variables = VARIABLES | {
        "therapy_kind": {"label": "Kind", "kind": "categorical", "missing": "no therapies"}
    }
    run = estimate(
        PATIENTS | {"patient_id": list("ABCD")},
        variables=variables,
        populations={
            "therapies": {"label": "T", "table": "therapies", "where": {"depth": "shallow"}}
        },
        analyses={
            "a": {
                "kind": "description",
                "title": "Kinds",
                "population": "therapies",
                "variables": ["therapy_kind"],
                "by": "response",
            }
        },
        therapies=pd.DataFrame({"patient_id": ["D", "A", "D"], "kind": ["x", "x", "y"]}),
    )
    assert run.value("a", "n", "therapy_kind=x") == 1
    assert run.value("a", "n", "therapy_kind=y", "PR") == 1
    assert run.value("a", "n", "therapy_kind=x", "CR") == 0
