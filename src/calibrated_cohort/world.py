"""The patients of a cohort as the search sees them: numbers that may change, and what must hold.

A row of the state is one patient in raw units: days from the index date, target sums in tenths of
a millimetre, LDH in U/L, and traits. What the pipeline would derive from them is computed by
:func:`derive`; :func:`possible` tells if a patient is possible; :mod:`.moves` proposes changes.

References
----------
Target response: RECIST 1.1, 4.3 (Eisenhauer 2009). Decay and regrowth: sums of exponentials are
convex on a logarithmic scale (Stein 2008), so a sum may lie above the line between its neighbours
only by the error of measurement.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from pd1_dynamics.contract.vocabulary import DAYS_PER_MONTH

CR, PR, SD, PD = 3, 2, 1, 0
ANY, SHRINKAGE, GROWTH, NO_CHANGE = range(4)
MOST_SCANS = 40

# --- columns of the state ---------------------------------------------------------------------
SCANS, LATER, DEATH, LDH_BEFORE, LDH_AT, LDH_DAYS = range(6)
DAY = 6
SIZE = DAY + MOST_SCANS
TRAIT = SIZE + MOST_SCANS
"""Number of imaging dates, days from the last of them to the last contact, death, the last LDH
before progression and the one at it, days between the two; days and sums of the scans (-1: not
evaluable or no targets), the baseline first; traits."""

# --- what a patient is: with targets, or why without ------------------------------------------
TARGETS, PROGRESSED_WITHOUT, DIED_UNSEEN, FOLLOWED_WITHOUT, NEVER_EVALUATED = range(5)

DERIVED = (
    "baseline_sum_mm",
    "change_3_months_pct",
    "max_change_pct",
    "share_of_depth_at_3_months_pct",
    "time_to_nadir_months",
    "time_to_cr_months",
    "time_to_pr_months",
    "pr_to_cr_months",
    "sd_to_response_months",
    "sd_to_cr_months",
    "pfs_months",
    "os_months",
    "os_event",
    "not os_event",
    "pps_months",
    "pps_event",
    "duration_of_cr_months",
    "duration_of_pr_months",
    "disease_control_months",
    "target_sum_at_progression_mm",
    "enlargement_pct",
    "enlargement_pct_per_month",
    "ldh_change_pct",
    "ldh_change_pct_per_month",
)
(
    BASELINE, CHANGE, DEPTH, SHARE, NADIR, TIME_CR, TIME_PR, PR_TO_CR, SD_TO_RESPONSE, SD_TO_CR,
    PFS, OS, OS_EVENT, NOT_OS_EVENT, PPS, PPS_EVENT, CR_DURATION, PR_DURATION, CONTROL,
    PD_SIZE, ENLARGEMENT, ENLARGEMENT_MONTH, LDH_CHANGE, LDH_CHANGE_MONTH,
) = range(len(DERIVED))  # fmt: skip

# --- limits -----------------------------------------------------------------------------------
SIX_MONTHS = 183  # first day on which six months are over
SD_FROM = 42
NODE = 100  # tenths of a millimetre: a node below is no longer pathological
MEASURABLE, MEASURABLE_NODE = 100, 150
SMALLEST = 50  # a lesion too small to measure is given 5 mm (RECIST 1.1); below it is gone
FIRST_SCAN_BY = 126  # days: the "3-month evaluation"
FIRST_PD_FROM = 9
GAPS = (25, 200)  # days between two evaluations
USUAL_GAP = (70.0, 125.0)
BEFORE_GONE = 0.6  # of baseline: targets that are gone at the next scan are no larger
BULGE, FIRST_BULGE = 0.09, 0.35  # log sum above the line between its neighbours; at the first scan
LEAST_PPS = 12  # days; a therapy after progression may begin
MOST_WITHOUT_SCAN = 900  # days from the last scan to the last contact without progression
LDH_RANGE = (95, 2400)  # U/L
LDH_GAP = 7  # days between two samples, at the least
MANY, MOST_ORGANS = 3, 6  # organs at progression: from the open-ended group on, and at the most
LDH_FROM = 15  # first day after the window of the baseline sample


class World(NamedTuple):
    """What does not change: one entry a patient, unless said otherwise."""

    kind: np.ndarray
    responses: np.ndarray  # (patients, 3): the responses passed through, -1 for none
    progressed: np.ndarray
    target_progression: np.ndarray
    target_seen: np.ndarray
    first_change: np.ndarray
    first_low: np.ndarray
    first_high: np.ndarray
    before_six_months: np.ndarray  # the last scan: 1, later: 0, any: -1
    nodal: np.ndarray
    shrinks_later: np.ndarray
    fixed_baseline: np.ndarray
    largest_baseline: np.ndarray
    exceptional: np.ndarray
    single_scan: np.ndarray
    day_range: np.ndarray  # (patients, 2): first and last possible day of the last scan
    longest: np.ndarray  # last possible day of contact
    risk_group: np.ndarray  # patients of one group may exchange survival; -1: none
    ldh_pair: np.ndarray
    ldh_limit: np.ndarray
    ldh_elevated: int  # column of the state that says so
    ldh_bundle: int  # of the traits with which both samples go
    organs_bundle: int  # of the number of organs at progression
    many_organs: np.ndarray  # whether there is room for more organs than the last printed group has
    swap_group: np.ndarray  # (bundles, patients): who may exchange a bundle of traits; -1: nobody
    bundle_start: np.ndarray  # (bundles + 1,): traits of a bundle are neighbours
    static: np.ndarray  # (patients, further rows of values)


@njit
def target_response(size, nadir, baseline, nodal):
    """Response of the targets to a sum, by RECIST 1.1; ``nodal``: a node is the only target."""
    if size == 0 or (nodal and size < NODE):
        return CR
    if 5 * size >= 6 * nadir and size - nadir >= 50:
        return PD
    return PR if 10 * size <= 7 * baseline else SD


@njit
def possible(world, state, i):
    """Whether the scans of a patient are those of their kind, in order and plausible."""
    row = state[i]
    n = int(row[SCANS])
    days, sizes = row[DAY : DAY + n], row[SIZE : SIZE + n]
    if not -28 <= days[0] <= 0:
        return False
    for k in range(2, n):
        if not GAPS[0] <= days[k] - days[k - 1] <= GAPS[1]:
            return False
    last = max(days[n - 1], 0.0)
    later = row[LATER]
    if last + later > world.longest[i]:
        return False
    if world.progressed[i]:
        if later < LEAST_PPS:
            return False
    elif world.kind[i] == DIED_UNSEEN:
        if not 14 <= later <= 400:
            return False
    elif not 3 <= later <= MOST_WITHOUT_SCAN:
        return False
    if world.ldh_pair[i] and not _ldh_possible(world, row, i, last):
        return False
    if world.kind[i] != TARGETS:
        return n == 1 or (
            days[1] >= FIRST_PD_FROM
            and days[1] <= FIRST_SCAN_BY
            and world.day_range[i, 0] <= last <= world.day_range[i, 1]
        )
    return _trajectory_possible(world, i, days, sizes)


@njit
def _ldh_possible(world, row, i, last):
    before, at, days = row[LDH_BEFORE], row[LDH_AT], row[LDH_DAYS]
    return (
        LDH_RANGE[0] <= before <= LDH_RANGE[1]
        and LDH_RANGE[0] <= at <= LDH_RANGE[1]
        and (at > world.ldh_limit[i]) == (row[world.ldh_elevated] > 0)
        and LDH_GAP <= days <= last - LDH_FROM
    )


@njit
def _trajectory_possible(world, i, days, sizes):
    n = len(days)
    first_response = world.responses[i, 0]
    baseline = sizes[0]
    least = MEASURABLE_NODE if world.nodal[i] else MEASURABLE
    if not least <= baseline <= world.largest_baseline[i]:
        return False
    if world.fixed_baseline[i] > 0 and baseline != world.fixed_baseline[i]:
        return False
    for k in range(n):
        if 0 < sizes[k] < SMALLEST:
            return False
    if not (FIRST_PD_FROM if first_response == PD else SD_FROM) <= days[1] <= FIRST_SCAN_BY:
        return False
    if not world.day_range[i, 0] <= days[n - 1] <= world.day_range[i, 1]:
        return False
    if world.before_six_months[i] >= 0 and world.before_six_months[i] != (days[n - 1] < SIX_MONTHS):
        return False
    if (world.single_scan[i] or first_response == PD) != (n == 2):
        return False
    if not _first_fits(world, i, sizes):
        return False
    if not world.exceptional[i]:
        for k in range(1, n - 1):
            if sizes[k] > BEFORE_GONE * baseline and sizes[k + 1] == 0:
                return False
            if sizes[k - 1] > 0 and sizes[k] > 0 and sizes[k + 1] > 0:
                weight = (days[k] - days[k - 1]) / (days[k + 1] - days[k - 1])
                line = (1 - weight) * math.log(sizes[k - 1]) + weight * math.log(sizes[k + 1])
                if math.log(sizes[k]) - line > (FIRST_BULGE if k == 1 else BULGE):
                    return False
    return _responses_fit(world, i, sizes)


@njit
def _first_fits(world, i, sizes):
    baseline, first = sizes[0], sizes[1]
    wanted = world.first_change[i]
    if wanted == SHRINKAGE and not first < baseline:
        return False
    if wanted == GROWTH and not first > baseline:
        return False
    if wanted == NO_CHANGE and first != baseline:
        return False
    change = 100 * (first - baseline) / baseline
    if not world.first_low[i] < change <= world.first_high[i]:
        return False
    if wanted in (GROWTH, NO_CHANGE) and world.responses[i, 0] == SD and world.responses[i, 1] < 0:
        smallest = np.inf
        for k in range(1, len(sizes)):
            if sizes[k] >= 0:
                smallest = min(smallest, sizes[k])
        return (smallest < baseline) == world.shrinks_later[i]
    return True


@njit
def _responses_fit(world, i, sizes):
    n = len(sizes)
    baseline = sizes[0]
    nadir = baseline
    stage, latest = -1, -1  # how far along the chain of responses the patient is
    length = 0
    while length < 3 and world.responses[i, length] >= 0:
        length += 1
    for k in range(1, n):
        size = sizes[k]
        at_progression = world.progressed[i] and k == n - 1
        if size < 0:
            return at_progression and not world.target_seen[i] and stage == length - 1
        response = target_response(size, nadir, baseline, world.nodal[i])
        if at_progression:
            if not world.target_seen[i]:
                return False
            if (response == PD) != world.target_progression[i]:
                return False
            if not world.exceptional[i] and 100 * size < 55 * sizes[k - 1]:
                return False
            if length == 1 and world.responses[i, 0] == SD and 10 * size <= 7 * baseline:
                return False
            if world.responses[i, 0] == PD:
                return True
            return stage == length - 1
        if response == PD or (latest == CR and response != CR):
            return False
        seen = False
        for s in range(stage + 1):
            if world.responses[i, s] == response:
                seen = True
        if not seen and not (response == SD and stage >= 0):
            stage += 1
            if stage >= length or world.responses[i, stage] != response:
                return False
        latest = response
        nadir = min(nadir, size)
    return stage == length - 1


@njit
def derive(world, state, i, out):
    """What the pipeline derives from a patient: rows :data:`DERIVED`, traits, and the rest."""
    row = state[i]
    traits = len(row) - TRAIT
    derived = len(DERIVED)
    out[:derived] = np.nan
    for k in range(traits):
        out[derived + k] = row[TRAIT + k]
    out[derived + traits :] = world.static[i]
    n = int(row[SCANS])
    days, sizes = row[DAY : DAY + n], row[SIZE : SIZE + n]
    last = max(days[n - 1], 0.0)
    end = last + row[LATER]
    pfs = last
    if world.kind[i] == DIED_UNSEEN:
        pfs = end
    elif world.kind[i] == NEVER_EVALUATED:
        pfs = 0.0
    out[PFS] = pfs / DAYS_PER_MONTH
    out[OS] = end / DAYS_PER_MONTH
    out[OS_EVENT] = row[DEATH]
    out[NOT_OS_EVENT] = 1 - row[DEATH]
    if world.progressed[i]:
        out[PPS] = row[LATER] / DAYS_PER_MONTH
        out[PPS_EVENT] = row[DEATH]
        if world.ldh_pair[i]:
            change = (row[LDH_AT] - row[LDH_BEFORE]) * 100 / row[LDH_BEFORE]
            out[LDH_CHANGE] = change
            out[LDH_CHANGE_MONTH] = change / (row[LDH_DAYS] / DAYS_PER_MONTH)
    if world.kind[i] == TARGETS:
        _dynamics(world, i, days, sizes, out)


@njit
def _dynamics(world, i, days, sizes, out):
    n = len(days)
    baseline = sizes[0]
    smallest, at_smallest = np.inf, 1
    nadir = baseline
    first_of = np.full(4, -1.0)
    for k in range(1, n):
        size = sizes[k]
        if size < 0:
            continue
        if size < smallest:
            smallest, at_smallest = size, k
        if not (world.progressed[i] and k == n - 1):
            response = target_response(size, nadir, baseline, world.nodal[i])
            if first_of[response] < 0:
                first_of[response] = days[k]
            nadir = min(nadir, size)
    first = (sizes[1] - baseline) * 100 / baseline
    depth = (smallest - baseline) * 100 / baseline
    out[BASELINE] = baseline / 10
    out[CHANGE] = first
    out[DEPTH] = depth
    if depth < 0:
        out[SHARE] = first / depth * 100
    out[NADIR] = days[at_smallest] / DAYS_PER_MONTH
    end = days[n - 1]
    cr, pr, sd = first_of[CR], first_of[PR], first_of[SD]
    if cr >= 0:
        out[TIME_CR] = cr / DAYS_PER_MONTH
        out[CR_DURATION] = (end - cr) / DAYS_PER_MONTH
        if 0 <= pr < cr:
            out[PR_TO_CR] = (cr - pr) / DAYS_PER_MONTH
        if 0 <= sd < cr:
            out[SD_TO_CR] = (cr - sd) / DAYS_PER_MONTH
    if pr >= 0:
        out[TIME_PR] = pr / DAYS_PER_MONTH
        out[PR_DURATION] = (end - pr) / DAYS_PER_MONTH
    response = pr if cr < 0 or 0 <= pr < cr else cr
    if 0 <= sd < response:
        out[SD_TO_RESPONSE] = (response - sd) / DAYS_PER_MONTH
    if world.responses[i, 0] != PD:
        out[CONTROL] = (end - days[1]) / DAYS_PER_MONTH
    if world.progressed[i] and world.target_seen[i]:
        out[PD_SIZE] = sizes[n - 1] / 10
        before = sizes[n - 2]
        if before > 0:
            growth = (sizes[n - 1] - before) * 100 / before
            out[ENLARGEMENT] = growth
            out[ENLARGEMENT_MONTH] = growth / ((days[n - 1] - days[n - 2]) / DAYS_PER_MONTH)
