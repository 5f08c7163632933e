"""What is not measured, and the centers: how strong, and how much."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics.analyses.attempt import attempt
from pd1_dynamics.analyses.run import Run
from pd1_dynamics.robustness.material import Fitted, Material, models_of, table, too_few
from pd1_dynamics.statistics.cox import cox
from pd1_dynamics.statistics.cox_residuals import cox_robust
from pd1_dynamics.statistics.results import ModelResult, TestResult, likelihood_ratio
from pd1_dynamics.statistics.sensitivity import e_value

_RARE = 0.15
_FEWEST_CENTERS = 10
"""With fewer clusters a cluster-robust error is far too small (Cameron and Miller, J Hum Resour
2015;50:317-72)."""


def e_values(material: Material, run: Run) -> pd.DataFrame:
    """E-values of the headline ratios (R: ``EValue::evalues.HR``).

    Returns
    -------
    DataFrame
        ``analysis``, ``term``, ``contrast`` (in words; a number by its standard deviation), ``n``,
        ``events``, ``estimate``, ``ci_low``, ``ci_high`` (hazard ratio of that contrast),
        ``e_value``, ``e_value_limit``, ``not_estimable``.
    """
    rows = []
    codebook = run.study.declared.codebook
    for wanted in material.asked["e_values"]:
        name = wanted["term"].partition("=")[0]
        for model in models_of(run, wanted["analysis"]):
            if model.label not in ("", name):
                continue
            row = {"analysis": wanted["analysis"], "term": wanted["term"]}
            found, why = (None, model.why) if model.why else attempt(_cox, model)
            places = [] if why else [p for p, term in model.shown() if term == wanted["term"]]
            if not places:
                rows.append({**row, "not_estimable": why or "no such level in the cohort"})
                continue
            one, place = found.table.iloc[places[0]], places[0]
            spread, contrast = 1.0, codebook.label(wanted["term"])
            if codebook.variables[name].is_continuous:
                spread = float(model.frame.iloc[:, place].std())
                contrast = f"one standard deviation ({spread:.1f})"
            ratio, low, high = (float(one[k]) ** spread for k in ("estimate", "ci_low", "ci_high"))
            rare = model.events / len(model.data.members) < _RARE
            both = e_value(ratio, low, high, rare)
            rows.append(
                {
                    **row,
                    "contrast": contrast,
                    "n": len(model.data.members),
                    "events": model.events,
                    "estimate": ratio,
                    "ci_low": low,
                    "ci_high": high,
                    "e_value": both[0],
                    "e_value_limit": both[1],
                }
            )
    columns = (
        "analysis term contrast n events estimate ci_low ci_high e_value e_value_limit "
        "not_estimable"
    )
    return table(rows, columns)


def _cox(model: Fitted) -> ModelResult:
    return cox(*model.follow_up, model.named, model.data.strata)


def centers(material: Material, run: Run) -> pd.DataFrame:
    """Cox models with a hazard of its own for each center, and with cluster-robust errors.

    Returns
    -------
    DataFrame
        ``analysis``, ``term``, ``n``, ``events``, ``centers``, ``estimate``, ``ci_low``,
        ``ci_high``, ``p_value`` (as the analysis says), ``stratified``, ``stratified_low``,
        ``stratified_high``, ``stratified_p_value`` (R: ``strata(site)``), ``p_interaction`` (does
        it differ between centers; likelihood ratio test within strata), ``robust_low``,
        ``robust_high``, ``robust_p_value`` (R: ``coxph(cluster = site)``),
        ``robust_not_estimable``, ``not_estimable``.
    """
    asked, rows = material.asked["centers"], []
    for name in asked["analyses"]:
        for model in models_of(run, name):
            if model.label != asked["variable"]:
                rows += _by_center(model, asked["variable"], material)
    columns = (
        "analysis term n events centers estimate ci_low ci_high p_value stratified stratified_low "
        "stratified_high stratified_p_value p_interaction robust_low robust_high robust_p_value "
        "robust_not_estimable not_estimable"
    )
    made = table(rows, columns)
    made["centers"] = pd.to_numeric(made["centers"]).astype("Int64")
    made["robust_not_estimable"] = made["robust_not_estimable"].fillna("")
    return made


_KEYS = {"estimate": "", "ci_low": "_low", "ci_high": "_high", "p_value": "_p_value"}


def _by_center(model: Fitted, variable: str, material: Material) -> Iterator[dict[str, Any]]:
    row = {"analysis": model.analysis.id, "term": model.label}
    why = model.why or model.data.members.lacks(variable)
    if why:
        yield {**row, "not_estimable": why}
        return
    site = model.data.members.levels(variable)
    known = ~pd.isna(site)
    site = site[known].astype(str)
    time, event = model.follow_up
    y, frame = (time[known], event[known]), model.named[known]
    row |= {"n": len(frame), "events": int(y[1].sum()), "centers": len(np.unique(site))}
    plain, why = attempt(cox, *y, frame)
    why = why or ("only one center" if row["centers"] < 2 else "")
    if why:
        yield {**row, "not_estimable": why}
        return
    apart, no_strata = attempt(cox, *y, frame, site)
    robust, no_robust = None, f"only {row['centers']} centers, and {_FEWEST_CENTERS} are needed"
    if row["centers"] >= _FEWEST_CENTERS:
        robust, no_robust = attempt(cox_robust, *y, frame, site)
    for place, term in model.shown():
        told = {**row, "term": term, "robust_not_estimable": no_robust}
        told |= {key: float(plain.table[key].iloc[place]) for key in _KEYS}
        if no_strata:
            yield {**told, "not_estimable": no_strata}
            continue
        told |= {
            f"stratified{end}": float(apart.table[key].iloc[place]) for key, end in _KEYS.items()
        }
        told["p_interaction"] = _interaction(y, frame, site, place, material)
        if robust is not None:
            one = robust.iloc[place]
            told |= {f"robust{_KEYS[k]}": float(one[k]) for k in ("ci_low", "ci_high", "p_value")}
        yield told


def _interaction(
    y: tuple[np.ndarray, np.ndarray],
    frame: pd.DataFrame,
    site: np.ndarray,
    place: int,
    material: Material,
) -> float:
    """P value of the covariate's products with the centers; NaN where the data are too few."""
    values, others = frame.iloc[:, place].to_numpy(), np.unique(site)[1:]
    if too_few(int(y[1].sum()), frame.shape[1] + len(others), material.asked):
        return np.nan
    full = frame.assign(**{f"in {name}": values * (site == name) for name in others})

    def test() -> TestResult:
        return likelihood_ratio(cox(*y, full, site), cox(*y, frame, site))

    found, why = attempt(test)
    return np.nan if why else found.p_value
