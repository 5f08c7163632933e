"""What the single lesions say at each visit: target sum, non-target and new lesions.

Target and non-target lesions are those of the patient's reference visit (the baseline). At a later
visit each of them must be found again; how it may be found again is told in :func:`parents`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pd1_dynamics import arrays
from pd1_dynamics.contract.vocabulary import CR, NE, NON_CR_NON_PD, PD
from pd1_dynamics.derive.response.millimetres import PER_MM
from pd1_dynamics.derive.response.readings import (
    ABSENT,
    NEW_ROLE,
    NONTARGET_ROLE,
    NOT_EVALUABLE,
    PROGRESSED,
    TARGET_ROLE,
    Lesions,
)
from pd1_dynamics.derive.response.recist import NEW, NODE_NORMAL_BELOW_MM, NONTARGET

FRAGMENT = "."
"""``T1.1`` and ``T1.2`` are the fragments of a lesion ``T1`` that split."""
MERGED = "/"
"""``T1/T2`` is the one lesion that ``T1`` and ``T2`` have grown into."""

_TABLE = 100_000_000  # bytes; in a longer list, members are searched instead


@dataclass(frozen=True)
class Targets:
    """Target lesions at each visit, from lesion rows.

    ``given`` some target lesion has a row; ``measured`` sum of what was measured, whole units, -1
    for nothing; ``complete`` every target lesion of the reference visit was measured; ``gone`` all
    that was measured is 0 or a node below 10 mm; ``largest`` the largest diameter, -1 for none.
    """

    given: np.ndarray
    measured: np.ndarray
    complete: np.ndarray
    gone: np.ndarray
    largest: np.ndarray


def some_at(visit: np.ndarray, flags: np.ndarray, n_visits: int) -> np.ndarray:
    """Whether a visit has some row with the flag set."""
    some = np.zeros(n_visits, dtype=bool)
    some[visit[flags]] = True
    return some


def is_gone(rows: Lesions) -> np.ndarray:
    """Whether a lesion is 0 mm, or a node with a short axis below 10 mm."""
    normal_node = rows.node & (rows.diameter < NODE_NORMAL_BELOW_MM * PER_MM)
    return (rows.diameter == 0) | (normal_node & (rows.diameter >= 0))


def parents(name: str) -> list[str]:
    """Names of the lesions that a lesion may continue, by RECIST 1.1, 4.4.

    A lesion that splits is followed by its fragments, whose diameters are added: ``T1.1``, ``T1.2``
    continue ``T1``. Lesions that merge are followed as one, by the longest diameter of the whole:
    ``T1/T2`` continues both. (Equally well a table may keep ``T1`` with the added or the merged
    diameter, and give ``T2`` as 0.)

    Examples
    --------
    >>> parents("T1.2"), parents("T1/T2"), parents("T1")
    (['T1'], ['T1', 'T2'], [])
    """
    if MERGED in name:
        return [part.strip() for part in name.split(MERGED)]
    stem, mark, _ = name.rpartition(FRAGMENT)
    return [stem] if mark and stem else []


def complete_alone(rows: Lesions, visit: np.ndarray, n_visits: int) -> tuple[np.ndarray, ...]:
    """Whether each visit has target rows, and whether all of them were measured."""
    target = rows.role == TARGET_ROLE
    given = np.zeros(n_visits, dtype=bool)
    given[visit[target]] = True
    complete = given.copy()
    complete[visit[target & (rows.diameter < 0)]] = False
    return given, complete


def targets(
    rows: Lesions,
    visit: np.ndarray,
    n_visits: int,
    reference: np.ndarray,
    visit_patient: np.ndarray,
) -> Targets:
    """Target lesions at each visit, against those of the reference visit.

    Parameters
    ----------
    rows
        All lesion rows.
    visit
        Visit of each row.
    n_visits
        Number of visits.
    reference
        Visit that fixes each patient's target lesions, -1 for none: then whatever a visit has rows
        of counts as its target lesions.
    visit_patient
        Patient of each visit.
    """
    is_target = rows.role == TARGET_ROLE
    rows = rows.rows(is_target, "patient", "lesion", "diameter", "node")
    visit = visit[is_target]
    given = some_at(visit, np.ones(len(visit), dtype=bool), n_visits)
    counted, covered, due = _found_again(
        rows, visit, n_visits, reference, visit_patient, rows.diameter >= 0
    )
    summed = counted & (rows.diameter >= 0)
    sums = arrays.sum_by(visit, np.where(summed, rows.diameter, 0), n_visits)
    measured = np.where(arrays.sum_by(visit, summed, n_visits) > 0, sums, -1)
    still_there = arrays.sum_by(visit, summed & ~is_gone(rows), n_visits)
    largest = arrays.max_by(visit, np.where(summed, rows.diameter, -1), n_visits)
    return Targets(
        given=given,
        measured=measured,
        complete=given & (covered >= due) & (measured >= 0),
        gone=(measured >= 0) & (still_there == 0),
        largest=largest,
    )


def nontarget(
    rows: Lesions,
    visit: np.ndarray,
    n_visits: int,
    reference: np.ndarray,
    visit_patient: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Response of the non-target lesions at each visit, and whether a non-node is present.

    First match: one progressed → PD; one not evaluated, or missing that the reference visit has →
    NE; all gone → CR (a node below 10 mm is gone unless it progressed); otherwise NON-CR/NON-PD. -1
    where a visit has no non-target rows.
    """
    is_nontarget = rows.role == NONTARGET_ROLE
    rows = rows.rows(is_nontarget, "patient", "lesion", "state", "diameter", "node")
    visit = visit[is_nontarget]
    evaluated = (rows.state != NOT_EVALUABLE) & ((rows.state >= 0) | (rows.diameter >= 0))
    absent = (rows.state == ABSENT) | ((rows.state != PROGRESSED) & is_gone(rows))
    _, covered, due = _found_again(rows, visit, n_visits, reference, visit_patient, evaluated)
    given = some_at(visit, np.ones(len(visit), dtype=bool), n_visits)
    response = np.select(
        [
            ~given,
            some_at(visit, rows.state == PROGRESSED, n_visits),
            some_at(visit, ~evaluated, n_visits) | (covered < due),
            ~some_at(visit, evaluated & ~absent, n_visits),
        ],
        [-1, NONTARGET[PD], NONTARGET[NE], NONTARGET[CR]],
        default=NONTARGET[NON_CR_NON_PD],
    ).astype(np.int8)
    return response, some_at(visit, evaluated & ~absent & ~rows.node, n_visits)


