"""The audit's library: contradictions are found, look-alikes and rounding are not accused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pd1_dynamics.published import counts, intervals, ratios, tables
from pd1_dynamics.published.printed import Interval, possible_values
from pd1_dynamics.statistics.rounding import fixed


def printed(text):
    return possible_values(float(text), len(text.partition(".")[2]))


def test_a_percent_that_no_rounding_gives_is_found():
    assert not counts.percent_fits(96, 215, printed("55.7"))  # 44.65
    assert not counts.percent_fits(23, 43, printed("54"))  # 53.49


def test_ties_may_be_rounded_either_way():
    assert counts.percent_fits(1, 8, printed("12"))
    assert counts.percent_fits(1, 8, printed("13"))


@given(
    st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.integers(0, 2),
)
def test_a_rounded_true_percent_is_never_accused(pair, decimals):
    count, of = pair
    text = fixed(100 * count / of, decimals)
    assert counts.percent_fits(count, of, printed(text))
    assert count in counts.implied_counts(of, printed(text))


@given(st.lists(st.floats(0, 100), min_size=1, max_size=8), st.integers(0, 2))
def test_rounded_parts_of_a_true_sum_are_never_accused(parts, decimals):
    shown = [printed(fixed(part, decimals)) for part in parts]
    assert counts.sum_fits(shown, printed(fixed(sum(parts), decimals)))


def test_split_is_the_only_one_with_the_printed_total():
    # 47% of 43 is 20 (46.5); 31% of 123 is 38 (30.9); together 58
    groups = [(43, printed("47")), (123, printed("31"))]
    assert counts.implied_split(groups, 58) == [(20, 38)]
    assert counts.implied_split(groups, 60) == []


def test_counts_behind_an_exact_interval():
    value = (printed("50"), printed("26"), printed("74"))
    assert intervals.implied_proportions(*value, range(1, 21)) == [(9, 18)]
    assert intervals.implied_proportions(printed("43"), printed("37"), printed("50"), 215) == [
        (93, 215)
    ]


@given(st.integers(2, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_true_exact_interval_implies_its_count(pair):
    count, of = pair
    low, high = (float(end) for end in intervals.limits("Clopper–Pearson", count, of))
    shown = [printed(fixed(x, 0)) for x in (100 * count / of, low, high)]
    assert (count, of) in intervals.implied_proportions(*shown, of)


def test_the_scale_of_a_survival_interval():
    # sqrt(23 × 76) = 41.8, which rounds to 42; (23 + 76) / 2 = 49.5 does not
    assert intervals.symmetric_scales(printed("42"), printed("23"), printed("76")) == ["log"]


def test_an_asymmetric_ratio_is_found():
    # sqrt(0.288 × 0.879) = 0.503
    assert ratios.is_symmetric(printed("0.503"), printed("0.288"), printed("0.879"))
    assert not ratios.is_symmetric(printed("0.603"), printed("0.288"), printed("0.879"))


def test_wald_p_of_a_printed_interval():
    # ln 0.503 = -0.687; (ln 0.879 - ln 0.288) / 3.92 = 0.2847; z = 2.41, p = 0.016
    p = ratios.wald_p(printed("0.503"), printed("0.288"), printed("0.879"))
    assert p.low == pytest.approx(0.016, abs=5e-4)
    assert p.high == pytest.approx(0.016, abs=5e-4)


@given(st.floats(-2, 2), st.floats(0.02, 0.8), st.integers(2, 3))
def test_a_rounded_true_ratio_and_its_p_are_never_accused(log_ratio, error, decimals):
    from math import exp

    from scipy.stats import norm

    z = 1.959963984540054
    low, high = exp(log_ratio - z * error), exp(log_ratio + z * error)
    shown = [printed(fixed(x, decimals)) for x in (exp(log_ratio), low, high)]
    if shown[1].low <= 0:
        return
    assert ratios.is_symmetric(*shown)
    allowed = ratios.wald_p(*shown)
    true = 2 * norm.sf(abs(log_ratio / error))
    assert allowed.low * (1 - 1e-6) <= true <= allowed.high * (1 + 1e-6) + 1e-12


def test_the_procedure_behind_a_printed_p_is_named():
    ldh = [[48, 67, 8], [24, 12, 7]]  # normal, elevated, not available
    found = tables.p_values(ldh, missing=2)
    matching = [name for name, p in found.items() if p in printed("0.005")]
    assert matching == ["Fisher's exact test, missing as a level"]


def test_bounds_reach_down_without_end():
    assert 0.0001 in possible_values(0.001, 3, "<")
    assert 0.0013 in possible_values(0.001, 3, "<=")  # rounds to 0.001
    assert 0.0016 not in possible_values(0.001, 3, "<=")
    assert Interval(1, 2).meets(Interval(2, 3))
