"""Drawing a figure by name, and writing it."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.patches import Rectangle

from pd1_dynamics.analyses.data import StudyData
from pd1_dynamics.analyses.selection import Estimates
from pd1_dynamics.contract.declarations import Declarations
from pd1_dynamics.files import write_text, written_aside
from pd1_dynamics.outputs.figures import (
    agreement,
    flow,
    groups,
    ratios,
    scatter,
    spider,
    style,
    survival_curves,
    swimmer,
    waterfall,
)
from pd1_dynamics.outputs.figures.placeholder import placeholder
from pd1_dynamics.outputs.figures.shown import Shown
from pd1_dynamics.outputs.sources import finished

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = {
    "flow": flow.draw,
    "spider": spider.draw,
    "groups": groups.draw,
    "survival_curves": survival_curves.draw,
    "scatter": scatter.draw,
    "ratios": ratios.draw,
    "swimmer": swimmer.draw,
    "waterfall": waterfall.draw,
}
FORMATS = ("svg", "pdf", "png")
_OF_PATIENTS = ("spider", "groups", "scatter", "swimmer", "waterfall")
"""Kinds of figures with a mark for each patient."""


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

    def draw(self, entry: Mapping[str, Any]) -> tuple["Figure", dict[str, Any]]:
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
            return figure, finish(figure, entry["title"], words, self.synthetic)

    def data(self, entry: Mapping[str, Any], figure: "Figure") -> pd.DataFrame:
        """What a figure draws (:func:`drawn_data`).

        Nothing where it has a mark for each patient and the cohort shows no small groups.
        """
        made = drawn_data(figure)
        return made.iloc[:0] if self.smallest_cell and entry["kind"] in _OF_PATIENTS else made


def draw_agreement(comparison: pd.DataFrame, synthetic: bool) -> tuple["Figure", dict[str, Any]]:
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
        return figure, finish(figure, "Published and recomputed estimates", caption, synthetic)


def finish(figure: "Figure", title: str, caption: str, synthetic: bool) -> dict[str, Any]:
    """Lay a picture out, say in it where its cohort is made up, and give its words.

    Returns
    -------
    dict
        ``title``, ``caption``, ``alt``: what the picture says, for those who do not see it; and
        ``sources``: the lines of ``estimates.csv`` behind the numbers of the caption.
    """
    alt, _ = finished(f"{title}. {caption}")
    if synthetic:
        style.mark_as_synthetic(figure)
        caption = f"{style.SYNTHETIC}: the figure shows that the pipeline works. {caption}"
    style.lay_out(figure)
    caption, sources = finished(caption)
    return {"title": title, "caption": caption, "alt": alt, "sources": sources}


def drawn_data(figure: "Figure") -> pd.DataFrame:
    """What a figure draws: ``panel``, ``series``, ``x``, ``y``, one row a point.

    Marks, lines and bars, in the order in which they were drawn; decoration (reference lines,
    shading, text) is left out, but for a diagram of words alone.
    """
    parts = []
    for panel, axes in enumerate(figure.axes, start=1):
        for line in axes.get_lines():
            xy = np.column_stack([np.asarray(part, dtype=float) for part in line.get_data()])
            if line.get_transform().contains_branch(axes.transData) and len(xy):
                parts.append((panel, _name(line), xy))
        for marks in axes.collections:
            offsets = np.ma.getdata(marks.get_offsets())
            if isinstance(marks, PathCollection) and len(offsets):
                parts.append((panel, _name(marks), np.asarray(offsets, dtype=float)))
            elif isinstance(marks, LineCollection):
                segments = marks.get_segments()
                if segments:
                    parts.append((panel, _name(marks), np.vstack(segments)))
        for bar in axes.patches:
            if isinstance(bar, Rectangle):
                xy = np.array([[bar.get_x() + bar.get_width(), bar.get_y() + bar.get_height()]])
                parts.append((panel, _name(bar), xy))
    frames = [
        pd.DataFrame({"panel": panel, "series": series, "x": xy[:, 0], "y": xy[:, 1]})
        for panel, series, xy in parts
    ]
    if not frames:  # a diagram: its words, where they stand
        frames = [
            pd.DataFrame(
                {"panel": panel, "series": " ".join(text.get_text().split())}
                | dict(zip("xy", text.get_position(), strict=True)),
                index=[0],
            )
            for panel, axes in enumerate(figure.axes, start=1)
            for text in axes.texts
        ]
    columns = ["panel", "series", "x", "y"]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)


def _name(artist: Any) -> str:
    label = str(artist.get_label())
    return "" if label.startswith("_") else label


def save(
    figure: "Figure", caption: Mapping[str, Any], folder: str | Path, path_caption: str | Path
) -> None:
    """Write a figure as SVG, PDF and PNG, and its words as JSON; always the same bytes.

    The figure is called as the file of its caption. Its files name it and hold its alternative
    text.
    """
    folder, name = Path(folder), Path(path_caption).stem
    words = {"Title": caption["title"]}
    metadata = {
        "svg": {"Date": None, **words, "Description": caption["alt"]},
        "pdf": {"CreationDate": None, **words, "Subject": caption["alt"]},
        "png": {"Software": None, **words, "Description": caption["alt"]},
    }
    os.environ["SOURCE_DATE_EPOCH"] = "0"
    with mpl.rc_context(style.SETTINGS):
        for suffix in FORMATS:
            with written_aside(folder / f"{name}.{suffix}") as path:
                figure.savefig(path, format=suffix, metadata=metadata[suffix])
    write_text(json.dumps(caption, indent=1, ensure_ascii=False) + "\n", path_caption)
