"""Claim by claim: published, recomputed, verdict, and what kind of evidence that is.

The words are those of :mod:`pd1_dynamics.contract.vocabulary`: its verdicts and kinds of evidence.
"""

import math

import numpy as np
import pandas as pd

from pd1_dynamics.contract.vocabulary import (
    ARITHMETIC,
    CALIBRATED,
    CLOSE,
    COMPATIBLE,
    CONTRADICTED,
    DIFFERS,
    EMERGENT,
    NOT_ESTIMABLE,
    REPRODUCED,
    RETURNED,
)
from pd1_dynamics.published import replication
from pd1_dynamics.published.finding import CONSISTENT, INCONSISTENT
from pd1_dynamics.published.ledger import selectors
from pd1_dynamics.published.printed import possible_values
from pd1_dynamics.statistics.rounding import fixed

KEY = ["analysis", "population", "outcome", "term", "group", "statistic"]
COLUMNS = (
    "claim_id", "published", "recomputed", "verdict", "evidence", "reason",
    "section", "location", "quote", "population", "quantity", "group", "statistic", "unit",
    "same_as",
    "published_value", "published_low", "published_high", "decimals",
    "cohort_value", "cohort_low", "cohort_high", "cohort_n",
    "cohort_verdict", "cohort_evidence", "with_limits",
    "direction_agrees", "in_published_interval", "published_in_cohort_interval",
    "in_prediction_interval",
)  # fmt: skip
_WITHIN_ROUNDING = (
    "p value of a ratio with its interval",
    "p value of a correlation",
)
"""Kinds of findings that leave a range: the printed number is one of those that rounding allows."""
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
    is_compared: bool = True,
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
    is_compared
        False for a cohort whose file says that the article is about other patients: then only the
        article's own arithmetic is told.

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
        if not is_compared:
            row |= {"verdict": NOT_ESTIMABLE, "reason": claim.reason or NOT_COMPARED}
        elif estimate is None:
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
            row |= _from_audit(verified[claim.claim_id], _arithmetic(verified[claim.claim_id]))
        rows.append(row)
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table["with_limits"] = _with_limits(table, claims["claim_group"].to_numpy())
    return table


_WORST_LAST = (REPRODUCED, RETURNED, COMPATIBLE, CLOSE, DIFFERS)


def _with_limits(table: pd.DataFrame, group: np.ndarray) -> pd.Series:
    """Verdict on an estimate together with the limits of its interval: the worst of the three."""
    rank = {verdict: place for place, verdict in enumerate(_WORST_LAST)}
    of_row = table["cohort_verdict"].map(rank)
    limits = table["statistic"].isin(("ci_low", "ci_high"))
    worst = of_row[limits].groupby(group[limits]).max()
    together = pd.concat([of_row, pd.Series(group, table.index).map(worst)], axis=1).max(axis=1)
    named = together.where(of_row.notna()).map(dict(enumerate(_WORST_LAST)))
    return named.where(named.notna(), table["cohort_verdict"])


NOT_COMPARED = "not compared: the article is about other patients (compare_with_article: false)"


def _arithmetic(finding) -> str:
    """Verdict on a number that follows from other printed ones: exactly, or within their
    rounding."""
    inferred = finding.kind in _WITHIN_ROUNDING or "inferred" in str(finding.note).lower()
    return COMPATIBLE if inferred else REPRODUCED


def _join(claims: pd.DataFrame, estimates: pd.DataFrame, substitutes: dict[str, str]) -> list:
    text = estimates.copy()
    text[KEY] = text[KEY].fillna("")
    text = text[~text.duplicated(KEY)]
    by_key = {tuple(getattr(row, name) for name in KEY): row for row in text.itertuples()}
    populations = dict(zip(text["analysis"], text["population"], strict=True))
    joined = []
    for claim in claims.itertuples(index=False):
        found = [
            _estimate(key, field, claim, by_key, populations, substitutes)
            for *key, field in selectors(claim)
        ]
        joined.append(_worst(found, claim) if found else None)
    return joined


