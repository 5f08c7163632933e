"""Models, selections and comparisons in bootstrap resamples of the patients."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr

from pd1_dynamics.analyses.data import Sample
from pd1_dynamics.analyses.regression import selected_terms
from pd1_dynamics.analyses.run import Run
from pd1_dynamics.contract.codebook import level_text
from pd1_dynamics.contract.declarations import Analysis
from pd1_dynamics.robustness.material import MODELS, Fitted, Material, models_of, table
from pd1_dynamics.statistics.concordance import concordance
from pd1_dynamics.statistics.cox_engine import fit_cox
from pd1_dynamics.statistics.errors import NotEstimable
from pd1_dynamics.statistics.resampling import (
    bca_limits,
    draws,
    percentile_limits,
    times_drawn,
)
from pd1_dynamics.statistics.weighted_models import linear_fits, logistic_fits

SIGNIFICANT = 0.05


class Resamples:
    """Resamples of a cohort's patients, the same for every question."""

    def __init__(self, material: Material, run: Run) -> None:
        asked = material.asked["bootstrap"]
        self.asked, self.seed = asked, material.asked["seed"]
        self.run = run
        self.too_many = material.too_many
        site = material.patients.get(asked["strata"])
        known = site is not None and site.notna().any()
        self.stratum = pd.factorize(site)[0] if known else np.zeros(len(material.patients), int)

    def weights(self, members: np.ndarray, key: str) -> np.ndarray:
        """How often each of the members is drawn in each resample, shape (resamples, n).

        The members of a model are drawn, in their centers: a model's resamples have its size.
        """
        seed = [self.seed, zlib.crc32(key.encode())]
        rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed)))
        drawn = draws(self.stratum[members], self.asked["resamples"], rng)
        return times_drawn(drawn, len(members)).astype(float)


def bootstrap(material: Material, run: Run) -> pd.DataFrame:
    """Every coefficient of the declared models in resamples, within centers where there are any.

    Returns
    -------
    DataFrame
        ``analysis``, ``term``, ``n``, ``events``, ``resamples`` (that gave an estimate),
        ``estimate``, ``percentile_low``, ``percentile_high``, ``bca_low``, ``bca_high`` (R:
        ``boot::boot.ci``), ``share_same_sign``, ``share_significant`` (p < 0.05; percent),
        ``concordance``, ``optimism``, ``concordance_corrected`` (Harrell's C of the model; R:
        ``rms::validate``), ``not_estimable``.
    """
    resamples = Resamples(material, run)
    rows = []
    for name in material.asked["bootstrap"]["models"]:
        for model in models_of(run, name):
            rows += _resampled(model, resamples)
    columns = (
        "analysis term n events resamples estimate percentile_low percentile_high bca_low bca_high "
        "share_same_sign share_significant concordance optimism concordance_corrected not_estimable"
    )
    return table(rows, columns, whole="resamples")


def _resampled(model: Fitted, resamples: Resamples) -> Iterator[dict[str, Any]]:
    row = {"analysis": model.analysis.id}
    why = model.why or resamples.too_many
    if why:
        yield {**row, "term": model.label, "not_estimable": why}
        return
    design, (time, event) = model.frame.to_numpy(), model.data.y
    n = len(design)
    row |= {"n": n, "events": model.events}
    members = np.flatnonzero(model.data.members.mask)
    weights = resamples.weights(members, f"{model.analysis.id}/{model.label}")
    strata = model.data.strata
    own = fit_cox(time, event, design, strata=strata)
    every = own.coefficients[0, 0]
    if np.isnan(every).any():
        yield {**row, "term": model.label, "not_estimable": "the model does not converge"}
        return
    fits = fit_cox(time, event, design, weights, strata=strata, replicated=True)
    found, errors = fits.coefficients[0], fits.std_errors[0]
    without = fit_cox(time, event, design, 1.0 - np.eye(n), strata=strata).coefficients[0]
    fitted = np.isfinite(found).all(axis=1)
    told = _optimism(model, every, found[fitted], weights[fitted])
    for place, term in model.shown():
        values = found[fitted, place]
        p_values = 2 * ndtr(-np.abs(values / errors[fitted, place]))
        moves = (n - 1) * (every[place] - without[:, place])
        yield {
            **row,
            "term": term,
            **_summary(every[place], values, p_values, moves, np.exp),
            **told,
        }


