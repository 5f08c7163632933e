"""Figures of the paper: each kind a module, all in one style, every printed number an estimate.

:class:`Drawing` draws what ``config/figures.yaml`` declares, :func:`save` writes it.
"""

from pd1_dynamics.outputs.figures.drawing import Drawing, draw_agreement, save

__all__ = ["Drawing", "draw_agreement", "save"]
