"""The findings that readers of another cohort ask for first: the article beside this cohort."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pd1_dynamics.analyses.selection import Estimates
from pd1_dynamics.outputs.replication.printed import decimals, estimate
from pd1_dynamics.replication.answers import answer
from pd1_dynamics.replication.pooling import judged, published
from pd1_dynamics.statistics.printing import number, p_text
from pd1_dynamics.statistics.rounding import fixed

ARTICLE = {"disease": "melanoma", "treatment": "anti-PD-1 monotherapy"}
NOT_PRINTED, NOT_SHOWN = "not printed", "not shown"


def rows(
    findings: Mapping[str, Any], claims: pd.DataFrame, estimates: Estimates
) -> list[dict[str, Any]]:
    """One entry a finding: its words, the article's estimate, this cohort's, and the verdict.

    Parameters
    ----------
    findings
        ``findings`` of ``config/findings.yaml``.
    claims
        ``published/comparison.csv``, of which the printed numbers are taken.
    estimates
        Those of the cohort.
    """
    printed = pd.to_numeric(claims.set_index("claim_id")["published"], errors="coerce")
    return [_row(entry, printed, estimates) for entry in findings.values()]


def _row(entry: Mapping[str, Any], printed: pd.Series, estimates: Estimates) -> dict[str, Any]:
    article, found = published(entry, printed), answer(entry, estimates)
    places = decimals(entry)
    shown = {
        "words": entry["words"],
        "quantity": entry["quantity"],
        "place": entry["place"],
        "article": estimate(list(article.values()), places),
        "article_adjusted_for": entry["article"]["adjusted_for"],
        "gap": found["not_estimable"],
    }
    if found["not_estimable"]:
        return shown
    values = [found[name] for name in ("estimate", "ci_low", "ci_high")]
    key = {name: entry[name] for name in ("outcome", "term", "group", "statistic") if name in entry}
    rows = (estimates.first(analysis, **key) for analysis in entry["analyses"])
    return {
        **shown,
        "lines": estimates.lines(next(filter(None, rows), None)),
        "ours": estimate(values, places),
        "p": "" if pd.isna(found["p_value"]) else p_text(found["p_value"]),
        "n": _whole(found["n"]),
        "events": _whole(found["events"]),
        "adjusted_for": found["adjusted_for"].lower(),
        "verdict": judged(entry, found, article),
    }


def _whole(value: float) -> str:
    return "–" if pd.isna(value) else fixed(value)


def comparable(
    cohort: Mapping[str, Any],
    estimates: Estimates,
    printed: Mapping[str, str],
    reported: bool,
    line: Mapping[str, str],
) -> list[tuple[str, str, str]]:
    """How this cohort differs from the article's: tumor, drug, line, patients, progression."""
    size = estimates.first("cohort_flow", population="all", statistic="n")
    prior = [
        (
            words,
            estimates.first(
                "baseline_characteristics", term=term, group="all", statistic="percent"
            ),
        )
        for term, words in line.items()
    ]
    known = [f"{number(row.estimate, 0)}% {label}" for label, row in prior if row is not None]
    return [
        ("Tumor", "advanced melanoma", cohort["disease"]),
        ("Drug", ARTICLE["treatment"], cohort["treatment"]),
        (
            "Line",
            "any line; prior therapies in supplemental table 1",
            f"before: {', '.join(known)}" if known else "prior therapies not known",
        ),
        (
            "Patients",
            printed.get("abs_n", NOT_PRINTED),
            "not known" if size is None else fixed(size.estimate),
        ),
        (
            "Progression",
            "RECIST 1.1, read from scans",
            "as the centers recorded it" if reported else "RECIST 1.1, derived from scans",
        ),
    ]
