"""Layouts filled with made-up estimates: right cells, honest gaps, no silent blanks."""

import io
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from pd1_dynamics.analyses.estimates import COLUMNS
from pd1_dynamics.analyses.selection import NothingSelectedError
from pd1_dynamics.contract.codebook import Codebook, Variable
from pd1_dynamics.outputs import tables
from pd1_dynamics.outputs.tables.footnotes import spelled_out
from pd1_dynamics.outputs.tables.making import INSIDE, SYNTHETIC
from pd1_dynamics.outputs.tables.models import NOT_PROPORTIONAL
from pd1_dynamics.outputs.tables.writing import (
    from_page,
    to_csv,
    to_docx,
    to_html,
    to_page,
    to_tex,
)

ROOT = Path(__file__).parents[4]
CODEBOOK = Codebook(
    variables={
        "type": Variable("type", "Type", "categorical", "no type", levels={"a": "A", "b": "B"}),
        "size": Variable("size", "Size", "continuous", "no size", unit="mm", decimals=1),
        "flag": Variable("flag", "Flag", "binary", "no flag", levels={"0": "No", "1": "Yes"}),
    },
    outcomes={},
    sets={},
)


def estimates(*rows):
    table = pd.DataFrame([{**dict.fromkeys(COLUMNS), **row} for row in rows], columns=COLUMNS)
    text = ["analysis", "population", "outcome", "term", "group", "statistic", "method"]
    text += ["not_estimable", "reference"]
    table[text] = table[text].fillna("")
    return table


def row(statistic, term, estimate=None, group="all", analysis="x", **more):
    return {
        "analysis": analysis,
        "statistic": statistic,
        "term": term,
        "group": group,
        "estimate": estimate,
        **more,
    }


def described(group, n):
    return [
        row("n", "type=a", 3, group, n=n),
        row("percent", "type=a", 100 * 3 / n, group, n=n),
        row("n", "type=b", n - 4, group, n=n),
        row("percent", "type=b", 100 * (n - 4) / n, group, n=n),
        row("n", "type=missing", 1, group, n=n),
        row("percent", "type=missing", 100 / n, group, n=n),
        row("median", "size", 49.04, group, n=n),
        row("min", "size", 0.0, group, n=n),
        row("max", "size", 415.0, group, n=n),
        row("n_missing", "size", 2, group, n=n),
    ]


LAYOUT = {
    "number": "Table 9",
    "title": "A title",
    "parts": [
        {
            "kind": "description",
            "analysis": "x",
            "groups": ["all"],
            "variables": ["type", "size"],
            "p_value": True,
        }
    ],
}


def make(rows, layout=LAYOUT, synthetic=False):
    return tables.make(estimates(*rows), {"table9": layout}, CODEBOOK, synthetic)[0]


def test_descriptions_show_counts_medians_and_tests():
    tests = [row("fisher_exact", "type", p_value=0.0046, method="Fisher's exact test")]
    table = make(described("all", 12) + tests)
    assert table.header == ("Characteristic", "All (n=12)", "P value")
    assert [line.cells for line in table.lines] == [
        ("Type", "", "0.005ᵃ"),
        ("A", "3 (25)", ""),
        ("B", "8 (67)", ""),
        ("Not availableᵇ", "1 (8)", ""),
        ("Size (mm)", "49.0 (0.0 to 415.0)", "–"),
        ("Not available", "2", ""),
    ]
    assert "ᵃ Fisher's exact test." in table.notes
    assert f"ᵇ {INSIDE}" in table.notes


def test_missing_values_stand_outside_the_percents_where_the_analysis_leaves_them_out():
    rows = [
        row("n", "type=a", 3, n=10),
        row("percent", "type=a", 30, n=10),
        row("n", "type=b", 7, n=10),
        row("percent", "type=b", 70, n=10),
        row("n_missing", "type", 2, n=12),
    ]
    table = make(rows)
    assert table.lines[3].cells == ("Not available", "2", "")
    assert not any(INSIDE in note for note in table.notes)


