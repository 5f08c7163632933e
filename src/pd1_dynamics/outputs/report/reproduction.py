"""What was reproduced: the comparison and the audit, as the page shows them."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pd1_dynamics.contract.vocabulary import (
    ARITHMETIC,
    CALIBRATED,
    CLOSE,
    COMPATIBLE,
    CONTRADICTED,
    DIFFERS,
    EMERGENT,
    EVIDENCE,
    REPLICATION,
    REPRODUCED,
    RETURNED,
    VERDICTS,
)
from pd1_dynamics.published.finding import CONSISTENT, INCONSISTENT, NOT_DECIDABLE

EXPLAINED = {
    ARITHMETIC: "recomputed from other printed numbers alone, without any data of patients",
    CALIBRATED: "recomputed from the synthetic cohort, which was built to have this number",
    EMERGENT: "recomputed from the synthetic cohort, which was not built to have this number",
    REPLICATION: "estimated in this cohort of patients, compared by interval",
    "": "nothing to compare",
}
_NOT_A_FINDING = ("n", "value", "min", "max", "ci_low", "ci_high", "p_value")


def distinct(comparison: pd.DataFrame) -> pd.DataFrame:
    """Each published number once: without those that repeat a number printed elsewhere."""
    return comparison[comparison["same_as"].fillna("") == ""]


def opening(comparison: pd.DataFrame, synthetic: bool, compared: bool = True) -> list[str]:
    """The first sentences of the page; their numbers are those of :func:`matrix`."""
    once = distinct(comparison)
    count = once.groupby(["evidence", "verdict"], dropna=False).size()

    def number(evidence: str, *verdicts: str) -> int:
        return int(sum(count.get((evidence, verdict), 0) for verdict in verdicts))

    arithmetic = (
        f"The article prints {len(once)} distinct numbers. {number(ARITHMETIC, REPRODUCED)} of "
        f"them "
        f"follow exactly from other numbers that it prints, {number(ARITHMETIC, COMPATIBLE)} lie "
        f"within "
        "what the rounding of others (or a definition that had to be inferred) allows, and "
        f"{number(ARITHMETIC, CONTRADICTED)} contradict them: this is real evidence, and no data "
        f"of "
        "patients went into it."
    )
    answered = [REPRODUCED, RETURNED, CLOSE, DIFFERS]
    if synthetic:
        targets, others = number(CALIBRATED, *answered), number(EMERGENT, *answered)
        return [
            arithmetic,
            f"The synthetic cohort returns {number(CALIBRATED, RETURNED)} of the {targets} other "
            "numbers that it was built to have; that shows what the pipeline computes, and nothing "
            f"about patients. Of the {others} that it was not built to have it reproduces "
            f"{number(EMERGENT, REPRODUCED)} as printed, and comes close to "
            f"{number(EMERGENT, CLOSE)} more.",
        ]
    if not compared:
        return [
            arithmetic,
            "This cohort is of other patients than the article's, so its numbers are not compared.",
        ]
    found = number(REPLICATION, *answered)
    if not found:
        return [arithmetic, "This cohort has an estimate for none of them."]
    return [
        arithmetic,
        f"{found} can be set beside an estimate from this cohort: "
        f"{number(REPLICATION, REPRODUCED)} agree, each lying in the other's 95% "
        f"interval, {number(REPLICATION, CLOSE)} are close, and "
        f"{number(REPLICATION, DIFFERS)} differ.",
    ]


def matrix(comparison: pd.DataFrame) -> list[dict[str, Any]]:
    """How many distinct numbers have each kind of evidence and each verdict."""
    comparison = distinct(comparison)
    counts = pd.crosstab(comparison["evidence"].fillna(""), comparison["verdict"])
    counts = counts.reindex(columns=list(VERDICTS), fill_value=0)
    return [
        {"evidence": kind, "explained": EXPLAINED[kind], "counts": counts.loc[kind].tolist()}
        for kind in (*EVIDENCE, "")
        if kind in counts.index
    ]


def claims(
    comparison: pd.DataFrame, lines: Mapping[str, tuple[int, ...]] | None = None
) -> list[dict[str, Any]]:
    """One row per claim, with what it is about in words.

    ``lines`` are those of ``estimates.csv`` behind each claim; a row has them where what was found
    is the cohort's, and not arithmetic on other printed numbers.
    """
    text = comparison.astype(object).where(comparison.notna(), "")
    rows = text.to_dict("records")
    for row in rows:
        ours = row["evidence"] and row["evidence"] == row.get("cohort_evidence")
        row["lines"] = (lines or {}).get(row["claim_id"], ()) if ours else ()
        row["about"] = ", ".join(
            part
            for part in (row["quantity"], row["group"], row["statistic"].replace("_", " "))
            if part
        )
    return rows


def replication(
    comparison: pd.DataFrame, lines: Mapping[str, tuple[int, ...]] | None = None
) -> list[dict[str, Any]]:
    """The article's findings beside another cohort's, those that it can answer, each once."""
    chosen = comparison[
        (comparison["evidence"] == REPLICATION)
        & comparison["same_as"].isna()
        & ~comparison["statistic"].isin(_NOT_A_FINDING)
    ]
    yes_no = {1: "yes", 0: "no"}
    rows = claims(chosen, lines)
    for row in rows:
        row["published_interval"] = _interval(row["published_low"], row["published_high"])
        row["cohort_interval"] = _interval(row["cohort_low"], row["cohort_high"])
        for name in (
            "direction_agrees",
            "in_published_interval",
            "published_in_cohort_interval",
            "in_prediction_interval",
        ):
            row[name] = yes_no.get(row[name], "–")
    return rows


def audit(findings: pd.DataFrame, comparison: pd.DataFrame) -> dict[str, Any]:
    """``published/audit.csv`` by verdict, each finding with the clauses that it is about.

    A clause that holds several of the numbers is given once. What is consistent is also counted by
    kind.
    """
    by_id = {row["claim_id"]: row for row in claims(comparison)}
    text = findings.astype(object).where(findings.notna(), "")
    cited = [
        {by_id[name]["quote"]: by_id[name] for name in names.split("; ") if name in by_id}
        for names in text["claims"]
    ]
    text = text.assign(
        cited=[list(rows.values()) for rows in cited],
        title=[
            _title(check, list(rows.values()))
            for check, rows in zip(text["check"], cited, strict=True)
        ],
    )
    by_verdict = {
        verdict: text[text["verdict"] == verdict].to_dict("records")
        for verdict in (INCONSISTENT, NOT_DECIDABLE, CONSISTENT)
    }
    kinds = text.loc[text["verdict"] == CONSISTENT, "kind"].value_counts(sort=True)
    return {
        "inconsistent": by_verdict[INCONSISTENT],
        "not_decidable": by_verdict[NOT_DECIDABLE],
        "consistent": by_verdict[CONSISTENT],
        "kinds": list(kinds.items()),
    }


def _title(check: str, cited: list[dict[str, Any]]) -> str:
    """A declared check has a name; one that follows from the ledger is named after its claim."""
    kind, colon, _ = check.partition(": ")
    title = f"{kind}: {cited[0]['about']}" if colon and cited else check
    return title[:1].upper() + title[1:]


def _interval(low: Any, high: Any) -> str:
    if low == "" and high == "":
        return "–"
    return " to ".join("not reached" if end == "" else f"{end:.3g}" for end in (low, high))
