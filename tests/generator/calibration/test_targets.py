"""From claims to statistics: which patients, which rows of values, which interval."""

import math

import numpy as np
import pandas as pd
import pytest

from calibrated_cohort.calibration import kernels, targets
from calibrated_cohort.calibration.targets import Target, _target


def claim(**changes):
    known = {
        "claim_id": "c", "analysis": "a", "field": "estimate", "estimate_statistic": "median",
        "comparator": "=", "value": 6.0, "decimals": 0,
    }  # fmt: skip
    return pd.Series(known | changes)


def test_an_interval_is_what_rounds_to_the_printed_value():
    found = _target(claim(value=46.0, decimals=1), 0)
    assert 45.95 < found.low < found.high < 46.05
    assert not found.coarse


def test_ratios_and_p_values_are_compared_as_logarithms():
    ratio = _target(claim(estimate_statistic="hazard_ratio", value=0.503, decimals=3), 0)
    assert ratio.low == pytest.approx(math.log(0.503), abs=0.001)
    p = _target(claim(estimate_statistic="log_rank_chi_squared", field="p_value", value=0.001,
                      decimals=3, comparator="<"), 0)  # fmt: skip
    assert p.low == -math.inf
    assert p.high < math.log(0.001)


def test_not_reached_is_a_curve_that_stays_above_one_half():
    found = _target(claim(comparator="not reached", value=math.nan,
                          estimate_statistic="median_survival"), 1)  # fmt: skip
    assert found.output == 1 + kernels.LEAST
    assert found.low > 0.5


def test_both_limits_fix_the_standard_error():
    block = targets.Block(targets.COX_MODEL, np.arange(9), "t", "e", ("x",))
    block.targets = [
        Target("low", 1, math.log(1.4685), math.log(1.4695), 1),
        Target("high", 2, math.log(3.4795), math.log(3.4805), 1),
    ]
    (error,) = targets._errors(block)
    assert error.output == kernels.ERROR
    truth = math.log((math.log(3.480) - math.log(1.469)) / (2 * kernels.Z))
    assert error.low < truth < error.high