def test_gaps_are_named_in_place():
    gap = {"not_estimable": "no type at all"}
    rows = [row("n", "type=a", **gap), row("n", "type=b", **gap), row("median", "size", **gap)]
    cells = [line.cells[1] for line in make(rows).lines]
    assert cells == ["not estimable: no type at all"] * 2


def test_models_show_ratio_interval_and_p():
    layout = {
        **LAYOUT,
        "parts": [{"kind": "models", "models": [{"analysis": "x", "statistic": "hazard_ratio"}]}],
    }
    ratio = {"ci_low": 0.288, "ci_high": 0.879, "p_value": 0.016, "method": "Cox", "reference": "a"}
    ratio |= {"n": 157, "events": 86}
    table = make([row("hazard_ratio", "type=b", 0.503, **ratio)], layout)
    assert table.header == ("Covariate", "HR (95% CI)ᵃ", "n (events)", "P value")
    assert [line.cells for line in table.lines] == [
        ("Type", "", "", ""),
        ("A", "Reference", "", ""),
        ("B", "0.503 (0.288 to 0.879)", "157 (86)", "0.02"),
    ]
    assert "ᵃ Cox." in table.notes


def two_models(*rows, **more):
    layout = {
        **LAYOUT,
        "parts": [
            {"kind": "models", "models": [{"analysis": "x", "statistic": "hazard_ratio", **more}]}
        ],
    }
    hazards = pd.DataFrame(
        [("x", "size", "size", 0.001), ("x", "flag", "flag=1", 0.4)],
        columns=["analysis", "model", "term", "p_value"],
    )
    family = pd.DataFrame(
        [("x", "size", 3, 0.06), ("x", "flag=1", 3, 0.9)],
        columns=["analysis", "term", "tests", "holm"],
    )
    tested = tables.Tested(hazards, family)
    return tables.make(estimates(*rows), {"t": layout}, CODEBOOK, False, tested=tested)[0]


SIZE = row("hazard_ratio", "size", 1.01, ci_low=1.0, ci_high=1.02, p_value=0.02, method="Cox", n=9)
FLAG = row("hazard_ratio", "flag=1", 2, ci_low=1, ci_high=4, p_value=0.048, method="Cox; more", n=9)


def test_hazards_that_are_not_proportional_are_marked_where_they_are_shown():
    table = two_models(SIZE, FLAG)
    assert table.lines[0].cells[1] == "1.010 (1.000 to 1.020)ᵇ"
    assert f"ᵇ {NOT_PROPORTIONAL}" in table.notes
    assert not table.lines[1].cells[1].endswith("ᵇ")


def test_another_method_is_marked_in_its_row_and_the_common_one_in_the_header():
    table = two_models(SIZE, FLAG)
    assert table.header[1].endswith("ᵃ")
    assert "ᵃ Cox." in table.notes
    mark = table.lines[1].cells[1][-1]
    assert f"{mark} Cox; more." in table.notes


def test_adjusted_p_values_are_those_of_the_family():
    table = two_models(SIZE, FLAG, adjusted_p="holm")
    assert [line.cells[-2:] for line in table.lines] == [("0.02", "0.06"), ("0.048", "0.90")]
    assert any("3 tests by Holm's method" in note for note in table.notes)


def test_only_abbreviations_that_are_used_are_spelled_out():
    known = {"HR": "hazard ratio", "CI": "confidence interval", "PD": "progression"}
    assert spelled_out(["PPS: HR (95% CI)", "anti-PD-1"], known) == [
        "CI, confidence interval; HR, hazard ratio."
    ]
    assert spelled_out(["LDH at PD"], known) == ["PD, progression."]
    assert spelled_out(["nothing"], known) == []


