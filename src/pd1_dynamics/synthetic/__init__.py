"""The synthetic cohort: made from a study description and a seed, exact in its structure.

:func:`load` reads the description, :func:`generate` makes the tables, :func:`write` writes them
with their dictionary, :func:`enlarge` repeats a cohort to any size for measurements of speed.
"""

from pd1_dynamics.synthetic.enlarging import enlarge
from pd1_dynamics.synthetic.making import generate, load, report_progress, write

__all__ = ["enlarge", "generate", "load", "report_progress", "write"]
