"""Flow of patients: populations, first responses, and where they led."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matplotlib.patches import FancyBboxPatch

from pd1_dynamics.analyses.selection import Estimates
from pd1_dynamics.outputs.figures import style
from pd1_dynamics.outputs.figures.shown import Shown
from pd1_dynamics.outputs.sources import marked
from pd1_dynamics.statistics.rounding import fixed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ABSENT = "–"  # nothing to count
_LINE, _EDGE = 2.2, 0.2  # height of a line of text; space between an arrow's head and a box
_STAGGER = (-1.5, 2.5)  # where an arrow to another response leaves and arrives, beside the middle


@dataclass(frozen=True)
class _Box:
    """A box with text, in hundredths of the figure's width."""

    x: float
    y: float
    width: float
    text: str
    color: str | None = None

    @property
    def half(self) -> float:
        """Half of its height."""
        return _LINE * (self.text.count("\n") + 2) / 2


def draw(estimates: Estimates, shown: Shown, entry: dict[str, Any]) -> tuple["Figure", str]:
    """Boxes joined by arrows, as the entry places them; all numbers from the estimates."""
    figure = style.new_figure(style.DOUBLE, 98 * style.MM)
    axes = figure.add_subplot()
    axes.set_axis_off()
    axes.set_xlim(0, 100)
    axes.set_ylim(4.5, 67)
    scanned = estimates.first("imaging", term="n_imaging_dates", statistic="n") is not None
    boxes = {
        name: _populated(estimates, content, scanned) for name, content in entry["boxes"].items()
    }
    for box in boxes.values():
        _draw_box(axes, box)
    for start, end in entry["arrows"]:
        _join(axes, boxes[start], boxes[end])
    _draw_responses(axes, estimates, boxes[entry["responses"]["from"]], entry["responses"])
    everyone = estimates.first("cohort_flow", population="all", statistic="n")
    n = marked(_count(estimates, {"population": "all"}), estimates.lines(everyone))
    caption = (
        f"Populations of the study (n={n}), and who is in none of them and why. "
        "Numbers on arrows: patients who took that "
        "way from the first evaluation to their best response. CR, complete remission; PD, disease "
        "progression; PR, partial remission; SD, stable disease."
    )
    gap = estimates.gap("cohort_flow", population="response")
    if gap:
        caption += f" –, not estimable: {gap}; best responses are those that the cohort reports."
    return figure, caption


def _count(estimates: Estimates, selector: Mapping[str, str]) -> str:
    """The number of patients that a selector finds, in the flow of the cohort unless it says."""
    found = {"analysis": "cohort_flow", "statistic": "n", **selector}
    row = estimates.first(found.pop("analysis"), **found)
    return _ABSENT if row is None else fixed(row.estimate)


def _populated(estimates: Estimates, content: Mapping[str, Any], scanned: bool) -> _Box:
    """A box with its numbers; in a cohort without scans, in the words for such."""
    counts = {name: _count(estimates, by) for name, by in content["counts"].items()}
    text = content["text"] if scanned else content.get("text_without_scans", content["text"])
    color = content.get("color")
    color = style.FAINT if color == "faint" else style.COLORS.get(color)
    x, y = content["at"]
    return _Box(x, y, content["width"], text.format(**counts), color)


def _draw_responses(
    axes: "Axes", estimates: Estimates, origin: _Box, panel: Mapping[str, Any]
) -> None:
    """First evaluations, the best responses below them, and the ways between."""
    columns = dict(zip(panel["levels"], panel["columns"], strict=True))
    rows = {"first_response": panel["first"], "best_response": panel["best"]}
    labels = {"first_response": "First evaluation", "best_response": "Best response"}

    def count(column: str, level: str, group: str = "all", analysis: str = "best_response") -> str:
        term = f"{column}={level}"
        return _count(estimates, {"analysis": analysis, "term": term, "group": group})

    boxes: dict[tuple[str, str], _Box] = {}
    for column, y in rows.items():
        for level, x in columns.items():
            n = count(column, level)
            if n == _ABSENT:
                n = count(column, level, analysis=panel["otherwise"][column])
            boxes[column, level] = _Box(x, y, 10, f"{level}\nn={n}", style.COLORS[level])
            _draw_box(axes, boxes[column, level])
    _label(axes, 0.5, panel["first"] + 8.5, labels["first_response"])
    _label(axes, 0.5, panel["best"] - 5.5, labels["best_response"])
    middle = (panel["first"] + panel["best"]) / 2
    for level, x in columns.items():
        first, best = boxes["first_response", level], boxes["best_response", level]
        _join(axes, origin, first)
        _join(axes, first, best)
        _label(axes, x + 0.9, middle - 1, count("best_response", level, level), style.COLORS[level])
    better = list(columns)
    for place, first in enumerate(better):
        for steps, best in enumerate(reversed(better[:place]), 1):
            n = count("best_response", best, first)
            if n not in (_ABSENT, "0"):
                ends = boxes["first_response", first], boxes["best_response", best]
                _cross(axes, *ends, n, style.COLORS[best], 0.62 if steps > 1 else 0.4)


def _cross(axes: "Axes", first: _Box, best: _Box, text: str, color: str, share: float) -> None:
    """An arrow to a better response, with its number at a share of the way."""
    start = (first.x + _STAGGER[0], first.y - first.half)
    end = (best.x + _STAGGER[1], best.y + best.half)
    _arrow(axes, start, end, color)
    axes.text(
        start[0] + (end[0] - start[0]) * share,
        start[1] + (end[1] - start[1]) * share,
        text,
        ha="center",
        va="center",
        fontsize=6.5,
        color=color,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
    )


def _join(axes: "Axes", start: _Box, end: _Box) -> None:
    """An arrow from below a box to the top of the next, or across to one at its side."""
    if abs(start.y - end.y) >= start.half:
        _arrow(axes, (start.x, start.y - start.half), (end.x, end.y + end.half))
        return
    side = 1 if end.x > start.x else -1
    left, right = start.x + side * start.width / 2, end.x - side * (end.width / 2 + _EDGE)
    _arrow(axes, (left, start.y), (right, start.y))


def _draw_box(axes: "Axes", box: _Box) -> None:
    axes.add_patch(
        FancyBboxPatch(
            (box.x - box.width / 2, box.y - box.half),
            box.width,
            2 * box.half,
            boxstyle="round,pad=0,rounding_size=0.8",
            facecolor="white",
            edgecolor=box.color or style.INK,
            linewidth=1.1 if box.color else 0.7,
        )
    )
    axes.text(box.x, box.y, box.text, ha="center", va="center", fontsize=6.8)


def _label(axes: "Axes", x: float, y: float, text: str, color: str = style.SOFT) -> None:
    axes.text(x, y, text, ha="left", va="center", fontsize=6.5, color=color)


def _arrow(
    axes: "Axes", start: tuple[float, float], end: tuple[float, float], color: str = style.SOFT
) -> None:
    axes.annotate(
        "",
        end,
        start,
        arrowprops={
            "arrowstyle": "-|>",
            "lw": 0.7,
            "color": color,
            "shrinkA": 0,
            "shrinkB": 0,
            "mutation_scale": 6,
        },
    )
