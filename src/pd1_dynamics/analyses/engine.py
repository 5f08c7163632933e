"""Carries out the declared analyses of a cohort."""

import pandas as pd

from pd1_dynamics.analyses import kinds as kinds  # registers them
from pd1_dynamics.analyses.data import StudyData
from pd1_dynamics.analyses.disclosure import keep_back
from pd1_dynamics.analyses.estimates import to_table
from pd1_dynamics.analyses.run import Run
from pd1_dynamics.contract.declarations import Declarations


def run(
    patients: pd.DataFrame,
    therapies: pd.DataFrame,
    declared: Declarations,
    smallest_cell: int = 0,
) -> pd.DataFrame:
    """Every declared analysis on one cohort.

    Parameters
    ----------
    patients
        ``derived/patients.csv``: one row a patient.
    therapies
        ``derived/therapies.csv``: one row a later therapy; its columns are used under the prefix
        ``therapy_``.
    declared
        What :func:`pd1_dynamics.analyses.load` gave.
    smallest_cell
        Least number of patients that may be shown (setting ``publish.smallest_cell``); 0 for any.

    Returns
    -------
    DataFrame
        CONTRACT's ``estimates.csv``, in declared order. What the cohort cannot support is a row
        with ``not_estimable``; only a fault of the program raises.
    """
    return estimates(Run(StudyData(patients, therapies, declared)), smallest_cell)


def estimates(run: Run, smallest_cell: int = 0) -> pd.DataFrame:
    """The same from a run of the analyses, of which some may have been carried out before."""
    rows = [row for name in run.study.declared.analyses for row in run.rows(name)]
    return to_table(keep_back(rows, smallest_cell))
