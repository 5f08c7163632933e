"""Drawing a figure by name, and writing it."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import pandas as pd

from pd1_dynamics.analyses.data import Study
from pd1_dynamics.analyses.selection import Estimates
from pd1_dynamics.contract.declarations import Declarations
from pd1_dynamics.contract.loading import load
from pd1_dynamics.files import written_aside
from pd1_dynamics.outputs.figures import (
    agreement,
    flow,
    groups,
    scatter,
    spider,
    style,
    survival_curves,
    swimmer,
    waterfall,
)
from pd1_dynamics.outputs.figures.placeholder import placeholder
from pd1_dynamics.outputs.figures.shown import Shown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = {
    "flow": flow.draw,
    "spider": spider.draw,
    "groups": groups.draw,
    "survival_curves": survival_curves.draw,
    "scatter": scatter.draw,
    "swimmer": swimmer.draw,
    "waterfall": waterfall.draw,
}
FORMATS = ("svg", "pdf", "png")


def draw(
    entry: Mapping[str, Any],
    estimates: pd.DataFrame,
    patients: pd.DataFrame,
    response: pd.DataFrame,
    synthetic: bool,
    about: str = "",
    declared: Declarations | None = None,
    smallest_cell: int = 0,
) -> tuple["Figure", dict[str, str]]:
    """Draw one figure.

    Parameters
    ----------
    entry
        What ``config/figures.yaml`` says of it.
    estimates
        ``estimates.csv``: every printed number.
    patients, response
        ``derived/patients.csv`` and ``derived/response.csv``: points and lines.
    synthetic
        Whether the cohort is made up; then picture and caption say so.
    about
        A sentence on the patients that the caption says first.
    declared
        The declared analyses, which say whom a figure shows; those of the project if not given.
    smallest_cell
        Least number of patients that may be shown (setting ``publish.smallest_cell``).

    Returns
    -------
    figure, caption
        The caption is a dictionary with ``title`` and ``caption``.
    """
    found = Estimates(estimates)
    with mpl.rc_context(style.SETTINGS):
        gaps = [found.gap(**need) for need in entry["needs"]]
        gap = next((gap for gap in gaps if gap), "")
        if gap:
            figure, caption = placeholder(entry["title"], gap), f"Not estimable: {gap}."
        else:
            draw_kind = KINDS[entry["kind"]]
            study = Study(patients, pd.DataFrame({"patient_id": []}), declared or _declared())
            figure, caption = draw_kind(
                found, Shown(study, response, entry, smallest_cell), dict(entry)
            )
        caption = _finish(figure, " ".join(filter(None, (about, caption))), synthetic)
    return figure, {"title": entry["title"], "caption": caption}


def _declared() -> Declarations:
    config = Path(__file__).parents[4] / "config"
    return load(config / "variables.yaml", config / "analyses")


def draw_agreement(comparison: pd.DataFrame, synthetic: bool) -> tuple["Figure", dict[str, str]]:
    """Draw the published estimates beside those of a cohort.

    Parameters
    ----------
    comparison
        ``published/comparison.csv``.
    synthetic
        Whether the cohort is made up; then picture and caption say so.

    Returns
    -------
    figure, caption
        The caption is a dictionary with ``title`` and ``caption``.
    """
    with mpl.rc_context(style.SETTINGS):
        figure, caption = agreement.draw(comparison)
        caption = _finish(figure, caption, synthetic)
    return figure, {"title": "Published and recomputed estimates", "caption": caption}


def _finish(figure: "Figure", caption: str, synthetic: bool) -> str:
    """Say in picture and caption that a cohort is made up, and lay the picture out."""
    if synthetic:
        style.mark_as_synthetic(figure)
        caption = f"{style.SYNTHETIC}: the figure shows that the pipeline works. {caption}"
    style.lay_out(figure)
    return caption


def save(figure: "Figure", folder: str | Path, name: str) -> None:
    """Write a figure as SVG, PDF and PNG; the same figure gives the same bytes."""
    folder = Path(folder)
    metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {"Software": None}}
    os.environ["SOURCE_DATE_EPOCH"] = "0"
    with mpl.rc_context(style.SETTINGS):
        for suffix in FORMATS:
            with written_aside(folder / f"{name}.{suffix}") as path:
                figure.savefig(path, format=suffix, metadata=metadata[suffix])
