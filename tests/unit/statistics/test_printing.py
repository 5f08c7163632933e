"""Numbers as a journal prints them."""

import math

import pytest

from pd1_dynamics.statistics import printing as printed


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.0, "<0.001"),
        (0.00099, "<0.001"),
        (0.001, "0.001"),
        (0.00449, "0.004"),
        (0.0094, "0.009"),
        (0.0096, "0.01"),
        (0.049, "0.049"),
        (0.79, "0.79"),
        (0.9951, ">0.99"),
    ],
)
def test_p_values(p, text):
    assert printed.p_value(p) == text


def test_counts_carry_whole_percents():
    assert printed.count(83, 50.0) == "83 (50)"
    assert printed.count(23, 100 * 23 / 43) == "23 (53)"
    assert printed.count(4, math.nan) == "4"


def test_negative_numbers_have_a_true_minus_and_zero_has_none():
    assert printed.number(-0.04, 1) == "0.0"
    assert printed.median_range(-69.64, -100, -22.7, 1) == "−69.6 (−100.0 to −22.7)"


def test_what_is_not_reached_is_nr():
    assert printed.interval(math.nan, 11.8, math.nan, 1) == "NR (11.8 to NR)"
    assert printed.interval(0.5034, 0.2881, 0.879, 3) == "0.503 (0.288 to 0.879)"
