"""Progression: when, in which pattern, and what followed. The stage is
:func:`derive_progression`."""

from pd1_dynamics.derive.progression.later_therapies import later_therapies
from pd1_dynamics.derive.progression.stage import derive_progression
from pd1_dynamics.derive.progression.survival import PFS_END

__all__ = ["PFS_END", "derive_progression", "later_therapies"]
