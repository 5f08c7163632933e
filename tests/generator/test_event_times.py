"""Survival slots: the given number of deaths, a plain median, and who gets which."""

import numpy as np
import pytest

from calibrated_cohort import event_times


@pytest.mark.parametrize(("patients", "deaths"), [(123, 77), (43, 15), (5, 5)])
def test_just_the_given_number_die(patients, deaths):
    rng = np.random.Generator(np.random.PCG64(2))
    times, died = event_times.slots(patients, deaths, rng)
    assert died.sum() == deaths
    assert times.shape == died.shape == (patients,)
    assert ((times > 0) & (times <= 1)).all()


def test_median_by_hand():
    times, all_die = np.array([1.0, 2, 3, 4]), np.array([True] * 4)
    assert event_times.median(times, all_die) == 2
    # 5/6, then 5/6 * 3/4 = 0.625, then 0.625 * 1/2 < 0.5
    died = np.array([True, False, True, False, True, False])
    assert event_times.median(np.arange(1.0, 7), died) == 5
    assert event_times.median(times, np.array([True, False, False, False])) == np.inf


def test_high_risk_dies_first_and_low_risk_is_seen_longest():
    times = np.array([1.0, 2, 3, 4])
    died = np.array([True, True, False, False])
    got, dead = event_times.hand_out(times, died, np.array([0.0, 3, 1, 2]))
    assert got.tolist() == [4, 1, 3, 2]
    assert dead.tolist() == [False, True, False, True]
