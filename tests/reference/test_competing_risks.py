"""Cumulative incidence and Gray's test: by hand, frozen values of R, and R as it runs."""

import shutil
import subprocess
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pd1_dynamics.statistics.cumulative_incidence import cumulative_incidence, gray_test
from pd1_dynamics.statistics.errors import NotEstimable

SETS = 40


def drawn(rng, n, groups):
    time = np.round(rng.exponential(12, n)) + 1
    cause = rng.choice([0, 1, 2], n, p=[0.3, 0.5, 0.2])
    group = rng.integers(0, groups, n)
    time = np.where(group == groups - 1, np.round(time * 0.7) + 1, time)
    return pd.DataFrame({"time": time, "cause": cause, "group": group})


def test_patients_by_hand():
    # At 1: 1 of 4 has the event. At 2: a competing event, 3 at risk: survival 3/4 * 2/3 = 1/2.
    # At 3 one is censored. At 4: the last has the event: 1/4 + 1/2 * 1 = 3/4.
    curve = cumulative_incidence([1, 2, 3, 4], [1, 2, 0, 1])
    assert curve.at([0.5, 1, 2, 4])[0].tolist() == pytest.approx([0, 0.25, 0.25, 0.75])
    competing = cumulative_incidence([1, 2, 3, 4], [1, 2, 0, 1], event=2)
    assert competing.at(4)[0].item() == pytest.approx(0.25)
    assert np.isnan(curve.at(5)[0].item())


def test_frozen_values_of_r():
    """survival 3.5-3 and cmprsk 2.2-11, on a data set that NumPy's generator draws."""
    rng = np.random.default_rng(4)
    n = 254
    time = np.round(rng.exponential(12, n)) + 1
    cause = rng.choice([0, 1, 2], n, p=[0.3, 0.5, 0.2])
    two, three = rng.integers(0, 2, n), rng.integers(0, 3, n)
    time = np.where(three == 2, np.round(time * 0.7) + 1, time)
    curve = cumulative_incidence(time[two == 0], cause[two == 0])
    value, low, high = curve.at([3, 12, 24])
    assert value == pytest.approx([0.109765072925, 0.396560256553, 0.506070640731], rel=1e-9)
    assert low == pytest.approx([0.0669483403149, 0.315794273718, 0.418757539864], rel=1e-9)
    assert high == pytest.approx([0.179965196712, 0.497982548496, 0.611588972208], rel=1e-9)
    expected = {
        (2, 1): (0.00362022620229, 0.952021580466),
        (2, 2): (0.01590141972396, 0.899652109225),
        (3, 1): (0.0389948401923, 0.980691425275),
        (3, 2): (6.3158953966112, 0.0425129009094),
    }
    for (groups, event), numbers in expected.items():
        found = gray_test(time, cause, two if groups == 2 else three, event)
        assert (found.statistic, found.p_value) == pytest.approx(numbers, rel=1e-9)


def test_without_ties_it_is_lifelines():
    """lifelines' Aalen-Johansen estimate is exact where no times are tied."""
    from lifelines import AalenJohansenFitter

    rng = np.random.default_rng(8)
    time, cause = rng.exponential(10, 120), rng.choice([0, 1, 2], 120)
    fitter = AalenJohansenFitter(calculate_variance=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitter.fit(time, cause, event_of_interest=1)
    at = np.quantile(time, [0.2, 0.5, 0.9])
    theirs = [fitter.cumulative_density_.loc[:t].iloc[-1, 0] for t in at]
    assert cumulative_incidence(time, cause).at(at)[0] == pytest.approx(theirs, rel=1e-9)


def test_what_cannot_be_compared_is_not_estimable():
    with pytest.raises(NotEstimable, match="only one group"):
        gray_test([1, 2], [1, 0], ["a", "a"])
    with pytest.raises(NotEstimable, match="no events"):
        gray_test([1, 2], [2, 0], ["a", "b"])
    with pytest.raises(ValueError, match="must be finite"):
        cumulative_incidence([1, np.nan], [1, 0])


def test_random_sets_agree_with_r(tmp_path):
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed")
    rng = np.random.default_rng(77)
    sets = [drawn(rng, int(rng.integers(30, 300)), int(rng.integers(2, 4))) for _ in range(SETS)]
    for number, data in enumerate(sets):
        data.to_csv(tmp_path / f"{number}.csv", index=False)
    script = Path(__file__).with_name("competing_risks.R")
    run = subprocess.run(["Rscript", str(script), str(tmp_path)], capture_output=True, text=True)
    if run.returncode and "there is no package called" in run.stderr:
        pytest.skip("R has no package survival or cmprsk")
    assert run.returncode == 0, run.stderr
    values = pd.read_csv(tmp_path / "values.csv")
    for number, data in enumerate(sets):
        own = values[values["set"] == number]
        found = {key: rows["value"].to_numpy() for key, rows in own.groupby("key")}
        for event in (1, 2):
            curve = cumulative_incidence(data["time"], data["cause"], event)
            value, low, high = curve.at(found["time"])
            happened = value > 0
            assert value == pytest.approx(found[f"incidence{event}"], rel=1e-6)
            assert low[happened] == pytest.approx(found[f"low{event}"][happened], rel=1e-6)
            assert high[happened] == pytest.approx(found[f"high{event}"][happened], rel=1e-6)
            test = gray_test(data["time"], data["cause"], data["group"], event)
            assert test.statistic == pytest.approx(found["gray"][event - 1], rel=1e-6, abs=1e-9)
            assert test.p_value == pytest.approx(found["p"][event - 1], rel=1e-6)
