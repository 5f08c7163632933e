"""Which courses are possible, and what the search derives of them."""

import numpy as np
import pytest

from calibrated_cohort import constraints, world
from calibrated_cohort.moves import propose
from calibrated_cohort.person import TARGETS, TRAITS, Kind, Person
from pd1_dynamics.contract.vocabulary import DAYS_PER_MONTH, PR

pytestmark = pytest.mark.slow

RESPONSE = Kind(TARGETS, (PR,), progressed=True, resistance="secondary", target_progression=True)
DAYS, SUMS = (-5, 80, 170, 260), (1200, 700, 500, 680)


def made(days=DAYS, sums=SUMS, later=300):
    person = Person.with_scans(RESPONSE, days, sums)
    person.row[world.LATER], person.death = later, True
    return constraints.of_kinds([RESPONSE]), person.row[np.newaxis]


def test_a_course_of_its_kind_is_possible():
    assert world.possible(*made(), 0)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"days": (-5, 127, 217, 307)}, "first scan too late"),
        ({"days": (-5, 80, 104, 260)}, "two scans too close"),
        ({"days": (-5, 80, 281, 360)}, "two scans too far apart"),
        ({"days": (-29, 80, 170, 260)}, "baseline too old"),
        ({"sums": (1200, 900, 500, 680)}, "first response is stable disease"),
        ({"sums": (1200, 700, 500, 540)}, "no progression"),
        ({"sums": (1200, 700, 49, 680)}, "less than a lesion too small to measure"),
        ({"sums": (1200, 400, 470, 400)}, "up and down: neither decay nor regrowth"),
        ({"later": 3}, "death too soon for the scan that showed progression"),
    ],
)
def test_impossible_courses_are_refused(change, why):
    assert not world.possible(*made(**change), 0), why


def test_values_by_hand():
    out = np.zeros(len(world.DERIVED) + len(TRAITS))
    world.derive(*made(), 0, out)
    assert out[world.CHANGE] == pytest.approx(100 * (700 - 1200) / 1200)
    assert out[world.DEPTH] == pytest.approx(100 * (500 - 1200) / 1200)
    assert out[world.NADIR] == 170 / DAYS_PER_MONTH
    assert out[world.PFS] == 260 / DAYS_PER_MONTH
    assert out[world.PR_DURATION] == pytest.approx(180 / DAYS_PER_MONTH)
    assert out[world.PPS] == 300 / DAYS_PER_MONTH
    assert out[world.OS] == 560 / DAYS_PER_MONTH
    assert out[world.PD_SIZE] == 68.0
    assert out[world.ENLARGEMENT] == pytest.approx(36.0)
    assert out[world.ENLARGEMENT_MONTH] == pytest.approx(36.0 / (90 / DAYS_PER_MONTH))


def test_every_accepted_change_leaves_the_patient_possible():
    patient, state = made()
    touched = np.zeros(2, dtype=np.int64)
    kept, changes = state.copy(), 0
    for _ in range(3000):
        if propose(patient, state, 0, -1, touched) > 0:
            assert world.possible(patient, state, 0)
            changes += int((state != kept).any())
            kept = state.copy()
        else:
            state[:] = kept
    assert changes > 300
