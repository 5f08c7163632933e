"""The cohorts' answers as one, with a verdict by a printed rule."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics.replication.answers import LOG, back
from pd1_dynamics.statistics.errors import NotEstimable
from pd1_dynamics.statistics.meta_analysis import random_effects

HOLDS, SAME_WAY, NOT_SHOWN, CONTRADICTED = (
    "holds",
    "points the same way",
    "not shown",
    "contradicted",
)
RULES = {
    HOLDS: "the 95% interval lies wholly on the article's side of no effect; of a finding of no "
    "effect: within its margin of 0; of a percent: within its margin of the article's",
    SAME_WAY: "the estimate lies on the article's side, and the interval reaches no effect; never "
    "said of a percent or of a finding of no effect",
    NOT_SHOWN: "none of the others: the interval is too wide to tell, or no cohort that is pooled "
    "can estimate it",
    CONTRADICTED: "the interval lies wholly on the other side; of a finding of no effect: wholly "
    "beyond its margin; of a percent: it does not overlap the article's",
}
"""What each verdict means, as the page prints it."""
CAUTIOUS = "all, cautious interval"
"""Selection of :func:`sensitivity` whose interval is never narrower than the model's own."""
METHOD = "random effects (Paule–Mandel, Hartung–Knapp)"
ONE = "one cohort"
COLUMNS = (
    *("finding", "statistic", "cohorts", "n", "events", "estimate", "ci_low", "ci_high"),
    *("prediction_low", "prediction_high", "tau_squared", "i_squared", "q", "q_p_value"),
    *("method", "published", "published_low", "published_high"),
    *("published_in_prediction_interval", "verdict", "reason", "variant_of"),
)


def pooled(
    findings: Mapping[str, Any],
    answers: pd.DataFrame,
    printed: pd.Series,
    cautious: bool = False,
) -> pd.DataFrame:
    """One row a finding, of the cohorts that can answer it.

    Parameters
    ----------
    findings
        ``findings`` of ``config/findings.yaml``.
    answers
        Rows of the cohorts that may be pooled (:func:`.answers.answers`).
    printed
        The ledger's values by claim.
    cautious
        Whether intervals are those of :func:`.random_effects` with ``cautious``.

    Returns
    -------
    DataFrame
        Columns :data:`COLUMNS`. A finding of one cohort is that cohort's, unpooled.
    """
    rows = [
        {"finding": key, **_finding(entry, answers[answers["finding"] == key], printed, cautious)}
        for key, entry in findings.items()
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _finding(
    entry: Mapping[str, Any], answers: pd.DataFrame, printed: pd.Series, cautious: bool
) -> dict[str, Any]:
    usable = answers[answers["not_estimable"] == ""]
    article = published(entry, printed)
    base = {"statistic": entry["statistic"], "cohorts": len(usable), **article}
    base["variant_of"] = entry.get("variant_of", "")
    if usable.empty:
        reasons = "; ".join(dict.fromkeys(answers["not_estimable"]))
        return {**base, "verdict": NOT_SHOWN, "reason": reasons or "no cohort"}
    base |= {"n": usable["n"].sum(), "events": usable["events"].sum(min_count=1)}
    if len(usable) == 1:
        row = usable.iloc[0]
        found = {name: row[name] for name in ("estimate", "ci_low", "ci_high")} | {"method": ONE}
    else:
        found = _combined(entry["scale"], usable, cautious)
    verdict = judged(entry, found, article)
    inside = _inside(
        article["published"], found.get("prediction_low"), found.get("prediction_high")
    )
    return {**base, **found, "published_in_prediction_interval": inside, "verdict": verdict}


def _combined(scale: str, usable: pd.DataFrame, cautious: bool) -> dict[str, Any]:
    variances = usable["std_err"].to_numpy(float) ** 2
    try:
        mean = random_effects(usable["effect"], variances, cautious=cautious)
    except NotEstimable as reason:
        return {"method": METHOD, "reason": str(reason)}
    shown = ("estimate", "ci_low", "ci_high", "prediction_low", "prediction_high")
    kept = ("tau_squared", "i_squared", "q", "q_p_value")
    return {
        **{name: back(scale, getattr(mean, name)) for name in shown},
        **{name: getattr(mean, name) for name in kept},
        "method": METHOD,
    }


def weights(answers: pd.DataFrame) -> np.ndarray:
    """Percent of each usable cohort in the pooled estimate; 100 of a single one."""
    if len(answers) < 2:
        return np.full(len(answers), 100.0)
    return random_effects(answers["effect"], answers["std_err"].to_numpy(float) ** 2).weights


def published(entry: Mapping[str, Any], printed: pd.Series) -> dict[str, float]:
    """The article's estimate and interval, NaN where it prints none."""
    names = {"published": "estimate", "published_low": "low", "published_high": "high"}
    claims = {ours: entry["article"].get(theirs) for ours, theirs in names.items()}
    return {
        ours: float(printed[claim]) if claim else float("nan") for ours, claim in claims.items()
    }


def judged(
    entry: Mapping[str, Any], found: Mapping[str, float], article: Mapping[str, float]
) -> str:
    """The verdict on an estimate with its interval, by :data:`RULES`."""
    estimate, low, high = (found.get(name, np.nan) for name in ("estimate", "ci_low", "ci_high"))
    if np.isnan(estimate) or np.isnan(low) or np.isnan(high):
        return NOT_SHOWN
    if entry["direction"] == "rate":
        if max(article["published"] - low, high - article["published"]) <= entry["margin"]:
            return HOLDS
        apart = low > article["published_high"] or high < article["published_low"]
        return CONTRADICTED if apart else NOT_SHOWN
    if entry["direction"] == "none":
        if max(-low, high) <= entry["margin"]:
            return HOLDS
        return CONTRADICTED if max(low, -high) > entry["margin"] else NOT_SHOWN
    null = 1.0 if entry["scale"] == LOG else 0.0
    sign = 1 if entry["direction"] == "above" else -1
    near, far = (low, high) if sign > 0 else (high, low)
    if sign * (near - null) > 0:
        return HOLDS
    if sign * (far - null) < 0:
        return CONTRADICTED
    return SAME_WAY if sign * (estimate - null) > 0 else NOT_SHOWN


def _inside(value: float, low: float | None, high: float | None) -> str:
    if low is None or high is None or np.isnan(value) or np.isnan(low):
        return ""
    return "yes" if low <= value <= high else "no"


def sensitivity(
    findings: Mapping[str, Any],
    answers: pd.DataFrame,
    printed: pd.Series,
    melanoma: list[str],
) -> pd.DataFrame:
    """The same without each cohort in turn, with melanoma alone, and with a cautious interval.

    Returns
    -------
    DataFrame
        Column ``selection``, then those of :func:`pooled`; only findings that a selection changes.
    """
    parts = []
    for name in dict.fromkeys(answers["cohort"]):
        part = pooled(findings, answers[answers["cohort"] != name], printed)
        parts.append(part.assign(selection=f"without {name}"))
    alone = pooled(findings, answers[answers["cohort"].isin(melanoma)], printed)
    parts.append(alone.assign(selection="melanoma alone"))
    careful = pooled(findings, answers, printed, cautious=True)
    parts.append(careful.assign(selection=CAUTIOUS))
    table = pd.concat(parts, ignore_index=True)
    usable = answers[answers["not_estimable"] == ""]
    several = usable.groupby("finding")["cohort"].nunique()
    changed = table["finding"].isin(several[several > 1].index)
    return table.loc[changed, ["selection", *COLUMNS]].reset_index(drop=True)
