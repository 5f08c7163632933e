"""Covariates that are known only later: landmarks, covariates that change, scans between events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics.analyses.attempt import attempt
from pd1_dynamics.analyses.data import Sample
from pd1_dynamics.analyses.run import Run
from pd1_dynamics.contract.vocabulary import CR, PR, PRIMARY, SECONDARY
from pd1_dynamics.robustness.material import Material, table, too_few
from pd1_dynamics.statistics.counting_process import counting_process_cox
from pd1_dynamics.statistics.cox import cox
from pd1_dynamics.statistics.errors import NotEstimable
from pd1_dynamics.statistics.interval_censored import turnbull, weibull
from pd1_dynamics.statistics.kaplan_meier import kaplan_meier
from pd1_dynamics.statistics.restricted_mean import difference, restricted_mean

DEPTH, NADIR, RESPONSE = "max_change_pct", "time_to_nadir_months", "objective_response=1"
OF_PRIMARY, OF_SECONDARY = f"resistance={PRIMARY}", f"resistance={SECONDARY}"
COVARIATES = {
    "depth": (DEPTH,),
    "nadir": (NADIR,),
    "depth_and_nadir": (DEPTH, NADIR),
    "response": (RESPONSE,),
    "resistance": (OF_PRIMARY, OF_SECONDARY),
}
"""What is judged as it is known at a time, and the terms of its model. Resistance compares with
patients who have not progressed by then."""

NO_SCANS = "no response at single evaluations"
ENDS = "resistance is told by the progression that ends PFS"
_MODEL = ("estimate", "ci_low", "ci_high", "p_value")


def scans_that_count(response: pd.DataFrame) -> pd.DataFrame:
    """Evaluations up to progression: ``patient_id``, ``month``, ``change`` (percent, from
    baseline) and ``responds`` (CR or PR)."""
    there = response[response["counted"] == 1]
    return pd.DataFrame(
        {
            "patient_id": there["patient_id"].astype(str),
            "month": there["month"].astype(float),
            "change": there["change_from_baseline_pct"].astype(float),
            "responds": there["overall_response"].isin([CR, PR]).astype(float),
        }
    ).sort_values(["patient_id", "month"], kind="stable", ignore_index=True)


def so_far(scans: pd.DataFrame) -> pd.DataFrame:
    """At each scan what is known by then: depth, month of the nadir, and whether CR or PR was seen.

    Parameters
    ----------
    scans
        As :func:`scans_that_count` gives them.

    Returns
    -------
    DataFrame
        ``patient_id``, ``month``, and columns named as the terms.
    """
    by = scans["patient_id"]
    depth = scans["change"].groupby(by).cummin().groupby(by).ffill()
    deeper = depth != depth.groupby(by).shift()  # the first scan of a patient counts as deeper
    nadir = scans["month"].where(deeper & depth.notna()).groupby(by).ffill()
    return pd.DataFrame(
        {
            "patient_id": by,
            "month": scans["month"],
            DEPTH: depth,
            NADIR: nadir,
            RESPONSE: scans["responds"].groupby(by).cummax(),
        }
    )


def known_at(scans: pd.DataFrame, patients: pd.DataFrame, month: float) -> pd.DataFrame:
    """What is known of each patient at a time, in the order of ``patients``.

    Returns
    -------
    DataFrame
        Columns named as the terms; NaN where no scan tells.
    """
    known = so_far(scans[scans["month"] <= month]).groupby("patient_id").last()
    ids = patients["patient_id"].astype(str).to_numpy()
    found = known.reindex(index=ids).reset_index(drop=True)
    progressed = (patients["in_progression_cohort"] == 1) & (
        patients["progression_months"] <= month
    )
    kind = patients["resistance"].where(progressed, "")
    told = (kind == "") | kind.isin([PRIMARY, SECONDARY])
    told &= patients["in_progression_cohort"].notna()
    for term, level in ((OF_PRIMARY, PRIMARY), (OF_SECONDARY, SECONDARY)):
        found[term] = (kind == level).astype(float).where(told).to_numpy()
    return found


# --- landmarks ------------------------------------------------------------------------------------


def landmarks(material: Material, run: Run) -> pd.DataFrame:
    """Cox models of those still at risk at a landmark, on what was known by then.

    Returns
    -------
    DataFrame
        ``analysis``, ``landmark_months``, ``term``, ``n``, ``events``, ``estimate`` (hazard ratio),
        ``ci_low``, ``ci_high``, ``p_value``; then who was lost: ``population_n``, ``had_event``,
        ``censored``, ``not_known``; ``method``, ``not_estimable``.

    References
    ----------
    Anderson JR, Cain KC, Gelber RD. Analysis of survival by tumor response. J Clin Oncol
    1983;1:710-9.
    """
    asked = material.asked["dynamics"]
    scans, sample = scans_that_count(material.response), run.study.sample(asked["population"])
    rows = []
    for month in asked["landmarks_months"]:
        known = known_at(scans, sample.table.data, month)[sample.mask].reset_index(drop=True)
        for outcome in asked["outcomes"]:
            for name, terms in COVARIATES.items():
                row = {"analysis": f"{outcome}_on_{name}", "landmark_months": month}
                row["method"] = "Cox proportional hazards, follow-up from the landmark"
                why = _lacking(name, outcome, scans, sample)
                if why:
                    rows += [{**row, "term": term, "not_estimable": why} for term in terms]
                else:
                    values = known[list(terms)]
                    rows += _at_landmark(row, values, sample.times(outcome), month, material.asked)
    columns = (
        "analysis landmark_months term n events estimate ci_low ci_high p_value population_n "
        "had_event censored not_known method not_estimable"
    )
    return table(rows, columns, whole="population_n had_event censored not_known")


def _lacking(name: str, outcome: str, scans: pd.DataFrame, sample: Sample) -> str:
    if outcome == "pfs" and name == "resistance":
        return ENDS
    if scans.empty:
        return NO_SCANS
    if name.startswith(("depth", "nadir")) and scans["change"].isna().all():
        return NO_SCANS
    if name == "response" and not scans["responds"].any():
        return NO_SCANS
    return sample.lacks_outcome(outcome)


def _at_landmark(
    row: Mapping[str, Any],
    values: pd.DataFrame,
    times: tuple[np.ndarray, np.ndarray],
    month: float,
    asked: Mapping[str, Any],
) -> list[dict[str, Any]]:
    time, event = times
    told = ~np.isnan(time + event)
    at_risk, known = told & (time > month), values.notna().all(axis=1).to_numpy()
    kept = at_risk & known
    row = {
        **row,
        "population_n": len(time),
        "had_event": int((told & ~at_risk & (event == 1)).sum()),
        "censored": int((told & ~at_risk & (event == 0)).sum()),
        "not_known": int((at_risk & ~known).sum() + (~told).sum()),
        "n": int(kept.sum()),
        "events": int(np.nansum(event[kept])),
    }
    if not kept.any():
        return [{**row, "term": term, "not_estimable": "nobody at risk"} for term in values]
    left, died = time[kept] - month, event[kept]
    return _rows(row, values[kept], lambda frame: cox(left, died, frame), asked)


def _rows(
    row: Mapping[str, Any], frame: pd.DataFrame, fit: Any, asked: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """A row for each term; levels that nobody has are told, and the others are compared."""
    empty = [term for term in frame if frame[term].nunique() < 2]
    kept = frame.drop(columns=empty)
    why = too_few(row["events"], len(kept.columns), asked)
    found = None
    if not why and len(kept.columns):
        found, why = attempt(fit, kept)
    rows = []
    for term in frame:
        if term in empty:
            rows.append({**row, "term": term, "not_estimable": "the same in all patients by then"})
        elif why:
            rows.append({**row, "term": term, "not_estimable": why})
        else:
            one = found.table.iloc[list(kept).index(term)]
            rows.append({**row, "term": term, **{key: float(one[key]) for key in _MODEL}})
    return rows


# --- covariates that change -----------------------------------------------------------------------


def time_dependent(material: Material, run: Run) -> pd.DataFrame:
    """The same covariates as they change at scans, and as if they had been known at the start.

    Counting process (R: ``coxph(Surv(start, stop, event) ~ ...)``). Before the first scan depth is
    0 %, the nadir the start, and nobody has responded or progressed.

    Returns
    -------
    DataFrame
        ``analysis``, ``term``, ``n``, ``events``, ``spans``, ``estimate`` (hazard ratio),
        ``ci_low``, ``ci_high``, ``p_value``, ``estimate_as_fixed`` (with final values, as if known
        at the start: guarantee time), ``method``, ``not_estimable``.
    """
    asked = material.asked["dynamics"]
    scans, sample = scans_that_count(material.response), run.study.sample(asked["population"])
    patients = sample.table.data[sample.mask].reset_index(drop=True)
    rows = []
    for outcome in asked["outcomes"]:
        time, event = sample.times(outcome)
        whole = known_at(scans, patients, np.inf)
        split = spans(scans, patients, time, event)
        for name, terms in COVARIATES.items():
            row = {"analysis": f"{outcome}_on_{name}"}
            row["method"] = "Cox model with covariates that change over time (counting process)"
            why = material.too_many or _lacking(name, outcome, scans, sample)
            if why:
                rows += [{**row, "term": term, "not_estimable": why} for term in terms]
                continue
            used = split[split[list(terms)].notna().all(axis=1)]
            row |= {
                "n": used["patient"].nunique(),
                "events": int(used["event"].sum()),
                "spans": len(used),
            }
            found = _rows(
                row,
                used[list(terms)],
                lambda kept, used=used: counting_process_cox(used, list(kept)),
                material.asked,
            )
            fixed = _as_fixed(whole[list(terms)], time, event)
            rows += [{**one, "estimate_as_fixed": fixed.get(one["term"], np.nan)} for one in found]
    columns = (
        "analysis term n events spans estimate ci_low ci_high p_value estimate_as_fixed method "
        "not_estimable"
    )
    return table(rows, columns, whole="spans")


def _as_fixed(values: pd.DataFrame, time: np.ndarray, event: np.ndarray) -> dict[str, float]:
    kept = values.notna().all(axis=1).to_numpy() & ~np.isnan(time + event)
    found, why = attempt(cox, time[kept], event[kept], values[kept])
    return {} if why else dict(zip(values, found.table["estimate"], strict=True))


def spans(
    scans: pd.DataFrame, patients: pd.DataFrame, time: np.ndarray, event: np.ndarray
) -> pd.DataFrame:
    """Follow-up cut at each scan and at progression, with what is known at the start of each span.

    Parameters
    ----------
    scans
        As :func:`scans_that_count` gives them.
    patients
        Derived patients, n rows.
    time, event
        Follow-up in months, shape (n,); patients with NaN or without time are left out.

    Returns
    -------
    DataFrame
        ``patient`` (position), ``start``, ``stop``, ``event``, and columns named as the terms.
    """
    kept = np.flatnonzero(~np.isnan(time + event) & (time > 0))
    ids = patients["patient_id"].astype(str)
    untyped = np.where(patients["in_progression_cohort"].isna(), np.inf, 0.0)[kept]
    begin = pd.DataFrame(
        {"patient": kept, "start": 0.0, DEPTH: 0.0, NADIR: 0.0, RESPONSE: 0.0}
    ).assign(**{OF_PRIMARY: untyped, OF_SECONDARY: untyped})
    place = pd.Series(range(len(patients)), index=ids)
    seen = so_far(scans)
    seen = seen.assign(patient=seen["patient_id"].map(place)).rename(columns={"month": "start"})
    progressed = patients[patients["in_progression_cohort"] == 1]
    kind = progressed["resistance"]
    told = kind.isin([PRIMARY, SECONDARY])
    turned = pd.DataFrame(
        {
            "patient": progressed.index,
            "start": progressed["progression_months"].astype(float),
            OF_PRIMARY: (kind == PRIMARY).astype(float).where(told, np.inf),
            OF_SECONDARY: (kind == SECONDARY).astype(float).where(told, np.inf),
        }
    )
    points = pd.concat([begin, seen.drop(columns="patient_id"), turned], ignore_index=True)
    points = points[points["patient"].isin(kept) & (points["start"] >= 0)]
    points["patient"] = points["patient"].astype(int)
    points["end"] = time[points["patient"]]
    points = points[points["start"] < points["end"]]
    points = points.sort_values(["patient", "start"], kind="stable", ignore_index=True)
    terms = [DEPTH, NADIR, RESPONSE, OF_PRIMARY, OF_SECONDARY]
    points[terms] = points.groupby("patient")[terms].ffill()
    points = points.groupby(["patient", "start"], as_index=False).last()
    following = points.groupby("patient")["start"].shift(-1)
    points["stop"] = following.fillna(points["end"])
    points["event"] = np.where(following.isna(), event[points["patient"]], 0).astype(int)
    return points.replace([np.inf], np.nan).drop(columns="end")


# --- restricted means -----------------------------------------------------------------------------


def restricted_means(material: Material, run: Run) -> pd.DataFrame:
    """Differences of restricted mean survival between two groups (R: ``survRM2::rmst2``).

    Returns
    -------
    DataFrame
        ``analysis``, ``months`` (horizon), ``group``, ``reference``, ``n``, ``events``,
        ``estimate`` (months, group less reference), ``ci_low``, ``ci_high``, ``p_value``,
        ``mean_group``, ``mean_reference``, ``not_estimable``.
    """
    asked = material.asked["restricted_mean"]
    rows = []
    for name, one in asked["comparisons"].items():
        sample = run.study.sample(one["population"])
        for months in asked["months"]:
            row = {"analysis": name, "months": months}
            found, why = attempt(_difference_of_means, sample, one, months)
            rows.append({**row, "not_estimable": why} if why else {**row, **found})
    columns = (
        "analysis months group reference n events estimate ci_low ci_high p_value mean_group "
        "mean_reference not_estimable"
    )
    return table(rows, columns)


def _difference_of_means(sample: Sample, asked: Mapping[str, Any], months: float) -> dict[str, Any]:
    why = sample.lacks_outcome(asked["outcome"]) or sample.lacks(asked["by"])
    if why:
        raise NotEstimable(why)
    time, event = sample.times(asked["outcome"])
    levels = sample.levels(asked["by"])
    told = ~np.isnan(time + event)
    present = [g for g in sample.compared_levels(asked["by"]) if (told & (levels == g)).any()]
    if len(present) != 2:
        raise NotEstimable(f"{len(present)} groups with survival, and two are compared")
    reference, group = present
    means = {}
    for level in present:
        chosen = told & (levels == level)
        means[level] = restricted_mean(time[chosen], event[chosen], months)
    found = difference(means[group], means[reference])
    return {
        "group": f"{asked['by']}={group}",
        "reference": reference,
        "n": sum(mean.n for mean in means.values()),
        "events": sum(mean.events for mean in means.values()),
        "estimate": found.estimate,
        "ci_low": found.ci_low,
        "ci_high": found.ci_high,
        "p_value": found.p_value,
        "mean_group": means[group].estimate,
        "mean_reference": means[reference].estimate,
    }


# --- what the visit schedule does -----------------------------------------------------------------


def visit_schedule(material: Material, run: Run) -> pd.DataFrame:
    """PFS with progression at its detection, and anywhere between two scans.

    Kaplan–Meier at detection beside Turnbull's estimate and a Weibull model of the intervals.

    Returns
    -------
    DataFrame
        ``analysis``, ``quantity`` (``survival``, percent, or ``median``, months), ``months``,
        ``n``, ``events``, ``at_detection``, ``ci_low``, ``ci_high``, ``turnbull_low``,
        ``turnbull_high``, ``weibull``, ``not_estimable``.
    """
    asked = material.asked["visit_schedule"]
    sample, rows = run.study.sample(asked["population"]), []
    found, why = attempt(_between_scans, material, sample, asked["outcome"])
    quantities = [("median", np.nan), *(("survival", month) for month in asked["months"])]
    for quantity, month in quantities:
        row = {"analysis": asked["outcome"], "quantity": quantity, "months": month}
        rows.append({**row, "not_estimable": why} if why else {**row, **found(quantity, month)})
    columns = (
        "analysis quantity months n events at_detection ci_low ci_high turnbull_low turnbull_high "
        "weibull not_estimable"
    )
    return table(rows, columns)


def _between_scans(material: Material, sample: Sample, outcome: str) -> Any:
    why = material.too_many or sample.lacks_outcome(outcome)
    scans = scans_that_count(material.response)
    if why or scans.empty:
        raise NotEstimable(why or NO_SCANS)
    time, event = sample.times(outcome)
    seen = sample.levels("radiological_progression") == "1"
    ids = sample.table.data.loc[sample.mask, "patient_id"].astype(str).to_numpy()
    kept = ~np.isnan(time + event) & (time > 0)
    time, event, seen, ids = time[kept], event[kept], seen[kept], ids[kept]
    end = pd.Series(time, index=ids)
    earlier = scans[scans["month"] < scans["patient_id"].map(end) - 1e-9]
    last = earlier.groupby("patient_id")["month"].max().clip(lower=0).reindex(ids).fillna(0.0)
    between = (event == 1) & seen
    left = np.where(between, last, time)
    right = np.where(event == 1, time, np.inf)
    curve = kaplan_meier(time, event)
    free = turnbull(np.where((event == 1) & ~seen, np.nextafter(time, 0), left), right)
    model, no_model = attempt(weibull, left, right)

    def told(quantity: str, month: float) -> dict[str, Any]:
        counts = {"n": len(time), "events": int(event.sum())}
        if quantity == "median":
            detected, (low, high) = curve.median(), free.median()
            fitted = np.nan if no_model else model.median
        else:
            detected = tuple(100 * float(part[0]) for part in curve.at(month))
            low, high = (100 * part for part in free.at(month))
            fitted = np.nan if no_model else 100 * model.at(month)
        return {
            **counts,
            **dict(zip(("at_detection", "ci_low", "ci_high"), detected, strict=True)),
            "turnbull_low": low,
            "turnbull_high": high,
            "weibull": fitted,
        }

    return told
