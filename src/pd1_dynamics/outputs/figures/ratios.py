"""Forest plots of ratios: one line an estimate, its interval, and the numbers beside it."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pd1_dynamics.analyses.selection import Estimates
from pd1_dynamics.outputs.figures import style
from pd1_dynamics.outputs.figures.shown import Shown
from pd1_dynamics.statistics.printing import DASH, interval, p_value
from pd1_dynamics.statistics.rounding import fixed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LINE = 6.6 * style.MM  # height of a line, inches
_TICKS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20)
_FINE = (0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.15)
_LETTERS = 46  # of a line of a label
_COLUMN = 0.15  # share of the left part that a column of numbers takes
_NARROW = 1.3  # ratio of the ends of a scale that has fine ticks


@dataclass(frozen=True)
class Ratio:
    """One line of a forest plot; a heading where it has no numbers, or why there are none."""

    label: str
    numbers: tuple[str, ...] = ()
    values: tuple[float, float, float] | None = None
    p_value: float = float("nan")
    gap: str = ""
    hollow: bool = False


def draw(estimates: Estimates, shown: Shown, entry: dict[str, Any]) -> tuple["Figure", str]:
    """The ratios of a model, each covariate a line, in panels of covariates of similar scale."""
    rows, gaps = [], 0
    statistic = entry["statistic"]
    for row in estimates.rows(entry["analysis"], statistic=statistic):
        name, _, level = row.term.partition("=")
        label = shown.codebook.label(name)
        variable = shown.codebook.variables[name]
        if variable.unit and " per " not in variable.unit:
            label += f" (per {variable.unit.removesuffix('s')})"
        if level and variable.kind != "binary":
            label += f": {variable.level_label(level)}"
        if row.not_estimable:
            rows.append(Ratio(label, gap=row.not_estimable))
            gaps += 1
            continue
        rows.append(
            Ratio(
                label,
                (fixed(row.n), fixed(row.events)),
                (row.estimate, row.ci_low, row.ci_high),
                row.p_value,
            )
        )
    coarse = [row for row in rows if row.values is None or _is_wide(row)]
    fine = [row for row in rows if row not in coarse]
    panels = [part for part in (coarse, fine) if part]
    figure = forest(panels, entry["columns"], entry["xlabel"])
    caption = (
        f"Squares: hazard ratios with 95% confidence intervals, each covariate in a model of its "
        f"own. Population: {shown.population}."
    )
    if len(panels) > 1:
        caption += " Ratios of a unit of a continuous covariate have a scale of their own."
    return figure, caption


def _is_wide(row: Ratio) -> bool:
    low, high = row.values[1:]
    return high / low > _NARROW


def forest(panels: Sequence[Sequence[Ratio]], columns: Sequence[str], xlabel: str) -> "Figure":
    """A forest plot, each panel with a scale of its own.

    Parameters
    ----------
    panels
        Lines from above.
    columns
        Headings of the label, of the numbers and of the estimate.
    xlabel
        What is estimated.
    """
    lines = sum(map(len, panels))
    figure = style.new_figure(style.DOUBLE, (lines + 2.2 * len(panels) + 0.6) * _LINE)
    heights = [len(part) + 1.0 for part in panels]
    grid = figure.subplots(
        len(panels), 3, squeeze=False, width_ratios=(2.6, 1.1, 1.35), height_ratios=heights
    )
    for number, (part, (left, axes, right)) in enumerate(zip(panels, grid, strict=True)):
        for panel in (left, axes, right):
            panel.set_ylim(len(part) - 0.4, -1.2)
            panel.set_yticks([])
        for panel in (left, right):
            panel.set_axis_off()
            panel.set_xlim(0, 1)
        places = [0.0, *(1.0 - _COLUMN * np.arange(len(columns) - 3, -1, -1))]
        if not number:
            for place, text in zip(places, columns[:-1], strict=True):
                _put(left, place, -0.85, text, bold=True)
            _put(right, 0.0, -0.85, columns[-1], bold=True)
            _put(right, 1.0, -0.85, "P", bold=True)
        for y, row in enumerate(part):
            label = "\n".join(textwrap.wrap(row.label, _LETTERS))
            for place, text in zip(places, (label, *row.numbers), strict=False):
                _put(left, place, y, text)
            if row.values is None:
                _put(right, 0.0, y, "not estimable" if row.gap else DASH)
                continue
            _put(right, 0.0, y, interval(*row.values, _decimals(row.values)))
            if not np.isnan(row.p_value):
                _put(right, 1.0, y, p_value(row.p_value))
            _mark(axes, y, row)
        _scale(axes, part)
        axes.set_xlabel(f"{xlabel} (log scale)" if number == len(panels) - 1 else "")
    return figure


def _decimals(values: tuple[float, float, float]) -> int:
    return 3 if values[2] / values[1] < _NARROW else 2


def _put(panel: "Axes", x: float, y: float, text: str, bold: bool = False) -> None:
    side = "left" if x == 0 else "right"
    weight = "bold" if bold else "normal"
    panel.text(x, y, text, ha=side, va="center", fontsize=6.3, weight=weight)


def _mark(axes: "Axes", y: float, row: Ratio) -> None:
    estimate, low, high = row.values
    axes.plot([low, high], [y, y], color=style.INK, lw=1.0, solid_capstyle="butt", label=row.label)
    inside = "white" if row.hollow else style.INK
    axes.plot([estimate], [y], "s", ms=4, color=style.INK, markerfacecolor=inside, label=row.label)


def _scale(axes: "Axes", part: Sequence[Ratio]) -> None:
    ends = [value for row in part if row.values for value in row.values if np.isfinite(value)]
    low, high = min([*ends, 0.98]), max([*ends, 1.02])
    low, high = max(low / 1.05, 0.02), min(high * 1.05, 50)
    if high / low < _NARROW**2:
        low, high = low * 1.04, high / 1.04
    axes.set_xscale("log")
    ticks = [tick for tick in (_FINE if high / low < _NARROW else _TICKS) if low <= tick <= high]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.set_xlim(low, high)
    axes.axvline(1, color=style.SOFT, lw=0.7, zorder=0)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
