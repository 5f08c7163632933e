"""What data cannot tell is said in plain words, and never a number."""

import numpy as np
import pandas as pd
import pytest

from pd1_dynamics.statistics.contingency import fisher_exact
from pd1_dynamics.statistics.cox import cox
from pd1_dynamics.statistics.errors import NotEstimable
from pd1_dynamics.statistics.kaplan_meier import kaplan_meier, log_rank
from pd1_dynamics.statistics.linear import linear
from pd1_dynamics.statistics.logistic import logistic
from pd1_dynamics.statistics.proportions import clopper_pearson
from pd1_dynamics.statistics.ranks import kruskal_wallis, spearman, wilcoxon_rank_sum

X = pd.DataFrame({"x": [0.0, 1, 0, 1, 0, 1, 2, 3]})
TIME = [1, 2, 3, 4, 5, 6, 7, 8]
SOME = [1, 0, 1, 0, 1, 1, 0, 1]


@pytest.mark.parametrize(
    ("reason", "call"),
    [
        ("no patient", lambda: kaplan_meier([], [])),
        ("only one group", lambda: log_rank(TIME, SOME, ["a"] * 8)),
        ("no events", lambda: log_rank(TIME, [0] * 8, list("aabbaabb"))),
        ("left the study", lambda: log_rank([1, 2, 3, 4], [0, 0, 1, 1], list("aabb"))),
        ("no events", lambda: cox(TIME, [0] * 8, X)),
        ("no variation in x", lambda: cox(TIME, SOME, X * 0)),
        ("determine each other", lambda: cox(TIME, SOME, X.assign(y=2 * X["x"] + 1))),
        ("only 2 patients", lambda: linear([1, 2], X[:2])),
        ("same outcome", lambda: logistic([1] * 8, X)),
        ("events in only one", lambda: logistic([0, 1, 0, 1, 0, 1, 1, 1], X)),
        ("same value", lambda: linear([3] * 8, X)),
        ("no values", lambda: wilcoxon_rank_sum([], [1])),
        ("all values are equal", lambda: wilcoxon_rank_sum([1, 1], [1])),
        ("only one group", lambda: kruskal_wallis([1, 2], ["a", "a"])),
        ("fewer than three", lambda: spearman([1, 2], [1, 2])),
        ("all values are equal", lambda: spearman([1, 2, 3], [1, 1, 1])),
        ("only one group or one category", lambda: fisher_exact([[3, 0], [4, 0]])),
        ("no patient to count", lambda: clopper_pearson(0, 0)),
    ],
)
def test_reason(reason, call):
    with pytest.raises(NotEstimable, match=reason):
        call()


def test_monotone_likelihood_is_not_a_hazard_ratio():
    covariates = pd.DataFrame({"x": [1, 1, 1, 1, 0, 0, 0, 0]})
    with pytest.raises(NotEstimable, match=r"only one of the groups|converge"):
        cox([1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 1, 1, 0, 0, 0, 0], covariates)


@pytest.mark.parametrize(
    ("time", "event"),
    [([1, None, 3], [1, 0, 1]), ([1, 2, 3], [1, None, 1]), ([1, 2, 3], [1, 2, 0])],
)
def test_incomplete_follow_up_is_an_error_not_a_smaller_sample(time, event):
    with pytest.raises(ValueError, match=r"incomplete rows"):
        kaplan_meier(time, event)


def test_times_that_arithmetic_has_split_are_one_time():
    assert kaplan_meier([0.3, 0.1 + 0.2, 1], [1, 1, 0]).time.tolist() == [0.3, 1]


@pytest.mark.parametrize(("x", "y"), [([1, 1, 1, 1], [1, 2, 3, 4]), ([1, 2, 3, 4], [5, 5, 5, 5])])
def test_a_constant_has_no_rank_correlation(x, y):
    with pytest.raises(NotEstimable):
        spearman(np.array(x, float), np.array(y, float))


def test_nearly_separated_groups_say_nothing():
    """One event among few of a group: a ratio of 435 from 0.02 to 11 million is no estimate."""
    outcome = np.array([0] * 6 + [1] * 30 + [0] * 30, dtype=float)
    rare = np.array([0] * 65 + [1], dtype=float)
    twin = rare.copy()
    twin[0] = 1
    covariates = pd.DataFrame({"rare": rare, "noise": np.arange(66.0)})
    with pytest.raises(NotEstimable):
        logistic(outcome, covariates)
    assert (
        logistic(outcome, pd.DataFrame({"noise": np.arange(66.0)})).table["estimate"].notna().all()
    )


@pytest.mark.parametrize(
    ("covariates", "told"),
    [
        (pd.DataFrame({"sex": ["m", "f"] * 10}), "covariate sex holds text"),
        (pd.DataFrame({"sex": pd.Categorical(["m", "f"] * 10)}), "covariate sex holds text"),
        (pd.DataFrame({"age": [np.nan, 1.0] * 10}), "covariate age lacks 10 values"),
    ],
)
def test_covariates_that_no_model_takes_are_named(covariates, told):
    time, event = np.arange(1.0, 21), np.array([0, 1] * 10)
    for fit in (
        lambda: cox(time, event, covariates),
        lambda: logistic(event, covariates),
        lambda: linear(time, covariates),
    ):
        with pytest.raises(ValueError, match=told):
            fit()
