"""What each choice of a definition changes in a cohort.

``python -m pd1_dynamics.analyses.settings`` renews ``docs/settings.md`` from the default cohort.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics import definitions, progression, resistance, response
from pd1_dynamics.statistics.cox import cox
from pd1_dynamics.statistics.errors import NotEstimable
from pd1_dynamics.statistics.rounding import fixed
from pd1_dynamics.terms import PRIMARY, SECONDARY

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "settings.md"
TABLES = ("patients", "assessments", "lesions", "labs", "therapies")

_HEAD = """\
# Settings, and what they change

Made by `python -m pd1_dynamics.analyses.settings`. Where the guidelines leave something open, or
say two things, `config/definitions.yaml` has a setting; this page gives its default with the
reason, and each alternative with what it alone changes in the default cohort.

> The default cohort is **synthetic**: the numbers show how far a choice reaches, and nothing about
> patients. It has patients with advanced disease only: choices for adjuvant and neoadjuvant therapy
> change nothing in it.

- **SITC class**: patients whose SITC class differs from the default's, of {patients}.
- **confirmed**: patients whose state of confirmation differs.
- **PPS, HR**: hazard ratio of death after progression, secondary against primary resistance by
  SITC, with its 95% interval (Cox, unadjusted); n is how many patients are either. By default
  {default}.

| setting | answer | SITC class | confirmed | PPS, HR | n |
| --- | --- | --- | --- | --- | --- |
"""


def effects(clean: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Derive a cohort again with every alternative of every choice, one at a time.

    Parameters
    ----------
    clean
        The clean tables of a cohort, as :func:`pd1_dynamics.cohort.clean` gives them.

    Returns
    -------
    DataFrame
        One row per answer, the defaults together first: ``setting``, ``answer``, ``moved`` and
        ``moved_confirmed`` (patients), ``n`` (patients with primary or secondary resistance by
        SITC), ``hazard_ratio``, ``ci_low``, ``ci_high`` of post-progression survival.
    """
    default = _derived(clean, {})
    rows = [{"setting": "", "answer": "", "moved": 0, "moved_confirmed": 0, **_hazard(default)}]
    for place, (_, *others) in definitions.alternatives().items():
        for answer in others:
            derived = _derived(clean, _nested(place, answer))
            rows.append(
                {
                    "setting": place,
                    "answer": answer,
                    "moved": _differ(default, derived, "resistance_sitc"),
                    "moved_confirmed": _differ(default, derived, "resistance_sitc_confirmed"),
                    **_hazard(derived),
                }
            )
    return pd.DataFrame(rows)


def page(clean: Mapping[str, pd.DataFrame]) -> str:
    """The page of the documentation, as Markdown."""
    found = effects(clean)
    default, *others = found.to_dict("records")
    head = _HEAD.format(
        patients=len(clean["patients"]), default=f"{_ratio(default)}, n={default['n']}"
    )
    chosen = definitions.alternatives()
    reasons = definitions.reasons()
    lines, told = [], ""
    for row in others:
        place = row["setting"]
        if place != told:
            words = reasons[place].replace("|", "/")
            lines.append(f"| `{place}` | **`{chosen[place][0]}`**. {words} | | | | |")
            told = place
        lines.append(
            f"| | `{row['answer']}` | {row['moved']} | {row['moved_confirmed']} | {_ratio(row)} "
            f"| {row['n']} |"
        )
    return head + "\n".join(lines) + "\n"


def _derived(clean: Mapping[str, pd.DataFrame], settings: Mapping[str, Any]) -> pd.DataFrame:
    chosen = definitions.load(settings=settings)
    patients, assessments, lesions, labs, therapies = (clean[name] for name in TABLES)
    points, by_response = response.derive(patients, assessments, lesions, therapies, chosen)
    by_progression, _ = progression.derive(
        patients, assessments, lesions, labs, therapies, points, by_response, chosen
    )
    return resistance.derive(patients, assessments, points, by_response, by_progression, chosen)


def _nested(place: str, answer: Any) -> dict[str, Any]:
    """A setting as a cohort's file would write it.

    >>> _nested("sitc.exposure", "cycles")
    {'sitc': {'exposure': 'cycles'}}
    """
    for key in reversed(place.split(".")):
        answer = {key: answer}
    return answer


def _differ(one: pd.DataFrame, other: pd.DataFrame, column: str) -> int:
    before, after = (table[column].astype("string").fillna("") for table in (one, other))
    return int((before != after).sum())


def _hazard(derived: pd.DataFrame) -> dict[str, float]:
    known = derived[
        derived["resistance_sitc"].isin((PRIMARY, SECONDARY))
        & derived["pps_months"].notna()
        & derived["pps_event"].notna()
    ]
    secondary = pd.DataFrame({"secondary": (known["resistance_sitc"] == SECONDARY).astype(float)})
    try:
        model = cox(known["pps_months"], known["pps_event"], secondary).table.iloc[0]
        ratio = [float(model[name]) for name in ("estimate", "ci_low", "ci_high")]
    except NotEstimable:
        ratio = [np.nan] * 3
    return {"n": len(known), **dict(zip(("hazard_ratio", "ci_low", "ci_high"), ratio, strict=True))}


def _ratio(row: Mapping[str, Any]) -> str:
    if np.isnan(row["hazard_ratio"]):
        return "not estimable"
    ratio, low, high = (fixed(row[name], 2) for name in ("hazard_ratio", "ci_low", "ci_high"))
    return f"{ratio} ({low} to {high})"


def default_cohort() -> Mapping[str, pd.DataFrame]:
    """The clean tables of the default cohort."""
    from pd1_dynamics import cohort

    path = ROOT / "config" / "cohorts" / "synthetic.yaml"
    return cohort.clean(cohort.load_cohort(path)).tables


if __name__ == "__main__":
    PAGE.write_text(page(default_cohort()), encoding="utf-8")
