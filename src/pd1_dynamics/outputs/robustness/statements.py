"""One paragraph for each headline finding: what is robust, what is not, in how many ways."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics.statistics.printing import interval, number, p_text
from pd1_dynamics.statistics.rounding import fixed

BUILT = (
    "This cohort was built to have the article's numbers: how robust they are in it is a property "
    "of how it was built, and no evidence of anything."
)
_ALMOST_ALL, _MOST = 97.5, 75
_FAILS = 0.05
_MANY = 10  # percent of patients, without whom a sign may turn
_STRONG = 2.0  # an E-value of the limit from which confounding would have to be strong


def statements(
    tables: Mapping[str, pd.DataFrame],
    findings: Mapping[str, Mapping[str, Any]],
    titles: Mapping[str, str],
    directions: Mapping[str, str],
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
    directions
        Side of no effect on which the article's ratio lies: ``above`` or ``below``.
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
        said = list(_said(name, finding, tables, Side(directions[name])))
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


@dataclass(frozen=True)
class Side:
    """The article's side of no effect."""

    direction: str

    def holds(self, *ratios: float) -> bool:
        """Whether all hazard ratios lie on it; NaN lies on none."""
        return all(ratio < 1 if self.direction == "below" else ratio > 1 for ratio in ratios)


def _said(
    name: str, finding: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], side: Side
) -> Iterator[Said]:
    analysis, term = finding["analysis"], finding["term"]
    model = {"analysis": analysis, "term": term}
    yield from _of_specifications(_row(tables["specification_curves"], finding=name))
    yield from _of_hazards(_row(tables["proportional_hazards"], **model))
    yield from _of_form(_row(tables["functional_form"], **model))
    yield from _of_influence(_row(tables["influence"], **model), side)
    yield from _of_time(finding, tables, side)
    yield from _of_resamples(_row(tables["bootstrap"], **model), side)
    yield from _of_missing(_row(tables["missing_values"], **model), side)
    yield from _of_confounding(_row(tables["e_values"], **model), side)
    yield from _of_centers(_row(tables["centers"], **model), side)


def _row(table: pd.DataFrame, **where: Any) -> dict[str, Any] | None:
    """The row with these values; without it, one that says why its model has none."""
    mask = np.ones(len(table), dtype=bool)
    for column, value in where.items():
        mask &= (table[column] == value).to_numpy()
    if not mask.any() and "term" in where:  # a model that was never fitted has its covariate's name
        names = ["", "GLOBAL", where["term"].partition("=")[0]]
        gaps = table["not_estimable"].fillna("").astype(str) != ""
        own = (table["analysis"] == where["analysis"]) & table["term"].fillna("").isin(names)
        mask = (own & gaps).to_numpy()
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
        yield (
            p < _FAILS,
            f"a median effect as far on that side comes up by chance with {p_text(p)} (one-sided)",
        )


def _of_hazards(row: Mapping[str, Any] | None) -> Iterator[Said]:
    if gap := _gap(row):
        yield None, f"whether hazards are proportional ({gap})"
        return
    shown, events = p_text(row["p_value"]), fixed(row["events"])
    if row["p_value"] < _FAILS:
        yield False, f"hazards are not proportional ({shown}): the ratio is an average over time"
    else:  # no proof that they are
        yield None, f"whether hazards are proportional is not refuted ({shown}, {events} events)"


def _of_form(row: Mapping[str, Any] | None) -> Iterator[Said]:
    if row is None or _gap(row):  # a group has no form
        return
    shown, events = p_text(row["p_value"]), fixed(row["events"])
    if row["p_value"] < _FAILS:
        yield False, f"a curve fits better than a straight line ({shown})"
    else:
        yield None, f"that a straight line is enough is not refuted ({shown}, {events} events)"


