"""Spider plot: target size over time, one line a patient."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from pd1_dynamics.analyses.selection import Estimates
from pd1_dynamics.outputs.figures import style
from pd1_dynamics.outputs.figures.shown import Shown
from pd1_dynamics.statistics.rounding import fixed

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw(estimates: Estimates, shown: Shown, entry: dict[str, Any]) -> tuple["Figure", str]:
    """One panel a best response, one line a patient."""
    response, by = shown.response, entry["by"]
    population = shown.patients(group=by)
    scans = response[(response["counted"] == 1) & response["change_from_baseline_pct"].notna()]
    scans = scans.merge(population[["patient_id", "group"]], on="patient_id")
    start = population[["patient_id", "group"]].copy()
    start["month"] = start["change_from_baseline_pct"] = 0.0
    lines = pd.concat([start, scans[start.columns]]).sort_values(
        ["patient_id", "month"], kind="stable"
    )
    levels = list(entry["levels"])
    figure = style.new_figure(style.DOUBLE, 120 * style.MM)
    rows = (len(levels) + 1) // 2
    panels = figure.subplots(rows, 2, sharex=True, sharey=True).ravel()
    for axes, level in zip(panels, levels, strict=False):
        style.percent_scale(axes, lines["change_from_baseline_pct"].max(), entry["percent_scale"])
        axes.axhline(0, color=style.INK, lw=0.6)
        for limit in entry["lines"]:
            axes.axhline(limit, color=style.FAINT, lw=0.6, ls=(0, (4, 3)), zorder=0)
        axes.axvline(entry["mark"], color=style.FAINT, lw=0.6, zorder=0)
        color = style.COLORS[level]
        for _, line in lines[lines["group"] == level].groupby("patient_id", sort=True):
            axes.plot(
                line["month"], line["change_from_baseline_pct"], color=color, lw=0.7, alpha=0.55
            )
            axes.plot(
                line["month"].iloc[-1:],
                line["change_from_baseline_pct"].iloc[-1:],
                "o",
                ms=1.8,
                mew=0,
                color=color,
                alpha=0.8,
            )
        axes.set_title(f"{entry['levels'][level]}: {_size(estimates, entry, level)}", loc="left")
        axes.margins(x=0.01)
    for axes in panels[-2:]:
        axes.set_xlabel(entry["xlabel"])
    figure.supylabel(entry["label"], fontsize=7)
    caption = (
        "Change of the sum of target diameters from baseline, one line a patient "
        f"(n={shown.size(estimates)}), by best response; lines end with the last scan that counts, "
        f"progression included. Dashed: {style.percents(entry['lines'])}; vertical line: "
        f"{entry['mark']:g} months. "
        f"Population: {shown.population}. "
        f"{style.percent_scale_in_words(entry['percent_scale'])}"
    )
    return figure, caption + shown.not_shown(by, entry["levels"])


def _size(estimates: Estimates, entry: dict[str, Any], level: str) -> str:
    count, share = (
        estimates.first(
            entry["analysis"], term=f"{entry['by']}={level}", group="all", statistic=name
        )
        for name in ("n", "percent")
    )
    return f"n={fixed(count.estimate)} ({fixed(share.estimate, 1)}%)"
