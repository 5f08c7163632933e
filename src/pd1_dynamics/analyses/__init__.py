"""Turns declared analyses into one tidy table of estimates.

Code here knows kinds of analysis; ``config/variables.yaml`` and ``config/analyses/*.yaml`` know the
study. :func:`load` reads and checks the declarations, :func:`run` carries them out, and
:func:`read_estimates` reads the table back for tables, figures and reports.

What needs pandas is imported when it is first asked for: checking a configuration needs none of it.
"""

from typing import Any

from pd1_dynamics.analyses.codebook import Codebook, Outcome, Variable, load_codebook
from pd1_dynamics.analyses.declarations import Analysis, Declarations, Population
from pd1_dynamics.analyses.loading import load

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


def __getattr__(name: str) -> Any:
    if name == "run":
        from pd1_dynamics.analyses import engine

        return engine.run
    if name in ("read_estimates", "COLUMNS", "KEY"):
        from pd1_dynamics.analyses import estimates

        return getattr(estimates, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
