"""The synthetic cohort: made from a study description and a seed, exact in its structure.

:func:`load` reads the description, :func:`generate` makes the tables, :func:`write` writes them
with their dictionary.
"""

from pd1_dynamics.synthetic.making import generate, load, report_progress, write

__all__ = ["generate", "load", "report_progress", "write"]
