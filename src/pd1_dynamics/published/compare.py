"""Claim by claim: published, recomputed, verdict, and what kind of evidence that is.

The words are those of :data:`pd1_dynamics.terms.VERDICTS` and :data:`~pd1_dynamics.terms.EVIDENCE`.
"""

import math

import pandas as pd

from pd1_dynamics.published import replication
from pd1_dynamics.published.finding import CONSISTENT, INCONSISTENT
from pd1_dynamics.published.printed import possible_values
from pd1_dynamics.statistics.rounding import fixed
from pd1_dynamics.terms import (
    ARITHMETIC,
    CALIBRATED,
    CLOSE,
    CONTRADICTED,
    DIFFERS,
    EMERGENT,
    NOT_ESTIMABLE,
    REPRODUCED,
)

KEY = ["analysis", "population", "outcome", "term", "group", "statistic"]
_SELECTOR = ["analysis", "population_id", "outcome", "term", "estimate_group", "estimate_statistic"]
COLUMNS = (
    "claim_id", "published", "recomputed", "verdict", "evidence", "reason",
    "section", "location", "quote", "population", "quantity", "group", "statistic", "unit",
    "same_as",
    "published_value", "published_low", "published_high", "decimals",
    "cohort_value", "cohort_low", "cohort_high", "cohort_n", "cohort_verdict", "cohort_evidence",
    "direction_agrees", "in_published_interval", "published_in_cohort_interval",
    "in_prediction_interval",
)  # fmt: skip
_RECOMPUTING = (
    "percent of a count",
    "p value of a ratio with its interval",
    "p value of a table of counts",
    "interval of a proportion",
    "sum of parts",
    "p value of a correlation",
)


def compare(
    claims: pd.DataFrame,
    estimates: pd.DataFrame,
    audit: pd.DataFrame,
    cohort_is_synthetic: bool,
    substitutes: dict[str, str] | None = None,
) -> pd.DataFrame:
    """Join the ledger with the estimates of a cohort.

    Parameters
    ----------
    claims, audit
        The ledger (:func:`read_claims`) and the findings on it (:func:`audit`).
    estimates
        ``estimates.csv`` of the cohort, read.
    cohort_is_synthetic
        Numbers of a synthetic cohort are compared at printed precision, those of a real one by
        interval (:mod:`pd1_dynamics.published.replication`).
    substitutes
        For a cohort of real patients: analysis that stands in where one is not estimable.

    Returns
    -------
    pandas.DataFrame
        One row per claim, in the order of the ledger, columns :data:`COLUMNS`. ``cohort_…`` is what
        the cohort gives, also where the verdict rests on arithmetic.
    """
    found = _join(claims, estimates, {} if cohort_is_synthetic else substitutes or {})
    published = _published_intervals(claims)
    verified, contradicted = recomputed(audit, CONSISTENT), recomputed(audit, INCONSISTENT)
    rows = []
    for claim, estimate in zip(claims.itertuples(index=False), found, strict=True):
        alone = (math.nan, math.nan, int(claim.decimals))
        low, high, decimals = published.get(claim.claim_id, alone)
        row = _described(claim, low, high, decimals)
        if estimate is None:
            reason = claim.reason or f"no such estimate: {claim.analysis}, {claim.term}"
            row |= {"verdict": NOT_ESTIMABLE, "reason": reason}
        else:
            row |= (
                _against_synthetic(claim, estimate, low, high)
                if cohort_is_synthetic
                else replication.against(claim, estimate, low, high)
            )
            row["cohort_verdict"], row["cohort_evidence"] = row["verdict"], row["evidence"]
            if "instead" in estimate:
                row["reason"] += f"; estimated by {estimate['instead']} instead"
        if claim.claim_id in contradicted:
            row |= _from_audit(contradicted[claim.claim_id], CONTRADICTED)
        elif claim.claim_id in verified and (cohort_is_synthetic or not row["recomputed"]):
            row |= _from_audit(verified[claim.claim_id], REPRODUCED)
        rows.append(row)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _join(claims: pd.DataFrame, estimates: pd.DataFrame, substitutes: dict[str, str]) -> list:
    text = estimates.copy()
    text[KEY] = text[KEY].fillna("")
    text = text[~text.duplicated(KEY)]
    by_key = {tuple(getattr(row, name) for name in KEY): row for row in text.itertuples()}
    populations = dict(zip(text["analysis"], text["population"], strict=True))
    quartiles = ("q1", "q3")
    joined = []
    for claim in claims.itertuples(index=False):
        key = tuple(getattr(claim, name) for name in _SELECTOR)
        row = by_key.get(key) if claim.analysis else None
        instead = substitutes.get(claim.analysis)
        if instead and (row is None or (not pd.isna(row.not_estimable) and row.not_estimable)):
            other_key = (instead, populations.get(instead), *key[2:])
            other = by_key.get(other_key)
            if other is not None and (pd.isna(other.not_estimable) or not other.not_estimable):
                row, key = other, other_key
            else:
                instead = None
        else:
            instead = None
        if row is None:
            joined.append(None)
            continue
        value = getattr(row, claim.field)
        estimate = {
            "value": math.nan if pd.isna(value) else float(value),
            "n": None if pd.isna(row.n) else int(row.n),
            "not_estimable": "" if pd.isna(row.not_estimable) else row.not_estimable,
            "low": math.nan, "high": math.nan,
        }  # fmt: skip
        if instead:
            estimate["instead"] = instead
        if claim.field == "estimate":
            estimate["low"], estimate["high"] = (
                math.nan if pd.isna(end) else float(end) for end in (row.ci_low, row.ci_high)
            )
            if claim.statistic == "median" and key[-1] == "median":
                ends = [by_key.get((*key[:-1], name)) for name in quartiles]
                if all(end is not None for end in ends):
                    estimate["quartiles"] = tuple(float(end.estimate) for end in ends)
        joined.append(estimate)
    return joined


