"""The way from a study description to the files of a cohort."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from pd1_dynamics import schemas
from pd1_dynamics.analyses.data import Study
from pd1_dynamics.files import write_table
from pd1_dynamics.synthetic import assembly, courses, dictionary, structure, traits
from pd1_dynamics.synthetic.recompute import derived

if TYPE_CHECKING:
    from pd1_dynamics.analyses.declarations import Declarations
    from pd1_dynamics.cohort import Cohort


def load(path: str | Path) -> dict[str, Any]:
    """Read and check a study description (``config/synthetic.yaml``).

    Raises
    ------
    InputError
        If it departs from its schema.
    """
    return schemas.load(path, "synthetic")


def generate(
    description: Mapping[str, Any],
    claims: pd.DataFrame,
    declared: Declarations,
    cohort: Cohort,
    seed: int,
    progress: Callable[[str], None] = lambda text: None,
) -> dict[str, pd.DataFrame]:
    """Make a cohort: structure from the description, numbers from the claims.

    Parameters
    ----------
    description
        What :func:`load` read.
    claims
        The targets: rows of the ledger.
    declared
        The analyses that must give the numbers.
    cohort
        Description of the synthetic cohort.
    seed
        The same seed gives the same cohort.
    progress
        Called with a line of text now and then.

    Returns
    -------
    dict of DataFrame
        ``patients``, ``assessments``, ``lesions``, ``labs``, ``therapies``, columns as in the data
        contract.
    """
    from pd1_dynamics.synthetic.calibrating import calibrate, calibrate_therapies

    rng = np.random.Generator(np.random.PCG64(seed))
    everyone = draw(description, rng)

    def study() -> Study:
        """What the pipeline derives of the patients as they are."""
        tables = assembly.to_tables(everyone, np.random.Generator(np.random.PCG64(seed)))
        return Study(*derived(tables, cohort), declared)

    def dress() -> None:
        """Dates and images that fit the patients as they are."""
        assembly.add_starts(everyone, description, rng)
        assembly.add_images(everyone, rng)

    dress()
    calibrate(everyone, description, claims, study(), int(rng.integers(2**31)), progress)
    dress()
    assembly.add_therapies(everyone, description, rng)
    calibrate_therapies(everyone, claims, study(), int(rng.integers(2**31)), progress)
    return assembly.to_tables(everyone, rng)


def draw(description: Mapping[str, Any], rng: np.random.Generator) -> list[assembly.Person]:
    """Patients with the structure that the description gives, and nothing else of the targets."""
    found = structure.kinds(description, rng)
    everyone = assembly.people(description, [courses.draw(kind, rng) for kind in found], rng)
    assembly.add_sites(everyone, description, rng)
    traits.add_traits(everyone, description, rng)
    assembly.add_findings(everyone, description, rng)
    assembly.add_survival(everyone, description, rng)
    assembly.add_ldh(everyone, rng)
    return everyone


def write(tables: Mapping[str, pd.DataFrame], folder: str | Path) -> None:
    """Write the tables as CSV, and the data dictionary beside them."""
    folder = Path(folder)
    for name, table in tables.items():
        write_table(table, folder / f"{name}.csv")
    (folder / "README.md").write_text(dictionary.text(tables), encoding="utf-8")


def report_progress(text: str) -> None:
    """Progress to standard error."""
    print(text, file=sys.stderr, flush=True)