@dataclass(frozen=True)
class NewLesions:
    """New lesions at each visit, from lesion rows: ``state`` -1 for no row, else a position in
    ``terms.NEW_LESION``; ``backdated`` an equivocal one counts because a later visit confirmed it;
    ``number`` seen; ``measured`` their summed diameters in whole units.
    """

    state: np.ndarray
    backdated: np.ndarray
    number: np.ndarray
    measured: np.ndarray


def new_lesions(rows: Lesions, visit: np.ndarray, n_visits: int) -> NewLesions:
    """New lesions at each visit.

    A new lesion with a diameter above 0, or present or progressed, or without any state, is
    unequivocal. One that was not evaluable is equivocal, unless the same lesion (by its name) is
    seen unequivocally at a later visit with no visit of its absence in between: then it was there
    already, and progression dates from its first sight (RECIST 1.1, 4.3.5).
    """
    is_new = rows.role == NEW_ROLE
    rows = rows.rows(is_new, "patient", "day", "lesion", "state", "diameter")
    visit = visit[is_new]
    equivocal = rows.state == NOT_EVALUABLE
    absent = (rows.state == ABSENT) | (rows.diameter == 0)
    seen = ~equivocal & ~absent
    confirmed = _confirmed_later(rows, seen, equivocal)
    equivocal = equivocal & ~confirmed
    certain = some_at(visit, seen, n_visits)
    seen = seen | confirmed
    given = some_at(visit, np.ones(len(visit), dtype=bool), n_visits)
    state = np.select(
        [~given, some_at(visit, seen, n_visits), some_at(visit, equivocal, n_visits)],
        [-1, NEW["1"], NEW["equivocal"]],
        default=NEW["0"],
    )
    measured = np.bincount(
        visit[seen], weights=np.maximum(rows.diameter[seen], 0), minlength=n_visits
    )
    return NewLesions(
        state=state.astype(np.int8),
        backdated=some_at(visit, confirmed, n_visits) & ~certain,
        number=np.bincount(visit[seen], minlength=n_visits),
        measured=np.rint(measured).astype(np.int64),
    )


