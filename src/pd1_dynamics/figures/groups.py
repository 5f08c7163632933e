"""Points by group, with median and quartiles, and the tests between the groups."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from pd1_dynamics.figures import style
from pd1_dynamics.figures.numbers import Numbers, p_text
from pd1_dynamics.statistics.rounding import fixed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MARKS = (10, 20, 50, 100, 200)  # on a logarithmic axis of millimetres


def draw(
    numbers: Numbers, data: dict[str, pd.DataFrame], entry: dict[str, Any]
) -> tuple["Figure", str]:
    """One column of points a group; returns the figure and the caption."""
    patients = data["patients"]
    column, by = entry["column"], entry["by"]
    levels = list(entry["levels"])
    population = patients[patients["in_response_cohort"] == 1]
    groups = [
        population.loc[population[by].map(_text) == level, column].dropna().to_numpy(dtype=float)
        for level in levels
    ]
    figure = style.new_figure(style.SINGLE, 75 * style.MM)
    axes = figure.add_subplot()
    if entry.get("log"):
        axes.set_yscale("log")
        axes.set_yticks(_MARKS, [str(mark) for mark in _MARKS])
        axes.minorticks_off()
    for place, (level, values) in enumerate(zip(levels, groups, strict=True)):
        if not len(values):
            continue
        heights = np.log(values) if entry.get("log") else values
        axes.scatter(
            place + _swarm(heights),
            values,
            s=5,
            color=style.COLORS[level],
            alpha=0.75,
            linewidths=0,
        )
        low, middle, high = (
            numbers.row(entry["analysis"], group=level, term=column, statistic=name).estimate
            for name in ("q1", "median", "q3")
        )
        axes.plot([place - 0.33, place + 0.33], [middle] * 2, color=style.INK, lw=1.4, zorder=3)
        axes.plot([place] * 2, [low, high], color=style.INK, lw=0.8, zorder=3)
    for line in entry.get("lines", []):
        axes.axhline(line, color=style.FAINT, lw=0.6, ls=(0, (4, 3)), zorder=0)
    labels = []
    for level, label in entry["levels"].items():
        row = numbers.row(entry["analysis"], group=level, term=column, statistic="median")
        size = numbers.row(entry["analysis"], group=level, term=column, statistic="n")
        labels.append(f"{label}\nn={fixed(size.estimate)}\nmedian\n{_signed(row.estimate, 1)}")
    axes.set_xticks(range(len(levels)), labels)
    axes.set_xlim(-0.6, len(levels) - 0.4)
    axes.set_ylabel(entry["label"])
    test = numbers.row(entry["test"]["analysis"], term=column, statistic=entry["test"]["statistic"])
    axes.set_title(f"{entry['test']['name']} {p_text(test.p_value)}", loc="left")
    caption = (
        f"Points are patients (n={fixed(sum(map(len, groups)))}), long bars medians, vertical bars "
        f"quartiles. {entry['test']['name']}: {p_text(test.p_value)}."
    )
    if "pairs" in entry:
        pairs = numbers.rows(entry["pairs"], statistic="wilcoxon_w")
        texts = [
            f"{g}, {p_text(p)}" for g, p in zip(pairs["group"], pairs["p_adjusted"], strict=True)
        ]
        caption += (
            " Pairs by Wilcoxon rank-sum tests, Bonferroni-adjusted: " + "; ".join(texts) + "."
        )
    return figure, caption


def _swarm(values: np.ndarray, width: float = 0.36, bins: int = 40) -> np.ndarray:
    """Sideways shifts that keep points apart: in each narrow bin from the middle outwards."""
    shifts = np.zeros(len(values))
    if len(values) < 2 or np.ptp(values) == 0:
        return np.linspace(-width, width, len(values)) if len(values) > 1 else shifts
    bin_of = np.floor((values - values.min()) / (np.ptp(values) / bins)).astype(int)
    fullest = max(np.bincount(bin_of).max(), 6)
    for place in np.unique(bin_of):
        members = np.flatnonzero(bin_of == place)
        members = members[np.argsort(values[members], kind="stable")]
        steps = np.arange(len(members))
        shifts[members] = (steps + 1) // 2 * np.where(steps % 2, 1, -1) * 2 * width / fullest
    return shifts


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _signed(value: float, decimals: int) -> str:
    return fixed(value, decimals).replace("-", "\u2212")
