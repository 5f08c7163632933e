"""The way from a study to the files of a synthetic cohort."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from calibrated_cohort import assembly, courses, dictionary, structure, traits
from calibrated_cohort import tables as contract_tables
from calibrated_cohort.calibrating import calibrate, calibrate_therapies
from calibrated_cohort.person import Person
from calibrated_cohort.recompute import derived
from calibrated_cohort.study import Study
from pd1_dynamics.analyses import engine
from pd1_dynamics.analyses.data import StudyData as Derived
from pd1_dynamics.contract.columns import Contract
from pd1_dynamics.files import write_table


@dataclass(frozen=True)
class Made:
    """A synthetic cohort.

    Attributes
    ----------
    tables
        ``patients``, ``assessments``, ``lesions``, ``labs``, ``therapies``, columns as in the data
        contract.
    missed
        One row a target of the search: ``claim_id``, ``missed`` (half units of the last digit).
    patients, estimates
        What the pipeline recomputes from the tables: ``derived/patients.csv``, ``estimates.csv``.
    """

    tables: Mapping[str, pd.DataFrame]
    missed: pd.DataFrame
    patients: pd.DataFrame
    estimates: pd.DataFrame


def generate(
    study: Study,
    seed: int,
    targets: pd.DataFrame,
    progress: Callable[[str], None] = lambda text: None,
    **effort: int,
) -> Made:
    """Make a cohort: structure from the description, numbers from the targets.

    Parameters
    ----------
    study
        What the cohort is made from.
    seed
        The same seed gives the same cohort.
    targets
        Claims of the study's ledger.
    progress
        Called with a line of text now and then.
    effort
        ``moves`` and ``rounds`` of the search (:func:`.calibrating.calibrate`).
    """
    description = study.description
    rng = np.random.Generator(np.random.PCG64(seed))
    everyone = draw(description, rng)

    def recomputed() -> Derived:
        """What the pipeline derives of the patients as they are."""
        tables = contract_tables.to_tables(everyone, np.random.Generator(np.random.PCG64(seed)))
        patients, therapies = derived(tables, study.cohort)
        return Derived(patients, therapies, study.declared)

    def dress() -> None:
        """Dates and images that fit the patients as they are."""
        assembly.add_starts(everyone, description, rng)
        assembly.add_images(everyone, description, rng)

    def next_seed() -> int:
        return int(rng.integers(2**31))

    dress()
    of_patients = calibrate(
        everyone, description, targets, recomputed(), next_seed(), progress, **effort
    )
    dress()
    assembly.add_therapies(everyone, description, rng)
    of_therapies = calibrate_therapies(everyone, targets, recomputed(), next_seed(), progress)
    tables = contract_tables.to_tables(everyone, rng)
    patients, therapies = derived(tables, study.cohort)
    estimates = engine.run(patients, therapies, study.declared)
    missed = pd.concat([of_patients, of_therapies], ignore_index=True)
    return Made(tables, missed, patients, estimates)


def draw(description: Mapping[str, Any], rng: np.random.Generator) -> list[Person]:
    """Patients with the structure that the description gives, and nothing else of the targets.

    Their characteristics are drawn until none is associated with the resistance type.
    """
    found = structure.kinds(description, rng)
    everyone = assembly.people(description, [courses.draw(kind, rng) for kind in found], rng)
    while True:
        assembly.add_sites(everyone, description, rng)
        traits.add_traits(everyone, description, rng)
        assembly.add_findings(everyone, description, rng)
        assembly.add_survival(everyone, description, rng)
        assembly.add_ldh(everyone, rng)
        if traits.unassociated(everyone):
            return everyone


def write(tables: Mapping[str, pd.DataFrame], folder: str | Path, contract: Contract) -> None:
    """Write the tables as CSV, and the data dictionary beside them."""
    folder = Path(folder)
    for name, table in tables.items():
        write_table(table, folder / f"{name}.csv")
    (folder / "README.md").write_text(dictionary.text(tables, contract), encoding="utf-8")


def report_progress(text: str) -> None:
    """Progress to standard error."""
    print(text, file=sys.stderr, flush=True)
