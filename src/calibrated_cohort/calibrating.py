"""Patients into the search and out of it: from a structure to a cohort that has the targets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from calibrated_cohort import assembly, constraints, world
from calibrated_cohort.calibration import search, targets, times
from calibrated_cohort.moves import propose
from calibrated_cohort.person import TRAITS, Person
from pd1_dynamics.analyses.data import StudyData
from pd1_dynamics.contract.declarations import THERAPIES
from pd1_dynamics.contract.vocabulary import CR, PR, SD

MOVES = 3_000_000
FURTHER = 800_000  # moves of a further round, for the targets that are still open
ROUNDS = 3
THERAPY_MOVES = 100_000
_LEAST_DAYS = {CR: 60, PR: 60, SD: 45}  # on a later therapy, by its best response


def calibrate(
    everyone: list[Person],
    description: Mapping[str, Any],
    claims: pd.DataFrame,
    study: StudyData,
    seed: int,
    progress: Callable[[str], None] = lambda text: None,
    moves: int = MOVES,
    rounds: int = ROUNDS,
) -> pd.DataFrame:
    """Change the patients until the targets are met.

    Parameters
    ----------
    everyone
        Patients with the structure already; changed in place.
    claims
        The targets: rows of the ledger.
    study
        What the pipeline derives of the patients as they are, in their order.

    Returns
    -------
    DataFrame
        One row a target: ``claim_id``, and by how many half units of the last digit it is missed.
    """
    said = targets.statements(study, description["statements"])
    blocks, _ = targets.blocks(pd.concat([claims, said], ignore_index=True), study)
    placed = constraints.of_cohort(
        everyone, assembly.longest_days(everyone, description), description
    )
    state = np.array([person.row for person in everyone])
    held = [*world.DERIVED, *TRAITS]
    needed = list(dict.fromkeys(name for block in blocks for name in block.needs))
    further = [name for name in needed if name not in held]
    static = [targets.values_of(study, name) for name in further]
    placed = placed._replace(static=np.column_stack(static) if static else placed.static)
    names = [*held, *further]
    values = np.empty((len(names), len(everyone)))
    row = np.empty(len(names))
    for i in range(len(everyone)):
        world.derive(placed, state, i, row)
        values[:, i] = row
    check(values, names, blocks, study)
    problem = search.problem(blocks, names, len(everyone))
    missed = search.anneal(
        problem,
        placed,
        state,
        values,
        propose,
        world.derive,
        seed,
        moves,
        FURTHER,
        rounds,
        progress=progress,
    )
    for person, row in zip(everyone, state, strict=True):
        person.row = row
    return _summary(blocks, missed)


def calibrate_therapies(
    everyone: list[Person],
    claims: pd.DataFrame,
    study: StudyData,
    seed: int,
    progress: Callable[[str], None] = lambda text: None,
) -> pd.DataFrame:
    """Change the progressions on later therapies until their targets are met.

    Arguments and result as for :func:`calibrate`; ``study`` has the therapies already.
    """
    blocks, _ = targets.blocks(claims, study, THERAPIES)
    order = ("start", "category", "kind")
    rows = [
        (person, therapy)
        for person in everyone
        for therapy in sorted(person.therapies, key=lambda t: [t[key] for key in order])
    ]
    days = np.array([therapy["end"] - therapy["start"] for _, therapy in rows], dtype=float)
    left = np.array([person.last_follow_up - therapy["start"] for person, therapy in rows])
    least = np.array([_LEAST_DAYS.get(therapy.get("best_response"), 10) for _, therapy in rows])
    fixed = np.array([therapy["category"] == "local" for _, therapy in rows])
    days = np.where(fixed, left, days)
    died = np.array([person.death for person, _ in rows])
    state = np.column_stack([days, np.where(days < left, 1.0, died)])
    subjects = times.Subjects(
        shortest=np.where(fixed, left, np.minimum(least, left)).astype(float),
        longest=left.astype(float),
        at_end=died.astype(float),
        group=np.zeros(len(rows), dtype=np.int64),
        static=np.zeros((len(rows), 0)),
    )
    outcome = study.declared.codebook.outcomes["therapy_pfs"]
    names = [outcome.time, outcome.event, targets.REVERSED + outcome.event]
    missed = times.calibrate(subjects, state, blocks, names, seed, THERAPY_MOVES, progress=progress)
    for (person, therapy), (day, _), local in zip(rows, state, fixed, strict=True):
        if local:
            continue
        end = therapy["start"] + int(day)
        therapy["end"] = end
        therapy["progression_date"] = end if end < person.last_follow_up else None
    return _summary(blocks, missed)


def _summary(blocks: Sequence[targets.Block], missed: np.ndarray) -> pd.DataFrame:
    flat = [target for block in blocks for target in block.targets]
    return pd.DataFrame({"claim_id": [target.claim for target in flat], "missed": missed})


def check(
    values: np.ndarray, names: Sequence[str], blocks: Sequence[targets.Block], study: StudyData
) -> None:
    """Refuse to search if the search derives other values than the pipeline.

    Raises
    ------
    RuntimeError
        With a value that differs, of a patient who enters a target.
    """
    for block in blocks:
        for name in block.needs:
            ours, theirs = values[names.index(name)][block.members], targets.values_of(study, name)
            theirs = theirs[block.members]
            same = np.isclose(ours, theirs, rtol=1e-12, atol=1e-12)
            if not same.all():
                i = int(np.flatnonzero(~same)[0])
                raise RuntimeError(
                    f"{name}: the search derives {ours[i]} of patient {block.members[i] + 1}, "
                    f"the pipeline {theirs[i]}"
                )
