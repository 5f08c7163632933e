"""The methods section says what was configured, and changes with it."""

import io

import pandas as pd
import pytest
from docx import Document

from pd1_dynamics.analyses.estimates import COLUMNS
from pd1_dynamics.analyses.kind import KINDS
from pd1_dynamics.analyses.selection import Estimates
from pd1_dynamics.contract import definitions
from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.contract.places import CONFIG
from pd1_dynamics.contract.study import load_study
from pd1_dynamics.outputs.reporting import methods
from pd1_dynamics.outputs.reporting.writing import to_docx, to_markdown

PROVENANCE = {
    "software": {"name": "pd1-dynamics", "version": "9.9", "commit": "c0ffee, no file changed"},
    "command": "snakemake --cores all --config cohort=x",
    "platform": {"system": "Linux", "machine": "x86_64", "python": "3.11.7"},
    "packages": {"pandas": "2.3.3"},
}


def written(settings=None, cohort="synthetic", scanned=True, without=()):
    described = load_cohort(CONFIG / "cohorts" / f"{cohort}.yaml")
    rows = [
        {"analysis": "cohort_flow", "population": name, "statistic": "n", "estimate": n}
        for name, n in (("all", 1254), ("response", 215), ("progression", 166))
    ]
    study = load_study(described)
    rows += [{"analysis": a, "population": "x", "estimate": 1.0} for a in study.declared.analyses]
    rows = [row for row in rows if row["analysis"] not in without]
    rows += [{"analysis": name, "not_estimable": "no such data"} for name in without]
    parts = methods.sections(
        described,
        study,
        definitions.load(settings=settings),
        definitions.load(),
        Estimates(pd.DataFrame(rows, columns=list(COLUMNS))),
        PROVENANCE,
        scanned,
    )
    return to_markdown("Methods", parts), parts


def test_numbers_of_patients_are_those_of_the_estimates():
    text, _ = written()
    assert "1,254 patients were included; 215 had a measurable baseline" in text
    assert "a number not known here progressed or died" in text


def test_a_synthetic_cohort_says_so_and_a_real_one_does_not():
    assert "holds no real patient" in written()[0]
    assert "holds no real patient" not in written(cohort="liu2019")[0]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"best_response": {"sd_minimum_days": 56}}, "from day 56 on"),
        ({"best_response": {"confirm_days": 35}}, "after 35 days or more"),
        ({"duplicate_readings": "mean"}, "the mean counts"),
        ({"duplicate_readings": "largest"}, "the largest counts"),
        ({"reader": ["Ann", "Bob"]}, "Readings are those of Ann, then Bob."),
        ({"baseline": {"latest_day": 7}}, "up to day 7"),
        ({"later_therapy_ends_assessment": "none"}, "count as those before it"),
        ({"later_therapy_ends_assessment": "none"}, "therapy before progression does not change"),
        ({"later_therapy_ends_assessment": "any"}, "start of a later therapy"),
        ({"later_therapy_ends_assessment": "any"}, "a later therapy begun before progression cen"),
        ({"outcomes_from": "reports"}, "are those that the cohort reports"),
        ({"pfs": {"censoring": "last_follow_up"}}, "censored at the last contact"),
        ({"pfs": {"later_therapy": "ignore"}}, "progression and PFS take later scans"),
        ({"pfs": {"later_therapy": "ignore"}}, "therapy before progression does not change"),
        ({"organ_enlargement": {"against": "previous"}}, "against the assessment before"),
        ({"ldh": {"baseline_window_days": [-40, 3]}}, "of the days -40 to 3 around the first"),
        ({"resistance_rule": "sitc"}, "typed by the definitions of the SITC Taskforce"),
        ({"resistance_paper": {"primary_before_months": 4}}, "less than 4 months"),
        ({"publish": {"smallest_cell": 5}}, "fewer than 5 patients are not shown"),
    ],
)
def test_each_setting_changes_its_sentence_and_is_listed(settings, words):
    text, parts = written(settings)
    assert words in text
    assert words not in written()[0]
    key, value = next(iter(settings.items()))
    place = f"{key}.{next(iter(value))}" if isinstance(value, dict) else key
    listed = next(part for part in parts if part.title.startswith("Settings"))
    assert [row[0] for row in listed.table[1:]] == [place]


def test_reported_outcomes_are_not_described_by_the_rules_of_scans():
    text, _ = written({"outcomes_from": "reports"})
    for words in ("Stable disease counts", "unconfirmed", "censored at", "start of a later"):
        assert words not in text
    assert "Response depth is the smallest change" in text


def test_a_cohort_without_scans_is_as_it_reports():
    text, _ = written(cohort="liu2019", scanned=False)
    assert "has no scans: best response and progression are those" in text
    assert "PFS is as the cohort reports it." in text
    for words in (
        "30%",
        "lymph nodes",
        "Stable disease counts",
        "LDH at progression",
        "censored at",
    ):
        assert words not in text


def test_what_could_not_be_estimated_is_not_claimed():
    survival = [name for name, a in load_study().declared.analyses.items() if "cox" in a.kind]
    text, parts = written(without=survival)
    assert "Hazard ratios" not in text.partition("## Analyses")[0]
    assert "Proportional hazards" not in text
    assert "Not estimable in this cohort:" in text
    assert not [row for row in parts[-1].table if row[1].startswith("coxph")]


def test_without_changes_it_says_that_all_is_as_in_the_study():
    assert "None: every definition is that of the study." in written()[0]


def test_every_kind_of_analysis_that_is_used_has_its_sentence_and_no_other():
    described = load_cohort(CONFIG / "cohorts" / "synthetic.yaml")
    used = {analysis.kind for analysis in load_study(described).declared.analyses.values()}
    text, _ = written()
    assert {name for name, kind in KINDS.items() if kind.methods in text} == used


def test_every_analysis_is_listed_with_its_call():
    _, parts = written()
    table = dict(parts[-1].table[1:])
    title = "Post-progression survival by resistance type, log-rank test (figure 2D)"
    call = "survdiff(Surv(pps_months, pps_event) ~ resistance, data = progression)"
    assert table[title] == call


def test_word_document_holds_the_same_and_is_always_the_same():
    _, parts = written()
    made = to_docx("Methods", parts)
    assert made == to_docx("Methods", parts)
    document = Document(io.BytesIO(made))
    shown = [paragraph.text for paragraph in document.paragraphs]
    for part in parts:
        assert part.title in shown
        assert all(words.replace("`", "") in shown for words in part.paragraphs)
    assert len(document.tables) == sum(bool(part.table) for part in parts)
