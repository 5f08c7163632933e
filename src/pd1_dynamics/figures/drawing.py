"""Drawing a figure by name, and writing it."""

import os
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import pandas as pd

from pd1_dynamics.analyses.selection import Estimates
from pd1_dynamics.figures import agreement, style
from pd1_dynamics.figures.placeholder import placeholder

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = ("flow", "spider", "groups", "survival_curves", "scatter", "swimmer", "waterfall")
SYNTHETIC = "Synthetic cohort, no real patient"
FORMATS = ("svg", "pdf", "png")


def draw(
    entry: Mapping[str, Any],
    estimates: pd.DataFrame,
    patients: pd.DataFrame,
    response: pd.DataFrame,
    synthetic: bool,
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
            kind = import_module(f"pd1_dynamics.figures.{entry['kind']}")
            figure, caption = kind.draw(
                found, {"patients": patients, "response": response}, dict(entry)
            )
        caption = _finish(figure, caption, synthetic)
    return figure, {"title": entry["title"], "caption": caption}


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
        figure.text(0.995, 0.004, SYNTHETIC, ha="right", va="bottom", fontsize=5, color=style.SOFT)
        engine = figure.get_layout_engine()
        engine.set(rect=(0, 0.025, 1, 0.975))
        caption = f"{SYNTHETIC}: the figure shows that the pipeline works. {caption}"
    figure.draw_without_rendering()
    return caption


def save(figure: "Figure", folder: str | Path, name: str) -> None:
    """Write a figure as SVG, PDF and PNG; the same figure gives the same bytes."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {"Software": None}}
    os.environ["SOURCE_DATE_EPOCH"] = "0"
    with mpl.rc_context(style.SETTINGS):
        for suffix in FORMATS:
            figure.savefig(folder / f"{name}.{suffix}", metadata=metadata[suffix])
