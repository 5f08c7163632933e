"""Ordered rules: the first match decides, completeness is enforced, and they print."""

import numpy as np
import pytest

from pd1_dynamics.derive.rules import Condition, Rule, as_table, decide

LARGE = Condition("x above 2", lambda facts, settings: facts["x"] > 2)
CHOSEN = Condition("setting on", lambda facts, settings: np.full(len(facts["x"]), settings["on"]))
RULES = (
    Rule("a", (LARGE, CHOSEN), "large and chosen", "here"),
    Rule("b", (LARGE,), "large", "here"),
    Rule("c", (), "anything else", "here"),
)


@pytest.mark.parametrize(("on", "expected"), [(True, [2, 0]), (False, [2, 1])])
def test_the_first_rule_that_matches_decides(on, expected):
    assert decide(RULES, {"x": np.array([1, 3])}, {"on": on}, 2).tolist() == expected


def test_a_case_without_a_rule_is_an_error():
    with pytest.raises(ValueError, match="1 cases match no rule"):
        decide(RULES[:2], {"x": np.array([1, 3])}, {"on": True}, 2)


def test_rules_print_in_order_with_their_words():
    table = as_table(RULES)
    assert table["when"].tolist() == ["x above 2; setting on", "x above 2", "otherwise"]
    assert table["order"].tolist() == [1, 2, 3]
