"""The compiled statistics give what ``pd1_dynamics.statistics`` gives, which agrees with R."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from calibrated_cohort.calibration import kernels
from pd1_dynamics.statistics.cox import cox
from pd1_dynamics.statistics.kaplan_meier import kaplan_meier, log_rank
from pd1_dynamics.statistics.linear import linear
from pd1_dynamics.statistics.logistic import logistic
from pd1_dynamics.statistics.ranks import kruskal_wallis, spearman, wilcoxon_rank_sum

SEEDS = range(12)


@pytest.fixture(params=SEEDS)
def rng(request):
    return np.random.default_rng(request.param)


def order_of(n, rng):
    return rng.permutation(n).astype(np.int64)


def survival(rng, n=80):
    """Times with ties, of which about a half are events."""
    return np.round(rng.exponential(20, n)) + 1.0, (rng.random(n) < 0.5).astype(float)


def close(value, expected):
    return math.isclose(value, expected, rel_tol=1e-6, abs_tol=1e-8)


def test_cox_gives_ratio_limits_and_p(rng):
    time, event = survival(rng)
    values = rng.normal(size=(4, 80))
    values[1] = rng.random(80) < 0.4
    rows = np.array([0, 1, 3])
    out = np.zeros(3 * kernels.PER_COEFFICIENT)
    beta = np.zeros(3)
    kernels.cox(time, event, rows, values, order_of(80, rng), beta, out)
    kernels.cox(time, event, rows, values, order_of(80, rng), beta, out)  # from the warm start
    table = cox(time, event, pd.DataFrame(values[rows].T)).table
    for k, row in enumerate(table.itertuples()):
        found = out[kernels.PER_COEFFICIENT * k :]
        assert close(found[0], math.log(row.estimate))
        assert close(found[1], math.log(row.ci_low))
        assert close(found[2], math.log(row.ci_high))
        assert close(found[3], math.log(row.p_value))
        assert close(found[kernels.ERROR], math.log(row.std_err))


def test_logistic_gives_ratio_limits_and_p(rng):
    values = rng.normal(size=(2, 90))
    outcome = (rng.random(90) < 1 / (1 + np.exp(-values[0]))).astype(float)
    out = np.zeros(3 * kernels.PER_COEFFICIENT)
    kernels.logistic(outcome, np.array([0, 1]), values, order_of(90, rng), np.zeros(3), out)
    table = logistic(outcome, pd.DataFrame(values.T)).table
    for k, row in enumerate(table.itertuples()):
        assert close(out[kernels.PER_COEFFICIENT * k], math.log(row.estimate))
        assert close(out[kernels.PER_COEFFICIENT * k + 3], math.log(row.p_value))


def test_linear_gives_coefficient_and_p(rng):
    values = rng.normal(size=(2, 70)) * 20 + 100
    outcome = values[0] * 0.1 + rng.normal(0, 3, 70)
    out = np.zeros(3 * kernels.PER_COEFFICIENT)
    kernels.linear(outcome, np.array([0, 1]), values, order_of(70, rng), out)
    table = linear(outcome, pd.DataFrame(values.T)).table
    for k, row in enumerate(table.itertuples()):
        assert close(out[kernels.PER_COEFFICIENT * k], row.estimate)
        assert close(out[kernels.PER_COEFFICIENT * k + 3], math.log(row.p_value))


@pytest.mark.parametrize("n", [8, 40, 81])
def test_kaplan_meier_gives_median_limits_and_share(rng, n):
    time, event = survival(rng, n)
    curve = kaplan_meier(time, event)
    at = 12.0
    out = np.zeros(9)
    kernels.kaplan_meier(time, event, order_of(n, rng), at, out)
    least = (curve.survival, curve.lower, curve.upper)
    for k, expected in enumerate(curve.median()):
        if math.isnan(expected):
            assert out[kernels.LEAST + k] > 0.5
        else:
            assert close(out[k], expected)
        if not np.isnan(least[k]).all():
            assert close(out[kernels.LEAST + k], min(1.0, np.nanmin(least[k])))
    for k, expected in enumerate(curve.at(at)):
        if not np.isnan(expected[0]):
            assert close(out[kernels.SHARE + k], 100 * expected[0])


@pytest.mark.parametrize("groups", [2, 3, 4])
def test_log_rank(rng, groups):
    time, event = survival(rng)
    group = rng.integers(0, groups, 80)
    out = np.zeros(1)
    kernels.log_rank(time, event, group, order_of(80, rng), groups, out)
    assert close(out[0], math.log(log_rank(time, event, group).p_value))


def test_rank_tests(rng):
    values = np.round(rng.normal(0, 3, 120))
    group = rng.integers(0, 2, 120)
    ranks, out = np.zeros((2, 120)), np.zeros(2)
    kernels.wilcoxon(values, group, order_of(120, rng), ranks[0], out)
    expected = wilcoxon_rank_sum(values[group == 0], values[group == 1]).p_value
    assert close(out[0], math.log(expected))
    of_three = rng.integers(0, 4, 120)
    kernels.kruskal_wallis(values, of_three, order_of(120, rng), 4, ranks[0], out)
    assert close(out[0], math.log(kruskal_wallis(values, of_three).p_value))
    other = np.round(values + rng.normal(0, 5, 120))
    kernels.spearman(values, other, order_of(120, rng), ranks[0], ranks[1], out)
    found = spearman(values, other)
    assert close(out[0], found.estimate)
    assert close(out[1], math.log(found.p_value))


@pytest.mark.parametrize("t", [0.1, 1.0, 2.5, 8.0])
@pytest.mark.parametrize("df", [3.0, 30.0, 213.0])
def test_tail_of_student(t, df):
    assert close(kernels.log_p_of_t(t, df), math.log(2 * stats.t.sf(t, df)))


def test_median_and_range():
    out = np.zeros(3)
    kernels.quantiles(np.array([5.0, 1, 9, 3]), np.arange(4), out)
    assert out.tolist() == [4, 1, 9]
