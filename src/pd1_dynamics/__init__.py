"""Radiological dynamics and resistance types under anti-PD-1 monotherapy.

:func:`run` takes a cohort's file from its tables to its estimates. The parts are in the packages:
``derive`` (RECIST 1.1, iRECIST, progression, SITC), ``statistics`` (as R gives them), ``analyses``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pd1_dynamics.whole import Results


def run(path: str | Path) -> Results:
    """A cohort from its file to its estimates, in memory; see :func:`pd1_dynamics.whole.run`."""
    from pd1_dynamics import whole  # loads pandas and SciPy, which the Snakefile does not need

    return whole.run(path)
