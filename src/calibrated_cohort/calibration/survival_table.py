"""A published survival table given back as a table of subjects.

The study is a folder: ``claims.csv`` (its ledger), ``variables.yaml`` and ``analyses/`` (how its
numbers come about), and ``description.yaml`` (who there was). Nothing of it is in the code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from calibrated_cohort.calibration import targets, times
from pd1_dynamics.analyses import engine
from pd1_dynamics.analyses.data import StudyData
from pd1_dynamics.contract import loading, schemas
from pd1_dynamics.contract.declarations import Declarations
from pd1_dynamics.contract.vocabulary import DAYS_PER_MONTH
from pd1_dynamics.published.ledger import read_claims

MOVES = 300_000
EVENTS_IN = 1.3  # longest follow-up, in mean times to the event, where the search begins


@dataclass(frozen=True)
class PublishedTable:
    """A study of times to one event.

    Attributes
    ----------
    description
        ``group`` (a variable of the codebook), ``subjects`` and ``events`` of each of its levels,
        ``outcome``, ``follow_up_months`` (shortest and longest of those without the event).
    """

    description: Mapping[str, Any]
    claims: pd.DataFrame
    declared: Declarations


def load(folder: str | Path) -> PublishedTable:
    """Read and check the files of a study.

    Raises
    ------
    InputError
        If one of them departs from its schema.
    """
    folder = Path(folder)
    return PublishedTable(
        schemas.load(folder / "description.yaml", "survival_table"),
        read_claims(folder / "claims.csv"),
        loading.load(folder / "variables.yaml", folder / "analyses"),
    )


def generate(
    study: PublishedTable,
    seed: int,
    moves: int = MOVES,
    progress: Callable[[str], None] = lambda text: None,
) -> pd.DataFrame:
    """Subjects whose analyses give the targets of the ledger.

    Returns
    -------
    DataFrame
        One row a subject: ``patient_id``, the group, time (months) and event of the outcome.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    subjects = _drawn(study, rng)
    outcome = study.declared.codebook.outcomes[study.description["outcome"]]
    data = StudyData(subjects, pd.DataFrame({"patient_id": []}), study.declared)
    claims = study.claims[study.claims["calibration_target"] == 1]
    blocks, _ = targets.blocks(claims, data)
    held = [outcome.time, outcome.event, targets.REVERSED + outcome.event]
    needed = dict.fromkeys(name for block in blocks for name in block.needs)
    static = [name for name in needed if name not in held]
    months = subjects[outcome.time].to_numpy()
    state = np.column_stack([np.round(months * DAYS_PER_MONTH), subjects[outcome.event]])
    longest = study.description["follow_up_months"][1] * DAYS_PER_MONTH
    fixed = times.Subjects(
        shortest=np.ones(len(state)),
        longest=np.full(len(state), longest),
        at_end=np.full(len(state), times.FREE),
        group=pd.factorize(subjects[study.description["group"]])[0].astype(np.int64),
        static=np.column_stack([targets.values_of(data, name) for name in static]),
    )
    times.calibrate(
        fixed, state, blocks, [*held, *static], int(rng.integers(2**31)), moves, progress=progress
    )
    subjects[outcome.time] = state[:, times.DAY] / DAYS_PER_MONTH
    subjects[outcome.event] = state[:, times.EVENT].astype(int)
    return subjects


def estimates(study: PublishedTable, subjects: pd.DataFrame) -> pd.DataFrame:
    """The study's analyses of its subjects, as ``estimates.csv``."""
    return engine.run(subjects, pd.DataFrame({"patient_id": []}), study.declared)


def _drawn(study: PublishedTable, rng: np.random.Generator) -> pd.DataFrame:
    """Subjects and events as described; times at random within the follow-up."""
    chosen = study.description
    outcome = study.declared.codebook.outcomes[chosen["outcome"]]
    least, most = chosen["follow_up_months"]
    parts = []
    for level, n in chosen["subjects"].items():
        events = chosen["events"][level]
        followed = rng.uniform(least, most, n - events)
        died = np.minimum(rng.exponential(most / EVENTS_IN, events), most * 0.98)
        day = np.maximum(1, np.round(np.append(died, followed) * DAYS_PER_MONTH))
        parts.append(
            pd.DataFrame(
                {
                    chosen["group"]: level,
                    outcome.time: day / DAYS_PER_MONTH,
                    outcome.event: np.repeat([1, 0], [events, n - events]),
                }
            )
        )
    subjects = pd.concat(parts, ignore_index=True)
    subjects.insert(0, "patient_id", [f"S{number:03d}" for number in range(1, len(subjects) + 1)])
    return subjects
