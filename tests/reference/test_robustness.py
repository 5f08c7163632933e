"""The statistics behind the robustness tables agree with R: survival, boot, rms and mice."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr
from statsmodels.stats.multitest import multipletests

from pd1_dynamics.statistics import resampling
from pd1_dynamics.statistics.concordance import concordance
from pd1_dynamics.statistics.counting_process import counting_process_cox
from pd1_dynamics.statistics.cox import cox
from pd1_dynamics.statistics.cox_engine import fit_cox
from pd1_dynamics.statistics.cox_residuals import cox_residuals, cox_robust
from pd1_dynamics.statistics.interval_censored import turnbull, weibull
from pd1_dynamics.statistics.kaplan_meier import nelson_aalen
from pd1_dynamics.statistics.restricted_mean import difference, restricted_mean
from pd1_dynamics.statistics.results import likelihood_ratio
from pd1_dynamics.statistics.rubin import pool
from pd1_dynamics.statistics.splines import restricted_cubic_spline
from pd1_dynamics.statistics.weighted_models import linear_fits, logistic_fits

HERE = Path(__file__).parent
FROZEN = HERE / "frozen"
PACKAGES = ("survival", "boot", "rms", "mice")


def read(path):
    values = pd.read_csv(path, float_precision="round_trip")
    return {
        key: rows["value"].to_numpy()
        for key, rows in values.groupby(values["key"].str.rpartition("/")[0], sort=False)
    }


@pytest.fixture(scope="module")
def in_r():
    return read(FROZEN / "robustness.csv")


@pytest.fixture(scope="module")
def lung():
    table = pd.read_csv(FROZEN / "lung.csv")
    return table.assign(months=np.ceil(table["time"] / 30.4375))


def agree(ours, theirs, rtol=1e-6):
    np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=1e-9)


MODELS = {
    "plain": ("time", ["age", "sex", "ph.karno"], None),
    "tied": ("months", ["age", "sex", "ph.karno"], None),
    "strata": ("months", ["age", "ph.karno"], "sex"),
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("part", ["martingale", "dfbeta", "scaledsch"])
def test_residuals_of_cox_models(lung, in_r, name, part):
    time, covariates, strata = MODELS[name]
    strata = None if strata is None else lung[strata]
    found = cox_residuals(lung[time], lung["status"], lung[covariates], strata)
    ours = getattr(found, {"scaledsch": "scaled_schoenfeld"}.get(part, part))
    theirs = in_r[f"{name}/{part}"].reshape(ours.shape)
    if part == "scaledsch":  # tied events come in any order
        ours, theirs = np.sort(ours, axis=0), np.sort(theirs, axis=0)
    agree(ours, theirs)


@pytest.mark.parametrize("column", ["time", "months"])
def test_martingale_residuals_without_covariates(lung, in_r, column):
    agree(lung["status"] - nelson_aalen(lung[column], lung["status"]), in_r[f"null_{column}"])


def test_cluster_robust_errors(lung, in_r):
    clusters = np.arange(len(lung)) % 12
    found = cox_robust(lung["months"], lung["status"], lung[["age", "sex"]], clusters)
    agree(found[["coefficient", "std_err", "p_value"]].to_numpy().ravel(), in_r["robust"])


@pytest.mark.parametrize("horizon", [200, 365])
def test_restricted_mean(lung, in_r, horizon):
    means = [
        restricted_mean(part["time"], part["status"], horizon) for _, part in lung.groupby("sex")
    ]
    theirs = in_r[f"rmean_{horizon}"]
    agree([value for mean in means for value in (mean.estimate, mean.std_err)], theirs)
    # survRM2: the difference with a normal interval of the two Greenwood variances
    found = difference(means[1], means[0])
    error = np.sqrt(theirs[1] ** 2 + theirs[3] ** 2)
    gap, width = theirs[2] - theirs[0], 1.959963984540054 * error
    agree(
        [found.estimate, found.ci_low, found.ci_high, found.p_value],
        [gap, gap - width, gap + width, 2 * ndtr(-abs(gap / error))],
    )


def test_covariates_that_change(lung, in_r):
    before = pd.DataFrame(
        {
            "patient": lung.index,
            "start": 0,
            "stop": np.minimum(lung["time"], 180),
            "event": lung["status"] * (lung["time"] <= 180),
            "score": lung["ph.karno"],
            "sex": lung["sex"],
        }
    )
    after = before.assign(
        start=180, stop=lung["time"], event=lung["status"], score=lung["ph.karno"] - 10
    )[lung["time"] > 180]
    found = counting_process_cox(pd.concat([before, after]), ["score", "sex"])
    agree(found.table[["coefficient", "std_err", "p_value"]].to_numpy().ravel(), in_r["counting"])


def visits(lung):
    left = (lung["time"] - 1) // 90 * 90
    right = np.where(lung["status"] == 1, left + 90, np.inf)
    return np.where(lung["status"] == 1, left, lung["time"]), right


def test_turnbull(lung, in_r):
    curve = turnbull(*visits(lung))
    agree([curve.at(t)[0] for t in (90, 180, 270, 360, 450, 540)], in_r["turnbull"], rtol=1e-5)
    agree([curve.at(t)[1] for t in (90, 180, 270, 360, 450, 540)], in_r["turnbull"], rtol=1e-5)
    # The fall that is seen at 270 may begin at the last time before it at which somebody was left.
    left, _ = visits(lung)
    begin = left[left < 270].max()
    assert curve.at(begin)[0] == curve.at(begin)[1]
    low, high = curve.at((begin + 270) / 2)
    agree([high, low], in_r["turnbull"][1:3], rtol=1e-5)
    assert curve.median() == (left[left < 360].max(), 360)


def test_weibull(lung, in_r):
    found = weibull(*visits(lung))
    agree([found.scale, found.shape, found.log_likelihood], in_r["weibull"], rtol=1e-5)
    agree([found.median, found.median_low, found.median_high], in_r["weibull_median"], rtol=1e-5)


def test_spline(lung, in_r):
    knots = in_r["knots"]
    agree(np.quantile(lung["age"], [0.05, 0.35, 0.65, 0.95]), knots)
    columns = restricted_cubic_spline(lung["age"].to_numpy(float), knots)
    agree(columns.ravel(), in_r["spline"])
    straight = cox(lung["time"], lung["status"], lung[["age", "sex"]])
    bent = cox(
        lung["time"],
        lung["status"],
        lung[["age", "sex"]].assign(**{f"b{i}": column for i, column in enumerate(columns.T)}),
    )
    agree(likelihood_ratio(bent, straight).statistic, in_r["bent"][0])


@pytest.fixture(scope="module")
def resampled(lung, in_r):
    drawn = in_r["boot_array"].astype(int).reshape(-1, len(lung)) - 1
    weights = resampling.times_drawn(drawn, len(lung)).astype(float)
    design = lung[["age", "sex"]].to_numpy(float)
    fits = fit_cox(lung["time"], lung["status"], design, weights, replicated=True)
    every = fit_cox(lung["time"], lung["status"], design).coefficients[0, 0]
    n = len(lung)
    without = fit_cox(lung["time"], lung["status"], design, 1.0 - np.eye(n)).coefficients[0]
    return fits.coefficients[0], every, (n - 1) * (every - without)


@pytest.mark.parametrize("place", [0, 1])
def test_limits_of_resamples(resampled, in_r, place):
    values, estimate, influence = (part[..., place] for part in resampled)
    agree(resampling.percentile_limits(values), in_r[f"boot_perc{place + 1}"])
    limits = resampling.bca_limits(values, estimate, influence)
    agree(limits, in_r[f"boot_bca{place + 1}"])


def test_concordance_and_its_optimism(lung, in_r):
    """As rms::validate, within what 400 resamples of each leave to chance."""
    names = ["age", "sex", "ph.karno"]
    design, n = lung[names].to_numpy(float), len(lung)
    every = fit_cox(lung["time"], lung["status"], design).coefficients[0]
    ones = np.ones((1, n))
    apparent = concordance(lung["time"], lung["status"], every @ design.T, ones)[0]
    agree(apparent, in_r["concordance"][0])
    rng = np.random.default_rng(3)
    drawn = resampling.draws(np.zeros(n), 1000, rng)
    weights = resampling.times_drawn(drawn, n).astype(float)
    fits = fit_cox(lung["time"], lung["status"], design, weights, replicated=True)
    risks = fits.coefficients[0] @ design.T
    training = concordance(lung["time"], lung["status"], risks, weights)
    test = concordance(lung["time"], lung["status"], risks, np.ones_like(weights))
    found = [apparent, training.mean() + 0, test.mean()]
    theirs = in_r["validate"][:3] + 0.5
    assert found == pytest.approx(theirs, abs=4 * training.std() / np.sqrt(400))
    optimism = (training - test).mean()
    error = (training - test).std() * np.sqrt(1 / 1000 + 1 / 400)
    assert optimism == pytest.approx(in_r["validate"][3], abs=4 * error)


def test_models_of_a_resample(lung, in_r):
    drawn = in_r["boot_array"].astype(int).reshape(-1, len(lung))[:1] - 1
    weights = resampling.times_drawn(drawn, len(lung)).astype(float)
    design = lung[["age", "sex"]].to_numpy(float)
    for key, fits in {
        "glm": logistic_fits(lung["weak"].to_numpy(float), design, weights),
        "lm": linear_fits(lung["wt.loss"].to_numpy(float), design, weights),
    }.items():
        ours = np.column_stack([fits.coefficients[0], fits.std_errors[0]])
        agree(ours.ravel(), in_r[key])


def test_rubins_rules(lung, in_r):
    filled = in_r["imputed"].reshape(5, len(lung), 2)
    fits = []
    for values in filled:
        design = lung[["age"]].assign(weight=values[:, 0], score=values[:, 1])
        fits.append(cox(lung["time"], lung["status"], design).table)
    df = int(lung["status"].sum()) - 3
    for place, theirs in enumerate(in_r["pooled"].reshape(3, 6)):
        found = pool(
            [fit["coefficient"].iloc[place] for fit in fits],
            [fit["std_err"].iloc[place] for fit in fits],
            df,
        )
        ours = [found.estimate, found.std_err, found.ci_low, found.ci_high, found.p_value, found.df]
        agree(ours, theirs)


@pytest.mark.parametrize(("ours", "theirs"), [("bonferroni", "bonferroni"), ("holm", "holm")])
def test_corrections(in_r, ours, theirs):
    p = [0.0004, 0.012, 0.03, 0.03, 0.2, 0.7]
    agree(multipletests(p, method=ours)[1], in_r[theirs])
    agree(multipletests(p, method="fdr_bh")[1], in_r["BH"])


def in_r_are(packages):
    if shutil.which("Rscript") is None:
        return False
    words = "; ".join(f"library({name})" for name in packages)
    return not subprocess.run(["Rscript", "-e", words], capture_output=True).returncode


@pytest.mark.skipif(not in_r_are(PACKAGES), reason="R with survival, boot, rms, mice is not here")
def test_r_still_says_the_same(tmp_path, in_r):
    out = tmp_path / "values.csv"
    subprocess.run(["Rscript", HERE / "robustness.R", FROZEN, out], check=True, capture_output=True)
    now = read(out)
    assert now.keys() == in_r.keys()
    for key, values in now.items():
        np.testing.assert_allclose(values, in_r[key], rtol=1e-6, atol=1e-9, err_msg=key)
