"""What each choice of a definition changes.

``python -m pd1_dynamics.analyses.settings`` renews ``docs/settings.md``: what changes in patients
built by hand, one for each choice (``data/choices``), and in the hazard ratios of the default
cohort.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics.cohort import cleaning
from pd1_dynamics.cohort.duplicates import settle
from pd1_dynamics.contract import definitions
from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.contract.vocabulary import PRIMARY, SECONDARY
from pd1_dynamics.derive import derive
from pd1_dynamics.files import read_table
from pd1_dynamics.statistics.cox import cox
from pd1_dynamics.statistics.errors import NotEstimable
from pd1_dynamics.statistics.rounding import fixed

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "settings.md"
TABLES = ("patients", "assessments", "lesions", "labs", "therapies")
TWICE = ROOT / "data" / "choices" / "lesions_twice.csv"
READINGS = "duplicate_readings"
NUMBERS = {
    "resistance_paper.primary_before_months": (4, 9),
    "sitc.benefit_months": (4, 9),
}
"""Settings that are numbers, and other values to try."""
NOT_TRIED = ("publish.",)
"""Settings that change what is shown, and no patient."""
HAZARDS = {
    "chosen": ("resistance", None),
    "sitc": ("resistance_sitc", None),
    "confirmed": ("resistance_sitc", ("confirmed", "not_required")),
}
"""Hazard ratios by name: the column of the resistance type, and states of confirmation that
count."""

_HEAD = """\
# Settings, and what they change

Made by `python -m pd1_dynamics.analyses.settings`. Where the guidelines leave something open, or
say two things, `config/definitions.yaml` has a setting; this page gives its default with the
reason, and each alternative with what it alone changes.

- **patients**: of {built} patients built by hand, one or more for each choice
  ([data/choices](../data/choices/README.md)), those in whom any derived value differs.
- **HR**: hazard ratio of death after progression, secondary against primary resistance, with its
  95% interval (Cox, unadjusted) and the number of patients, in the default cohort: by the rule that
  fills the column `resistance`, by SITC, and by SITC in those confirmed or exempt from
  confirmation. A dash: as by default. By default {default}.

> Both are **made up**: the numbers show how far a choice reaches, and nothing about patients. The
> default cohort has patients with advanced disease only, scanned as the article describes.

| setting | answer | patients | HR, column `resistance` | HR, SITC | HR, SITC confirmed |
| --- | --- | --- | --- | --- | --- |
"""


def effects(clean: Mapping[str, pd.DataFrame], built: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Derive two cohorts again with every alternative of every choice, one at a time.

    Parameters
    ----------
    clean, built
        The clean tables of a cohort of which hazard ratios are told, and of the patients built by
        hand, as :func:`pd1_dynamics.cohort.clean` gives them.

    Returns
    -------
    DataFrame
        One row per answer, the defaults together first: ``setting``, ``answer``, ``changed``
        (patients built by hand), and for each of :data:`HAZARDS` its ``n``, ``hazard_ratio``,
        ``ci_low`` and ``ci_high`` of post-progression survival, prefixed by its name.
    """
    own = {"best_response": {"nonmeasurable_stable": "SD"}}  # as config/cohorts/synthetic.yaml
    rows = [{"setting": "", "answer": "", "changed": 0, **_hazards(_derived(clean, own))}]
    default = _derived(built, {})
    for place, answer in _alternatives():
        settings = _nested(place, answer)
        if place == READINGS:
            changed = int(_read_twice(answer) != _read_twice("first"))
        else:
            changed = _differ(default, _derived(built, settings))
        hazards = _hazards(_derived(clean, definitions.merge(own, settings)))
        rows.append({"setting": place, "answer": answer, "changed": changed, **hazards})
    return pd.DataFrame(rows)


def _alternatives() -> Iterator[tuple[str, Any]]:
    chosen = definitions.alternatives()
    for place, (_, *others) in chosen.items():
        if not place.startswith(NOT_TRIED):
            yield from ((place, answer) for answer in others)
    for place, values in NUMBERS.items():
        yield from ((place, value) for value in values)


