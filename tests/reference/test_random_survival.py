"""Cox models, quantiles of curves and log-rank tests of random data sets, against R as it runs."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pd1_dynamics.statistics.cox import cox
from pd1_dynamics.statistics.errors import NotEstimable
from pd1_dynamics.statistics.kaplan_meier import kaplan_meier, log_rank

SETS = 120
SEED = 20260
NO_ESTIMATE = 1e4  # R prints coefficients of a monotone likelihood with standard errors like this


def random_set(rng):
    """Small and large samples, binary and continuous covariates of any scale, ties or none."""
    n, covariates = int(rng.integers(8, 200)), int(rng.integers(1, 4))
    x = rng.normal(size=(n, covariates))
    for column in range(covariates):
        if rng.random() < 0.5:
            x[:, column] = x[:, column] > rng.normal()
        else:
            x[:, column] *= 10 ** rng.uniform(-2, 3)
    hazard = np.exp(0.5 * x[:, 0] / max(x[:, 0].std(), 1e-9))
    data = pd.DataFrame(x, columns=[f"x{column}" for column in range(covariates)])
    data["time"] = np.round(rng.exponential(1 / hazard) * rng.choice([3, 10, 1000])) + 1
    data["event"] = (rng.random(n) < rng.uniform(0.1, 0.95)).astype(int)
    data["stratum"] = rng.integers(0, rng.integers(1, 4), n)
    return data


@pytest.fixture(scope="module")
def sets():
    rng = np.random.default_rng(SEED)
    return [random_set(rng) for _ in range(SETS)]


@pytest.fixture(scope="module")
def in_r(sets, tmp_path_factory):
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed")
    folder = tmp_path_factory.mktemp("random")
    for number, data in enumerate(sets):
        data.to_csv(folder / f"{number}.csv", index=False, float_format="%.17g")
    script = Path(__file__).with_name("random_survival.R")
    run = subprocess.run(["Rscript", str(script), str(folder)], capture_output=True, text=True)
    if run.returncode and "there is no package called" in run.stderr:
        pytest.skip("R has no package survival")
    assert run.returncode == 0, run.stderr
    values = pd.read_csv(folder / "values.csv", float_precision="round_trip")
    values["key"] = values["key"].str.partition("/")[0]
    found = {key: group["value"].to_numpy() for key, group in values.groupby(["set", "key"])}
    return lambda number, key: found.get((number, key))


def close(ours, theirs, scale=1.0):
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-9 * scale)


def test_cox(sets, in_r):
    fitted = 0
    for number, data in enumerate(sets):
        covariates = data[[name for name in data if name.startswith("x")]]
        theirs = [in_r(number, key) for key in ("coefficient", "std_err")]
        try:
            model = cox(data["time"], data["event"], covariates, strata=data["stratum"])
        except NotEstimable:
            # R, too, has no number to show, or one with an absurd standard error.
            spread = covariates.std().to_numpy()
            assert theirs[0] is None or not (
                np.isfinite(theirs[0]).all()
                and (theirs[1] > 0).all()
                and (theirs[1] * spread < NO_ESTIMATE).all()
            ), number
            continue
        fitted += 1
        for ours, expected in zip(("coefficient", "std_err"), theirs, strict=True):
            close(model.table[ours], expected, np.abs(expected).max())
    assert fitted > SETS / 2


def test_quantiles(sets, in_r):
    for number, data in enumerate(sets):
        curve = kaplan_meier(data["time"], data["event"])
        ours = np.array([curve.quantile(share) for share in (0.25, 0.5, 0.75)]).T.ravel()
        close(ours, in_r(number, "quantile"))


def test_log_rank(sets, in_r):
    compared = 0
    for number, data in enumerate(sets):
        try:
            test = log_rank(data["time"], data["event"], data["stratum"])
        except NotEstimable:
            continue
        compared += 1
        close(test.statistic, in_r(number, "log_rank")[0])
    assert compared > SETS / 2
