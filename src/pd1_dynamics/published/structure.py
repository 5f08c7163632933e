"""Checks that follow from the ledger's structure alone."""

from itertools import pairwise

import pandas as pd

from pd1_dynamics.published import counts, ratios
from pd1_dynamics.published.finding import CONSISTENT, INCONSISTENT, Finding
from pd1_dynamics.published.view import View

RATIOS = ("hazard_ratio", "odds_ratio")


def findings(view: View) -> list[Finding]:
    """Percents, ratios, ranges, intervals and numbers printed twice."""
    found = []
    groups = view.claims[view.claims["claim_group"] != ""].groupby("claim_group", sort=False)
    for name, group in groups:
        for check in (_percent, _ratio, _interval, _range):
            found += check(view, name, group)
    for row in view.claims[view.claims["same_as"] != ""].itertuples():
        found += _same(view, row.claim_id, row.same_as)
    return found


def verdict_of(fits: bool) -> str:
    """Consistent or inconsistent."""
    return CONSISTENT if fits else INCONSISTENT


def _one(group: pd.DataFrame, statistic: str) -> str | None:
    ids = group.loc[group["statistic"] == statistic, "claim_id"].tolist()
    return ids[0] if len(ids) == 1 else None


def _percent(view: View, name: str, group: pd.DataFrame) -> list[Finding]:
    percent = _one(group, "percent")
    whole = (group["statistic"] == "n") & (group["value"] == group["population_n"].astype(float))
    count = _one(group[~whole], "n")
    if not percent or not count:
        return []
    of = int(view[percent].population_n)
    return [percent_of(view, f"percent: {name}", percent, [count], of)]


def percent_of(view: View, check: str, percent: str, parts: list, of: int | str) -> Finding:
    """A printed percent against its counts and denominator."""
    total, number = sum(view.count(part) for part in parts), view.count(of)
    fits = counts.percent_fits(total, number, view.allowed(percent))
    shown = " + ".join(str(view.count(part)) for part in parts)
    if len(parts) > 1:
        shown = f"({shown})"
    exact = 100 * total / number
    decimals = int(view[percent].decimals)
    arithmetic = f"{shown} / {number} = {exact:.{decimals + 2}f}%, printed {view.text(percent)}" + (
        "." if fits else f", which needs {view.allowed(percent)}%."
    )
    named = [part for part in (*parts, of) if isinstance(part, str)]
    return Finding(
        check,
        "percent of a count",
        (*named, percent),
        verdict_of(fits),
        arithmetic,
        "" if fits else "none",
        (percent,),
        f"{exact:.{decimals}f}",
    )


def _ratio(view: View, name: str, group: pd.DataFrame) -> list[Finding]:
    estimate = next((one for one in (_one(group, s) for s in RATIOS) if one), None)
    low, high, p = (_one(group, s) for s in ("ci_low", "ci_high", "p_value"))
    if not (estimate and low and high and all(map(view.reached, (estimate, low, high)))):
        return []
    parts = [view.allowed(one) for one in (estimate, low, high)]
    symmetric = ratios.is_symmetric(*parts)
    middle = (view.value(low) * view.value(high)) ** 0.5
    shown = f"{view.text(estimate)} ({view.text(low)} to {view.text(high)})"
    found = [
        Finding(
            f"log symmetry: {name}",
            "ratio in the middle of its interval",
            (estimate, low, high),
            verdict_of(symmetric),
            f"The middle of {view.text(low)} and {view.text(high)} on the log scale is "
            f"{middle:.4f}; printed {view.text(estimate)}.",
            "Wald interval on the log scale" if symmetric else "none",
            () if symmetric else (estimate, low, high),
            f"{middle:.4f}",
        )
    ]
    if p and symmetric:
        allowed = ratios.wald_p(*parts)
        fits = allowed.meets(view.allowed(p))
        found.append(
            Finding(
                f"Wald p: {name}",
                "p value of a ratio with its interval",
                (estimate, low, high, p),
                verdict_of(fits),
                f"{shown}, each rounded, allows Wald p values from {allowed.low:.2g} to "
                f"{allowed.high:.2g}; printed p {sign(view, p)}.",
                "Wald test" if fits else "not the Wald test",
                (p,),
                f"{allowed.low:.2g} to {allowed.high:.2g}",
            )
        )
    return found


def sign(view: View, p: str) -> str:
    """A printed p value with its sign, as in "= 0.02"."""
    return view[p].printed if view[p].comparator != "=" else f"= {view[p].printed}"


def _interval(view: View, name: str, group: pd.DataFrame) -> list[Finding]:
    low, high = _one(group, "ci_low"), _one(group, "ci_high")
    other = group[~group["statistic"].isin(("ci_low", "ci_high", "p_value"))]
    if not (low and high and len(other) == 1 and view.reached(other["claim_id"].iloc[0])):
        return []
    return _ordered(view, f"interval: {name}", low, other["claim_id"].iloc[0], high, "95% CI")


def _range(view: View, name: str, group: pd.DataFrame) -> list[Finding]:
    low, middle, high = (_one(group, s) for s in ("min", "median", "max"))
    if not (low and middle and high):
        return []
    return _ordered(view, f"range: {name}", low, middle, high, "range")


def _ordered(view: View, check: str, low: str, middle: str, high: str, word: str) -> list[Finding]:
    claims = [one for one in (low, middle, high) if view.reached(one)]
    limits = [view.allowed(one) for one in claims]
    fits = all(a.low <= b.high for a, b in pairwise(limits))
    arithmetic = (
        f"{view.text(middle)} ({word} {view.text(low)} to {view.text(high)}): the estimate lies "
        + ("inside." if fits else "outside.")
    )
    judged = () if fits else tuple(claims)
    kind = "interval holds its estimate" if word == "95% CI" else "median inside its range"
    return [Finding(check, kind, (low, middle, high), verdict_of(fits), arithmetic, judged=judged)]


def _same(view: View, claim: str, other: str) -> list[Finding]:
    if view.reached(claim) != view.reached(other):
        fits = False
    elif not view.reached(claim):
        fits = True
    else:
        fits = view.allowed(claim).meets(view.allowed(other))
    arithmetic = (
        f"{view[claim].section}: {view.text(claim)}; {view[other].section}: {view.text(other)}; "
        + ("one value rounds to both." if fits else "no value rounds to both.")
    )
    judged = () if fits else (claim, other)
    return [
        Finding(
            f"printed twice: {claim}",
            "same number in two places",
            (claim, other),
            verdict_of(fits),
            arithmetic,
            judged=judged,
        )
    ]
