"""The page on the synthetic cohort: what it warns of, counts, and explains."""

import pandas as pd
import pytest

from calibrated_cohort.fidelity import page as fidelity


@pytest.fixture
def page():
    rows = [
        ("a", "returned", "calibrated", "returned", ""),
        ("b", "returned", "calibrated", "returned", ""),
        ("e", "reproduced", "arithmetic", "returned", ""),
        ("c", "close", "emergent", "close", "within one unit"),
        ("d", "contradicted", "calibrated", "differs", "96 of 215 is 44.7 %"),
    ]
    comparison = pd.DataFrame(
        rows, columns=["claim_id", "verdict", "evidence", "cohort_verdict", "reason"]
    ).assign(
        cohort_evidence=lambda t: t["evidence"],
        quantity="q",
        group="",
        location="table 1",
        published="1",
        recomputed="2",
        same_as="",
    )
    held_out = pd.DataFrame(
        {
            "quantity": ["hazard & ratio", "n"], "group": "", "statistic": "estimate",
            "location": "table 3", "published": ["1.4", "15"], "recomputed": ["1.9", "15"],
            "cohort_verdict": ["differs", "reproduced"], "seed": 1,
        }
    )  # fmt: skip
    family = pd.DataFrame(
        {
            "quantity": ["interaction"] * 2, "seed": [1, 2], "estimate": [0.71, 1.62],
            "ci_low": [0.2, 0.5], "ci_high": [2.1, 4.9], "p_value": [0.5, 0.004],
        }
    )  # fmt: skip
    return fidelity.make(comparison, held_out, family, [])


def test_it_warns_first(page):
    assert page.index("Never use it for a clinical claim") < page.index("<h1>")


def test_targets_and_others_are_counted_apart(page):
    assert '<tr><td>Targets</td><td class="number">2</td>' in page
    none_none_one = '<td class="number">0</td><td class="number">0</td><td class="number">1</td>'
    assert f"<tr><td>Not aimed at</td>{none_none_one}" in page


def test_what_is_not_reproduced_has_a_reason(page):
    assert "Within one unit." in page
    assert "The article contradicts itself; the cohort takes the count. 96 of 215" in page


def test_each_seed_has_its_column(page):
    assert "<th>Seed 1</th><th>Seed 2</th>" in page
    assert "1.62 (0.50 to 4.90)" in page