def _estimate(
    key: list[str], field: str, claim, by_key: dict, populations: dict, substitutes: dict[str, str]
) -> dict | None:
    """What one selector of a claim finds; None where no analysis has such a row."""
    row, instead = by_key.get(tuple(key)), None
    other = substitutes.get(key[0])
    if other and (row is None or _gap(row)):
        other_key = [other, populations.get(other), *key[2:]]
        substitute = by_key.get(tuple(other_key))
        if substitute is not None and not _gap(substitute):
            row, key, instead = substitute, other_key, other
    if row is None:
        return None
    value = getattr(row, field)
    estimate = {
        "value": math.nan if pd.isna(value) else float(value),
        "n": None if pd.isna(row.n) else int(row.n),
        "not_estimable": _gap(row),
        "low": math.nan, "high": math.nan,
    }  # fmt: skip
    if instead:
        estimate["instead"] = instead
    if field == "estimate":
        ends = (row.ci_low, row.ci_high)
        estimate["low"], estimate["high"] = (math.nan if pd.isna(e) else float(e) for e in ends)
    return estimate


def _gap(row) -> str:
    return "" if pd.isna(row.not_estimable) else row.not_estimable


def _worst(found: list[dict | None], claim) -> dict | None:
    """Of several estimates that a claim covers, the one that supports it least.

    A statement such as "all p below 0.001" holds only if it holds for each, so the largest p
    decides. If one of them is not estimable, neither is the statement.
    """
    if None in found or len(found) == 1:
        return next((one for one in found if one is None), found[0])
    lacking = [one for one in found if one["not_estimable"]]
    if lacking:
        return lacking[0]
    return max(found, key=lambda one: one["value"]) | {"of": len(found)}


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


SMALLEST_P = 0.001
"""Smaller p values are shown as below it, as in the tables."""


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
    equal = RETURNED if claim.calibration_target else REPRODUCED
    of_several = f"; the largest of {estimate['of']}" if "of" in estimate else ""
    if claim.comparator == "not reached" or math.isnan(value):
        same = claim.comparator == "not reached" and math.isnan(value)
        reason = "not reached in both" if same else "reached in one of the two only"
        return row | {"verdict": equal if same else DIFFERS, "reason": reason}
    if _says_the_same(row["recomputed"], value, claim):
        return row | {"verdict": equal, "reason": "equal as printed" + of_several}
    if low <= value <= high:
        reason = f"inside the published interval, {low:g} to {high:g}"
        return row | {"verdict": CLOSE, "reason": reason + of_several}
    unit = 10.0 ** -int(claim.decimals)
    rounded = float(fixed(value, int(claim.decimals)))
    if claim.statistic != "n" and abs(rounded - claim.value) <= unit * (1 + 1e-9):
        reason = "within one unit of the last printed digit"
        return row | {"verdict": CLOSE, "reason": reason + of_several}
    reason = f"{row['recomputed']} against {claim.printed}{of_several}"
    return row | {"verdict": DIFFERS, "reason": reason}


def _says_the_same(text: str, value: float, claim) -> bool:
    """Whether the shown number says what is printed; a bound is kept by what is shown.

    "<0.001" is not 0.001, though both may stand for 0.0008; 0.0012 is shown as 0.001 and so keeps
    "≤0.001".
    """
    if text.startswith("<"):
        return claim.comparator in ("<", "<=") and float(text[1:]) <= claim.value
    number = float(text)
    return {
        "=": number == claim.value,
        "<": number < claim.value,
        "<=": number <= claim.value,
        ">": number > claim.value,
        ">=": number >= claim.value,
        "about": value in possible_values(claim.value, int(claim.decimals), "about"),
    }[claim.comparator]


def shown(value: float, claim) -> str:
    """A recomputed number with the decimals of the published one; a p below 0.001 as tables show
    it."""
    if math.isnan(value):
        return "not reached"
    if claim.statistic == "p_value" and value < SMALLEST_P:
        return f"<{SMALLEST_P}"
    return fixed(value, int(claim.decimals))
