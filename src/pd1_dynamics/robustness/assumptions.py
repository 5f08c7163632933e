"""Do the Cox models' assumptions hold: proportional hazards, straight lines, no one patient."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.nonparametric.smoothers_lowess import lowess
from statsmodels.stats.outliers_influence import variance_inflation_factor

from pd1_dynamics.analyses.attempt import attempt
from pd1_dynamics.analyses.run import Run
from pd1_dynamics.contract.declarations import Analysis
from pd1_dynamics.robustness.material import (
    Fitted,
    Material,
    models_as_said,
    models_of,
    table,
    too_few,
)
from pd1_dynamics.statistics.cox import cox, cox_zph
from pd1_dynamics.statistics.cox_residuals import CoxResiduals, cox_residuals
from pd1_dynamics.statistics.errors import NotEstimable
from pd1_dynamics.statistics.kaplan_meier import kaplan_meier, nelson_aalen
from pd1_dynamics.statistics.results import TestResult, likelihood_ratio
from pd1_dynamics.statistics.splines import restricted_cubic_spline

GLOBAL = "GLOBAL"


def proportional_hazards(run: Run, names: Iterable[str]) -> pd.DataFrame:
    """Test of proportional hazards for each covariate of each Cox model (R: ``cox.zph``).

    Parameters
    ----------
    run
        The analyses of a cohort.
    names
        Cox analyses.

    Returns
    -------
    DataFrame
        ``analysis``, ``model`` (its covariate, where each has a model of its own), ``term``
        (:data:`GLOBAL` for all together), ``n``, ``events``, ``statistic`` (chi-squared), ``df``,
        ``p_value``, ``not_estimable``.
    """
    rows = [row for name in names for model in models_of(run, name) for row in _zph(model)]
    columns = "analysis model term n events statistic df p_value not_estimable"
    return table(rows, columns)


def _zph(model: Fitted) -> Iterator[dict[str, Any]]:
    row = {"analysis": model.analysis.id, "model": model.label, "term": model.label or GLOBAL}
    if model.why:
        yield {**row, "not_estimable": model.why}
        return
    data = model.data
    row |= {"n": len(data.members), "events": model.events}
    found, why = attempt(
        cox_zph, *data.y, model.named, data.strata, [c.variable for c in data.covariates.columns]
    )
    if why:
        yield {**row, "not_estimable": why}
        return
    for one in found.itertuples(index=False):
        terms = [column.term for column in data.covariates.of(one.term)]
        yield {
            **row,
            "term": terms[0] if len(terms) == 1 else one.term,
            "statistic": one.statistic,
            "df": one.df,
            "p_value": one.p_value,
        }


def schoenfeld(material: Material, run: Run) -> pd.DataFrame:
    """Scaled Schoenfeld residuals of the models that are drawn, with a smooth and its band.

    The smooth is a restricted cubic spline over 1 − S(t−), with the band that R draws
    (``plot(cox.zph(fit))``).

    Returns
    -------
    DataFrame
        ``analysis``, ``outcome``, ``term``, ``covariates`` (of the model), ``n``, ``events``,
        ``time`` (of an event, in the outcome's unit),
        ``residual`` (the log hazard ratio as it seems then), ``smooth``, ``low``, ``high``,
        ``average`` (the model's), ``not_estimable``.
    """
    rows: list[dict[str, Any]] = []
    for wanted in material.asked["schoenfeld"]:
        for model in models_of(run, wanted["analysis"]):
            if model.label not in ("", wanted["term"]):
                continue
            row = {"analysis": wanted["analysis"], "term": wanted["term"]}
            why = model.why or too_few(model.events, _SMOOTH, material.asked)
            found, why = (None, why) if why else attempt(_residuals, model)
            places = [p for p, t in model.shown() if t.partition("=")[0] == wanted["term"]]
            if why or len(places) != 1:
                rows.append({**row, "not_estimable": why or "a covariate of several levels"})
                continue
            row |= {"n": len(model.data.members), "events": model.events}
            row |= {"outcome": model.analysis["outcome"], "covariates": model.frame.shape[1]}
            row["term"] = list(model.frame)[places[0]]
            curve = _smooth(found, places[0], model.follow_up, material.asked["spline_knots"])
            rows += [{**row, **point} for point in curve.to_dict("records")]
    columns = (
        "analysis outcome term covariates n events time residual smooth low high average "
        "not_estimable"
    )
    return table(rows, columns, whole="covariates")


_SMOOTH = 4  # coefficients of the smooth


def _smooth(
    found: CoxResiduals, place: int, y: tuple[np.ndarray, ...], knots: list[float]
) -> pd.DataFrame:
    curve = kaplan_meier(*y)
    times = found.event_time
    at = 1 - np.append(1.0, curve.survival)[np.searchsorted(curve.time, times - 1e-9)]
    bends = restricted_cubic_spline(at, np.quantile(at, knots))
    basis = np.column_stack([np.ones(len(at)), at, bends])
    values = found.scaled_schoenfeld[:, place]
    coefficients = np.linalg.lstsq(basis, values, rcond=None)[0]
    spread = np.einsum("ij,jk,ik->i", basis, np.linalg.pinv(basis.T @ basis), basis)
    width = 1.96 * np.sqrt(len(at) * found.covariance[place, place] * spread)
    smooth = basis @ coefficients
    return pd.DataFrame(
        {
            "time": times,
            "residual": values,
            "smooth": smooth,
            "low": smooth - width,
            "high": smooth + width,
            "average": found.coefficients[place],
        }
    )


# --- straight lines -------------------------------------------------------------------------------


def functional_form(material: Material, run: Run, names: Iterable[str]) -> pd.DataFrame:
    """Is a straight line enough: a restricted cubic spline of each continuous covariate against it.

    The likelihood ratio test of the spline's further coefficients, adjusted as the model is
    (R: ``anova(rms::cph(... ~ rcs(x)))``).

    Returns
    -------
    DataFrame
        ``analysis``, ``model``, ``term``, ``n``, ``events``, ``statistic``, ``df``, ``p_value``,
        ``not_estimable``.
    """
    rows = []
    for name in names:
        for model in models_of(run, name):
            codebook = run.study.declared.codebook
            for place, term in model.shown() if not model.why else []:
                if codebook.variables[term.partition("=")[0]].is_continuous:
                    rows.append(_bent(model, place, term, material.asked))
    columns = "analysis model term n events statistic df p_value not_estimable"
    return table(rows, columns)


def _bent(model: Fitted, place: int, term: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    events = model.events
    row = {
        "analysis": model.analysis.id,
        "model": model.label,
        "term": term,
        "n": len(model.data.members),
        "events": events,
    }
    values = model.frame.iloc[:, place].to_numpy()
    knots = np.quantile(values, asked["spline_knots"])
    if len(np.unique(knots)) < len(knots):
        why = "too many patients with the same value for a curve"
        return {**row, "not_estimable": why}
    straight = model.named
    further = restricted_cubic_spline(values, knots)
    why = too_few(events, straight.shape[1] + further.shape[1], asked)
    if why:
        return {**row, "not_estimable": why}
    # The same space of curves by columns that do not determine each other: the test is the same.
    line = np.column_stack([np.ones(len(values)), values])
    apart = further - line @ np.linalg.lstsq(line, further, rcond=None)[0]
    columns = np.linalg.qr(apart)[0] * np.sqrt(len(values))
    bent = straight.assign(**{f"{term}, bend {i + 1}": c for i, c in enumerate(columns.T)})

    def test() -> TestResult:
        y, strata = model.follow_up, model.data.strata
        return likelihood_ratio(cox(*y, bent, strata), cox(*y, straight, strata))

    found, why = attempt(test)
    if why:
        return {**row, "not_estimable": why}
    return {**row, "statistic": found.statistic, "df": found.df, "p_value": found.p_value}


def martingale(material: Material, run: Run) -> pd.DataFrame:
    """Martingale residuals of models without one covariate, over that covariate, with a smooth.

    The smooth shows the shape that the covariate's effect should have (R:
    ``residuals(coxph(... without x), "martingale")`` against x); it is ``lowess``. For the
    continuous covariates of the models whose Schoenfeld residuals are drawn.

    Returns
    -------
    DataFrame
        ``analysis``, ``outcome``, ``term``, ``covariates`` (of the model), ``n``, ``events``,
        ``value``, ``residual``, ``smooth``, ``not_estimable``; one row a patient, in the order of
        the values.
    """
    rows: list[dict[str, Any]] = []
    codebook = run.study.declared.codebook
    for wanted in material.asked["schoenfeld"]:
        name = wanted["term"].partition("=")[0]
        for model in models_of(run, wanted["analysis"]):
            if model.label not in ("", name) or not codebook.variables[name].is_continuous:
                continue
            row = {"analysis": wanted["analysis"], "term": name}
            why = model.why or material.too_many or too_few(model.events, _SMOOTH, material.asked)
            places = [place for place, term in model.shown() if term == name]
            found, why = (None, why) if why else attempt(_left_over, model, places[0])
            if why:
                rows.append({**row, "not_estimable": why})
                continue
            row |= {"n": len(model.data.members), "events": model.events}
            row |= {"outcome": model.analysis["outcome"], "covariates": model.frame.shape[1]}
            rows += [{**row, **point} for point in found.to_dict("records")]
    columns = "analysis outcome term covariates n events value residual smooth not_estimable"
    return table(rows, columns, whole="covariates")


def _left_over(model: Fitted, place: int) -> pd.DataFrame:
    """Residuals of a model without one of its covariates, over its values."""
    frame, (time, event) = model.named, model.follow_up
    values = frame.iloc[:, place].to_numpy()
    others = frame.drop(columns=frame.columns[place])
    if others.shape[1]:
        residuals = cox_residuals(time, event, others, model.data.strata).martingale
    else:
        residuals = event - nelson_aalen(time, event)
    order = np.argsort(values, kind="stable")
    smooth = lowess(residuals[order], values[order], frac=2 / 3, it=0, return_sorted=False)
    return pd.DataFrame({"value": values[order], "residual": residuals[order], "smooth": smooth})


# --- influence ------------------------------------------------------------------------------------


def influence(run: Run, names: Iterable[str]) -> pd.DataFrame:
    """How much single patients move each hazard ratio (R: ``residuals(fit, "dfbeta")``).

    Returns
    -------
    DataFrame
        ``analysis``, ``model``, ``term``, ``n``, ``events``, ``estimate`` (hazard ratio),
        ``without_one_low`` and ``without_one_high`` (without the patient who moves it most, either
        way; fitted again), ``largest_dfbetas`` (in standard errors), ``share_influential`` (percent
        of patients beyond 2/√n), ``share_to_change_sign`` (percent of patients without whom the
        fitted sign is the other one; empty if leaving out 30 % of them does not turn it),
        ``not_estimable``.
    """
    rows = []
    for name in names:
        for model in models_of(run, name):
            row = {"analysis": model.analysis.id, "model": model.label}
            if model.why:
                rows.append({**row, "term": model.label, "not_estimable": model.why})
                continue
            row |= {"n": len(model.data.members), "events": model.events}
            found, why = attempt(_residuals, model)
            for place, term in model.shown():
                if why:
                    rows.append({**row, "term": term, "not_estimable": why})
                else:
                    rows.append({**row, "term": term, **_moved(model, found, place)})
    columns = (
        "analysis model term n events estimate without_one_low without_one_high largest_dfbetas "
        "share_influential share_to_change_sign not_estimable"
    )
    return table(rows, columns)


def _residuals(model: Fitted) -> CoxResiduals:
    return cox_residuals(*model.follow_up, model.named, model.data.strata)


_MOST_LEFT_OUT = 0.3


def _moved(model: Fitted, found: CoxResiduals, place: int) -> dict[str, Any]:
    moves = found.dfbeta[:, place]
    sizes = np.abs(moves) / np.sqrt(found.covariance[place, place])
    ends = [_without(model, at, place) for at in (int(moves.argmax()), int(moves.argmin()))]
    return {
        "estimate": float(np.exp(found.coefficients[place])),
        "without_one_low": np.min(ends),  # NaN where the others allow no fit
        "without_one_high": np.max(ends),
        "largest_dfbetas": float(sizes.max()),
        "share_influential": float(100 * (sizes > 2 / np.sqrt(len(moves))).mean()),
        "share_to_change_sign": _share_to_change_sign(model, found, place),
    }


def _share_to_change_sign(model: Fitted, found: CoxResiduals, place: int) -> float:
    """Percent of patients without whom the sign is the other one; NaN if no such group is found.

    Greedy: whoever pushes the coefficient furthest from 0 is left out, and the model fitted again.
    A cleverer choice may need fewer.
    """
    n = len(model.data.members)
    kept, sign = np.arange(n), np.sign(found.coefficients[place])
    time, event = model.follow_up
    frame, strata = model.named, model.data.strata
    at_once = max(n // 100, 1)
    while n - len(kept) < _MOST_LEFT_OUT * n:
        pushed = np.argsort(-sign * found.dfbeta[:, place], kind="stable")[:at_once]
        kept = np.delete(kept, pushed)
        apart = None if strata is None else strata[kept]
        found, why = attempt(cox_residuals, time[kept], event[kept], frame.iloc[kept], apart)
        if why:
            return np.nan
        if np.sign(found.coefficients[place]) != sign:
            return 100 * (n - len(kept)) / n
    return np.nan


def _without(model: Fitted, left_out: int, place: int) -> float:
    """Hazard ratio without one patient; NaN where the others allow no fit."""
    kept = np.arange(len(model.data.members)) != left_out
    strata = None if model.data.strata is None else model.data.strata[kept]
    time, event = model.follow_up
    found, why = attempt(cox, time[kept], event[kept], model.named[kept], strata)
    return np.nan if why else float(found.table["estimate"].iloc[place])


# --- collinearity ---------------------------------------------------------------------------------


def collinearity(material: Material, run: Run) -> pd.DataFrame:
    """Covariates alone and together: variance inflation, and whether a sign changes.

    Returns
    -------
    DataFrame
        ``analysis`` (the group of covariates), ``term``, ``n``, ``events``, ``alone`` and
        ``together`` (hazard ratios, in the patients who have all), ``p_alone``, ``p_together``,
        ``variance_inflation``, ``sign_changes`` (1 or 0), ``not_estimable``.
    """
    rows = []
    for name, group in material.asked["collinearity"].items():
        shared = {"outcome": group["outcome"], "terms": group["terms"]}
        analysis = Analysis(
            name, "cox", group["title"], group["population"], {**shared, "mode": "multivariate"}
        )
        (model,) = models_as_said(run, analysis)
        row = {"analysis": name}
        if model.why:
            rows += [{**row, "term": t, "not_estimable": model.why} for t in group["terms"]]
            continue
        row |= {"n": len(model.data.members), "events": model.events}
        rows += _alone_and_together(model, row, material.asked)
    columns = (
        "analysis term n events alone together p_alone p_together variance_inflation sign_changes "
        "not_estimable"
    )
    return table(rows, columns)


def _alone_and_together(
    model: Fitted, row: Mapping[str, Any], asked: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    frame, terms = model.named, [term for _, term in model.shown()]
    why = too_few(model.events, len(terms), asked)
    together = None
    if not why:
        together, why = attempt(cox, *model.follow_up, frame)
    design = np.column_stack([np.ones(len(frame)), frame.to_numpy()])
    for place, term in enumerate(terms):
        if why:
            yield {**row, "term": term, "not_estimable": why}
            continue
        try:
            alone = cox(*model.follow_up, frame.iloc[:, [place]]).table.iloc[0]
        except NotEstimable as error:
            yield {**row, "term": term, "not_estimable": str(error)}
            continue
        other = together.table.iloc[place]
        yield {
            **row,
            "term": term,
            "alone": alone["estimate"],
            "together": other["estimate"],
            "p_alone": alone["p_value"],
            "p_together": other["p_value"],
            "variance_inflation": float(variance_inflation_factor(design, place + 1)),
            "sign_changes": int(np.sign(alone["coefficient"]) != np.sign(other["coefficient"])),
        }
