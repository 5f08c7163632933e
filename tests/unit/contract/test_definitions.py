"""Definitions: the defaults, a cohort's settings over them, and what is wrong with them."""

import pytest
import yaml

from pd1_dynamics.contract import definitions, schemas
from pd1_dynamics.contract.problems import InputError


def test_the_defaults_are_those_of_the_contract():
    assert definitions.load()["best_response"] | {} == {
        "sd_minimum_days": 42,
        "confirm_days": 28,
        "max_not_evaluable_between": 1,
        "accept_stable_between": False,
        "nonmeasurable_stable": "NON-CR/NON-PD",
    }
    assert definitions.load()["reader"] is None


def test_settings_lie_over_the_defaults_key_by_key():
    chosen = definitions.load(settings={"best_response": {"confirm_days": 35}, "reader": "R1"})
    assert chosen["best_response"]["confirm_days"] == 35
    assert chosen["best_response"]["sd_minimum_days"] == 42
    assert chosen["reader"] == "R1"


def test_every_unknown_key_and_value_is_named_at_once():
    settings = {"best_respons": {}, "sitc": {"exposur": 1}, "resistance_rule": "mine"}
    with pytest.raises(InputError) as error:
        definitions.load(settings=settings)
    text = str(error.value)
    assert "3 problems" in text
    for name in ("best_respons", "exposur", "'mine'; expected one of paper, sitc"):
        assert name in text


def test_every_key_of_the_schema_is_described_and_closed():
    def walk(node, path):
        if "$ref" in node:
            return
        assert node.get("description") or path == "definitions", path
        if node.get("type") == "object":
            assert node["additionalProperties"] is False, path
            assert set(node["required"]) == set(node["properties"]), path
            for name, child in node["properties"].items():
                walk(child, f"{path}.{name}")

    walk(schemas.schema("definitions"), "definitions")


def test_the_alternatives_of_every_named_choice_are_listed_with_the_default_first():
    alternatives = definitions.alternatives()
    assert alternatives["sitc.stable_six_months_to_the_day"] == ["secondary", "unclassifiable"]
    defaults = yaml.safe_load(definitions.DEFAULTS.read_text())
    for path, values in alternatives.items():
        value = defaults
        for key in path.split("."):
            value = value[key]
        assert values[0] == value, path
        assert len(values) > 1, path
