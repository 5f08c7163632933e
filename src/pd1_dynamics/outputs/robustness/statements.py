"""One paragraph for each headline finding: what is robust, what is not, in how many ways."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics.statistics.printing import interval, number, p_text
from pd1_dynamics.statistics.rounding import fixed

BUILT = (
    "This cohort was built to have the article's numbers: how robust they are in it is a property "
    "of how it was built, and no evidence of anything."
)
_ALMOST_ALL, _MOST, _HALF = 97.5, 75, 50
_FAILS = 0.05
_STRONG = 2.0  # an E-value of the limit from which confounding would have to be strong


def statements(
    tables: Mapping[str, pd.DataFrame],
    findings: Mapping[str, Mapping[str, Any]],
    titles: Mapping[str, str],
    synthetic: bool,
) -> pd.DataFrame:
    """Paragraphs made of the robustness tables by templates.

    Parameters
    ----------
    tables
        The tables of ``robustness/`` by name.
    findings
        ``specifications.findings`` of ``config/robustness.yaml``.
    titles
        The findings in words.
    synthetic
        Whether the cohort is made up; then each paragraph says what that means.

    Returns
    -------
    DataFrame
        ``finding``, ``title``, ``robust`` and ``fragile`` (what is, separated by ``; ``), and
        ``paragraph``.
    """
    rows = []
    for name, finding in findings.items():
        said = list(_said(name, finding, tables))
        robust = [words for holds, words in said if holds is True]
        fragile = [words for holds, words in said if holds is False]
        untold = [words for holds, words in said if holds is None]
        parts = []
        if robust:
            parts.append(f"Robust: {'; '.join(robust)}.")
        if fragile:
            parts.append(f"Not robust: {'; '.join(fragile)}.")
        if untold:
            parts.append(f"Not told: {'; '.join(untold)}.")
        if synthetic:
            parts.append(BUILT)
        rows.append(
            {
                "finding": name,
                "title": titles[name],
                "robust": "; ".join(robust),
                "fragile": "; ".join(fragile),
                "paragraph": " ".join(parts),
            }
        )
    return pd.DataFrame(rows)


Said = tuple[bool | None, str]
"""Whether it speaks for the finding's robustness (None where it cannot be told), and the words."""


def _said(
    name: str, finding: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]
) -> Iterator[Said]:
    analysis, term = finding["analysis"], finding["term"]
    model = {"analysis": analysis, "term": term}
    yield from _of_specifications(_row(tables["specification_curves"], finding=name))
    yield from _of_hazards(_row(tables["proportional_hazards"], **model))
    yield from _of_form(_row(tables["functional_form"], **model))
    yield from _of_influence(_row(tables["influence"], **model))
    yield from _of_time(finding, tables)
    yield from _of_resamples(_row(tables["bootstrap"], **model))
    yield from _of_missing(_row(tables["missing_values"], **model))
    yield from _of_confounding(_row(tables["e_values"], **model))
    yield from _of_centers(_row(tables["centers"], **model))


def _row(table: pd.DataFrame, **where: Any) -> dict[str, Any] | None:
    """The row with these values; without it, one that says why its analysis has none."""
    mask = np.ones(len(table), dtype=bool)
    for column, value in where.items():
        mask &= (table[column] == value).to_numpy()
    if not mask.any() and "analysis" in where:
        gaps = table["not_estimable"].fillna("").astype(str) != ""
        mask = ((table["analysis"] == where["analysis"]) & gaps).to_numpy()
    return table[mask].iloc[0].to_dict() if mask.any() else None


def _percent(share: float) -> str:
    """A percent that says 100 only of all."""
    return "more than 99%" if 99.5 <= share < 100 else f"{number(share, 0)}%"


