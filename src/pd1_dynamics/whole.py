"""A cohort from its file to its estimates, in memory and without the workflow."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pd1_dynamics.analyses import engine
from pd1_dynamics.cohort import cleaning
from pd1_dynamics.contract import definitions
from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.contract.study import load_study
from pd1_dynamics.derive import derive


@dataclass(frozen=True)
class Results:
    """What the workflow writes under ``results/<cohort>/``, as data frames.

    Attributes
    ----------
    notes
        ``cohort/notes.csv``: what was settled by a rule, or left out.
    response, patients, therapies
        ``derived/``: one row a scan, a patient, a later therapy.
    estimates
        ``estimates.csv``: one row a number, with why where it is not estimable.
    """

    notes: pd.DataFrame
    response: pd.DataFrame
    patients: pd.DataFrame
    therapies: pd.DataFrame
    estimates: pd.DataFrame


def run(path: str | Path) -> Results:
    """Read, check, derive and analyse a cohort.

    Parameters
    ----------
    path
        The cohort's file; relative paths in it start from its own folder.

    Raises
    ------
    InputError
        All problems of the file and its tables at once, each with table, column and row.
    """
    cohort = load_cohort(path)
    chosen = definitions.load(settings=cohort.settings)
    clean = cleaning.clean(cohort, chosen)
    made = derive(clean.tables, chosen)
    estimates = engine.run(
        made.patients,
        made.therapies,
        load_study(cohort).declared,
        chosen["publish"]["smallest_cell"],
    )
    return Results(clean.notes, made.response, made.patients, made.therapies, estimates)
