"""The page of decision tables is what the rules of the code say."""

from pd1_dynamics.derive.documentation import PAGE, page
from pd1_dynamics.derive.resistance.sitc import RESISTANCE


def test_page_is_in_step_with_the_rules():
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_rule_of_sitc_is_on_the_page_with_its_source():
    text = page()
    for rule in RESISTANCE:
        assert rule.reason in text
        assert rule.source in text
