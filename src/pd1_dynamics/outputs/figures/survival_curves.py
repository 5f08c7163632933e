"""Kaplan–Meier curves with numbers at risk."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from pd1_dynamics.analyses.selection import Estimate, Estimates
from pd1_dynamics.outputs.figures import style
from pd1_dynamics.outputs.figures.shown import Shown
from pd1_dynamics.outputs.sources import marked
from pd1_dynamics.statistics.printing import interval, p_text
from pd1_dynamics.statistics.rounding import fixed

if TYPE_CHECKING:
    from matplotlib.figure import Figure


_DASHES = ("-", (0, (5, 1.2)), (0, (3, 1, 1, 1)), (0, (1, 1)))


def draw(estimates: Estimates, shown: Shown, entry: dict[str, Any]) -> tuple["Figure", str]:
    """Curves by group with censor marks, medians, tests, and numbers at risk below."""
    levels, outcome = list(entry["levels"]), shown.codebook.outcomes[shown.analysis["outcome"]]
    curves = {level: _curve(estimates, entry["analysis"], level) for level in levels}
    at_risk = {
        (row.group, time_of(row)): row.estimate
        for row in estimates.rows(entry["analysis"], statistic="n_at_risk")
        if not row.not_estimable
    }
    longest = max((curve["time"].max() for curve in curves.values() if len(curve)), default=0)
    times = [time for time in sorted({time for _, time in at_risk}) if time <= longest + 1e-9]
    end = min(longest, max(times) + 6)  # the curves are drawn as far as numbers at risk are given
    step = 12 if len(times) > 7 else 6
    times = [time for time in times if time % step == 0]
    figure = style.new_figure(1.25 * style.SINGLE, 85 * style.MM)
    axes, table = figure.subplots(2, 1, sharex=True, height_ratios=[5, 1])
    texts = []
    for place, level in enumerate(levels):
        curve = curves[level]
        median = estimates.first(entry["analysis"], group=level, statistic="median_survival")
        if curve.empty or median is None:
            continue
        color = style.COLORS[level]
        steps = np.append(0, curve["time"]), np.append(100, curve["survival"])
        words = interval(median.estimate, median.ci_low, median.ci_high, 1)
        name = entry["levels"][level]
        label = f"{name} (n={fixed(median.n)}), median {words} months"
        dashes = _DASHES[place % len(_DASHES)]  # told apart also where print is grey
        axes.step(*steps, where="post", color=color, lw=1.2, ls=dashes, label=label)
        axes.fill_between(
            steps[0],
            np.append(100, curve["low"]),
            np.append(100, curve["high"]),
            step="post",
            color=color,
            alpha=0.12,
            linewidth=0,
        )
        censored = curve[curve["censored"]]
        axes.plot(censored["time"], censored["survival"], "|", color=color, ms=4, mew=0.7)
        if not np.isnan(median.estimate):
            axes.plot([0, median.estimate], [50, 50], color=style.FAINT, lw=0.6, ls="--", zorder=0)
            axes.plot([median.estimate] * 2, [0, 50], color=style.FAINT, lw=0.6, ls="--", zorder=0)
        lines = estimates.lines(median)
        numbers = f"n={fixed(median.n)}, {_events(median)}median {words} months"
        texts.append(f"{name}, {marked(numbers, lines)}")
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
    axes.set_ylabel(f"{outcome.label} (%)")
    axes.set_xlabel(f"Months since {outcome.start}")
    axes.tick_params(labelbottom=True)
    figure.legend(
        *axes.get_legend_handles_labels(),
        loc="outside upper left",
        frameon=False,
        handlelength=1.5,
        borderaxespad=0,
    )
    words, in_caption = _tests(estimates, entry)
    axes.set_title("; ".join(words), loc="left", fontsize=6.5)
    table.set_ylim(-0.6, len(levels) - 0.4)
    table.set_yticks([])
    table.set_xticks(times)
    table.tick_params(labelbottom=False)
    table.set_title("Number at risk", loc="left", fontsize=6.5)
    for side in ("left", "bottom"):
        table.spines[side].set_visible(False)
    table.tick_params(length=0)
    everyone = estimates.first(entry["analysis"], group="all", statistic="median_survival")
    size = f"n={fixed(everyone.n)}{_events(everyone, before=True)}"
    caption = (
        f"Kaplan–Meier curves ({marked(size, estimates.lines(everyone))}) with 95% "
        "confidence bands on the log scale; ticks are censored patients, NR is not reached. "
        f"{'; '.join(texts)} (95% confidence intervals in parentheses). "
    )
    caption += " ".join([*in_caption, f"Population: {shown.population}."])
    if "by" in shown.analysis.settings:
        caption += shown.not_shown(shown.analysis["by"], entry["levels"])
    return figure, caption


def time_of(row: Estimate) -> float:
    """Time of a row of a curve, whose term is ``time=…``."""
    return float(row.term.partition("=")[2])


def _events(row: Estimate, before: bool = False) -> str:
    """Number of events, where it may be shown."""
    if np.isnan(row.events):
        return ""
    words = f"{fixed(row.events)} events"
    return f", {words}" if before else f"{words}, "


def _curve(estimates: Estimates, analysis: str, group: str) -> pd.DataFrame:
    """Steps of a group's curve: time, survival and its limits, and whether somebody was
    censored."""
    censored = {
        time_of(row) for row in estimates.rows(analysis, group=group, statistic="n_censored")
    }
    rows = [
        (time_of(row), row.estimate, row.ci_low, row.ci_high, time_of(row) in censored)
        for row in estimates.rows(analysis, group=group, statistic="curve")
        if not row.not_estimable
    ]
    return pd.DataFrame(rows, columns=["time", "survival", "low", "high", "censored"])


def _tests(estimates: Estimates, entry: dict[str, Any]) -> tuple[list[str], list[str]]:
    """The log-rank test and the ratio of a model: for the picture, and in full for the caption."""
    found, sentences = [], []
    asked = entry.get("test")
    test = estimates.first(asked, statistic="log_rank_chi_squared") if asked else None
    if test is not None:
        found.append(f"Log-rank {p_text(test.p_value)}")
        p = marked(p_text(test.p_value), estimates.lines(test))
        sentences.append(f"Log-rank test {p}, unadjusted.")
    wanted = entry.get("ratio")
    ratio = estimates.first(**wanted) if wanted else None
    if ratio is not None:
        adjusted = [part for part in ratio.method.split("; ") if part.startswith("adjusted for")]
        words = interval(ratio.estimate, ratio.ci_low, ratio.ci_high, 3)
        found.append(f"HR {words}")
        how = adjusted[0] if adjusted else "unadjusted"
        numbers = marked(f"{words}, {p_text(ratio.p_value)}", estimates.lines(ratio))
        sentences.append(f"Hazard ratio (HR) {numbers}, {how}.")
    return found, sentences
