"""Progression: when, in which pattern, and what followed. The stage is :func:`derive`."""

from pd1_dynamics.derive.progression.derive import derive
from pd1_dynamics.derive.progression.survival import PFS_END

__all__ = ["PFS_END", "derive"]
