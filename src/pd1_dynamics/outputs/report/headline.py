"""The finding that readers of another cohort ask for first: the article beside this cohort."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from pd1_dynamics.analyses.selection import Estimate, Estimates
from pd1_dynamics.statistics.printing import interval, number, p_text
from pd1_dynamics.statistics.rounding import fixed

ARTICLE = {"disease": "melanoma", "treatment": "anti-PD-1 monotherapy"}
NOT_PRINTED, NOT_SHOWN = "not printed", "not shown"


def rows(
    findings: Mapping[str, Any],
    claims: pd.DataFrame,
    estimates: Estimates,
    cohort: Mapping[str, Any],
    reported: bool,
) -> list[dict[str, Any]]:
    """One entry a finding: its words, the article's estimate, this cohort's, and what differs.

    Parameters
    ----------
    findings
        ``config/findings.yaml``.
    claims
        ``published/comparison.csv``, of which the printed numbers are taken.
    estimates
        Those of the cohort.
    cohort
        ``disease`` and ``treatment`` are used.
    reported
        Whether response and progression are as the cohort reports them, without scans.
    """
    printed = claims.set_index("claim_id")["published"]
    return [_row(entry, printed, estimates, cohort, reported) for entry in findings.values()]


def _row(
    entry: Mapping[str, Any],
    printed: pd.Series,
    estimates: Estimates,
    cohort: Mapping[str, Any],
    reported: bool,
) -> dict[str, Any]:
    article = entry["article"]
    found = [_estimate(estimates, name, entry) for name in entry["analyses"]]
    usable = [row for row in found if row is not None and not row.not_estimable]
    gap = next((row.not_estimable for row in found if row is not None), "no such analysis")
    ours = [
        {
            "estimate": interval(row.estimate, row.ci_low, row.ci_high, 2),
            "p": p_text(row.p_value),
            "n": _whole(row.n),
            "events": _whole(row.events),
            "adjusted_for": _adjustment(row),
        }
        for row in usable
    ]
    limits = f"{printed[article['low']]} to {printed[article['high']]}"
    return {
        "words": entry["words"],
        "article": {
            "estimate": f"{printed[article['estimate']]} ({limits})",
            "p": f"p={printed[article['p_value']]}",
            "n": printed[article["n"]],
            "events": NOT_PRINTED,
            "adjusted_for": article["adjusted_for"],
            "place": article["place"],
        },
        "ours": ours,
        "gap": "" if ours else gap,
        "differs": _differences(article, ours, gap, cohort, reported),
    }


def _whole(number: float) -> str:
    return NOT_SHOWN if math.isnan(number) else fixed(number)


def _estimate(estimates: Estimates, analysis: str, entry: Mapping[str, Any]) -> Estimate | None:
    wanted = {name: entry[name] for name in ("outcome", "term", "statistic")}
    return next(iter(estimates.rows(analysis, **wanted)), None)


def _adjustment(row: Estimate) -> str:
    found = [part for part in row.method.split("; ") if part.startswith("adjusted for ")]
    return found[0].removeprefix("adjusted for ").lower() if found else "nothing"


def _differences(
    article: Mapping[str, str],
    ours: list[dict[str, str]],
    gap: str,
    cohort: Mapping[str, Any],
    reported: bool,
) -> list[str]:
    found = []
    if ours and all(row["adjusted_for"] == "nothing" for row in ours):
        found.append(
            f"the article adjusts for {article['adjusted_for']}, which this cohort does not have"
        )
    for name, word in (("disease", "tumor"), ("treatment", "treatment")):
        if cohort[name] != ARTICLE[name]:
            found.append(f"{word}: {ARTICLE[name]} in the article, {cohort[name]} here")
    if reported:
        found.append(
            "response and progression are as the centers recorded them, not read from scans"
        )
    if ours and ours[0]["events"] != NOT_SHOWN:
        found.append(f"events: {NOT_PRINTED} in the article, {ours[0]['events']} here")
    return found


def comparable(
    cohort: Mapping[str, Any], estimates: Estimates, printed: Mapping[str, str], reported: bool
) -> list[tuple[str, str, str]]:
    """How this cohort differs from the article's: tumor, drug, line, patients, progression."""
    size = estimates.first("cohort_flow", population="all", statistic="n")
    prior = [
        (
            label,
            estimates.first(
                "baseline_characteristics", term=f"{name}=1", group="all", statistic="percent"
            ),
        )
        for name, label in (
            ("prior_immunotherapy", "immunotherapy"),
            ("prior_targeted_therapy", "targeted therapy"),
        )
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
