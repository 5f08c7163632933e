"""The report: one self-contained page with everything that a run found."""

from pd1_dynamics.outputs.report.page import make

__all__ = ["make"]
