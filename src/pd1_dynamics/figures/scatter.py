"""Baseline size against response depth."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from pd1_dynamics.analyses.selection import Estimates
from pd1_dynamics.figures import style
from pd1_dynamics.statistics.printing import number, p_text
from pd1_dynamics.statistics.rounding import fixed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MARKERS = {"CR": "o", "PR": "s", "SD": "^", "PD": "x"}


def draw(
    estimates: Estimates, data: dict[str, pd.DataFrame], entry: dict[str, Any]
) -> tuple["Figure", str]:
    """Points colored and shaped by best response, with Spearman's correlation."""
    patients = data["patients"]
    population = patients[patients["in_response_cohort"] == 1]
    figure = style.new_figure(1.25 * style.SINGLE, 85 * style.MM)
    axes = figure.add_subplot()
    axes.set_xscale("log")
    for level, label in entry["levels"].items():
        rows = population[population["best_response"] == level]
        axes.scatter(
            rows["baseline_sum_mm"],
            rows["max_change_pct"],
            s=11,
            marker=_MARKERS[level],
            color=style.COLORS[level],
            alpha=0.8,
            linewidths=0.8 if level == "PD" else 0,
            label=label,
        )
    axes.axhline(0, color=style.INK, lw=0.6, zorder=0)
    for limit in (-30, 20):
        axes.axhline(limit, color=style.FAINT, lw=0.6, ls=(0, (4, 3)), zorder=0)
    axes.axvline(50, color=style.FAINT, lw=0.8, zorder=0)
    axes.text(
        50,
        1.0,
        " 50 mm",
        transform=axes.get_xaxis_transform(),
        va="top",
        fontsize=6,
        color=style.SOFT,
    )
    axes.set_xticks([10, 20, 50, 100, 200], ["10", "20", "50", "100", "200"])
    axes.minorticks_off()
    axes.set_xlabel("Baseline target lesion size (mm, log scale)")
    axes.set_ylabel("Maximal change from baseline (%)")
    rho = estimates.first(entry["analysis"], statistic="spearman_rho")
    words = f"Spearman rho {number(rho.estimate, 2)}, {p_text(rho.p_value)}"
    axes.set_title(words, loc="left")
    figure.legend(
        *axes.get_legend_handles_labels(), loc="outside upper center", ncols=4, frameon=False
    )
    caption = (
        f"Each point is a patient (n={fixed(rho.n)}), colored by best response. {words}. Vertical "
        "line: 50 mm; dashed: \u221230% and +20%."
    )
    return figure, caption
