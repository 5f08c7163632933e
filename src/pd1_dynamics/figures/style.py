"""One look for all figures: journal widths, small type, colors that all readers can tell."""

import matplotlib as mpl

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
