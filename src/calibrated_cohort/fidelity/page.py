"""The page on how far the synthetic cohort can be trusted."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from pd1_dynamics.contract.vocabulary import (
    CALIBRATED,
    CLOSE,
    CONTRADICTED,
    DIFFERS,
    EMERGENT,
    REPRODUCED,
    RETURNED,
)
from pd1_dynamics.outputs.pages import template
from pd1_dynamics.outputs.report import reproduction
from pd1_dynamics.outputs.report.page import Picture
from pd1_dynamics.statistics.printing import p_text
from pd1_dynamics.statistics.rounding import fixed

_SIDE = "The article contradicts itself; the cohort takes the count. "
_COUNTS = "It follows from counts that are reproduced, by any usual test of them. "


def make(
    comparison: pd.DataFrame,
    held_out: pd.DataFrame,
    family: pd.DataFrame,
    pictures: Sequence[Picture],
) -> str:
    """The page, as HTML.

    Parameters
    ----------
    comparison
        ``published/comparison.csv`` of the synthetic cohort.
    held_out, family
        ``data/synthetic/held_out.csv`` and ``data/synthetic/family.csv``.
    pictures
        Figures of the cohort (:mod:`calibrated_cohort.fidelity.pictures`).
    """
    seeds = sorted(family["seed"].unique())
    return template(Path(__file__).with_name("page.html.jinja")).render(
        verdicts=_verdicts(comparison),
        exceptions=_exceptions(comparison),
        pictures=pictures,
        held_out=_held_out(held_out),
        seeds=seeds,
        family=_family(family, seeds),
    )


def _verdicts(comparison: pd.DataFrame) -> list[dict]:
    free = reproduction.distinct(comparison)
    kinds = {CALIBRATED: "Targets", EMERGENT: "Not aimed at"}
    return [
        {
            "kind": label,
            **{
                verdict: int(((free["evidence"] == kind) & (free["verdict"] == verdict)).sum())
                for verdict in (RETURNED, REPRODUCED, CLOSE, DIFFERS)
            },
        }
        for kind, label in kinds.items()
    ]


def _exceptions(comparison: pd.DataFrame) -> list[dict]:
    """Numbers that the cohort does not have, contradictions among them."""
    found = []
    for row in comparison.fillna("").itertuples():
        if row.same_as:
            continue
        if row.verdict == CONTRADICTED:
            why = _SIDE + row.reason
        elif row.verdict in (CLOSE, DIFFERS):
            why = (_COUNTS if row.cohort_evidence == EMERGENT else "") + _sentence(row.reason)
        else:
            continue
        found.append(
            {
                "quantity": row.quantity,
                "group": row.group,
                "location": row.location,
                "published": row.published,
                "recomputed": row.recomputed,
                "why": why,
            }
        )
    return found


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "." if text else ""


def _held_out(held_out: pd.DataFrame) -> dict:
    counts = held_out["cohort_verdict"].value_counts()
    runs = held_out["seed"].nunique()
    text = (
        f"{len(held_out)} numbers were left out, a random tenth of the targets in "
        f"{'each of ' + str(runs) + ' cohorts' if runs > 1 else 'one cohort'}. "
        f"{counts.get(REPRODUCED, 0)} came out equal at the printed precision all the same, most "
        f"of them counts and what follows from them; {counts.get(CLOSE, 0)} close; "
        f"{counts.get(DIFFERS, 0)} differ, and are these:"
    )
    differing = held_out[held_out["cohort_verdict"] == DIFFERS].fillna("")
    return {"text": text, "rows": differing.to_dict("records")}


def _family(family: pd.DataFrame, seeds: Sequence[int]) -> list[dict]:
    rows = []
    for quantity, part in family.groupby("quantity", sort=False):
        by_seed = part.set_index("seed")
        rows.append({"quantity": quantity, "cells": [_cell(by_seed.loc[seed]) for seed in seeds]})
    return rows


def _cell(row: pd.Series) -> str:
    text = fixed(row["estimate"], 2)
    if pd.notna(row["ci_low"]):
        text += f" ({fixed(row['ci_low'], 2)} to {fixed(row['ci_high'], 2)})"
    if pd.notna(row["p_value"]):
        text += f", {p_text(row['p_value'])}"
    return text
