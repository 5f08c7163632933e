"""Figures of the paper: each kind a module, all in one style, every printed number an estimate.

:func:`draw` draws a figure by its name in ``config/figures.yaml``, :func:`save` writes it.
"""

from pd1_dynamics.outputs.figures.drawing import draw, draw_agreement, save

__all__ = ["draw", "draw_agreement", "save"]