def _of_influence(row: Mapping[str, Any] | None, side: Side) -> Iterator[Said]:
    if row is None or _gap(row):
        return
    low, high = row["without_one_low"], row["without_one_high"]
    if np.isnan(low) or np.isnan(high):
        yield None, "single patients (without some, no model can be fitted)"
        return
    decimals = 3 if high / low < 1.05 else 2
    words = (
        f"without any one patient the ratio stays between {number(low, decimals)} and "
        f"{number(high, decimals)}"
    )
    yield side.holds(low, high), words
    share = row["share_to_change_sign"]
    if not np.isnan(share):
        words = (
            f"leaving out {number(share, 0)}% of the patients, the most influential, turns its sign"
        )
        yield share >= _MANY and side.holds(row["estimate"]), words


def _of_time(
    finding: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], side: Side
) -> Iterator[Said]:
    """Landmark and changing covariates, where the covariate is one of the dynamics."""
    both = f"{finding['outcome']}_on_depth_and_nadir"
    changing = _row(tables["time_dependent"], analysis=both, term=finding["term"])
    if changing is None:
        return
    if gap := _gap(changing):
        yield None, f"what guarantee time does ({gap})"
        return
    words = (
        f"as a covariate that changes at scans its hazard ratio is {_interval(changing)}, against "
        f"{number(changing['estimate_as_fixed'], 3)} as if known at the start"
    )
    yield side.holds(changing["ci_low"], changing["ci_high"]), words
    table = tables["landmark"]
    rows = table[(table["analysis"] == both) & (table["term"] == finding["term"])]
    for row in rows.to_dict("records"):
        month = number(row["landmark_months"], 0)
        if gap := _gap(row):
            yield None, f"the landmark at {month} months ({gap})"
            continue
        words = f"from a landmark at {month} months it is {_interval(row)} (n={fixed(row['n'])})"
        yield side.holds(row["ci_low"], row["ci_high"]), words


def _interval(
    row: Mapping[str, Any], estimate: str = "estimate", low: str = "ci_low", high: str = "ci_high"
) -> str:
    decimals = 3 if row[high] / row[low] < 1.3 else 2
    return interval(row[estimate], row[low], row[high], decimals)


def _of_resamples(row: Mapping[str, Any] | None, side: Side) -> Iterator[Said]:
    if gap := _gap(row):
        yield None, f"resamples ({gap})"
        return
    same = row["share_same_sign"]
    toward = same if side.holds(row["estimate"]) else 100 - same
    decimals = 3 if row["percentile_high"] / row["percentile_low"] < 1.3 else 2
    low, high = number(row["percentile_low"], decimals), number(row["percentile_high"], decimals)
    words = (
        f"{_percent(toward)} of {fixed(row['resamples'])} resamples lie on the article's side "
        f"(percentile limits {low} to {high})"
    )
    yield toward >= _ALMOST_ALL, words
    share = row["share_significant"]
    words = f"{_percent(share)} of the resamples are significant at 0.05"
    yield share >= _MOST and side.holds(row["estimate"]), words


def _of_missing(row: Mapping[str, Any] | None, side: Side) -> Iterator[Said]:
    if row is None or _gap(row) or np.isnan(row["imputed"]) or row["n"] == row["n_imputed"]:
        return
    words = _interval(row, "imputed", "imputed_low", "imputed_high")
    told = side.holds(row["imputed_low"], row["imputed_high"])
    more = fixed(row["n_imputed"] - row["n"])
    yield told, f"with the missing values of {more} more patients imputed it is {words}"


def _of_confounding(row: Mapping[str, Any] | None, side: Side) -> Iterator[Said]:
    if row is None or _gap(row) or not side.holds(row["estimate"]):
        return
    value, limit = number(row["e_value"], 1), number(row["e_value_limit"], 1)
    words = (
        f"an unmeasured confounder would need risk ratios of {value} with both sides to explain it "
        f"away, and {limit} to move the interval to no effect"
    )
    yield row["e_value_limit"] >= _STRONG, words


def _of_centers(row: Mapping[str, Any] | None, side: Side) -> Iterator[Said]:
    if row is None or _gap(row) or np.isnan(row["stratified"]):
        return
    words = _interval(row, "stratified", "stratified_low", "stratified_high")
    yield side.holds(row["stratified"]), f"stratified by center it is {words}"
    if not np.isnan(row["p_interaction"]) and row["p_interaction"] < _FAILS:
        yield False, f"it differs between centers ({p_text(row['p_interaction'])})"
