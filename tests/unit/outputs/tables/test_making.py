"""Layouts filled with made-up estimates: right cells, honest gaps, no silent blanks."""

import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from pd1_dynamics.analyses.estimates import COLUMNS
from pd1_dynamics.analyses.selection import NothingSelectedError
from pd1_dynamics.contract.codebook import Codebook, Variable
from pd1_dynamics.outputs import tables
from pd1_dynamics.outputs.tables.making import SYNTHETIC
from pd1_dynamics.outputs.tables.writing import from_page, to_csv, to_docx, to_html, to_page

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
        ("Type", "", "0.005"),
        ("A", "3 (25)", ""),
        ("B", "8 (67)", ""),
        ("Not available", "1 (8)", ""),
        ("Size (mm)", "49.0 (0.0 to 415.0)", "–"),
    ]
    assert any("Size 2" in note for note in table.notes)
    assert any("Fisher" in note for note in table.notes)


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
    table = make([row("hazard_ratio", "type=b", 0.503, **ratio)], layout)
    assert table.lines[0].cells == ("Type: B vs A", "0.503 (0.288 to 0.879)", "0.02")


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