def _confirmed_later(rows: Lesions, seen: np.ndarray, equivocal: np.ndarray) -> np.ndarray:
    """Equivocal rows whose own lesion is next seen unequivocally (equivocal rows may lie
    between)."""
    if not equivocal.any():
        return equivocal
    order = np.lexsort((rows.day, rows.lesion, rows.patient))
    same = np.append(
        (np.diff(rows.patient[order]) == 0) & (np.diff(rows.lesion[order]) == 0), False
    )
    decisive = ~equivocal[order]
    positions = np.arange(len(order))
    # position of the next row that is not equivocal, looking from the end
    following = np.where(decisive, positions, len(order))
    following = np.minimum.accumulate(following[::-1])[::-1]
    ends = np.flatnonzero(~same)
    last_of_lesion = ends[np.searchsorted(ends, positions)]
    within = following <= last_of_lesion
    confirmed = np.zeros(len(order), dtype=bool)
    confirmed[order] = (
        equivocal[order] & within & seen[order][np.minimum(following, len(order) - 1)]
    )
    return confirmed


def _found_again(
    rows: Lesions,
    visit: np.ndarray,
    n_visits: int,
    reference: np.ndarray,
    visit_patient: np.ndarray,
    evaluated: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Match the lesions of each visit with those of the patient's reference visit.

    Returns
    -------
    counted
        For each row, whether it is (or continues) a lesion of the reference visit; True for all
        rows of a patient without a reference visit.
    covered
        For each visit, how many lesions of the reference visit were evaluated.
    due
        For each visit, how many there are; for a patient without a reference visit, the number of
        rows of the visit, so that a visit is complete when all its rows were evaluated.
    """
    n_names = max(len(rows.names), 1)
    pair = rows.patient.astype(np.int64) * n_names + rows.lesion
    has_reference = reference[rows.patient] >= 0
    in_reference = has_reference & (visit == reference[rows.patient]) & evaluated
    members = np.sort(pair[in_reference])
    due = np.bincount(rows.patient[in_reference], minlength=len(reference))[visit_patient]
    alone = np.bincount(visit[~has_reference], minlength=n_visits)
    due = np.where(reference[visit_patient] >= 0, due, alone)

    member = has_reference & _is_in(pair, members, len(reference) * n_names)
    counted = member | ~has_reference
    covered = np.bincount(visit[counted & evaluated], minlength=n_visits)
    strange = np.flatnonzero(~counted)
    if not len(strange):
        return counted, covered, due

    # Rows of lesions that the reference visit does not know: fragments, merged lesions, or neither.
    of_name = {name: code for code, name in enumerate(rows.names)}
    lesions, of_lesion = np.unique(rows.lesion[strange], return_inverse=True)
    known = [[of_name.get(p, -1) for p in parents(str(rows.names[code]))] for code in lesions]
    widest = max((len(codes) for codes in known), default=0)
    continues = np.zeros(len(strange), dtype=bool)
    found_visit, found_pair = [], []
    for place in range(widest):
        codes = np.array([k[place] if len(k) > place else -1 for k in known])[of_lesion]
        parent_pair = rows.patient[strange].astype(np.int64) * n_names + codes
        hit = (codes >= 0) & _is_in(parent_pair, members, len(reference) * n_names)
        continues |= hit
        use = hit & evaluated[strange]
        found_visit.append(visit[strange][use])
        found_pair.append(parent_pair[use])
    if continues.any():
        counted = counted.copy()
        counted[strange[continues]] = True
        itself = member & evaluated
        found = np.unique(
            np.column_stack(
                [
                    np.concatenate([*found_visit, visit[itself]]),
                    np.concatenate([*found_pair, pair[itself]]),
                ]
            ),
            axis=0,
        )
        covered = np.bincount(found[:, 0], minlength=n_visits)
        without = ~has_reference & evaluated
        covered += np.bincount(visit[without], minlength=n_visits)
    return counted, covered, due


def _is_in(values: np.ndarray, members: np.ndarray, largest: int) -> np.ndarray:
    """Whether each value (below the largest) is among sorted members."""
    if not len(members):
        return np.zeros(len(values), dtype=bool)
    if largest <= _TABLE:
        flags = np.zeros(largest, dtype=bool)
        flags[members] = True
        return flags[values]
    place = np.minimum(np.searchsorted(members, values), len(members) - 1)
    return members[place] == values
