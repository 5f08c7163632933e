"""The smallest cohort that can be calibrated: times to an event, and what is fixed of each subject.

Used where only times and events are searched: later therapies, a published survival table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numba import njit

from calibrated_cohort.calibration import search, targets
from pd1_dynamics.contract.vocabulary import DAYS_PER_MONTH

DAY, EVENT = 0, 1  # columns of the state
TIME_ROW, EVENT_ROW, REVERSED_ROW, STATIC = range(4)  # rows of values
FREE = -1.0


class Subjects(NamedTuple):
    """What is fixed of each subject, shape (n,).

    Attributes
    ----------
    shortest, longest
        Days between which the time lies.
    at_end
        What happens on the longest day, 1 or 0; before it there is always an event. :data:`FREE`:
        times and events change independently, and the number of events in a group is kept.
    group
        Subjects of a group may exchange events.
    static
        Further rows of values, (n, rows).
    """

    shortest: np.ndarray
    longest: np.ndarray
    at_end: np.ndarray
    group: np.ndarray
    static: np.ndarray


@njit
def derive(subjects, state, i, out):
    """Rows of values of a subject: time in months, event, its reverse, and what is fixed."""
    out[TIME_ROW] = state[i, DAY] / DAYS_PER_MONTH
    out[EVENT_ROW] = state[i, EVENT]
    out[REVERSED_ROW] = 1 - state[i, EVENT]
    out[STATIC:] = subjects.static[i]


@njit
def propose(subjects, state, i, row, touched):
    """Another day, somebody else's event, or both times exchanged."""
    touched[0] = i
    free = subjects.at_end[i] == FREE
    if free and np.random.random() < 0.4:
        j = np.random.randint(len(state))
        if j == i or subjects.group[j] != subjects.group[i]:
            return 0
        touched[1] = j
        column = EVENT if np.random.random() < 0.5 else DAY
        state[i, column], state[j, column] = state[j, column], state[i, column]
        return 2
    if not free and np.random.random() < 0.1:
        state[i, DAY] = subjects.longest[i]
    else:
        u = np.random.random()
        scale = 2.0 if u < 0.4 else (15.0 if u < 0.75 else 120.0)
        state[i, DAY] += float(round(np.random.normal(0.0, scale)))
    if not subjects.shortest[i] <= state[i, DAY] <= subjects.longest[i]:
        return -1
    if not free:
        state[i, EVENT] = 1.0 if state[i, DAY] < subjects.longest[i] else subjects.at_end[i]
    return 1


def calibrate(
    subjects: Subjects,
    state: np.ndarray,
    blocks: list[targets.Block],
    names: list[str],
    seed: int,
    moves: int,
    rounds: int = 3,
    progress: Callable[[str], None] = lambda text: None,
) -> np.ndarray:
    """Change days and events until the targets are met; returns the misses, in units.

    Parameters
    ----------
    state
        Days and events, (n, 2); changed in place.
    names
        Names of the rows of values: time, event, reverse of the event, and those of ``static``.
    """
    values = np.empty((len(names), len(state)))
    row = np.empty(len(names))
    for i in range(len(state)):
        derive(subjects, state, i, row)
        values[:, i] = row
    problem = search.problem(blocks, names, len(state))
    return search.anneal(
        problem, subjects, state, values, propose, derive, seed, moves, moves // 4, rounds,
        progress=progress,
    )  # fmt: skip
