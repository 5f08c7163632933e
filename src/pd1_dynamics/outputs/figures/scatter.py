"""Baseline size against response depth."""

from typing import TYPE_CHECKING, Any

from pd1_dynamics.analyses.selection import Estimates
from pd1_dynamics.outputs.figures import style
from pd1_dynamics.outputs.figures.shown import Shown
from pd1_dynamics.outputs.sources import marked
from pd1_dynamics.statistics.printing import number, p_text
from pd1_dynamics.statistics.rounding import fixed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MARKERS = {"CR": "o", "PR": "s", "SD": "^", "PD": "x"}


def draw(estimates: Estimates, shown: Shown, entry: dict[str, Any]) -> tuple["Figure", str]:
    """Points colored and shaped by best response, with Spearman's correlation."""
    x, y = shown.analysis["variables"]
    population = shown.patients(x, y, group=entry["by"])
    figure = style.new_figure(1.25 * style.SINGLE, 85 * style.MM)
    axes = figure.add_subplot()
    axes.set_xscale("log")
    for level, label in entry["levels"].items():
        rows = population[population["group"] == level]
        axes.scatter(
            rows[x],
            rows[y],
            s=11,
            marker=_MARKERS[level],
            color=style.COLORS[level],
            alpha=0.8,
            linewidths=0.8 if level == "PD" else 0,
            label=label,
        )
    axes.axhline(0, color=style.INK, lw=0.6, zorder=0)
    for limit in entry["lines"]:
        axes.axhline(limit, color=style.FAINT, lw=0.6, ls=(0, (4, 3)), zorder=0)
    mark = entry["mark"]
    axes.axvline(mark, color=style.FAINT, lw=0.8, zorder=0)
    axes.text(
        mark,
        1.0,
        f" {mark:g} {shown.codebook.variables[x].unit}",
        transform=axes.get_xaxis_transform(),
        va="top",
        fontsize=6,
        color=style.SOFT,
    )
    axes.set_xticks(entry["xticks"], [f"{tick:g}" for tick in entry["xticks"]])
    axes.minorticks_off()
    axes.set_xlabel(entry["xlabel"])
    axes.set_ylabel(entry["label"])
    rho = estimates.first(entry["analysis"], statistic="spearman_rho")
    lines = estimates.lines(rho)
    value, p = number(rho.estimate, 2), p_text(rho.p_value)
    axes.set_title(f"Spearman rho {value}, {p}", loc="left")
    figure.legend(
        *axes.get_legend_handles_labels(), loc="outside upper center", ncols=4, frameon=False
    )
    caption = (
        f"Each point is a patient (n={marked(fixed(rho.n), lines)}), colored by best response. "
        f"Spearman rho {marked(value, lines)}, {marked(p, lines)}. "
        f"Vertical line: {mark:g} mm; dashed: {style.percents(entry['lines'])}. "
        f"Population: {shown.population}."
    )
    return figure, caption + shown.not_shown(entry["by"], entry["levels"])
