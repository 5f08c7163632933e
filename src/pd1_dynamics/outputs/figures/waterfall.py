"""Waterfall plot: the best change of each patient, sorted."""

from typing import TYPE_CHECKING, Any

import numpy as np

from pd1_dynamics.analyses.selection import Estimates
from pd1_dynamics.outputs.figures import style
from pd1_dynamics.outputs.figures.shown import Shown
from pd1_dynamics.outputs.sources import marked
from pd1_dynamics.statistics.printing import number
from pd1_dynamics.statistics.rounding import fixed

if TYPE_CHECKING:
    from matplotlib.figure import Figure


_HATCHES = {"PR": "/" * 6, "PD": "\\" * 6}  # neighbours differ also where print is grey


def draw(estimates: Estimates, shown: Shown, entry: dict[str, Any]) -> tuple["Figure", str]:
    """One bar a patient, colored by best response."""
    column, by = entry["column"], entry["by"]
    population = shown.patients(column, group=by)
    bars = population[population[column].notna()].sort_values(
        [column, "patient_id"], ascending=[False, True]
    )
    figure = style.new_figure(style.DOUBLE, 80 * style.MM)
    axes = figure.add_subplot()
    heights = bars[column].to_numpy(dtype=float)
    for level, label in entry["levels"].items():
        own = (bars["group"] == level).to_numpy()
        axes.bar(
            np.flatnonzero(own),
            heights[own],
            width=1.0,
            facecolor=style.COLORS[level],
            hatch=_HATCHES.get(level, ""),
            edgecolor="white",
            linewidth=0,
            label=label,
        )
    style.percent_scale(axes, heights.max(initial=0), entry["percent_scale"])
    axes.axhline(0, color=style.INK, lw=0.6)
    for line in entry["lines"]:
        axes.axhline(line, color=style.SOFT, lw=0.6, ls=(0, (4, 3)))
    axes.set_xlim(-1, len(bars))
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.set_ylabel(entry["label"])
    figure.legend(
        *axes.get_legend_handles_labels(),
        loc="outside upper center",
        ncols=len(entry["levels"]),
        frameon=False,
    )
    size = estimates.first(entry["analysis"], term=column, group="all", statistic="n")
    median = estimates.first(entry["analysis"], term=column, group="all", statistic="median")
    caption = (
        f"One bar a patient (n={marked(fixed(size.estimate), estimates.lines(size))}), by the "
        "smallest sum of target diameters that counts, colored by best response; median "
        f"{marked(number(median.estimate, 1), estimates.lines(median))}%. Dashed: "
        f"{' and '.join(number(line, 0) for line in entry['lines'])}%. "
        f"{style.percent_scale_in_words(entry['percent_scale'])} Population: {shown.population}."
    )
    return figure, caption + shown.not_shown(by, entry["levels"])
