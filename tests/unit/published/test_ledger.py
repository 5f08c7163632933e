"""The ledger is whole: counts per section, every quote in the article, selectors or reasons."""

import re
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from pd1_dynamics.contract.problems import InputError
from pd1_dynamics.published import ledger

ROOT = Path(__file__).parents[3]
LEDGER = ROOT / "data" / "published" / "claims.csv"
ARTICLE = ROOT.parent / "shared" / "seeds" / "000_ead5ec0e758de1ac.txt"

PER_SECTION = {
    "abstract": 16,
    "methods": 8,
    "results: cohort": 26,
    "results: response dynamics": 158,
    "figure captions": 43,
    "results: progression": 14,
    "results: resistance": 14,
    "results: post-progression survival": 49,
    "table 1": 41,
    "table 2": 81,
    "table 3": 41,
    "discussion": 11,
}


@pytest.fixture(scope="module")
def claims():
    return ledger.read_claims(LEDGER)


def test_every_section_has_its_claims(claims):
    assert claims.groupby("section", sort=False).size().to_dict() == PER_SECTION


KINDS = {
    **{"n": "n", "percent": "pct", "rate": "pct", "survival": "pct", "median": "med"},
    **{"median_survival": "med", "min": "min", "max": "max", "ci_low": "lo", "ci_high": "hi"},
    **{"p_value": "p", "hazard_ratio": "hr"},
}
"""Kinds of the second entry by the ledger's statistics; all others are ``other``."""


def test_both_entries_agree(claims):
    second = pd.read_csv(LEDGER.with_name("second_entry.csv"), dtype=str, keep_default_na=False)
    first = pd.DataFrame(
        {
            "section": claims["section"].str.partition(":")[0],
            "kind": claims["statistic"].map(KINDS).fillna("other"),
            "printed": claims["printed"].str.lstrip("<>=≤≥"),
        }
    )
    assert len(second) == len(claims)
    for section in second["section"].unique():
        one, two = (
            Counter(entry[entry["section"] == section][["kind", "printed"]].apply(tuple, axis=1))
            for entry in (first, second)
        )
        assert one == two, section


def test_no_other_room_knows_the_ledger():
    package = ROOT / "src" / "pd1_dynamics"
    for room in ("cohort", "response", "progression", "resistance", "statistics", "analyses"):
        for file in (package / room).rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            assert "claims.csv" not in text, file
            assert "pd1_dynamics.published" not in text, file


def test_every_claim_has_a_selector_or_a_reason(claims):
    assert ((claims["analysis"] != "") ^ (claims["reason"] != "")).all()


def test_the_value_is_the_printed_number(claims):
    for claim in claims.itertuples():
        digits = claim.printed.lstrip("<>=≤≥").replace("−", "-")
        if re.fullmatch(r"-?\d+(\.\d+)?", digits):
            assert float(digits) == claim.value, claim.claim_id
            assert len(digits.partition(".")[2]) == claim.decimals, claim.claim_id


def squeezed(text):
    """The extraction has odd hyphens, spaces and line breaks: compare without them."""
    return re.sub(r"[\s\-]", "", text)


@pytest.mark.skipif(
    not ARTICLE.exists(), reason="the text of the article is not beside the project"
)
def test_quotes_stand_in_the_article_and_numbers_in_their_quotes(claims):
    article = squeezed(ARTICLE.read_text(encoding="utf-8"))
    for claim in claims.itertuples():
        assert squeezed(claim.quote) in article, claim.claim_id
        assert squeezed(claim.printed) in squeezed(claim.quote), claim.claim_id


def test_a_broken_ledger_is_refused_with_its_rows(claims, tmp_path):
    broken = claims.copy()
    broken.loc[3, "comparator"] = "~"
    broken.loc[5, "same_as"] = "nobody"
    broken.to_csv(tmp_path / "claims.csv", index=False)
    with pytest.raises(InputError) as caught:
        ledger.read_claims(tmp_path / "claims.csv")
    assert any(p.row == 5 and p.column == "comparator" for p in caught.value.problems)
