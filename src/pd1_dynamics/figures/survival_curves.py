"""Kaplan–Meier curves with numbers at risk."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from pd1_dynamics.analyses.selection import Estimates
from pd1_dynamics.figures import style
from pd1_dynamics.statistics.kaplan_meier import kaplan_meier
from pd1_dynamics.statistics.printing import interval, p_text
from pd1_dynamics.statistics.rounding import fixed

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw(
    estimates: Estimates, data: dict[str, pd.DataFrame], entry: dict[str, Any]
) -> tuple["Figure", str]:
    """Curves by group with censor marks, medians, the test, and numbers at risk below."""
    patients = data["patients"]
    levels = list(entry["levels"])
    population = patients[patients["in_progression_cohort"] == 1]
    known = population[[entry["time"], entry["event"]]].notna().all(axis=1)
    population = population[known]
    at_risk = {
        (row.group, float(row.term.partition("=")[2])): row.estimate
        for row in estimates.rows(entry["analysis"], statistic="n_at_risk")
    }
    times = sorted({time for _, time in at_risk})
    longest = float(population.loc[population[entry["by"]].isin(levels), entry["time"]].max())
    times = [time for time in times if time <= longest + 1e-9]
    end = min(longest, max(times) + 6)  # the curves are drawn as far as numbers at risk are given
    step = 12 if len(times) > 7 else 6
    times = [time for time in times if time % step == 0]
    figure = style.new_figure(1.25 * style.SINGLE, 85 * style.MM)
    axes, table = figure.subplots(2, 1, sharex=True, height_ratios=[5, 1])
    texts = []
    for place, level in enumerate(levels):
        rows = population[population[entry["by"]] == level]
        median = estimates.first(entry["analysis"], group=level, statistic="median_survival")
        if rows.empty or median is None:
            continue
        curve = kaplan_meier(rows[entry["time"]], rows[entry["event"]])
        color = style.COLORS[level]
        steps = np.append(0, curve.time), np.append(100, 100 * curve.survival)
        words = interval(median.estimate, median.ci_low, median.ci_high, 1)
        name = entry["levels"][level]
        label = f"{name} (n={fixed(median.n)}), median {words} months"
        axes.step(*steps, where="post", color=color, lw=1.2, label=label)
        axes.fill_between(
            np.append(0, curve.time),
            100 * np.append(1, curve.lower),
            100 * np.append(1, curve.upper),
            step="post",
            color=color,
            alpha=0.12,
            linewidth=0,
        )
        censored = curve.n_censor > 0
        axes.plot(
            curve.time[censored], 100 * curve.survival[censored], "|", color=color, ms=4, mew=0.7
        )
        if not np.isnan(median.estimate):
            axes.plot([0, median.estimate], [50, 50], color=style.FAINT, lw=0.6, ls="--", zorder=0)
            axes.plot([median.estimate] * 2, [0, 50], color=style.FAINT, lw=0.6, ls="--", zorder=0)
        texts.append(
            f"{name}, n={fixed(median.n)}, {fixed(median.events)} deaths, median {words} months"
        )
        table.text(
            -0.045,
            len(levels) - 1 - place,
            name,
            transform=table.get_yaxis_transform(),
            ha="right",
            va="center",
            color=color,
            fontsize=6.5,
        )
        for time in times:
            if (level, time) in at_risk:
                table.text(
                    time,
                    len(levels) - 1 - place,
                    fixed(at_risk[level, time]),
                    ha="center",
                    va="center",
                    fontsize=6.5,
                )
    axes.set_ylim(0, 102)
    axes.set_xlim(-1, end * 1.02)
    axes.set_ylabel(entry["label"])
    figure.legend(
        *axes.get_legend_handles_labels(),
        loc="outside upper left",
        frameon=False,
        handlelength=1.5,
        borderaxespad=0,
    )
    test = estimates.first(entry["test"], statistic="log_rank_chi_squared")
    p = "" if test is None else f"Log-rank {p_text(test.p_value)}"
    if p:
        axes.set_title(p, loc="left", fontsize=6.5)
    table.set_ylim(-0.6, len(levels) - 0.4)
    table.set_yticks([])
    table.set_xticks(times)
    table.set_xlabel(entry["xlabel"])
    table.set_title("Number at risk", loc="left", fontsize=6.5)
    for side in ("left", "bottom"):
        table.spines[side].set_visible(False)
    table.tick_params(length=0)
    everyone = estimates.first(entry["analysis"], group="all", statistic="median_survival")
    caption = (
        f"Kaplan–Meier curves (n={fixed(everyone.n)}, {fixed(everyone.events)} deaths) with 95% "
        "confidence bands on the log scale; ticks are censored patients, NR is not reached. "
        f"{'; '.join(texts)} (95% confidence intervals in parentheses)."
    )
    return figure, f"{caption} {p}, unadjusted." if p else caption
