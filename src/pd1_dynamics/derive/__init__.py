"""Clean tables to derived tables: response, progression, resistance. All of it: :func:`derive`."""

from pd1_dynamics.derive.chain import Derived, Known, derive, known

__all__ = ["Derived", "Known", "derive", "known"]
