"""Proposed changes of one or two patients; a change that makes one impossible is reported."""

import math

import numpy as np
from numba import njit

from calibrated_cohort.world import (
    BASELINE,
    CHANGE,
    DAY,
    DEATH,
    DEPTH,
    DERIVED,
    DIED_UNSEEN,
    ENLARGEMENT,
    ENLARGEMENT_MONTH,
    GAPS,
    LATER,
    LDH_AT,
    LDH_BEFORE,
    LDH_CHANGE,
    LDH_CHANGE_MONTH,
    LDH_DAYS,
    MANY,
    MOST_ORGANS,
    MOST_SCANS,
    NEVER_EVALUATED,
    NO_CHANGE,
    NOT_OS_EVENT,
    OS,
    OS_EVENT,
    PD_SIZE,
    PPS,
    PPS_EVENT,
    SCANS,
    SHARE,
    SIZE,
    TARGETS,
    TRAIT,
    USUAL_GAP,
    possible,
)

CANDIDATES = 40  # of whom the one with the nearest survival may be the partner of an exchange


@njit
def _normal(scale):
    return np.random.normal(0.0, scale)


@njit
def _near(size):
    """A size nearby: some tenths of a millimetre, some percent, or a good part."""
    u = np.random.random()
    scale = 0.003 if u < 0.4 else (0.04 if u < 0.8 else 0.3)
    return max(1.0, float(round(size * math.exp(_normal(scale)))))


@njit
def _days():
    """Some days, some weeks or some months."""
    u = np.random.random()
    return float(round(_normal(2.0 if u < 0.4 else (15.0 if u < 0.75 else 120.0))))


@njit
def _sizes(world, row, i):
    """One size, the baseline, or all of them."""
    n = int(row[SCANS])
    u = np.random.random()
    if u < 0.6:
        k = np.random.randint(1, n)
        size = row[SIZE + k]
        if world.exceptional[i] and np.random.random() < 0.03:
            row[SIZE + k] = 0.0
        elif size > 0:
            row[SIZE + k] = _near(size)
    elif u < 0.8:
        row[SIZE] = _near(row[SIZE])
        if world.first_change[i] == NO_CHANGE:
            row[SIZE + 1] = row[SIZE]
    else:
        factor = math.exp(_normal(0.3 if np.random.random() < 0.5 else 0.02))
        first_same = row[SIZE + 1] == row[SIZE]
        for k in range(n):
            if row[SIZE + k] > 0:
                row[SIZE + k] = max(1.0, float(round(row[SIZE + k] * factor)))
        if first_same:
            row[SIZE + 1] = row[SIZE]


@njit
def _dates(row):
    """One date, or all from one on; the last contact stays where it is, if it can."""
    n = int(row[SCANS])
    last = max(row[DAY + n - 1], 0.0)
    end = last + row[LATER]
    u = np.random.random()
    if u < 0.1:
        row[DAY] = float(np.random.randint(-27, 1))
    elif u < 0.55:
        row[DAY + np.random.randint(1, n)] += _days()
    else:
        step = _days()
        for k in range(np.random.randint(1, n), n):
            row[DAY + k] += step
    if np.random.random() < 0.5:
        row[LATER] = max(3.0, end - max(row[DAY + n - 1], 0.0))


@njit
def _drop(row, k):
    n = int(row[SCANS])
    for j in range(k, n - 1):
        row[DAY + j] = row[DAY + j + 1]
        row[SIZE + j] = row[SIZE + j + 1]
    row[SCANS] = n - 1


@njit
def _insert(row, k, day, size):
    n = int(row[SCANS])
    for j in range(n, k, -1):
        row[DAY + j] = row[DAY + j - 1]
        row[SIZE + j] = row[SIZE + j - 1]
    row[DAY + k] = day
    row[SIZE + k] = size
    row[SCANS] = n + 1


