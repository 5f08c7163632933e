"""Swimmer plot: treatment, responses, progression and death, one lane a patient."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from pd1_dynamics.analyses.selection import Estimates
from pd1_dynamics.outputs.figures import style
from pd1_dynamics.outputs.figures.shown import Shown
from pd1_dynamics.statistics.rounding import fixed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LANE, _SHORTEST, _LONGEST = 0.9, 60, 215  # millimetres: a lane, and the whole panel
_EVENTS = (  # column with the month, condition, marker, color, name
    ("time_to_pr_months", None, "^", "#ffffff", "partial remission"),
    ("time_to_cr_months", None, "*", "#ffffff", "complete remission"),
    ("progression_months", None, "D", style.INK, "progression"),
    ("os_months", "os_event", "X", style.INK, "death"),
    ("treatment_months", "treatment_ongoing", ">", style.SOFT, "treatment goes on"),
)


def draw(estimates: Estimates, shown: Shown, entry: dict[str, Any]) -> tuple["Figure", str]:
    """One lane a patient, by best response and length."""
    lanes = _lanes(shown, entry["by"], list(entry["levels"]))
    height = min(_LONGEST, max(_SHORTEST, _LANE * len(lanes))) * style.MM
    figure = style.new_figure(style.DOUBLE, height + 22 * style.MM)
    axes = figure.add_subplot()
    place = np.arange(len(lanes))
    lane = height * 72 / max(len(lanes), 1)  # points
    treatment = lanes["treatment_months"].fillna(0).to_numpy(dtype=float)
    ends = lanes["end"].to_numpy(dtype=float)
    for level in entry["levels"]:
        own = (lanes["group"] == level).to_numpy()
        color = style.COLORS[level]
        axes.barh(place[own], ends[own], height=0.72, color=color, alpha=0.28, linewidth=0)
        axes.barh(place[own], treatment[own], height=0.72, color=color, alpha=0.9, linewidth=0)
        if own.any():
            _name(axes, entry["levels"][level], place[own].mean())
    marks = []
    for column, condition, marker, color, name in _EVENTS:
        happened = lanes[column].notna()
        if condition:
            happened &= lanes[condition] == 1
        if not happened.any():
            continue
        axes.scatter(
            lanes.loc[happened, column],
            place[happened.to_numpy()],
            s=min(9, max(1.5, 1.6 * lane**2)) * (1.8 if marker == "*" else 1),
            marker=marker,
            color=color,
            edgecolors=style.INK,
            linewidths=0.3,
            zorder=3,
            label=name,
        )
        marks.append(name)
    axes.set_ylim(len(lanes) - 0.4, -0.6)
    axes.set_xlim(0, 1.02 * max(ends.max(initial=1), 1))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(entry["xlabel"])
    figure.legend(
        *axes.get_legend_handles_labels(),
        loc="outside upper center",
        ncols=len(marks),
        frameon=False,
        markerscale=1.6,
    )
    dark = "Dark: under treatment; light: followed up" if treatment.any() else "Bars: followed up"
    caption = (
        f"One lane a patient (n={fixed(len(lanes))}), by best response, the longest first. "
        f"{dark}, to the last scan where no last contact is known. Marks: {', '.join(marks)}; "
        "responses at their first sight."
    )
    caption += f" Population: {shown.population}."
    return figure, caption + shown.not_shown(entry["by"], entry["levels"])


def _lanes(shown: Shown, by: str, levels: list[str]) -> pd.DataFrame:
    """Patients of the population in the order of their lanes, and where each ends."""
    needed = [column for column, *_ in _EVENTS] + [name for _, name, *_ in _EVENTS if name]
    population = shown.patients(*dict.fromkeys([*needed, "follow_up_months"]), group=by)
    population = population[population["group"].isin(levels)].copy()
    response = shown.response
    last_scan = response.groupby("patient_id")["month"].max()
    population["end"] = (
        population[["os_months", "follow_up_months"]]
        .max(axis=1)
        .fillna(population["patient_id"].map(last_scan))
        .clip(lower=0)
    )
    population["order"] = population["group"].map({v: k for k, v in enumerate(levels)})
    return population.sort_values(["order", "end", "patient_id"], ascending=[True, False, True])


def _name(axes: "Axes", words: str, place: float) -> None:
    axes.text(
        -0.012,
        place,
        words.replace(" ", "\n"),
        transform=axes.get_yaxis_transform(),
        ha="right",
        va="center",
        fontsize=6.5,
    )
