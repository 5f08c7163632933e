"""Clean tables to derived tables: response, progression, resistance. All of it: :func:`derive`."""

from pd1_dynamics.derive.chain import Derived, derive
from pd1_dynamics.derive.knowledge import Known, known

__all__ = ["Derived", "Known", "derive", "known"]