def page(found: pd.DataFrame, n_built: int) -> str:
    """The page of the documentation, as Markdown, of what :func:`effects` found."""
    default, *others = found.to_dict("records")
    texts = {name: _ratio(default, name) for name in HAZARDS}
    head = _HEAD.format(built=n_built + 1, default="; ".join(texts.values()))
    chosen, reasons = definitions.alternatives(), definitions.reasons()
    defaults = definitions.load()
    lines, told = [], ""
    for row in others:
        place = row["setting"]
        if place != told:
            words = reasons[place].replace("|", "/")
            value = chosen[place][0] if place in chosen else _at(defaults, place)
            lines.append(f"| `{place}` | **`{value}`**. {words} | | | | |")
            told = place
        cells = [_ratio(row, name) for name in HAZARDS]
        cells = ["–" if cell == texts[n] else cell for n, cell in zip(HAZARDS, cells, strict=True)]
        lines.append(f"| | `{row['answer']}` | {row['changed']} | {' | '.join(cells)} |")
    return head + "\n".join(lines) + "\n"


def _at(values: Mapping[str, Any], place: str) -> Any:
    for key in place.split("."):
        values = values[key]
    return values


def _read_twice(rule: str) -> float | None:
    """The diameter that counts of the lesion that is read three times on one day."""
    if rule == "error":
        return None
    rows = read_table(TWICE)
    rows = rows[rows["date"] == rows["date"].max()]
    typed = rows.astype(dict.fromkeys(("patient_id", "date", "lesion_id", "role"), "category"))
    settled, _, _ = settle(typed.drop(columns=["organ", "state"]), "lesions", rule)
    return float(settled["diameter_mm"].iloc[0])


def _derived(clean: Mapping[str, pd.DataFrame], settings: Mapping[str, Any]) -> pd.DataFrame:
    return derive(clean, definitions.load(settings=settings)).patients


def _nested(place: str, answer: Any) -> dict[str, Any]:
    """A setting as a cohort's file would write it.

    >>> _nested("sitc.exposure", "cycles")
    {'sitc': {'exposure': 'cycles'}}
    """
    for key in reversed(place.split(".")):
        answer = {key: answer}
    return answer


def _differ(one: pd.DataFrame, other: pd.DataFrame) -> int:
    """Patients in whom any derived value differs."""
    before, after = (table.astype("string").fillna("") for table in (one, other))
    return int((before != after).any(axis=1).sum())


def _hazards(derived: pd.DataFrame) -> dict[str, float]:
    return {
        f"{name}_{key}": value
        for name, (column, confirmation) in HAZARDS.items()
        for key, value in _hazard(derived, column, confirmation).items()
    }


def _hazard(
    derived: pd.DataFrame, column: str, confirmation: tuple[str, ...] | None
) -> dict[str, float]:
    known = derived[
        derived[column].isin((PRIMARY, SECONDARY))
        & derived["pps_months"].notna()
        & derived["pps_event"].notna()
    ]
    if confirmation:
        known = known[known["resistance_sitc_confirmation"].isin(confirmation)]
    secondary = pd.DataFrame({"secondary": (known[column] == SECONDARY).astype(float)})
    try:
        model = cox(known["pps_months"], known["pps_event"], secondary).table.iloc[0]
        ratio = [float(model[name]) for name in ("estimate", "ci_low", "ci_high")]
    except NotEstimable:
        ratio = [np.nan] * 3
    return {"n": len(known), **dict(zip(("hazard_ratio", "ci_low", "ci_high"), ratio, strict=True))}


def _ratio(row: Mapping[str, Any], name: str) -> str:
    n = int(row[f"{name}_n"])
    if np.isnan(row[f"{name}_hazard_ratio"]):
        return f"not estimable, n={n}"
    keys = ("hazard_ratio", "ci_low", "ci_high")
    ratio, low, high = (fixed(row[f"{name}_{key}"], 2) for key in keys)
    return f"{ratio} ({low} to {high}), n={n}"


def cleaned(name: str) -> Mapping[str, pd.DataFrame]:
    """The clean tables of a cohort of the project."""
    return cleaning.clean(load_cohort(ROOT / "config" / "cohorts" / f"{name}.yaml")).tables


if __name__ == "__main__":
    built = cleaned("choices")
    found = effects(cleaned("synthetic"), built)
    PAGE.write_text(page(found, len(built["patients"])), encoding="utf-8")
