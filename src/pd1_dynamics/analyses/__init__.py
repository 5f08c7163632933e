"""Turns declared analyses into one tidy table of estimates.

Code here knows kinds of analysis; ``config/variables.yaml`` and ``config/analyses/*.yaml`` know the
study. :func:`pd1_dynamics.contract.loading.load` reads and checks the declarations, :func:`run`
carries them out, and :func:`read_estimates` reads the table back for tables, figures and reports.
"""

from pd1_dynamics.analyses.engine import run
from pd1_dynamics.analyses.estimates import COLUMNS, KEY, read_estimates
from pd1_dynamics.contract.codebook import Codebook, Outcome, Variable, load_codebook
from pd1_dynamics.contract.declarations import Analysis, Declarations, Population
from pd1_dynamics.contract.loading import load

__all__ = [
    "COLUMNS",
    "KEY",
    "Analysis",
    "Codebook",
    "Declarations",
    "Outcome",
    "Population",
    "Variable",
    "load",
    "load_codebook",
    "read_estimates",
    "run",
]
