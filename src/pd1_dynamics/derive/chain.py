"""The chain from clean tables to derived tables: response, progression, resistance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from pd1_dynamics.cohort.readers import preferred
from pd1_dynamics.contract.columns import TABLES
from pd1_dynamics.derive.knowledge import Known, known
from pd1_dynamics.derive.progression import derive_progression, later_therapies
from pd1_dynamics.derive.resistance import classify_resistance
from pd1_dynamics.derive.response import Responses, derive_response
from pd1_dynamics.derive.response.frames import complete_all
from pd1_dynamics.derive.response.readings import settled_readings


@dataclass(frozen=True)
class Derived:
    """The derived tables, and what two stages found of each patient on the way.

    Attributes
    ----------
    response, patients, therapies
        ``derived/response.csv``, ``patients.csv`` and ``therapies.csv``.
    by_response, by_progression
        One row a patient, in the order of ``patients``: more columns than the final table shows.
    """

    response: pd.DataFrame
    patients: pd.DataFrame
    therapies: pd.DataFrame
    by_response: pd.DataFrame
    by_progression: pd.DataFrame


def derive(
    tables: Mapping[str, pd.DataFrame | None],
    definitions: Mapping[str, Any],
    cohort: Known | None = None,
) -> Derived:
    """Derived tables of a cohort, or of a part of its patients.

    Parameters
    ----------
    tables
        Clean tables by name, as the package ``cohort`` gives them: all columns of the data contract
        or those that are known, text with None for missing, dates as integer days ``day`` from the
        first dose. Row order is irrelevant. Without ``patients``, they are those of the others.
    definitions
        As :func:`pd1_dynamics.contract.definitions.load` gives them.
    cohort
        What the whole cohort knows, where the tables hold a part of its patients.

    Returns
    -------
    Derived
        ``response`` has one row a patient and imaging date, by patient and day; ``patients`` one
        row a patient, in their order; ``therapies`` one row a later therapy.

    Raises
    ------
    InputError
        If a table departs from the data contract, or the settings name a reader whom no table has.

    Examples
    --------
    Two patients, one target lesion each: 33 → 23.1 mm is −30 %, 45 → 54 mm is +20 %.

    >>> import pandas as pd
    >>> from pd1_dynamics.contract import definitions
    >>> lesions = pd.DataFrame(
    ...     {
    ...         "patient_id": ["A", "A", "A", "B", "B"],
    ...         "day": [-7, 80, 160, 0, 84],
    ...         "lesion_id": "T1",
    ...         "role": "target",
    ...         "diameter_mm": [33, 23.1, 28, 45, 54],
    ...     }
    ... )
    >>> found = derive({"lesions": lesions}, definitions.load())
    >>> found.response["overall_response"].dropna().tolist()
    ['PR', 'SD', 'PD']
    >>> found.patients[["best_response", "best_response_confirmed"]].to_numpy().tolist()
    [['PR', 'SD'], ['PD', 'PD']]
    >>> found.patients["resistance_paper"].tolist()
    [None, 'primary']
    """
    return with_resistance(followed(checked(tables, cohort), definitions), definitions)


@dataclass(frozen=True)
class Checked:
    """Clean tables with all columns, as every derivation of a cohort starts from them."""

    patients: pd.DataFrame
    assessments: pd.DataFrame
    lesions: pd.DataFrame
    labs: pd.DataFrame
    therapies: pd.DataFrame
    cohort: Known


def checked(tables: Mapping[str, pd.DataFrame | None], cohort: Known | None = None) -> Checked:
    """The first part of :func:`derive`, which no definition changes; arguments are its own."""
    complete = complete_all(
        tables.get("patients"), **{name: tables.get(name) for name in TABLES if name != "patients"}
    )
    return Checked(*complete, cohort=cohort or known(tables))


@dataclass(frozen=True)
class Followed:
    """Patients with their responses and progression, before they have a resistance type."""

    tables: Checked
    responses: Responses
    progression: pd.DataFrame


def followed(tables: Checked, definitions: Mapping[str, Any]) -> Followed:
    """The second part of :func:`derive`: definitions of resistance do not change it."""
    cohort = tables.cohort
    if definitions["outcomes_from"] == "reports":  # scans give the dynamics, and nothing else
        cohort = replace(cohort, scans=False)
    patients, therapies = tables.patients, tables.therapies
    read, rows = settled_readings(
        patients, tables.assessments, tables.lesions, preferred(cohort.readers, definitions)
    )
    responses = derive_response(patients, read, rows, therapies, definitions, cohort)
    progression = derive_progression(
        patients, read, rows, tables.labs, responses, definitions, cohort
    )
    return Followed(tables, responses, progression)


def with_resistance(found: Followed, definitions: Mapping[str, Any]) -> Derived:
    """The last part of :func:`derive`; definitions as they were, but for those of resistance."""
    tables, responses = found.tables, found.responses
    final = classify_resistance(
        tables.patients, tables.assessments, responses, found.progression, definitions
    )
    later = later_therapies(tables.patients, tables.therapies)
    return Derived(responses.time_points, final, later, responses.patients, found.progression)
