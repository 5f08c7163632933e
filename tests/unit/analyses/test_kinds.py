"""A kind of analysis is one file: schema, checks, labels and documentation follow from it."""

import yaml

from pd1_dynamics.analyses import documentation
from pd1_dynamics.analyses import kinds as kinds
from pd1_dynamics.analyses.kind import KINDS
from pd1_dynamics.contract.declarations import labels_of_statistics, settings_of


def test_schema_and_table_are_in_step_with_the_kinds():
    assert documentation.SCHEMA.read_text(encoding="utf-8") == documentation.schema()
    assert documentation.PAGE.read_text(encoding="utf-8") == documentation.page()


def test_every_file_of_the_folder_is_a_kind_of_its_name():
    files = {
        path.stem for path in (documentation.ROOT / "src/pd1_dynamics/analyses/kinds").glob("*.py")
    }
    assert files - {"__init__"} == set(KINDS)


def test_what_a_setting_refers_to_is_in_the_schema():
    assert settings_of("cox")["strata"]["refers"] == "levels"
    assert settings_of("kaplan_meier")["outcome"]["refers"] == "outcome"
    assert labels_of_statistics()["hazard_ratio"]["label"] == "HR (95% CI)"


def test_a_label_is_the_same_whatever_kind_gives_the_statistic():
    found = {}
    for rule in yaml.safe_load(documentation.schema())["$defs"].values():
        for name, words in rule.get("statistics", {}).items():
            assert found.setdefault(name, words) == words, name
