"""The search: printed intervals, losses, and a tiny cohort that it must solve."""

from dataclasses import dataclass

import numpy as np
import pytest

from pd1_dynamics.synthetic.annealing import Printed, Target, anneal, bounds


@dataclass(frozen=True)
class Number:
    value: int

    def propose(self, rng):
        return Number(self.value + int(rng.integers(-5, 6)))

    def measure(self):
        return {"value": float(self.value)}


def target(*printed, members=None, n=9):
    texts = [None if text is None else Printed.of(text) for text in printed]
    return Target("t", "value", np.arange(n) if members is None else members, tuple(texts))


@pytest.mark.parametrize(
    ("text", "inside", "outside"), [("6", 6.4, 6.6), ("-69.6", -69.64, -69.66), ("0.3", 0.26, 0.24)]
)
def test_a_printed_number_is_met_by_what_rounds_to_it(text, inside, outside):
    printed = Printed.of(text)
    assert printed.miss(inside) == 0
    assert printed.miss(outside) > 0


def test_loss_is_zero_only_when_median_and_range_are_met():
    values = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9])
    assert target("5", "1", "9").loss(values) == 0
    assert target("6", "1", "9").loss(values) > 0
    assert target(None, None, "8").loss(values) > 0


def test_loss_leaves_missing_values_out():
    values = np.array([1.0, 2, 3, np.nan, np.nan])
    assert target("2", "1", "3", n=5).loss(values) == 0


def test_bounds_are_the_narrowest_of_all_groups():
    wide, narrow = target("5", "0", "10"), target("5", "3", "7", members=np.array([0, 1]))
    low, high = bounds([wide, narrow], "value", 0)
    assert (round(low, 2), round(high, 2)) == (2.51, 7.49)
    assert bounds([wide, narrow], "value", 5)[1] > 10


def test_search_meets_overlapping_targets_and_repeats_itself():
    def search():
        rng = np.random.Generator(np.random.PCG64(1))
        patients = [Number(int(rng.integers(20, 60))) for _ in range(9)]
        targets = [target("40", "11", "90"), target("25", "11", None, members=np.arange(4))]
        loss = anneal(patients, targets, rng, 60_000)
        return loss, [patient.value for patient in patients]

    first, second = search(), search()
    assert first == second
    loss, values = first
    assert loss == 0
    assert (np.median(values), min(values), max(values)) == (40, 11, 90)
    assert 24.5 < np.median(values[:4]) < 25.5