def _summary(
    estimate: float, values: np.ndarray, p_values: np.ndarray, moves: np.ndarray, shown: Any
) -> dict[str, Any]:
    told = {"resamples": len(values), "estimate": float(shown(estimate))}
    for name, limits in (
        ("percentile", lambda: percentile_limits(values)),
        ("bca", lambda: bca_limits(values, estimate, moves[np.isfinite(moves)])),
    ):
        try:
            low, high = limits()
        except NotEstimable:
            continue
        told |= {f"{name}_low": float(shown(low)), f"{name}_high": float(shown(high))}
    if len(values):
        told["share_same_sign"] = float(100 * (np.sign(values) == np.sign(estimate)).mean())
        told["share_significant"] = float(100 * (p_values < SIGNIFICANT).mean())
    return told


def _optimism(
    model: Fitted, every: np.ndarray, found: np.ndarray, weights: np.ndarray
) -> dict[str, float]:
    """Harrell's C of the model, and what is left of it in patients it was not fitted to."""
    if model.data.strata is not None or not len(found):
        return {}
    design, y = model.frame.to_numpy(), model.follow_up
    apparent = concordance(*y, (design @ every)[None], np.ones((1, len(design))))[0]
    risks = found @ design.T
    training = concordance(*y, risks, weights)
    test = concordance(*y, risks, np.ones_like(weights))
    optimism = float(np.nanmean(training - test))
    return {
        "concordance": float(apparent),
        "optimism": optimism,
        "concordance_corrected": float(apparent) - optimism,
    }


# --- which covariates a selection takes -----------------------------------------------------------


def selections(material: Material, run: Run) -> pd.DataFrame:
    """How often each candidate of a selection is selected in resamples.

    Returns
    -------
    DataFrame
        ``analysis`` (the multivariate one), ``term``, ``n``, ``selected`` (1 or 0 in the cohort),
        ``resamples``, ``share_selected``, ``share_same_sign`` (percent), ``not_estimable``.
    """
    resamples = Resamples(material, run)
    rows = []
    for name in material.asked["bootstrap"]["selections"]:
        analysis = run.study.declared.analyses.get(name)
        if analysis is None or analysis.dropped:
            continue
        origin, bound = analysis["select"]["from"], analysis["select"]["p_below"]
        kind = MODELS[run.study.declared.analyses[origin].kind]
        taken, _ = selected_terms(kind, analysis, run)
        for model in models_of(run, origin):
            row = {"analysis": name, "term": model.label, "selected": int(model.label in taken)}
            why = model.why or resamples.too_many
            found = {"not_estimable": why} if why else _chosen(model, resamples, bound)
            rows.append({**row, **found})
    columns = "analysis term n selected resamples share_selected share_same_sign not_estimable"
    return table(rows, columns, whole="selected resamples")


def _chosen(model: Fitted, resamples: Resamples, bound: float) -> dict[str, Any]:
    design, y = model.frame.to_numpy(), model.data.y[0]
    places = [place for place, _ in model.shown()]
    fit = logistic_fits if model.analysis.kind == "logistic" else linear_fits
    members = np.flatnonzero(model.data.members.mask)
    weights = resamples.weights(members, f"{model.analysis.id}/{model.label}")
    counts = {"n": len(design)}
    if not places:
        return {**counts, "not_estimable": "only one group"}
    own, others = fit(y, design, np.ones((1, len(y)))), fit(y, design, weights)
    if np.isnan(own.coefficients).any():
        return {**counts, "not_estimable": "the model does not converge"}
    fitted = np.isfinite(others.coefficients).all(axis=1)
    signs = np.sign(others.coefficients[fitted][:, places]) == np.sign(own.coefficients[0, places])
    return {
        **counts,
        "resamples": int(fitted.sum()),
        "share_selected": float(100 * (others.wald_p_values(places)[fitted] < bound).mean()),
        "share_same_sign": float(100 * signs.all(axis=1).mean()),
    }