def test_marks_are_superscripts_in_pages_and_absent_from_csv():
    table = two_models(SIZE, FLAG)
    html, text, tex = to_html(table), to_csv(table), to_tex(table)
    assert "HR (95% CI)<sup>a</sup></th>" in html
    assert "<li><sup>a</sup> Cox.</li>" in html
    assert "ᵃ" not in html + text + tex
    assert r"HR (95\% CI)\tnote{a}" in tex
    assert r"\item[a] Cox." in tex


def test_latex_has_as_many_cells_in_each_line_and_no_bare_sign():
    tex = to_tex(make(described("all", 12)))
    body = tex.partition(r"\toprule")[2].partition(r"\bottomrule")[0]
    rows = [
        line for line in body.splitlines() if line.endswith(r"\\") and "multicolumn" not in line
    ]
    assert {line.count(" & ") for line in rows} == {2}
    assert not re.search(r"(?<!\\)[%&_#$](?![-\\])", body.replace(" & ", ""))


def test_word_documents_are_ready_to_be_handed_in():
    from docx import Document

    document = Document(io.BytesIO(to_docx(two_models(SIZE, FLAG))))
    assert document.paragraphs[0].style.name == "Caption"
    assert {p.style.name for p in document.paragraphs[1:]} == {"Table note"}
    (table,) = document.tables
    xml = [row._tr.xml for row in table.rows]
    assert all("w:cantSplit" in text for text in xml)
    assert "w:tblHeader" in xml[0]
    section = document.sections[0]
    usable = section.page_width - section.left_margin - section.right_margin
    assert sum(column.width for column in table.columns) <= usable
    runs = [run for cell in table.rows[0].cells for run in cell.paragraphs[0].runs]
    assert [run.text for run in runs if run.font.superscript] == ["a"]


def test_an_analysis_that_is_not_there_is_an_error():
    layout = {
        **LAYOUT,
        "parts": [{"kind": "models", "models": [{"analysis": "y", "statistic": "odds_ratio"}]}],
    }
    with pytest.raises(NothingSelectedError, match="'y'"):
        make(described("all", 12), layout)


def test_a_synthetic_cohort_is_announced_first():
    assert make(described("all", 12), synthetic=True).notes[0] == SYNTHETIC
    assert SYNTHETIC not in make(described("all", 12)).notes


def test_html_is_escaped_and_accessible():
    html = to_html(make(described("all", 12)))
    assert '<th scope="col">' in html
    assert "<caption>Table 9. A title</caption>" in html


def test_the_report_takes_a_table_from_its_page():
    table = make(described("all", 12))
    assert from_page(to_page(table)) == ("Table 9", to_html(table))


def test_csv_has_as_many_cells_in_each_line():
    lines = to_csv(make(described("all", 12))).splitlines()
    assert len({line.count(",") for line in lines}) == 1


def test_word_documents_are_the_same_bytes_and_open_again():
    from docx import Document

    table = make(described("all", 12))
    first, second = to_docx(table), to_docx(table)
    assert first == second
    assert zipfile.ZipFile(io.BytesIO(first)).testzip() is None
    cells = Document(io.BytesIO(first)).tables[0].rows[2].cells
    assert [cell.text for cell in cells] == ["A", "3 (25)", ""]


def test_the_projects_layouts_name_only_known_variables_and_analyses():
    from pd1_dynamics.contract import loading
    from pd1_dynamics.contract.codebook import load_codebook

    declared = loading.load(ROOT / "config" / "variables.yaml", ROOT / "config" / "analyses")
    codebook = load_codebook(ROOT / "config" / "variables.yaml")
    for layout in tables.load(ROOT / "config" / "tables").values():
        for part in layout["parts"]:
            names = [part.get(key) for key in ("analysis", "rate", "survival") if key in part]
            names += [model["analysis"] for model in part.get("models", [])]
            assert set(names) <= set(declared.analyses)
            known = set(codebook.variables) | set(codebook.sets)
            assert set(part.get("variables", []) + part.get("terms", [])) <= known
