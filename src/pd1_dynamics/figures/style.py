"""One look for all figures: journal widths, small type, colors that all readers can tell."""

from typing import TYPE_CHECKING

import matplotlib as mpl

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
}
"""The same color for the same category in every figure."""

_LINEAR_UP_TO = 100
_PERCENTS = (-100, -50, 0, 50, 100, 200, 500, 1000, 2000)
SCALE_IN_WORDS = f"The scale is linear to \u00b1{_LINEAR_UP_TO}%, logarithmic beyond."

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
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def percent_scale(axes: "Axes", highest: float) -> None:
    """A scale for changes in percent on which no growth is cut: logarithmic beyond 100 %."""
    top = max(2 * _LINEAR_UP_TO, highest)
    ticks = [tick for tick in _PERCENTS if tick <= top]
    axes.set_yscale("symlog", linthresh=_LINEAR_UP_TO, linscale=1.2)
    axes.set_yticks(ticks, [f"{tick:,}".replace("-", "\u2212") for tick in ticks])
    axes.minorticks_off()
    axes.set_ylim(-108, 1.08 * top)