def _published_intervals(claims: pd.DataFrame) -> dict[str, tuple[float, float, int]]:
    """Limits of the estimates that have an interval, and the decimals of the three numbers."""
    intervals = {}
    grouped = claims[claims["claim_group"] != ""].groupby("claim_group", sort=False)
    for _, group in grouped:
        low, high = (group[group["statistic"] == end] for end in ("ci_low", "ci_high"))
        if len(low) == len(high) == 1:
            inner = group[~group["statistic"].isin(("ci_low", "ci_high", "p_value"))]
            decimals = int(max(part["decimals"].max() for part in (low, high, inner)))
            limits = float(low["value"].iloc[0]), float(high["value"].iloc[0])
            intervals |= dict.fromkeys(inner["claim_id"], (*limits, decimals))
    return intervals


def recomputed(audit: pd.DataFrame, verdict: str) -> dict[str, object]:
    """Finding by claim: what other printed numbers say of it, consistent or inconsistent."""
    chosen = audit[(audit["verdict"] == verdict) & (audit["judged"].fillna("") != "")]
    if verdict == CONSISTENT:
        chosen = chosen[chosen["kind"].isin(_RECOMPUTING)]
    found: dict[str, object] = {}
    for finding in chosen.itertuples(index=False):
        for claim in finding.judged.split("; "):
            found.setdefault(claim, finding)
    return found


def _from_audit(finding, verdict: str) -> dict:
    reason = finding.arithmetic
    if finding.procedure and finding.procedure != "none":
        reason += f" Procedure: {finding.procedure}."
    if verdict == CONTRADICTED and finding.note:
        reason += f" {finding.note}"
    return {
        "recomputed": finding.recomputed,
        "verdict": verdict,
        "evidence": ARITHMETIC,
        "reason": reason,
    }


def _described(claim, low: float, high: float, decimals: int) -> dict:
    row = dict.fromkeys(COLUMNS, "")
    for name in (
        "claim_id",
        "section",
        "location",
        "quote",
        "population",
        "quantity",
        "group",
        "statistic",
        "unit",
        "same_as",
    ):
        row[name] = getattr(claim, name)
    row |= {
        "published": claim.printed,
        "published_value": claim.value,
        "published_low": low,
        "published_high": high,
        "decimals": decimals,
        "cohort_value": math.nan,
        "cohort_low": math.nan,
        "cohort_high": math.nan,
    }
    return row


def _against_synthetic(claim, estimate: dict, low: float, high: float) -> dict:
    value = estimate["value"]
    row = {
        "cohort_value": value,
        "cohort_low": estimate["low"],
        "cohort_high": estimate["high"],
        "cohort_n": estimate["n"] if estimate["n"] is not None else "",
        "evidence": CALIBRATED if claim.calibration_target else EMERGENT,
    }
    if estimate["not_estimable"]:
        return row | {
            "verdict": NOT_ESTIMABLE,
            "evidence": "",
            "reason": "not estimable: " + estimate["not_estimable"],
        }
    row["recomputed"] = shown(value, claim)
    if claim.comparator == "not reached" or math.isnan(value):
        same = claim.comparator == "not reached" and math.isnan(value)
        reason = "not reached in both" if same else "reached in one of the two only"
        return row | {"verdict": REPRODUCED if same else DIFFERS, "reason": reason}
    allowed = possible_values(claim.value, int(claim.decimals), claim.comparator)
    unit = 10.0 ** -int(claim.decimals)
    strictly = claim.comparator != "<" or value < claim.value
    if (value in allowed and strictly) or (
        claim.comparator == "=" and float(row["recomputed"]) == claim.value
    ):
        return row | {"verdict": REPRODUCED, "reason": "equal at the printed precision"}
    if low <= value <= high:
        reason = f"inside the published interval, {low:g} to {high:g}"
        return row | {"verdict": CLOSE, "reason": reason}
    rounded = float(fixed(value, int(claim.decimals)))
    if claim.statistic != "n" and abs(rounded - claim.value) <= unit * (1 + 1e-9):
        return row | {"verdict": CLOSE, "reason": "within one unit of the last printed digit"}
    return row | {"verdict": DIFFERS, "reason": f"{row['recomputed']} against {claim.printed}"}


def shown(value: float, claim) -> str:
    """A recomputed number with the decimals of the published one; very small p values as such."""
    if math.isnan(value):
        return "not reached"
    if claim.statistic == "p_value" and value < 0.001:
        return f"{value:.1g}"
    return fixed(value, int(claim.decimals))