def _gap(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return "not asked of this model"
    reason = row.get("not_estimable")
    return reason if isinstance(reason, str) else ""


def _of_specifications(row: Mapping[str, Any] | None) -> Iterator[Said]:
    if gap := _gap(row):
        yield None, f"how it depends on choices ({gap})"
        return
    same, strong = row["share_same_direction"], row["share_significant"]
    many = fixed(row["estimable"])
    ratio = number(row["median_hazard_ratio"], 3)
    low, high = number(row["lower_quartile"], 3), number(row["upper_quartile"], 3)
    words = (
        f"{_percent(same)} of {many} distinct specifications have the article's sign (median "
        f"hazard ratio {ratio}, middle half {low} to {high})"
    )
    yield same >= _ALMOST_ALL, words
    yield strong >= _MOST, f"{_percent(strong)} of the specifications are significant at 0.05"
    if row["permutations"] and not np.isnan(row["p_median"]):
        p = row["p_median"]
        yield p < _FAILS, f"a median effect as large comes up by chance with {p_text(p)}"


def _of_hazards(row: Mapping[str, Any] | None) -> Iterator[Said]:
    if gap := _gap(row):
        yield None, f"whether hazards are proportional ({gap})"
        return
    p = row["p_value"]
    if p < _FAILS:
        yield (
            False,
            f"hazards are not proportional ({p_text(p)}): the ratio is an average over time",
        )
    else:
        yield True, f"no sign against proportional hazards ({p_text(p)})"


def _of_form(row: Mapping[str, Any] | None) -> Iterator[Said]:
    if row is None or _gap(row):  # a group has no form
        return
    p = row["p_value"]
    if p < _FAILS:
        yield False, f"a curve fits better than a straight line ({p_text(p)})"
    else:
        yield True, f"a straight line is enough ({p_text(p)})"


def _of_influence(row: Mapping[str, Any] | None) -> Iterator[Said]:
    if row is None or _gap(row):
        return
    low, high = row["without_one_low"], row["without_one_high"]
    decimals = 3 if high / low < 1.05 else 2
    words = (
        f"without any one patient the ratio stays between {number(low, decimals)} and "
        f"{number(high, decimals)}"
    )
    yield (low < 1) == (high < 1), words
    share = row["share_to_change_sign"]
    if not np.isnan(share):
        words = f"leaving out the {number(share, 0)}% most influential patients would turn its sign"
        yield share >= 10, words


def _of_time(finding: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> Iterator[Said]:
    """Landmark and changing covariates, where the covariate is one of the dynamics."""
    both = f"{finding['outcome']}_on_depth_and_nadir"
    changing = _row(tables["time_dependent"], analysis=both, term=finding["term"])
    if changing is None:
        return
    if gap := _gap(changing):
        yield None, f"what guarantee time does ({gap})"
        return
    fixed_ratio, ratio = changing["estimate_as_fixed"], changing["estimate"]
    words = (
        f"as a covariate that changes at scans its hazard ratio is "
        f"{interval(ratio, changing['ci_low'], changing['ci_high'], 3)}, against "
        f"{number(fixed_ratio, 3)} as if known at the start"
    )
    same = (ratio < 1) == (fixed_ratio < 1)
    yield same and (changing["ci_high"] < 1 or changing["ci_low"] > 1), words
    table = tables["landmark"]
    rows = table[(table["analysis"] == both) & (table["term"] == finding["term"])]
    for row in rows.to_dict("records"):
        month = number(row["landmark_months"], 0)
        if gap := _gap(row):
            yield None, f"the landmark at {month} months ({gap})"
            continue
        words = interval(row["estimate"], row["ci_low"], row["ci_high"], 3)
        told = (row["estimate"] < 1) == (ratio < 1) and (row["ci_high"] < 1 or row["ci_low"] > 1)
        yield told, f"from a landmark at {month} months it is {words} (n={fixed(row['n'])})"


def _of_resamples(row: Mapping[str, Any] | None) -> Iterator[Said]:
    if gap := _gap(row):
        yield None, f"resamples ({gap})"
        return
    decimals = 3 if row["percentile_high"] / row["percentile_low"] < 1.3 else 2
    low, high = row["percentile_low"], row["percentile_high"]
    words = (
        f"{_percent(row['share_same_sign'])} of {fixed(row['resamples'])} resamples keep the "
        f"sign "
        f"(percentile limits {number(low, decimals)} to {number(high, decimals)})"
    )
    yield row["share_same_sign"] >= _ALMOST_ALL, words
    share = row["share_significant"]
    yield share >= _MOST, f"{_percent(share)} of the resamples are significant at 0.05"


def _of_missing(row: Mapping[str, Any] | None) -> Iterator[Said]:
    if row is None or _gap(row) or np.isnan(row["imputed"]):
        return
    decimals = 3 if row["imputed_high"] / row["imputed_low"] < 1.3 else 2
    words = interval(row["imputed"], row["imputed_low"], row["imputed_high"], decimals)
    told = row["imputed_high"] < 1 or row["imputed_low"] > 1
    yield told, f"with missing values imputed it is {words} in {fixed(row['n_imputed'])} patients"


def _of_confounding(row: Mapping[str, Any] | None) -> Iterator[Said]:
    if row is None or _gap(row):
        return
    value, limit = number(row["e_value"], 1), number(row["e_value_limit"], 1)
    words = (
        f"an unmeasured confounder would need risk ratios of {value} with both sides to explain it "
        f"away, and {limit} to move the interval to no effect"
    )
    yield row["e_value_limit"] >= _STRONG, words


def _of_centers(row: Mapping[str, Any] | None) -> Iterator[Said]:
    if row is None or _gap(row) or np.isnan(row["stratified"]):
        return
    decimals = 3 if row["stratified_high"] / row["stratified_low"] < 1.3 else 2
    words = interval(row["stratified"], row["stratified_low"], row["stratified_high"], decimals)
    told = (row["stratified"] < 1) == (row["estimate"] < 1)
    yield told, f"stratified by center it is {words}"
    if not np.isnan(row["p_interaction"]) and row["p_interaction"] < _FAILS:
        yield False, f"it differs between centers ({p_text(row['p_interaction'])})"
