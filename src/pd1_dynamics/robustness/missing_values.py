"""Complete cases beside multiple imputation, and the worst that missing values could hide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.imputation.mice import MICEData

from pd1_dynamics.analyses.attempt import attempt
from pd1_dynamics.analyses.data import Sample
from pd1_dynamics.analyses.run import Run
from pd1_dynamics.robustness.material import Fitted, Material, models_of, table
from pd1_dynamics.statistics.cox import cox
from pd1_dynamics.statistics.cox_engine import fit_cox
from pd1_dynamics.statistics.errors import NotEstimable
from pd1_dynamics.statistics.kaplan_meier import nelson_aalen
from pd1_dynamics.statistics.rubin import pool

_BURN_IN = 10  # rounds of the chain before the first imputation is taken
_MOST_MISSING = 0.6
_RANGE = (0.05, 0.5, 0.95)
_PASSES = 5


def missing_values(material: Material, run: Run) -> pd.DataFrame:
    """The Cox models with what is missing imputed, and at both extremes.

    Chained equations with predictive mean matching (statsmodels ``MICEData``) on all covariates of
    the analysis, the event and the Nelson–Aalen estimate (White and Royston, Stat Med 2009), pooled
    by Rubin's rules (R: ``mice::pool``). Extremes, in patients with all other covariates: each
    missing value is one of the known ones' 5 %, 50 % and 95 % quantiles (0 or 1 of a level), chosen
    patient by patient until the hazard ratio can be moved no further.

    Returns
    -------
    DataFrame
        ``analysis``, ``term``, ``n`` (complete), ``events``, ``estimate``, ``ci_low``,
        ``ci_high``, ``p_value`` (complete cases); ``n_imputed``, ``missing`` (patients without the
        covariate), ``imputed``, ``imputed_low``, ``imputed_high``, ``imputed_p_value``,
        ``missing_information`` (percent); ``lowest``, ``highest`` (at the extremes; empty where
        nobody with all other covariates lacks this one), and
        ``not_estimable``.
    """
    rows = []
    for name in material.asked["missing_values"]["analyses"]:
        rows += _of_analysis(name, material, run)
    columns = (
        "analysis term n events estimate ci_low ci_high p_value n_imputed missing imputed "
        "imputed_low imputed_high imputed_p_value missing_information lowest highest not_estimable"
    )
    return table(rows, columns, whole="n_imputed missing")


def _of_analysis(name: str, material: Material, run: Run) -> Iterator[dict[str, Any]]:
    models = list(models_of(run, name))
    usable = [model for model in models if not model.why]
    everyone, columns, why = None, {}, material.too_many
    if usable:
        sample = run.study.sample(usable[0].analysis.population)
        everyone, columns = _with_outcome(sample, usable)
    filled, gone = ([], why) if why or not usable else attempt(_imputed, everyone, material)
    for model in models:
        row = {"analysis": name, "term": model.label}
        if model.why:
            yield {**row, "not_estimable": model.why}
            continue
        found, why = attempt(cox, *model.follow_up, model.named)
        if why:
            yield {**row, "not_estimable": why}
            continue
        counts = {"n": len(model.data.members), "events": model.events}
        terms = list(model.frame)
        for place, term in model.shown():
            one = found.table.iloc[place]
            told = {key: float(one[key]) for key in ("estimate", "ci_low", "ci_high", "p_value")}
            row = {"analysis": name, "term": term, **counts, **told}
            row["n_imputed"] = len(everyone)
            row["missing"] = int(everyone[columns[term]].isna().sum())
            if gone:
                yield {**row, "not_estimable": gone}
                continue
            yield (
                row
                | _pooled(filled, terms, columns, place)
                | _extremes(everyone, terms, columns, place)
            )


def _with_outcome(sample: Sample, models: list[Fitted]) -> tuple[pd.DataFrame, dict[str, str]]:
    """Patients with the outcome, ``time`` and ``event``, with a plain column for each term."""
    time, event = sample.times(models[0].analysis["outcome"])
    told = ~np.isnan(time + event)
    found = {"time": time[told], "event": event[told]}
    columns: dict[str, str] = {}
    for model in models:
        for column in model.data.covariates.columns:
            if column.term in columns:
                continue
            name = columns[column.term] = f"v{len(columns)}"
            variable, _, level = column.term.partition("=")
            if level:
                levels = sample.levels(variable)[told]
                known = np.isin(levels.astype(str), sample.compared_levels(variable))
                found[name] = np.where(known, (levels == level).astype(float), np.nan)
            else:
                found[name] = sample.numbers(variable)[told]
    return pd.DataFrame(found), columns


def _imputed(everyone: pd.DataFrame, material: Material) -> list[pd.DataFrame]:
    """Completed data, one for each imputation."""
    asked = material.asked["missing_values"]
    covariates = everyone.drop(columns=["time", "event"])
    if not covariates.isna().any(axis=None):
        return [everyone] * asked["imputations"]
    share = covariates.isna().mean().max()
    if share > _MOST_MISSING:
        raise NotEstimable(f"a covariate that {100 * share:.0f} % of the patients lack")
    needed = material.asked["events_per_coefficient"] * covariates.shape[1]
    if len(everyone) < needed:
        raise NotEstimable(
            f"too few patients: {len(everyone)}, and to impute {covariates.shape[1]} covariates "
            f"needs {needed}"
        )
    data = everyone.assign(hazard=nelson_aalen(everyone["time"], everyone["event"])).drop(
        columns="time"
    )
    rng = np.random.Generator(np.random.PCG64(material.asked["seed"]))
    try:
        chain = MICEData(data, k_pmm=5, rng=rng)
        chain.update_all(_BURN_IN)
        filled = []
        for _ in range(asked["imputations"]):
            chain.update_all(asked["iterations"])
            filled.append(chain.data[list(covariates)].assign(**everyone[["time", "event"]]))
    except (ValueError, np.linalg.LinAlgError):
        raise NotEstimable("the imputation models cannot be fitted") from None
    return filled


def _pooled(
    filled: list[pd.DataFrame], terms: list[str], columns: Mapping[str, str], place: int
) -> dict[str, Any]:
    names = [columns[term] for term in terms]
    fits = []
    for data in filled:
        found, why = attempt(cox, data["time"], data["event"], data[names])
        if why:
            return {"not_estimable": why}
        fits.append(found.table.iloc[place])
    df = int(filled[0]["event"].sum()) - len(terms)
    one = pool([f["coefficient"] for f in fits], [f["std_err"] for f in fits], max(df, 1))
    return {
        "imputed": float(np.exp(one.estimate)),
        "imputed_low": float(np.exp(one.ci_low)),
        "imputed_high": float(np.exp(one.ci_high)),
        "imputed_p_value": one.p_value,
        "missing_information": 100 * one.missing_information
        if filled[0] is not filled[-1]
        else 0.0,
    }


def _extremes(
    everyone: pd.DataFrame, terms: list[str], columns: Mapping[str, str], place: int
) -> dict[str, Any]:
    """Lowest and highest hazard ratio that plausible values of one covariate give."""
    own = columns[terms[place]]
    others = [columns[term] for term in terms if columns[term] != own]
    data = everyone[everyone[others].notna().all(axis=1)]
    values = data[own].to_numpy()
    missing = np.flatnonzero(np.isnan(values))
    known = values[~np.isnan(values)]
    if not len(missing):  # nothing to vary, whether or not patients who lack others lack it too
        return {}
    options = np.quantile(known, _RANGE)
    if set(known) <= {0.0, 1.0}:
        options = np.array([0.0, 1.0])
    design = data[[columns[term] for term in terms]].to_numpy()

    def coefficients(trials: np.ndarray) -> np.ndarray:
        designs = np.repeat(design[None], len(trials), axis=0)
        designs[:, :, place] = trials
        return fit_cox(data["time"], data["event"], designs).coefficients[:, 0, place]

    ends = []
    for sign in (-1, 1):
        filled = values.copy()
        filled[missing] = np.median(known)
        best = coefficients(filled[None])[0]
        for _ in range(_PASSES):
            before = best
            for patient in missing:
                trials = np.repeat(filled[None], len(options), axis=0)
                trials[:, patient] = options
                found = sign * coefficients(trials)
                if np.isfinite(found).any() and np.nanmax(found) > sign * best:
                    filled[patient] = options[np.nanargmax(found)]
                    best = sign * np.nanmax(found)
            if best == before:
                break
        ends.append(float(np.exp(best)))
    return {"lowest": ends[0], "highest": ends[1]}