# --- differences between two groups ---------------------------------------------------------------


def comparisons(material: Material, run: Run) -> pd.DataFrame:
    """Differences between the groups of a described population, in resamples within the groups.

    Returns
    -------
    DataFrame
        ``analysis``, ``term``, ``statistic`` (``median_difference``, or ``percent_difference`` in
        percentage points), ``n``, ``resamples``, ``estimate``, ``percentile_low``,
        ``percentile_high``, ``share_same_sign`` (percent), ``not_estimable``. The last level of the
        group less the first.
    """
    resamples = Resamples(material, run)
    rows = []
    for name in material.asked["bootstrap"]["comparisons"]:
        analysis = run.study.declared.analyses.get(name)
        if analysis is not None and not analysis.dropped:
            rows += _compared(analysis, run.study.sample(analysis.population), resamples)
    columns = (
        "analysis term statistic n resamples estimate percentile_low percentile_high "
        "share_same_sign not_estimable"
    )
    return table(rows, columns, whole="resamples")


def _compared(analysis: Analysis, sample: Sample, resamples: Resamples) -> Iterator[dict[str, Any]]:
    codebook = sample.codebook
    groups = sample.compared_levels(analysis["by"]) if len(sample) else []
    for name in codebook.expand(analysis["variables"]):
        row = {"analysis": analysis.id, "term": name}
        why = resamples.too_many or sample.lacks(name) or sample.lacks(analysis["by"])
        if not why and len(groups) != 2:
            why = f"{len(groups)} groups, and two are compared"
        if why:
            yield {**row, "not_estimable": why}
            continue
        group = sample.levels(analysis["by"])
        if codebook.variables[name].is_continuous:
            values = sample.numbers(name)
            yield {
                **row,
                "statistic": "median_difference",
                **_difference(values, group, groups, resamples, np.nanmedian, name),
            }
            continue
        levels = sample.levels(name)
        shown = sample.present_levels(name)
        for level in shown[1:] if len(shown) == 2 else shown:
            hit = np.where(pd.isna(levels), np.nan, 100.0 * (levels == level))
            yield {
                **row,
                "term": f"{name}={level_text(level)}",
                "statistic": "percent_difference",
                **_difference(hit, group, groups, resamples, np.nanmean, name),
            }


def _difference(
    values: np.ndarray,
    group: np.ndarray,
    groups: list[str],
    resamples: Resamples,
    center: Any,
    key: str,
) -> dict[str, Any]:
    parts = [values[(group == level) & ~np.isnan(values)] for level in groups]
    counts: Mapping[str, Any] = {"n": sum(map(len, parts))}
    if min(map(len, parts)) < 2:
        return {**counts, "not_estimable": "fewer than two patients in a group"}
    seed = np.random.SeedSequence([resamples.seed, zlib.crc32(key.encode())])
    rng = np.random.Generator(np.random.PCG64(seed))
    drawn = [
        center(part[draws(np.zeros(len(part)), resamples.asked["resamples"], rng)], axis=1)
        for part in parts
    ]
    found, estimate = drawn[1] - drawn[0], float(center(parts[1]) - center(parts[0]))
    low, high = percentile_limits(found)
    return {
        **counts,
        "resamples": len(found),
        "estimate": estimate,
        "percentile_low": low,
        "percentile_high": high,
        "share_same_sign": float(100 * (np.sign(found) == np.sign(estimate)).mean()),
    }
