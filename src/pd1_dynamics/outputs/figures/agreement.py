"""Published estimates with their intervals beside those of a cohort, one row an estimate."""

import math
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.lines import Line2D

from pd1_dynamics.contract.vocabulary import (
    CALIBRATED,
    CLOSE,
    CONTRADICTED,
    DIFFERS,
    NOT_ESTIMABLE,
    REPRODUCED,
    RETURNED,
)
from pd1_dynamics.outputs.figures import style
from pd1_dynamics.outputs.figures.placeholder import placeholder
from pd1_dynamics.statistics.rounding import fixed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_TARGET = "\u2020"
_NARROW = 1.05  # upper over lower limit of a hazard ratio per unit of a fine-grained covariate
_PANELS = (
    ("Hazard ratio", lambda rows: _ratios(rows, narrow=False), "log"),
    ("Hazard ratio, near 1", lambda rows: _ratios(rows, narrow=True), "log"),
    ("Months", lambda rows: rows["unit"] == "months", "symlog"),
    ("Percent", lambda rows: rows["unit"] == "%", "linear"),
)
_TICKS = {
    "Hazard ratio": (0.25, 0.5, 1, 2, 4),
    "Hazard ratio, near 1": (0.99, 1, 1.01, 1.02, 1.03),
    "Months": (0, 1, 3, 6, 12, 24, 48),
    "Percent": (0, 25, 50, 75, 100),
}
_MARKS = {REPRODUCED: "o", RETURNED: "o", CLOSE: "s", DIFFERS: "D"}
_COLORS = {
    REPRODUCED: "#0072B2",
    RETURNED: "#2B7BBA",
    CLOSE: "#117733",
    DIFFERS: "#D55E00",
    NOT_ESTIMABLE: style.SOFT,
}
_ROW = 3.6 * style.MM
_HEAD = 9 * style.MM  # what a panel needs beside its rows


def draw(comparison: pd.DataFrame) -> tuple["Figure", str]:
    """Draw every estimate that the article prints with an interval, once.

    Parameters
    ----------
    comparison
        ``published/comparison.csv``.

    Returns
    -------
    figure, caption
    """
    rows = _with_interval(comparison)
    panels = [(name, rows[chosen(rows)], scale) for name, chosen, scale in _PANELS]
    panels = [panel for panel in panels if len(panel[1])]
    if not panels:
        return placeholder("Published and recomputed", "no estimate with an interval"), ""
    heights = [_HEAD + _ROW * len(part) for _, part, _ in panels]
    figure = style.new_figure(style.DOUBLE, sum(heights) + 8 * style.MM)
    grid = figure.subplots(len(panels), 1, height_ratios=heights, squeeze=False)
    for axes, (name, part, scale) in zip(grid.ravel(), panels, strict=True):
        _panel(axes, name, part, scale)
    shown = [verdict for verdict in _MARKS if (rows["cohort_verdict"] == verdict).any()]
    figure.legend(
        handles=[_key("Published, with 95% interval", style.INK, "|")]
        + [_key(f"This cohort: {verdict}", _COLORS[verdict], _MARKS[verdict]) for verdict in shown],
        loc="outside upper left",
        ncols=4,
        frameon=False,
    )
    counts = ", ".join(
        f"{number} {verdict}"
        for verdict in _COLORS
        if (number := int((rows["cohort_verdict"] == verdict).sum()))
    )
    caption = (
        f"Every estimate that the article prints with a 95% interval (n={len(rows)}; one that "
        "stands in several places is shown once): published above, from this cohort below, in the "
        f"color of the verdict on the estimate and both limits: {counts}. Returned is equal as "
        f"printed "
        "on a cohort that was built to have it; reproduced is equal as printed where it was not "
        "(another cohort of patients: each estimate in the other's interval); close is inside the "
        "published interval; NR is not reached. Right: published, then recomputed."
    )
    if (rows["cohort_evidence"] == CALIBRATED).any():
        caption += f" {_TARGET} The cohort was built to have this number."
    return figure, caption


def _with_interval(comparison: pd.DataFrame) -> pd.DataFrame:
    interval = comparison["published_low"].notna() | comparison["published_high"].notna()
    once = comparison["same_as"].fillna("") == ""
    rows = comparison[interval & once].copy()
    rows["cohort_verdict"] = rows["with_limits"].fillna(NOT_ESTIMABLE)
    return rows.replace({"cohort_verdict": {CONTRADICTED: DIFFERS}})


