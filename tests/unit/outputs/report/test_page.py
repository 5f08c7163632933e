"""The report is one page that needs nothing else, and hides no gap."""

import re

import pandas as pd
import pytest

from pd1_dynamics.analyses.estimates import COLUMNS
from pd1_dynamics.outputs import report
from pd1_dynamics.outputs.report.page import Picture
from pd1_dynamics.published.audit import COLUMNS as AUDIT
from pd1_dynamics.published.compare import COLUMNS as COMPARISON

COMPARED = pd.DataFrame(
    [
        {
            "claim_id": "pfs", "published": "4", "recomputed": "4", "verdict": "reproduced",
            "evidence": "emergent", "reason": "equal as printed",
            "section": "results", "quote": "the median PFS was 4", "quantity": "PFS",
            "statistic": "median_survival", "unit": "months",
        },
        {
            "claim_id": "pd_pct", "published": "55.7", "recomputed": "44.7",
            "verdict": "contradicted", "evidence": "arithmetic", "reason": "96 / 215 = 44.651%",
            "section": "captions", "quote": "96 (55.7%) <patients>", "quantity": "PD",
            "statistic": "percent", "unit": "%",
        },
    ],
    columns=COMPARISON,
)  # fmt: skip
AUDITED = pd.DataFrame(
    [
        {
            "check": "percent: pd_pct", "kind": "percent of a count", "verdict": "inconsistent",
            "procedure": "none", "arithmetic": "96 / 215 = 44.651%, printed 55.7%.", "note": "",
            "claims": "pd_pct", "judged": "pd_pct", "recomputed": "44.7",
        },
        {  # as its file gives it back: what is empty is missing
            "check": "a statement", "kind": "statement in words", "verdict": "inconsistent",
            "arithmetic": "p = 0.17", "claims": "pfs",
        },
    ],
    columns=AUDIT,
)  # fmt: skip

PROVENANCE = {
    "software": {"name": "pd1-dynamics", "version": "0", "commit": "<c0ffee>, no file changed"},
    "command": "snakemake --config cohort=c",
    "platform": {"system": "Linux", "machine": "x86_64", "python": "3.11"},
    "r": {},
    "packages": {"pandas": "2.3.3"},
    "inputs": [{"file": "patients.csv", "bytes": 3, "sha256": "abc"}],
    "outputs": [{"file": "estimates.csv", "bytes": 4, "sha256": "def"}],
}


@pytest.fixture
def page(tmp_path):
    picture = tmp_path / "figure1.svg"
    picture.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    estimates = pd.DataFrame(
        [
            {"analysis": "cohort_flow", "population": "all", "statistic": "n", "estimate": 254.0},
            {"analysis": "pps", "population": "p", "not_estimable": "no <scans>"},
        ],
        columns=COLUMNS,
    )

    def write(synthetic):
        return report.make(
            cohort={"name": "c", "title": "Title & more", "source": "here", "synthetic": synthetic},
            estimates=estimates,
            tables=[{"name": "table1", "number": "Table 1", "html": "<table></table>"}],
            figures=[Picture("figure1", picture, "Flow", "Caption.", "What it says.")],
            comparison=COMPARED,
            audit=AUDITED,
            agreement=Picture(
                "agreement", picture, "Published and recomputed", "Caption.", "What it says."
            ),
            notes=pd.DataFrame({"table": ["lesions"], "rule": ["r"], "rows": [2], "note": ["n"]}),
            definitions={"reader": None},
            provenance=PROVENANCE,
        )

    return write


def test_a_synthetic_cohort_is_announced(page):
    assert 'class="synthetic"' in page(True)
    assert 'class="synthetic"' not in page(False)


def test_nothing_is_fetched(page):
    links = re.findall(r'(?:src|href)="([^"]+)"', page(True))
    assert links
    assert all(link.startswith(("data:", "#")) for link in links)


def test_gaps_and_notes_are_listed_and_escaped(page):
    text = page(False)
    assert "no &lt;scans&gt;" in text
    assert "Title &amp; more" in text
    assert "lesions" in text


def test_the_same_input_gives_the_same_page(page):
    assert page(True) == page(True)


def test_every_number_stands_with_its_verdict_and_the_words_around_it(page):
    text = page(True)
    rows = re.findall(r'<tr id="claim-(\w+)">(.*?)</tr>', text)
    assert [name for name, _ in rows] == ["pfs", "pd_pct"]
    assert "the median PFS was 4" in rows[0][1]
    assert "emergent" in rows[0][1]
    assert "96 (55.7%) &lt;patients&gt;" in rows[1][1]
    assert "contradicted" in rows[1][1]


def test_contradictions_show_their_arithmetic_and_where_they_stand(page):
    part = page(True).partition('id="audit"')[2].partition('id="methods"')[0]
    assert "96 / 215 = 44.651%, printed 55.7%." in part
    assert 'href="#claim-pd_pct"' in part


def test_the_opening_never_blurs_what_the_numbers_rest_on(page):
    opening = re.findall(r'<p class="opening">(.*?)</p>', page(True))
    assert "0 of them follow exactly from other numbers" in opening[0]
    assert "1 contradict them" in opening[0]
    assert "Of the 1 that it was not built to have it reproduces 1 as printed" in opening[1]
    assert "nothing about patients" in opening[1]
