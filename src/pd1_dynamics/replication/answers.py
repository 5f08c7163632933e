"""What each cohort answers to each finding: an estimate with its size, or why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm
from scipy.stats import t as student

from pd1_dynamics.analyses.selection import ALL, Estimate, Estimates
from pd1_dynamics.contract.cohort_file import Cohort

LOG, LOGIT, FISHER_Z, IDENTITY = "log", "logit", "fisher_z", "identity"
SEVERAL = "several"
"""The setting ``sitc.tumor_type`` of a cohort with several kinds of tumors."""
Z = float(norm.isf(0.025))
COLUMNS = (
    *("finding", "cohort", "n", "events", "statistic", "estimate", "ci_low", "ci_high"),
    *("p_value", "method", "adjusted_for", "not_estimable", "effect", "std_err"),
)


@dataclass(frozen=True)
class Source:
    """A cohort with its estimates.

    Attributes
    ----------
    cohort
        Its description.
    estimates
        ``estimates.csv``.
    patients
        ``derived/patients.csv``.
    """

    cohort: Cohort
    estimates: pd.DataFrame
    patients: pd.DataFrame


def answers(findings: Mapping[str, Any], sources: list[Source]) -> pd.DataFrame:
    """Every finding in every cohort.

    Parameters
    ----------
    findings
        ``config/findings.yaml``.
    sources
        Cohorts of real patients.

    Returns
    -------
    DataFrame
        Columns :data:`COLUMNS`, one row a finding and cohort, ``not_estimable`` where there is no
        estimate. ``effect`` and ``std_err`` are on the scale on which the finding is pooled.
    """
    looked_up = [(source.cohort.name, Estimates(source.estimates)) for source in sources]
    rows = [
        {"finding": key, "cohort": name, **answer(entry, found)}
        for key, entry in findings.items()
        for name, found in looked_up
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def answer(entry: Mapping[str, Any], estimates: Estimates) -> dict[str, Any]:
    """One finding in one cohort: the columns of :func:`answers` but finding and cohort."""
    where = {name: entry[name] for name in ("outcome", "term", "statistic") if name in entry}
    rows = [
        row
        for analysis in entry["analyses"]
        for row in estimates.rows(analysis, group=entry.get("group", ALL), **where)
    ]
    usable = [row for row in rows if not row.not_estimable]
    if not usable:
        gaps = [row.not_estimable for row in rows]
        gaps += [estimates.gap(name) for name in entry["analyses"] if estimates.rows(name)]
        reason = next(filter(None, gaps), f"needs {entry['needs']}")
        return {"statistic": entry["statistic"], "not_estimable": reason}
    row = usable[0]
    effect, std_err = on_scale(entry["scale"], row)
    low, high = row.ci_low, row.ci_high
    if entry["scale"] == FISHER_Z and np.isnan(low):
        low, high = np.tanh(effect - Z * std_err), np.tanh(effect + Z * std_err)
    adjusted = [part for part in row.method.split("; ") if part.startswith("adjusted for ")]
    return {
        "n": row.n,
        "events": row.events,
        "statistic": row.statistic,
        "estimate": row.estimate,
        "ci_low": low,
        "ci_high": high,
        "p_value": row.p_value,
        "method": row.method,
        "adjusted_for": adjusted[0].removeprefix("adjusted for ") if adjusted else "nothing",
        "not_estimable": "",
        "effect": effect,
        "std_err": std_err,
    }


def on_scale(scale: str, row: Estimate) -> tuple[float, float]:
    """An estimate and its standard error on the scale on which it is pooled.

    Ratios: the logarithm, and the width of their Wald interval. Percents: the log odds of the
    count, with half a patient more in both cells where one is empty (as ``metafor``'s ``PLO``).
    Correlations: Fisher's z with variance 1/(n - 3). Others: as they are, with the width of their
    interval by the t distribution (one covariate).
    """
    if scale == LOG:
        return float(np.log(row.estimate)), float(np.log(row.ci_high / row.ci_low) / (2 * Z))
    if scale == LOGIT:
        count = round(row.estimate * row.n / 100)
        other = row.n - count
        if not count or not other:
            count, other = count + 0.5, other + 0.5
        return float(np.log(count / other)), float(np.sqrt(1 / count + 1 / other))
    if scale == FISHER_Z:
        return float(np.arctanh(row.estimate)), float(1 / np.sqrt(row.n - 3))
    return float(row.estimate), float(
        (row.ci_high - row.ci_low) / (2 * student.isf(0.025, row.n - 2))
    )


def back(scale: str, effect: float) -> float:
    """A number of the pooling scale as it is shown.

    >>> round(back("log", 0.0), 3), round(back("logit", 0.0), 1), back("identity", 2.5)
    (1.0, 50.0, 2.5)
    """
    if scale == LOG:
        return float(np.exp(effect))
    if scale == LOGIT:
        return float(100 / (1 + np.exp(-effect)))
    return float(np.tanh(effect)) if scale == FISHER_Z else float(effect)


def describe(sources: list[Source], found: pd.DataFrame) -> pd.DataFrame:
    """``cohorts.csv``: who the patients are, how progression was read, and what can be answered."""
    rows = []
    for source in sources:
        cohort, patients = source.cohort, source.patients
        own = found[(found["cohort"] == cohort.name) & (found["not_estimable"] == "")]
        scans = "outcomes_from" not in cohort.settings and "n_imaging_dates" in patients
        scans = scans and patients["n_imaging_dates"].notna().any()
        progressed = patients["in_progression_cohort"]
        deaths = (patients["pfs_end"].astype(str).str.contains("death")).sum()
        on_day = (progressed == 1) & (patients["pps_months"] == 0)
        rows.append(
            {
                "cohort": cohort.name,
                "n": len(patients),
                "n_progressed": int((progressed == 1).sum()),
                "disease": cohort.disease,
                "treatment": cohort.treatment,
                "can_estimate": "; ".join(own["finding"]),
                "title": cohort.title,
                "source": cohort.source,
                "progression": "from scans, by RECIST 1.1" if scans else "as the cohort reports it",
                "with_sizes": int(patients["max_change_pct"].notna().sum()),
                "died_without_progression": int(deaths),
                "progressed_on_day_of_death": int((on_day & (patients["pps_event"] == 1)).sum()),
                "several_tumors": cohort.settings.get("sitc", {}).get("tumor_type") == SEVERAL,
            }
        )
    return pd.DataFrame(rows)
