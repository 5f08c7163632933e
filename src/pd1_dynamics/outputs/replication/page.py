"""The page of the replication: what real patients say of each finding."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pd1_dynamics.outputs.replication.printed import decimals, estimate
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
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    by_finding = pooled.set_index("finding")
    rows = [_row(key, entry, by_finding.loc[key]) for key, entry in findings.items()]
    return environment.get_template("replication.html.jinja").render(
        rows=rows,
        counts=[(verdict, sum(row["verdict"] == verdict for row in rows)) for verdict in rules],
        rules=rules,
        forests=list(zip(findings, forests, strict=True)),
        cohorts=cohorts.to_dict("records"),
        biases=[_biases(cohort, answers) for cohort in cohorts.to_dict("records")],
        answers=[_answer(row, findings) for row in answers.to_dict("records")],
        sensitivity=[_sensitive(row, findings) for row in sensitivity.to_dict("records")],
        fragile=_fragile(findings, pooled, sensitivity),
        pooled_treatment=pooled_treatment,
    )


def _row(key: str, entry: Mapping[str, Any], row: pd.Series) -> dict[str, Any]:
    places = decimals(entry)
    shown = ("estimate", "ci_low", "ci_high")
    printed = ("published", "published_low", "published_high")
    several = row["cohorts"] > 1
    return {
        "key": key,
        "words": entry["words"],
        "quantity": entry["quantity"],
        "place": entry["place"],
        "article": estimate([row[name] for name in printed], places),
        "ours": estimate([row[name] for name in shown], places),
        "how": "pooled" if several else "one cohort" if row["cohorts"] else "",
        "cohorts": int(row["cohorts"]),
        "n": _whole(row["n"]),
        "events": _whole(row["events"]),
        "verdict": row["verdict"],
        "reason": row["reason"] if isinstance(row["reason"], str) else "",
    }


def _whole(value: float) -> str:
    return "–" if pd.isna(value) else f"{int(value):,}"


def _answer(row: Mapping[str, Any], findings: Mapping[str, Any]) -> dict[str, str]:
    entry = findings[row["finding"]]
    values = [row["estimate"], row["ci_low"], row["ci_high"]]
    gap = row["not_estimable"]
    return {
        "words": entry["words"],
        "cohort": row["cohort"],
        "estimate": f"not estimable: {gap}" if gap else estimate(values, decimals(entry)),
        "n": _whole(row["n"]),
        "events": _whole(row["events"]),
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
    words = []
    if cohort["progression"].startswith("from scans"):
        words.append("Progression follows from the scans in the data, by one rule for all.")
    else:
        words.append(
            "Response and progression are as the trial or centers recorded them: who read the "
            "scans, and how often, is not in the data."
        )
    died = int(cohort["died_without_progression"])
    words.append(
        f"{died} of {n} patients died without a recorded progression; they have no survival after "
        "progression, and no resistance type."
    )
    if sizes:
        missing = n - sizes
        words.append(
            f"{missing} of {n} patients have no size on treatment that counts: not measured, or "
            "only after progression; what rests on depth and nadir is of the others."
        )
        words.append(
            "Guarantee time: depth and time to nadir are known only of those who lived until their "
            "nadir, so their hazard ratios favor late nadirs by design."
        )
    else:
        words.append("No sizes: nothing on depth or nadir.")
    words.append(
        "Guarantee time: a secondary resistance type is given to those who stayed free of "
        "progression for six months or responded; survival is counted from progression, which "
        "takes most of it out."
    )
    own = answers[(answers["cohort"] == cohort["cohort"]) & (answers["not_estimable"] == "")]
    events = own["events"].max()
    if not pd.isna(events):
        words.append(f"At most {int(events)} events stand behind an estimate.")
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