def _ratios(rows: pd.DataFrame, narrow: bool) -> pd.Series:
    near = rows["published_high"] / rows["published_low"] < _NARROW
    return (rows["statistic"] == "hazard_ratio") & (near == narrow)


def _panel(axes: "Axes", name: str, rows: pd.DataFrame, scale: str) -> None:
    axes.set_xscale(scale, **({"linthresh": 1, "linscale": 0.4} if scale == "symlog" else {}))
    ticks = _TICKS[name]
    ends = rows[["published_low", "published_high", "cohort_value", "cohort_low", "cohort_high"]]
    low = min(ticks[0], ends.min(axis=None))
    high = max(ticks[-1], min(ends.max(axis=None), 2.5 * ticks[-1]))
    margin = (high / low) ** 0.04 if scale == "log" else 1.04
    axes.set_xlim(low / margin if scale == "log" else low - 0.02 * high, high * margin)
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    if scale == "log":
        axes.axvline(1, color=style.FAINT, lw=0.8, zorder=0)
    for place, row in enumerate(rows.itertuples(index=False)):
        published = _number(row.published)
        _interval(axes, place - 0.2, published, row.published_low, row.published_high, "|")
        color = _COLORS[row.cohort_verdict]
        if row.cohort_verdict != NOT_ESTIMABLE:
            _interval(
                axes,
                place + 0.2,
                row.cohort_value,
                row.cohort_low,
                row.cohort_high,
                _MARKS[row.cohort_verdict],
                color,
            )
        found = _text(row.cohort_value, row.cohort_low, row.cohort_high, row.decimals)
        if row.cohort_verdict == NOT_ESTIMABLE:
            found = NOT_ESTIMABLE
        columns = (
            (4, _text(published, row.published_low, row.published_high, row.decimals), style.INK),
            (90, found, color),
        )
        for points, text, ink in columns:
            axes.annotate(
                text,
                (1, place),
                (points, 0),
                xycoords=axes.get_yaxis_transform(),
                textcoords="offset points",
                va="center",
                fontsize=6,
                color=ink,
            )
        if place % 2:
            axes.axhspan(place - 0.5, place + 0.5, color="#f4f4f4", lw=0, zorder=-1)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks(range(len(rows)), [_label(row) for row in rows.itertuples(index=False)])
    axes.tick_params(axis="y", length=0, labelsize=6)
    axes.spines["left"].set_visible(False)
    axes.set_title(name, loc="left", weight="bold")


def _interval(
    axes: "Axes", y: float, value: float, low: float, high: float, mark: str, color: str = style.INK
) -> None:
    """A point with its interval; a limit that is not reached is an arrow."""
    first, last = axes.get_xlim()
    known = [end for end in (low, value, high) if not math.isnan(end)]
    if not known:
        return
    start = low if not math.isnan(low) else min(known)
    open_end = math.isnan(high) or high > last
    if not (math.isnan(low) and math.isnan(high)):
        axes.plot([start, last if open_end else high], [y, y], color=color, lw=1.0, clip_on=False)
        if open_end:
            axes.plot(last, y, ">", color=color, ms=3, mew=0, clip_on=False)
    if not math.isnan(value):
        axes.plot(
            min(max(value, first), last), y, mark, color=color, ms=3.4,
            mew=1.2 if mark == "|" else 0, clip_on=False,
        )  # fmt: skip


def _key(label: str, color: str, mark: str):
    return Line2D([], [], color=color, marker=mark, ms=3.4, lw=1.0, label=label)


def _label(row) -> str:
    group = "" if pd.isna(row.group) or row.group in row.quantity else f", {row.group}"
    return f"{row.quantity}{group}{_TARGET if row.cohort_evidence == CALIBRATED else ''}"


def _number(printed: str) -> float:
    try:
        return float(printed)
    except ValueError:
        return math.nan


def _text(value: float, low: float, high: float, decimals: int) -> str:
    """An estimate with its interval at the printed precision."""

    def part(number: float) -> str:
        return "NR" if math.isnan(number) else fixed(number, int(decimals))

    if math.isnan(low) and math.isnan(high) and not math.isnan(value):
        return part(value)
    return f"{part(value)} ({part(low)} to {part(high)})"
