"""The page of the replication: what real patients say of each finding."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from pd1_dynamics.outputs.pages import template
from pd1_dynamics.outputs.replication.printed import decimals, estimate, whole
from pd1_dynamics.outputs.report.page import Picture


def make(
    findings: Mapping[str, Any],
    cohorts: pd.DataFrame,
    answers: pd.DataFrame,
    pooled: pd.DataFrame,
    sensitivity: pd.DataFrame,
    forests: Sequence[Picture],
    rules: Mapping[str, str],
    pooled_treatment: str,
) -> str:
    """The page, as text; nothing is fetched, and nobody on it is synthetic.

    Parameters
    ----------
    findings
        ``findings`` of ``config/findings.yaml``.
    cohorts, answers, pooled, sensitivity
        The tables of ``results/replication``; ``answers`` is ``estimates.csv``.
    forests
        A figure for each finding, in order.
    rules
        What each verdict means.
    pooled_treatment
        Treatment whose cohorts are pooled.
    """
    by_finding = pooled.set_index("finding")
    rows = [
        _row(key, entry, by_finding.loc[key], answers[answers["finding"] == key])
        for key, entry in findings.items()
    ]
    counted = [row["verdict"] for row in rows if not row["variant"]]
    return template(Path(__file__).with_name("replication.html.jinja")).render(
        rows=rows,
        counts=[(verdict, counted.count(verdict)) for verdict in rules],
        counted=len(counted),
        rules=rules,
        forests=list(zip(findings, forests, strict=True)),
        cohorts=cohorts.to_dict("records"),
        biases=[_biases(cohort, answers) for cohort in cohorts.to_dict("records")],
        answers=[_answer(row, findings) for row in answers.to_dict("records")],
        sensitivity=[_sensitive(row, findings) for row in sensitivity.to_dict("records")],
        fragile=_fragile(findings, pooled, sensitivity),
        alone=_alone(findings, cohorts, answers),
        pooled_treatment=pooled_treatment,
    )


def _row(
    key: str, entry: Mapping[str, Any], row: pd.Series, answers: pd.DataFrame
) -> dict[str, Any]:
    usable = answers[answers["not_estimable"] == ""]
    inside, beside = usable[usable["pooled"]], usable[~usable["pooled"]]
    adjusted = "; ".join(dict.fromkeys(inside["adjusted_for"].str.lower()))
    how = "pooled" if row["cohorts"] > 1 else ", ".join(inside["cohort"]) + " alone"
    places = decimals(entry)
    shown = ("estimate", "ci_low", "ci_high")
    printed = ("published", "published_low", "published_high")
    return {
        "key": key,
        "words": entry["words"],
        "quantity": entry["quantity"],
        "place": entry["place"],
        "margin": f"{entry['margin']:g}" if "margin" in entry else "",
        "variant": bool(entry.get("variant_of")),
        "article": estimate([row[name] for name in printed], places),
        "article_adjusted": entry["article"]["adjusted_for"],
        "ours": estimate([row[name] for name in shown], places),
        "how": f"{how}; adjusted for {adjusted}" if len(inside) else "",
        "beside": ", ".join(beside["cohort"]),
        "cohorts": int(row["cohorts"]),
        "n": whole(row["n"]),
        "events": whole(row["events"]),
        "verdict": row["verdict"],
        "reason": row["reason"] if isinstance(row["reason"], str) else "",
    }


def _answer(row: Mapping[str, Any], findings: Mapping[str, Any]) -> dict[str, str]:
    entry = findings[row["finding"]]
    values = [row["estimate"], row["ci_low"], row["ci_high"]]
    gap = row["not_estimable"]
    return {
        "words": entry["words"],
        "cohort": row["cohort"],
        "estimate": f"not estimable: {gap}" if gap else estimate(values, decimals(entry)),
        "n": whole(row["n"]),
        "events": whole(row["events"]),
        "adjusted_for": "–" if gap else str(row["adjusted_for"]).lower(),
    }


def _sensitive(row: Mapping[str, Any], findings: Mapping[str, Any]) -> dict[str, str]:
    entry = findings[row["finding"]]
    values = [row["estimate"], row["ci_low"], row["ci_high"]]
    return {
        "words": entry["words"],
        "selection": row["selection"],
        "cohorts": str(int(row["cohorts"])),
        "estimate": estimate(values, decimals(entry)),
        "verdict": row["verdict"],
    }


def _biases(cohort: Mapping[str, Any], answers: pd.DataFrame) -> dict[str, Any]:
    """What may lead a reader astray in a cohort, in plain words and with its numbers."""
    n, sizes = int(cohort["n"]), int(cohort["with_sizes"])
    own = answers[(answers["cohort"] == cohort["cohort"]) & (answers["not_estimable"] == "")]
    own = own.assign(outcome_is_survival=own["statistic"] == "hazard_ratio")
    words = []
    if cohort["progression"].startswith("from scans"):
        words.append("Progression follows from the scans in the data, by one rule for all.")
    else:
        words.append(
            "Response and progression are as the trial or centers recorded them: who read the "
            "scans, and how often, is not in the data."
        )
    died = int(cohort["died_without_progression"])
    followed = own["outcome_is_survival"].any()
    if followed:
        words.append(
            f"Without a recorded progression died {died} of {n} patients; they have no survival "
            "after progression, and no resistance type. Progression is dated on the day of death "
            f"in {int(cohort['progressed_on_day_of_death'])}."
        )
    else:
        words.append("No survival: the cohort answers for responses alone.")
    if cohort["several_tumors"]:
        words.append(
            "Several kinds of tumors: an answer that is adjusted for nothing does not tell them "
            "apart, and differences between them may stand behind it. As strata instead of a "
            "covariate they leave few patients each, and may turn a verdict that holds only just."
        )
    if sizes:
        missing = n - sizes
        words.append(
            f"{missing} of {n} patients have no size on treatment that counts: not measured, or "
            "only after progression; what rests on depth and nadir is of the others."
        )
        words.append(
            "Guarantee time: depth and time to nadir are known only of those who lived until their "
            "nadir, so their hazard ratios favor late nadirs by design. Sizes end at progression: "
            "responders, who are measured for longer, reach a late nadir more easily."
        )
    else:
        words.append("No sizes: nothing on depth or nadir.")
    if followed:
        words.append(
            "Guarantee time: a secondary resistance type is given to those who stayed free of "
            "progression for six months or responded; survival is counted from progression, which "
            "takes most of it out."
        )
        events = int(own.loc[own["outcome_is_survival"], "events"].max())
        words.append(f"At most {events} events stand behind a hazard ratio.")
    return {"title": cohort["title"], "words": words}


def _fragile(
    findings: Mapping[str, Any], pooled: pd.DataFrame, sensitivity: pd.DataFrame
) -> list[str]:
    """Findings whose verdict another selection of cohorts changes."""
    verdicts = pooled.set_index("finding")["verdict"]
    words = []
    for key, rows in sensitivity.groupby("finding", sort=False):
        others = rows[rows["verdict"] != verdicts[key]]
        if len(others):
            each = "; ".join(
                f"{row['selection']}: {row['verdict']}" for row in others.to_dict("records")
            )
            words.append(f"{findings[key]['words']}: {verdicts[key]} with all; {each}.")
    return words


def _alone(findings: Mapping[str, Any], cohorts: pd.DataFrame, answers: pd.DataFrame) -> list[str]:
    """Findings that a single cohort answers, by that cohort with its disease."""
    counted = [key for key, entry in findings.items() if not entry.get("variant_of")]
    usable = answers["pooled"] & (answers["not_estimable"] == "")
    inside = answers[usable & answers["finding"].isin(counted)]
    single = inside.groupby("finding")["cohort"].filter(lambda found: len(found) == 1)
    by_cohort = inside.loc[single.index].groupby("cohort", sort=False)["finding"]
    disease = cohorts.set_index("cohort")["disease"]
    return [
        f"{cohort} ({disease[cohort]}): " + "; ".join(findings[key]["words"] for key in keys) + "."
        for cohort, keys in by_cohort
    ]
