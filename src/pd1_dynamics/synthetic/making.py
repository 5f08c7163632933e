"""The way from a study description to the files of a cohort."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics import schemas
from pd1_dynamics.files import write_table
from pd1_dynamics.synthetic import annealing, assembly, courses, dictionary, ldh, structure, traits

# The search cools down over this many moves; if it gets stuck, it is warmed up again.
MOVES = 250_000
LDH_MOVES = 100_000
ROUNDS = 4
TRAJECTORY_METRICS = (
    "baseline_mm",
    "first_change",
    "share_of_depth",
    "max_change",
    "nadir_months",
    "cr_months",
    "pr_months",
    "pr_to_cr_months",
    "sd_to_pr_months",
    "progression_months",
    "progression_mm",
    "enlargement",
    "enlargement_per_month",
)
LDH_METRICS = ("ldh_change", "ldh_change_per_month")


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
    seed: int,
    progress: Callable[[str], None] = lambda text: None,
) -> dict[str, pd.DataFrame]:
    """Make a cohort.

    Parameters
    ----------
    description
        What :func:`load` read.
    seed
        The same seed gives the same cohort, whatever the machine.
    progress
        Called with a line of text now and then.

    Returns
    -------
    dict of DataFrame
        ``patients``, ``assessments``, ``lesions``, ``labs``, ``therapies``, columns as in the data
        contract.

    Raises
    ------
    RuntimeError
        If the search ends before every printed median and range is met.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    found = structure.kinds(description, rng)
    trajectories = [courses.draw(kind, rng) for kind in found]
    members = structure.groups(found)
    _search(
        trajectories,
        structure.targets(description, members, TRAJECTORY_METRICS),
        rng,
        MOVES,
        progress,
    )
    everyone = assembly.people(description, trajectories, rng)
    assembly.add_findings(everyone, description, rng)
    assembly.add_survival(everyone, description, rng)
    assembly.add_centers(everyone, description, rng)
    traits.add_traits(everyone, description, rng)
    assembly.add_images(everyone, rng)
    assembly.add_therapies(everyone, description, rng)
    _add_ldh(everyone, description, rng, progress)
    return assembly.to_tables(everyone, rng)


def write(tables: Mapping[str, pd.DataFrame], folder: str | Path) -> None:
    """Write the tables as CSV, and the data dictionary beside them."""
    folder = Path(folder)
    for name, table in tables.items():
        write_table(table, folder / f"{name}.csv")
    (folder / "README.md").write_text(dictionary.text(tables), encoding="utf-8")


def report_progress(text: str) -> None:
    """Progress to standard error."""
    print(text, file=sys.stderr, flush=True)


def _add_ldh(
    everyone: list[assembly.Person],
    description: Mapping[str, Any],
    rng: np.random.Generator,
    progress: Callable[[str], None],
) -> None:
    """Pairs of LDH values whose changes have the printed medians and ranges."""
    those = [p for p in everyone if p.ldh_state is not None and not p.ldh_alone]
    pairs = [
        ldh.draw(p.upper_limit, p.ldh_state == "elevated", p.last_scan + 14, rng) for p in those
    ]
    members = {
        "progressed": np.arange(len(those)),
        **{
            resistance: np.array([i for i, p in enumerate(those) if p.resistance == resistance])
            for resistance in description["progression"]
        },
    }
    _search(pairs, structure.targets(description, members, LDH_METRICS), rng, LDH_MOVES, progress)
    for person, pair in zip(those, pairs, strict=True):
        person.ldh = pair


def _search(
    patients: list,
    targets: list[annealing.Target],
    rng: np.random.Generator,
    moves: int,
    progress: Callable[[str], None],
) -> None:
    for _ in range(ROUNDS):
        if annealing.anneal(patients, targets, rng, moves, progress) == 0:
            return
    raise RuntimeError("the search ended before all printed values were met")
