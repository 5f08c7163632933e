"""Spider plot: target size over time, one line a patient."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from pd1_dynamics.analyses.selection import Estimates
from pd1_dynamics.figures import style
from pd1_dynamics.statistics.rounding import fixed
from pd1_dynamics.terms import NE

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw(
    estimates: Estimates, data: dict[str, pd.DataFrame], entry: dict[str, Any]
) -> tuple["Figure", str]:
    """One panel a best response, one line a patient."""
    patients, response = data["patients"], data["response"]
    population = patients[patients["in_response_cohort"] == 1]
    scans = response[(response["counted"] == 1) & response["change_from_baseline_pct"].notna()]
    scans = scans.merge(population[["patient_id", "best_response"]], on="patient_id")
    start = population[["patient_id", "best_response"]].copy()
    start["month"] = start["change_from_baseline_pct"] = 0.0
    lines = pd.concat([start, scans[start.columns]]).sort_values(
        ["patient_id", "month"], kind="stable"
    )
    levels = list(entry["levels"])
    figure = style.new_figure(style.DOUBLE, 120 * style.MM)
    panels = figure.subplots(2, 2, sharex=True, sharey=True).ravel()
    for axes, level in zip(panels, levels, strict=True):
        style.percent_scale(axes, lines["change_from_baseline_pct"].max())
        axes.axhline(0, color=style.INK, lw=0.6)
        for limit in (-30, 20):
            axes.axhline(limit, color=style.FAINT, lw=0.6, ls=(0, (4, 3)), zorder=0)
        axes.axvline(3, color=style.FAINT, lw=0.6, zorder=0)
        color = style.COLORS[level]
        for _, line in lines[lines["best_response"] == level].groupby("patient_id", sort=True):
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
        axes.set_title(f"{entry['levels'][level]}: {_size(estimates, level)}", loc="left")
        axes.margins(x=0.01)
    figure.supxlabel("Months since first dose", fontsize=7)
    figure.supylabel("Change of target lesions from baseline (%)", fontsize=7)
    size = estimates.first("cohort_flow", population="response", statistic="n")
    caption = (
        "Change of the sum of target diameters from baseline, one line a patient "
        f"(n={fixed(size.estimate)}), by best response; lines end with the last scan that counts, "
        "progression included. Dashed: \u221230% and +20%; vertical line: 3 months. "
        f"{style.SCALE_IN_WORDS}"
    )
    missing = estimates.first("best_response", term=f"best_response={NE}", group="all")
    if missing is not None and missing.estimate > 0:
        caption += f" Not shown: best response not evaluable, n={fixed(missing.estimate)}."
    return figure, caption


def _size(estimates: Estimates, level: str) -> str:
    count, share = (
        estimates.first("best_response", term=f"best_response={level}", group="all", statistic=name)
        for name in ("n", "percent")
    )
    return f"n={fixed(count.estimate)} ({fixed(share.estimate, 1)}%)"
