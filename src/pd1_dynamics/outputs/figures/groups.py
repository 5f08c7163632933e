"""Points by group, with median and quartiles, and the tests between the groups."""

from typing import TYPE_CHECKING, Any

import numpy as np

from pd1_dynamics.analyses.selection import Estimates
from pd1_dynamics.outputs.figures import style
from pd1_dynamics.outputs.figures.shown import Shown
from pd1_dynamics.outputs.sources import marked
from pd1_dynamics.statistics.printing import number, p_text
from pd1_dynamics.statistics.rounding import fixed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MARKS = (10, 20, 50, 100, 200)  # on a logarithmic axis of millimetres
_POINT = 2.6  # diameter of a point with its air, in points
_HEIGHT, _COLUMN = 150, 48  # of the panel and of a group's column, about, in points
_WIDTH = 0.42  # half of the widest group, in columns


def draw(estimates: Estimates, shown: Shown, entry: dict[str, Any]) -> tuple["Figure", str]:
    """One column of points a group; returns the figure and the caption."""
    column, by, analysis = entry["column"], entry["by"], entry["analysis"]
    levels = list(entry["levels"])
    patients = shown.patients(column, group=by)
    groups = [
        patients.loc[patients["group"] == level, column].dropna().to_numpy() for level in levels
    ]
    figure = style.new_figure(style.SINGLE, 75 * style.MM)
    axes = figure.add_subplot()
    if entry.get("log"):
        axes.set_yscale("log")
        axes.set_yticks(_MARKS, [str(mark) for mark in _MARKS])
        axes.minorticks_off()
    heights = [np.log(values) if entry.get("log") else values for values in groups]
    step = np.ptp(np.concatenate(heights)) * _POINT / _HEIGHT
    labels = []
    for place, level in enumerate(levels):
        found = {
            name: estimates.first(analysis, group=level, term=column, statistic=name)
            for name in ("n", "q1", "median", "q3")
        }
        label = entry["levels"][level]
        if found["median"] is None:
            gap = estimates.gap(analysis, group=level, term=column, statistic="median")
            labels.append(f"{label}\n{gap if gap.startswith('fewer') else 'n=0'}")
            continue
        axes.scatter(
            place + _swarm(heights[place], step),
            groups[place],
            s=5,
            color=style.COLORS[level],
            alpha=0.75,
            linewidths=0,
        )
        low, middle, high = (found[name].estimate for name in ("q1", "median", "q3"))
        axes.plot([place - 0.33, place + 0.33], [middle] * 2, color=style.INK, lw=1.4, zorder=3)
        axes.plot([place] * 2, [low, high], color=style.INK, lw=0.8, zorder=3)
        labels.append(f"{label}\nn={fixed(found['n'].estimate)}\nmedian\n{number(middle, 1)}")
    for line in entry.get("lines", []):
        axes.axhline(line, color=style.FAINT, lw=0.6, ls=(0, (4, 3)), zorder=0)
    axes.set_xticks(range(len(levels)), labels)
    axes.set_xlim(-0.6, len(levels) - 0.4)
    axes.set_ylabel(entry["label"])
    caption = "Points are patients{n}, long bars medians, vertical bars quartiles."
    test = estimates.first(
        entry["test"]["analysis"], term=column, statistic=entry["test"]["statistic"]
    )
    if test is not None:
        name, p, lines = entry["test"]["name"], p_text(test.p_value), estimates.lines(test)
        axes.set_title(f"{name} {p}", loc="left")
        caption = caption.format(n=f" (n={marked(fixed(test.n), lines)})")
        caption += f" {name} {marked(p, lines)}."
    if "pairs" in entry:
        pairs = estimates.rows(entry["pairs"], statistic="wilcoxon_w")
        texts = [
            f"{row.group}, {marked(p_text(row.p_adjusted), estimates.lines(row))}"
            for row in pairs
            if not row.not_estimable
        ]
        caption += (
            " Pairs by Wilcoxon rank-sum tests, Bonferroni-adjusted: " + "; ".join(texts) + "."
        )
    caption = caption.format(n="") + f" Population: {shown.population}."
    return figure, caption + shown.not_shown(by, entry["levels"])


def _swarm(heights: np.ndarray, step: float) -> np.ndarray:
    """Sideways shifts that keep points apart: points within one step of height lie side by side.

    The step is the same for all groups of a panel, so that a group with little spread looks flat.
    """
    shifts = np.zeros(len(heights))
    if not len(heights) or step == 0:
        return shifts
    row_of = np.floor((heights - heights.min()) / step).astype(int)
    fullest = np.bincount(row_of).max()
    apart = min(_POINT / _COLUMN, 2 * _WIDTH / fullest)
    for row in np.unique(row_of):
        members = np.flatnonzero(row_of == row)
        members = members[np.argsort(heights[members], kind="stable")]
        places = np.arange(len(members))
        shifts[members] = (places + 1) // 2 * np.where(places % 2, 1, -1) * apart
    return shifts
