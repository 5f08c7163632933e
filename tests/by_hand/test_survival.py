"""Survival statistics of six patients, worked by hand.

Patients (months, event): 1 yes, 2 no, 3 yes, 3 yes, 5 no, 6 yes.
"""

import math

import numpy as np
import pandas as pd
import pytest

from pd1_dynamics.statistics.cox import cox
from pd1_dynamics.statistics.kaplan_meier import kaplan_meier, log_rank

TIME = [1, 2, 3, 3, 5, 6]
EVENT = [1, 0, 1, 1, 0, 1]


def test_kaplan_meier_product_limit():
    # At 1: 6 at risk, 1 event: 5/6. At 3: 4 at risk, 2 events: 5/6 * 2/4 = 5/12.
    # At 6: 1 at risk, 1 event: 0.
    curve = kaplan_meier(TIME, EVENT)
    assert curve.time.tolist() == [1, 2, 3, 5, 6]
    assert curve.n_risk.tolist() == [6, 5, 4, 2, 1]
    assert curve.survival == pytest.approx([5 / 6, 5 / 6, 5 / 12, 5 / 12, 0])


def test_greenwood_interval_on_the_log_scale():
    # At 3: variance of log S = 1/(6*5) + 2/(4*2) = 0.28333;
    # limits exp(log(5/12) -/+ 1.96 * 0.53229).
    curve = kaplan_meier(TIME, EVENT)
    width = 1.959964 * math.sqrt(1 / 30 + 1 / 4)
    assert curve.std_err[2] == pytest.approx(math.sqrt(1 / 30 + 1 / 4))
    assert curve.lower[2] == pytest.approx(5 / 12 * math.exp(-width), rel=1e-6)
    assert curve.upper[2] == 1  # 5/12 * exp(1.043) is 1.18: not above 1


def test_median_is_where_survival_falls_below_one_half():
    assert kaplan_meier(TIME, EVENT).median()[0] == 3
    # S is exactly 1/2 from 1 to 2: the middle of the flat part.
    assert kaplan_meier([1, 2], [1, 1]).median()[0] == 1.5
    assert math.isnan(kaplan_meier([1, 2, 3], [1, 0, 0]).median()[0])


def test_log_rank_of_two_pairs():
    # Group a: 1 yes, 3 yes; group b: 2 yes, 4 no. Expected events of a: 2/4 + 1/3 + 1/2 = 4/3.
    # Variance: 1/4 + 2/9 + 1/4 = 13/18. Chi-squared (2 - 4/3)^2 / (13/18) = 8/13.
    test = log_rank([1, 3, 2, 4], [1, 1, 1, 0], ["a", "a", "b", "b"])
    assert test.statistic == pytest.approx(8 / 13)


def test_cox_coefficient_solves_the_score_equation():
    # x = 1, 0, 1, 0 with events at 1 (x=1), 2 (x=0), 3 (x=1) and a censoring at 4 (x=0).
    # With r = exp(beta) the partial likelihood is r/(2r+2) * 1/(r+2) * r/(r+1); its logarithm is
    # stationary where 2 - 2r/(r+1) - r/(r+2) = 0, that is r^2 - r - 4 = 0: r = (1 + sqrt(17)) / 2.
    model = cox([1, 2, 3, 4], [1, 1, 1, 0], pd.DataFrame({"x": [1, 0, 1, 0]}))
    assert model.table["estimate"].iloc[0] == pytest.approx((1 + math.sqrt(17)) / 2, rel=1e-8)
    assert model.events == 3
    assert np.isfinite(model.log_likelihood)