@njit
def _between(row, k, day):
    """A size on the way from scan k - 1 to scan k, with an error of measurement."""
    before, after = row[SIZE + k - 1], row[SIZE + k]
    if before <= 0 or after <= 0:
        return before
    weight = (day - row[DAY + k - 1]) / (row[DAY + k] - row[DAY + k - 1])
    # regrowth is late: on the way the sum stays nearer to the smaller neighbour
    line = (1 - weight) * math.log(before) + weight * math.log(after)
    return max(1.0, float(round(math.exp(line - abs(_normal(0.04)) + _normal(0.015)))))


@njit
def _schedule(row, progressed):
    """One scan more or fewer, or a course that goes on longer or ends sooner."""
    n = int(row[SCANS])
    u = np.random.random()
    if u < 0.25:
        if n > 3:
            _drop(row, np.random.randint(2, n - 1))
        return
    if u < 0.5:
        k = np.random.randint(2, n)
        gap = row[DAY + k] - row[DAY + k - 1]
        if n < MOST_SCANS and gap >= 2 * GAPS[0]:
            day = float(round(row[DAY + k - 1] + gap * np.random.uniform(0.35, 0.65)))
            _insert(row, k, day, _between(row, k, day))
        return
    end = row[DAY + n - 1] + row[LATER]
    last = row[DAY + n - 1]
    target = max(last + float(round(_normal(300.0))), row[DAY + 1] + GAPS[0])
    if progressed:
        _move_progression(row, target)
    elif target > last:
        _follow_on(row, target)
    else:
        while row[SCANS] > 3 and row[DAY + int(row[SCANS]) - 1] > target:
            row[SCANS] -= 1
    if np.random.random() < 0.5:
        row[LATER] = max(3.0, end - row[DAY + int(row[SCANS]) - 1])


@njit
def _again(size):
    """The size at the next scan of a course on its plateau."""
    return max(1.0, float(round(size * math.exp(_normal(0.025))))) if size > 0 else size


@njit
def _usual_gap():
    return float(round(np.random.uniform(USUAL_GAP[0], USUAL_GAP[1])))


@njit
def _move_progression(row, target):
    """Progression on another day; scans that it overtakes are left out, gaps are filled."""
    n = int(row[SCANS])
    size = row[SIZE + n - 1]
    while row[SCANS] > 2 and row[DAY + int(row[SCANS]) - 2] > target - USUAL_GAP[0]:
        _drop(row, int(row[SCANS]) - 2)
    n = int(row[SCANS])
    row[DAY + n - 1] = target
    row[SIZE + n - 1] = size
    while n < MOST_SCANS and row[DAY + n - 1] - row[DAY + n - 2] > 1.6 * USUAL_GAP[1]:
        _insert(row, n - 1, row[DAY + n - 2] + _usual_gap(), _again(row[SIZE + n - 2]))
        n += 1


@njit
def _follow_on(row, target):
    """Further scans up to a day, that show what the last one did."""
    n = int(row[SCANS])
    while n < MOST_SCANS and target - row[DAY + n - 1] > GAPS[0]:
        gap = target - row[DAY + n - 1]
        day = row[DAY + n - 1] + _usual_gap() if gap > 1.6 * USUAL_GAP[1] else target
        row[DAY + n], row[SIZE + n] = day, _again(row[SIZE + n - 1])
        n += 1
    row[SCANS] = n


@njit
def _ldh(row):
    u = np.random.random()
    scale = 0.01 if np.random.random() < 0.5 else (0.1 if np.random.random() < 0.7 else 0.4)
    if u < 0.35:
        row[LDH_BEFORE] = float(round(row[LDH_BEFORE] * math.exp(_normal(scale))))
    elif u < 0.65:
        row[LDH_AT] = float(round(row[LDH_AT] * math.exp(_normal(scale))))
    elif u < 0.75:
        factor = math.exp(_normal(0.1))
        row[LDH_BEFORE] = float(round(row[LDH_BEFORE] * factor))
        row[LDH_AT] = float(round(row[LDH_AT] * factor))
    else:
        row[LDH_DAYS] += float(round(_normal(10.0)))


@njit
def _partner(groups, i, values, nearest):
    """Another patient of the same group, -1 if none is met; if wished, one with a near value."""
    found = -1
    distance = np.inf
    for _ in range(CANDIDATES):
        j = np.random.randint(len(groups))
        if j == i or groups[j] != groups[i]:
            continue
        if not nearest:
            return j
        apart = abs(values[j] - values[i])
        if apart < distance:
            found, distance = j, apart
    return found


