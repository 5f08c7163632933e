"""What data cannot tell is said in plain words, and never a number."""

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
