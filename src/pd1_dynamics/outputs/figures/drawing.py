"""Drawing a figure by name, and writing it."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import pandas as pd

from pd1_dynamics.analyses.data import StudyData
from pd1_dynamics.analyses.selection import Estimates
from pd1_dynamics.contract.declarations import Declarations
from pd1_dynamics.files import write_text, written_aside
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


class Drawing:
    """The figures of a cohort.

    Parameters
    ----------
    estimates
        ``estimates.csv``: every printed number.
    patients, response
        ``derived/patients.csv`` and ``derived/response.csv``: points and lines.
    declared
        The declared analyses, which say whom a figure shows.
    layouts
        ``config/figures.yaml``.
    synthetic
        Whether the cohort is made up; then picture and caption say so.
    about
        A sentence on the patients that each caption says first.
    smallest_cell
        Least number of patients that may be shown (setting ``publish.smallest_cell``).
    """

    def __init__(
        self,
        estimates: pd.DataFrame,
        patients: pd.DataFrame,
        response: pd.DataFrame,
        declared: Declarations,
        layouts: Mapping[str, Any],
        synthetic: bool,
        about: str = "",
        smallest_cell: int = 0,
    ) -> None:
        self.found = Estimates(estimates)
        no_therapies = pd.DataFrame({"patient_id": pd.Series(dtype=object)})
        self.study = StudyData(patients, no_therapies, declared)
        self.response = response
        self.layouts = layouts
        self.synthetic = synthetic
        self.about = about
        self.smallest_cell = smallest_cell

    def draw(self, entry: Mapping[str, Any]) -> tuple["Figure", dict[str, str]]:
        """Draw what an entry of the layouts says; figure, and title and caption."""
        with mpl.rc_context(style.SETTINGS):
            gaps = [self.found.gap(**need) for need in entry["needs"]]
            gap = next((gap for gap in gaps if gap), "")
            if gap:
                figure, caption = placeholder(entry["title"], gap), f"Not estimable: {gap}."
            else:
                shown = Shown(
                    self.study, self.response, entry, self.layouts["sample"], self.smallest_cell
                )
                scaled = {**entry, "percent_scale": self.layouts["percent_scale"]}
                figure, caption = KINDS[entry["kind"]](self.found, shown, scaled)
                caption += shown.left_out
            words = " ".join(filter(None, (self.about, caption)))
            caption = _finish(figure, words, self.synthetic)
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
        style.mark_as_synthetic(figure)
        caption = f"{style.SYNTHETIC}: the figure shows that the pipeline works. {caption}"
    style.lay_out(figure)
    return caption


def save(
    figure: "Figure", caption: Mapping[str, str], folder: str | Path, path_caption: str | Path
) -> None:
    """Write a figure as SVG, PDF and PNG, and its caption as JSON; always the same bytes.

    The figure is called as the file of its caption.
    """
    folder, name = Path(folder), Path(path_caption).stem
    metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {"Software": None}}
    os.environ["SOURCE_DATE_EPOCH"] = "0"
    with mpl.rc_context(style.SETTINGS):
        for suffix in FORMATS:
            with written_aside(folder / f"{name}.{suffix}") as path:
                figure.savefig(path, format=suffix, metadata=metadata[suffix])
    write_text(json.dumps(caption, indent=1, ensure_ascii=False) + "\n", path_caption)