@njit
def _survival(world, state, i, touched):
    """Exchange survival after progression, or deaths, with another patient, or nudge it."""
    row = state[i]
    u = np.random.random()
    if u < 0.45 and world.risk_group[i] >= 0:
        nearest = np.random.random() < 0.5
        if np.random.random() < 0.15:  # anyone with the same vital status at the end
            j = np.random.randint(len(state))
            if world.risk_group[j] < 0 or state[j, DEATH] != row[DEATH] or j == i:
                return 0
        else:
            j = _partner(world.risk_group, i, state[:, LATER], nearest)
            if j < 0:
                return 0
        touched[1] = j
        other = state[j]
        row[DEATH], other[DEATH] = other[DEATH], row[DEATH]
        if np.random.random() < 0.75:
            row[LATER], other[LATER] = other[LATER], row[LATER]
        return 2
    row[LATER] += _days()
    return 1


@njit
def _traits(world, state, i, touched):
    bundle = np.random.randint(len(world.bundle_start) - 1)
    groups = world.swap_group[bundle]
    if groups[i] < 0:
        return 0
    first, last = TRAIT + world.bundle_start[bundle], TRAIT + world.bundle_start[bundle + 1]
    many = bundle == world.organs_bundle and world.many_organs[i] and state[i, first] >= MANY
    if many and np.random.random() < 0.5:
        state[i, first] = np.random.randint(MANY, MOST_ORGANS + 1)
        return 1
    # mostly a partner with similar survival: little changes besides the trait's own association
    j = _partner(groups, i, state[:, LATER], np.random.random() < 0.7)
    if j < 0:
        return 0
    touched[1] = j
    for k in range(first, last):
        state[i, k], state[j, k] = state[j, k], state[i, k]
    if bundle == world.ldh_bundle:
        for k in range(LDH_BEFORE, LDH_DAYS + 1):
            state[i, k], state[j, k] = state[j, k], state[i, k]
    return 2


@njit
def _wish(row_of_values):
    """Which kind of change would move a row of values, 0 for any.

    1 sizes, 2 dates, 3 schedule of scans, 4 LDH, 5 survival, 6 traits.
    """
    if row_of_values < 0 or np.random.random() < 0.4:
        return 0
    if row_of_values in (LDH_CHANGE, LDH_CHANGE_MONTH):
        return 4
    if row_of_values in (OS, OS_EVENT, NOT_OS_EVENT, PPS, PPS_EVENT):
        return 5
    if row_of_values >= len(DERIVED):
        return 6
    if row_of_values in (BASELINE, CHANGE, DEPTH, SHARE, PD_SIZE, ENLARGEMENT):
        return 1
    if row_of_values == ENLARGEMENT_MONTH:
        return 1 if np.random.random() < 0.5 else 2
    return 2 if np.random.random() < 0.6 else 3


@njit
def propose(world, state, i, row_of_values, touched):
    """Change patient i, and perhaps another; returns how many, negative if one is now impossible.

    ``row_of_values`` is what should change, if there is a wish (otherwise -1).
    """
    touched[0] = i
    row = state[i]
    n = int(row[SCANS])
    move = _wish(row_of_values)
    if move == 0:
        u = np.random.random()
        move = 1 + (u > 0.3) + (u > 0.42) + (u > 0.48) + (u > 0.6) + (u > 0.85)
    count = 1
    if move == 1 and world.kind[i] == TARGETS:
        _sizes(world, row, i)
    elif move == 2 and n > 1:
        _dates(row)
    elif move == 3 and n > 2:
        _schedule(row, world.progressed[i])
    elif move == 4 and world.ldh_pair[i]:
        _ldh(row)
    elif move == 6 and world.kind[i] not in (DIED_UNSEEN, NEVER_EVALUATED):
        count = _traits(world, state, i, touched)
    else:
        count = _survival(world, state, i, touched)
    for k in range(count):
        if not possible(world, state, touched[k]):
            return -count
    return count
