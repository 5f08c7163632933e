"""The report is one page that needs nothing else, and hides no gap."""

import re

import pandas as pd
import pytest

from pd1_dynamics import report
from pd1_dynamics.analyses.estimates import COLUMNS
from pd1_dynamics.report.page import Picture


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
            figures=[Picture("figure1", picture, "Flow", "Caption.")],
            notes=pd.DataFrame({"table": ["lesions"], "rule": ["r"], "rows": [2], "note": ["n"]}),
            definitions={"reader": None},
            sources=[("patients.csv", "abc")],
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
