"""Figures of the paper: each kind a module, all in one style, every printed number an estimate.

:class:`Drawing` draws what ``config/figures.yaml`` declares, :func:`save` writes it, and
:func:`drawn_data` tells what was drawn.
"""

from pd1_dynamics.outputs.figures.drawing import Drawing, draw_agreement, drawn_data, save

__all__ = ["Drawing", "draw_agreement", "drawn_data", "save"]
