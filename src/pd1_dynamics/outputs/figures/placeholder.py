"""What stands in a figure's place when the cohort lacks what it needs."""

import textwrap
from typing import TYPE_CHECKING

from pd1_dynamics.outputs.figures import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def placeholder(title: str, reason: str) -> "Figure":
    """A quiet panel that says what is missing."""
    figure = style.new_figure(style.SINGLE, 40 * style.MM)
    axes = figure.add_subplot()
    axes.set_axis_off()
    axes.text(
        0.5, 0.62, "\n".join(textwrap.wrap(title, 48)), ha="center", va="bottom", weight="bold"
    )
    axes.text(
        0.5,
        0.5,
        "\n".join(textwrap.wrap(f"not estimable: {reason}", 56)),
        ha="center",
        va="top",
        color=style.SOFT,
    )
    return figure
