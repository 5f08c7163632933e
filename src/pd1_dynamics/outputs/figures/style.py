"""One look for all figures: journal widths, small type, colors that all readers can tell."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MM = 1 / 25.4
SINGLE, DOUBLE = 85 * MM, 175 * MM
"""Widths of one and two columns, inches."""

INK, SOFT, FAINT = "#1a1a1a", "#5a5a5a", "#b8b8b8"

# Okabe and Ito's palette.
COLORS = {
    "CR": "#0072B2",
    "PR": "#009E73",
    "SD": "#E69F00",
    "PD": "#D55E00",
    "primary": "#D55E00",
    "secondary": "#0072B2",
    "0": "#0072B2",
    "1": "#D55E00",
    "all": "#1a1a1a",
}
"""The same color for the same category in every figure."""

SYNTHETIC = "Synthetic cohort, no real patient"
_WARNING = "#7a1f00"
_BAND = 4 * MM  # height of the line that says so, inches
_GRID = 4096  # steps of the layout's grid across the figure

SETTINGS = {
    "figure.dpi": 100,
    "savefig.dpi": 300,
    "font.family": "DejaVu Sans",
    "font.size": 7,
    "axes.titlesize": 7.5,
    "axes.labelsize": 7,
    "xtick.labelsize": 6.5,
    "ytick.labelsize": 6.5,
    "legend.fontsize": 6.5,
    "axes.linewidth": 0.6,
    "hatch.linewidth": 0.35,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "pdf.fonttype": 42,
    "svg.fonttype": "path",
    "svg.hashsalt": "pd1-dynamics",
}


def new_figure(width: float, height: float) -> "mpl.figure.Figure":
    """An empty figure in this style, sizes in inches."""
    return Figure(figsize=(width, height), layout="constrained")


def mark_as_synthetic(figure: "mpl.figure.Figure") -> None:
    """Say in the picture that its patients are made up, below everything else."""
    band = _BAND / figure.get_figheight()
    engine: Any = figure.get_layout_engine()
    engine.set(rect=(0, band, 1, 1 - band))
    middle = band / 2
    figure.text(
        0.5, middle, SYNTHETIC, ha="center", va="center", fontsize=7, color=_WARNING, weight="bold"
    )


def lay_out(figure: "mpl.figure.Figure") -> None:
    """Fix the layout, so that the same figure always gives the same bytes.

    The constrained layout's solver gives positions that differ by rounding errors from run to run,
    and SVG derives the names of clip paths from them. So positions are rounded to a grid, and the
    solver is switched off.
    """
    figure.draw_without_rendering()
    figure.get_layout_engine().execute(figure)
    figure.set_layout_engine("none")
    for axes in figure.axes:
        corners = axes.get_position(original=True).extents
        left, low, right, high = (round(corner * _GRID) / _GRID for corner in corners)
        axes.set_position((left, low, right - left, high - low))


def percent_scale(axes: "Axes", highest: float, scale: Mapping[str, Any]) -> None:
    """A scale for changes in percent on which no growth is cut.

    Parameters
    ----------
    axes, highest
        Where, and the largest change.
    scale
        ``percent_scale`` of ``config/figures.yaml``.
    """
    linear, ticks = scale["linear_up_to"], scale["ticks"]
    top = max(2 * linear, highest)
    ticks = [tick for tick in ticks if tick <= top]
    axes.set_yscale("symlog", linthresh=linear, linscale=1.2)
    axes.set_yticks(ticks, [f"{tick:,}".replace("-", "\u2212") for tick in ticks])
    axes.minorticks_off()
    axes.set_ylim(1.08 * ticks[0], 1.08 * top)


def percent_scale_in_words(scale: Mapping[str, Any]) -> str:
    """What a caption says of :func:`percent_scale`."""
    return f"The scale is linear to \u00b1{scale['linear_up_to']:g}%, logarithmic beyond."


def percents(lines: Sequence[float]) -> str:
    """Reference lines as a caption names them.

    Examples
    --------
    >>> percents([-30, 20])
    '−30% and +20%'
    """
    signed = (f"{line:+g}%".replace("-", "\u2212") for line in lines)
    return " and ".join(signed)
