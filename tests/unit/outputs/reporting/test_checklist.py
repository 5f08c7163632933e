"""The reporting checklists: complete, filled as far as a run knows, the rest for the author."""

import pandas as pd
import pytest

from pd1_dynamics.analyses.estimates import COLUMNS
from pd1_dynamics.contract import schemas
from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.contract.places import CONFIG
from pd1_dynamics.contract.study import load_study
from pd1_dynamics.outputs.reporting import checklist

ASKED = schemas.load(CONFIG / "reporting.yaml", "reporting")


def known(cohort="synthetic", robustness=False):
    described = load_cohort(CONFIG / "cohorts" / f"{cohort}.yaml")
    rows = [
        {"analysis": "cohort_flow", "population": "all", "statistic": "n", "estimate": 254.0},
        {"analysis": "pps", "not_estimable": "no follow-up", "left_out": "3 (no age)"},
    ]
    estimates = pd.DataFrame(rows, columns=list(COLUMNS))
    return checklist.facts(
        described, load_study(described), estimates, pd.DataFrame({"note": ["n"]}), robustness
    )


def test_items_are_those_of_the_published_checklists():
    found = {name: [] for name in ASKED["guidelines"]}
    for entry in ASKED["items"]:
        found[entry["guideline"]].append(entry["item"])
    strobe = [number.rstrip("abcde") for number in found["STROBE"]]
    assert list(dict.fromkeys(strobe)) == [str(number) for number in range(1, 23)]
    assert found["REMARK"] == [str(number) for number in range(1, 21)]
    assert all(len(set(numbers)) == len(numbers) for numbers in found.values())


def test_facts_of_the_run_are_filled_in():
    table = checklist.filled(ASKED, known(), stands_for_article=True)
    text = " ".join(table["here"])
    assert "254 patients" in text
    assert "1 estimates leave patients out" in text
    assert "{" not in text


def test_robustness_is_said_to_be_there_only_where_it_is():
    asked = checklist.filled(ASKED, known(robustness=True), True).set_index(["guideline", "item"])
    not_asked = checklist.filled(ASKED, known(), True).set_index(["guideline", "item"])
    assert "section of the report" in asked.loc[("STROBE", "12e"), "here"]
    for item in (("STROBE", "12e"), ("REMARK", "18")):
        assert not_asked.loc[item, "here"] == ""
        assert not_asked.loc[item, "status"] == checklist.AUTHOR
        assert "make robustness" in not_asked.loc[item, "author"]


def test_what_small_groups_keep_back_is_said_to_be_kept_back():
    described = load_cohort(CONFIG / "cohorts" / "liu2019.yaml")
    estimates = pd.DataFrame([{"analysis": "pps"}], columns=list(COLUMNS))
    found = checklist.facts(described, load_study(described), estimates, estimates, False, 5)
    assert "kept back" in found["left_out"]


def test_the_article_answers_only_for_the_cohort_that_stands_for_it():
    ours = checklist.filled(ASKED, known(), stands_for_article=True)
    other = checklist.filled(ASKED, known("liu2019"), stands_for_article=False)
    assert (ours["article"] != "").sum() > 20
    assert (other["article"] == "").all()


def test_every_item_of_another_cohort_is_answered_or_left_to_its_author():
    table = checklist.filled(ASKED, known("liu2019"), stands_for_article=False)
    assert ((table["here"] != "") | (table["author"] != "")).all()
    assert (table["status"] != "").all()
    assert (table.loc[table["author"] != "", "status"].str.contains(checklist.AUTHOR)).all()


def test_an_answer_that_quotes_what_no_run_knows_is_an_error():
    wrong = {"items": [{"guideline": "X", "item": "1", "topic": "t", "here": "{nobody_knows}"}]}
    with pytest.raises(KeyError, match="nobody_knows"):
        checklist.filled(wrong, known(), True)


def test_places_that_answers_name_exist():
    layouts = load_study(load_cohort(CONFIG / "cohorts" / "synthetic.yaml"))
    words = " ".join(entry.get("here", "") for entry in ASKED["items"])
    for part in words.replace(",", " ").replace(";", " ").replace(":", " ").split():
        if part.startswith(("table", "figure", "survival_")) and part[-1].isalnum():
            name = part.removeprefix("figures/")
            if name not in ("table", "tables", "figure", "figures"):
                assert name in layouts.tables or name in layouts.figures["figures"], part
        if part.startswith("config/") and part.endswith(".yaml"):
            assert (CONFIG.parent / part).is_file(), part
