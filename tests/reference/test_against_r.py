"""Every statistic agrees with R's survival and stats, to 1e-6."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from pd1_dynamics.statistics import results
from pd1_dynamics.statistics.adjust import bonferroni
from pd1_dynamics.statistics.contingency import fisher_exact, pearson_chi_squared
from pd1_dynamics.statistics.cox import cox, cox_zph
from pd1_dynamics.statistics.kaplan_meier import kaplan_meier, log_rank
from pd1_dynamics.statistics.linear import linear
from pd1_dynamics.statistics.logistic import logistic
from pd1_dynamics.statistics.proportions import clopper_pearson
from pd1_dynamics.statistics.ranks import (
    kruskal_wallis,
    pairwise_wilcoxon,
    spearman,
    wilcoxon_rank_sum,
)
from pd1_dynamics.statistics.rounding import r_round

HERE = Path(__file__).parent
FROZEN = HERE / "frozen"
TOLERANCE = 1e-6


def read_values(folder):
    return pd.read_csv(folder / "values.csv", index_col="key", float_precision="round_trip")[
        "value"
    ]


@pytest.fixture(scope="module")
def in_r():
    values = read_values(FROZEN)

    def look_up(key):
        if key in values.index:
            return float(values[key])
        parts = values[values.index.str.rpartition("/").get_level_values(0) == key]
        assert len(parts), f"R has no {key}"
        return parts.to_numpy()

    return look_up


@pytest.fixture(scope="module")
def lung():
    return pd.read_csv(FROZEN / "lung.csv")


@pytest.fixture(scope="module")
def untied():
    return pd.read_csv(FROZEN / "untied.csv")


def agree(ours, theirs):
    np.testing.assert_allclose(ours, theirs, rtol=TOLERANCE, atol=TOLERANCE * 1e-3)


# --- Kaplan-Meier -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def samples(lung, untied):
    return {
        "lung": (lung["time"], lung["status"], [0, 100, 180, 365, 500]),
        "untied": (untied["time"], untied["event"], [0, 2, 5, 10]),
        "six": ([1, 2, 3, 4, 6, 8], [1, 1, 1, 0, 1, 1], [0, 1, 3, 5, 8]),
        "to_zero": ([2, 3, 3, 5, 7], [1, 0, 1, 1, 1], [0, 2.5, 5]),
        "nobody": ([1, 2, 3], [0, 0, 0], [0, 2]),
        "half": ([1, 2, 3, 5], [1, 1, 0, 0], [0, 2, 4]),
    }


SAMPLES = ["lung", "untied", "six", "to_zero", "nobody", "half"]


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("part", ["survival", "n_risk", "std_err", "lower", "upper"])
def test_curve(samples, in_r, sample, part):
    time, event, _ = samples[sample]
    curve = kaplan_meier(time, event)
    ours, theirs = getattr(curve, part), in_r(f"km_{sample}/{part}")
    if part == "std_err":  # R says infinite, once nobody survives
        ours, theirs = (np.where(np.isinf(x), np.nan, x) for x in (ours, theirs))
    agree(ours, theirs)


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("probability", [0.25, 0.5, 0.75])
def test_quantiles_and_their_limits(samples, in_r, sample, probability):
    time, event, _ = samples[sample]
    ours = kaplan_meier(time, event).quantile(probability)
    agree(ours, in_r(f"km_{sample}/quantile_{probability}"))


@pytest.mark.parametrize("sample", SAMPLES)
def test_survival_at_times(samples, in_r, sample):
    time, event, times = samples[sample]
    curve = kaplan_meier(time, event)
    survival, lower, upper = curve.at(times)
    theirs = in_r(f"km_{sample}/at")
    shown = len(theirs)  # R leaves out times after the last observation
    agree(survival[:shown], theirs)
    agree(lower[:shown], in_r(f"km_{sample}/at_lower"))
    agree(upper[:shown], in_r(f"km_{sample}/at_upper"))
    agree(curve.n_at_risk(times)[:shown], in_r(f"km_{sample}/at_n_risk"))


def test_log_rank(lung, untied, in_r):
    tests = {
        "sex": log_rank(lung["time"], lung["status"], lung["sex"]),
        "ecog": log_rank(lung["time"], lung["status"], lung["ph.ecog"]),
        "untied": log_rank(untied["time"], untied["event"], untied["group"]),
        "early": log_rank([2, 5, 7, 3, 4, 8, 1, 1.5], [1, 0, 1, 1, 1, 0, 0, 0], list("aaabbbcc")),
        "stratified": log_rank(lung["time"], lung["status"], lung["sex"], strata=lung["ph.ecog"]),
    }
    for name, test in tests.items():
        agree([test.statistic, test.p_value], in_r(f"log_rank_{name}"))


# --- models -------------------------------------------------------------------------------------


def assert_model(model, in_r, key, columns):
    for column in columns:
        agree(model.table[column].to_numpy(), np.atleast_1d(in_r(f"{key}/{column}")))


RATIOS = ["coefficient", "std_err", "estimate", "ci_low", "ci_high", "p_value"]


@pytest.mark.parametrize(
    ("key", "data", "covariates", "strata"),
    [
        ("cox_three", "lung", ["age", "sex", "wt.loss"], None),
        ("cox_one", "lung", ["weak"], None),
        ("cox_strata", "lung", ["age", "sex"], "ph.ecog"),
        ("cox_untied", "untied", ["x", "y"], None),
    ],
)
def test_cox(request, in_r, key, data, covariates, strata):
    data = request.getfixturevalue(data)
    event = data["status"] if "status" in data else data["event"]
    model = cox(data["time"], event, data[covariates], strata=strata and data[strata])
    assert_model(model, in_r, key, RATIOS)
    agree(model.log_likelihood, in_r(f"{key}/log_likelihood"))
    for name in ("likelihood_ratio", "wald", "score"):
        test = model.tests[name]
        agree([test.statistic, test.p_value], in_r(f"{key}/{name}"))
    hazards = cox_zph(data["time"], event, data[covariates], strata=strata and data[strata])
    agree(hazards["statistic"], in_r(f"{key}/zph"))
    agree(hazards["p_value"], in_r(f"{key}/zph_p"))
    assert hazards["term"].tolist() == [*covariates, "GLOBAL"]


@pytest.mark.parametrize(
    ("key", "covariates"), [("logistic_two", ["age", "wt.loss"]), ("logistic_one", ["sex"])]
)
def test_logistic(lung, in_r, key, covariates):
    model = logistic(lung["weak"], lung[covariates])
    assert_model(model, in_r, key, RATIOS)
    agree(model.log_likelihood, in_r(f"{key}/log_likelihood"))


def test_linear(lung, untied, in_r):
    columns = ["coefficient", "std_err", "ci_low", "ci_high", "p_value"]
    assert_model(linear(lung["wt.loss"], lung[["age", "ph.karno"]]), in_r, "linear_two", columns)
    assert_model(linear(untied["y"], untied[["x"]]), in_r, "linear_one", columns)


def test_levels_of_a_factor_at_once(lung, in_r):
    levels = pd.DataFrame({"age": lung["age"]})
    levels["1"] = (lung["ph.ecog"] == 1).astype(float)
    levels["2"] = (lung["ph.ecog"] == 2).astype(float)

    def nested(fit, test):
        gain = test(fit(levels), fit(levels[["age"]]))
        return [gain.statistic, gain.p_value]

    ratio = results.likelihood_ratio
    agree(nested(lambda x: cox(lung["time"], lung["status"], x), ratio), in_r("nested_cox"))
    agree(nested(lambda x: logistic(lung["sex"] - 1, x), ratio), in_r("nested_logistic"))
    agree(nested(lambda x: linear(lung["wt.loss"], x), results.f_test), in_r("nested_linear"))


# --- rank tests ---------------------------------------------------------------------------------


def test_wilcoxon(lung, untied, in_r):
    x = untied.groupby("group")["x"]
    large = np.round(norm.ppf((np.arange(60) + 0.5) / 60) + 0.2, 6)
    loss = lung.groupby("sex")["wt.loss"]
    tests = {
        "exact": wilcoxon_rank_sum(x.get_group("a"), x.get_group("b")),
        "ties": wilcoxon_rank_sum(loss.get_group(1), loss.get_group(2)),
        "large": wilcoxon_rank_sum(large, untied["y"]),
    }
    for name, test in tests.items():
        agree([test.statistic, test.p_value], in_r(f"wilcoxon_{name}"))
    assert "exact" in tests["exact"].method
    assert "continuity" in tests["large"].method


def test_pairwise_wilcoxon(lung, untied, in_r):
    pairs = pairwise_wilcoxon(lung["wt.loss"], lung["ph.ecog"])
    agree(pairs["p_adjusted"], in_r("pairwise_ties"))
    pairs = pairwise_wilcoxon(untied["y"], untied["group"])
    agree(pairs["p_adjusted"], in_r("pairwise_exact"))
    assert pairs[["first", "second"]].to_numpy().tolist() == [["a", "b"], ["a", "c"], ["b", "c"]]


def test_kruskal_wallis(lung, untied, in_r):
    for name, test in {
        "ties": kruskal_wallis(lung["wt.loss"], lung["ph.ecog"]),
        "untied": kruskal_wallis(untied["y"], untied["group"]),
    }.items():
        agree([test.statistic, test.p_value], in_r(f"kruskal_{name}"))


@pytest.mark.parametrize(
    "name",
    ["ties", "series", "series_negative", "small", "small_negative", "perfect"],
)
def test_spearman(lung, untied, in_r, name):
    x, y = untied["x"], untied["y"]
    pairs = {
        "ties": (lung["age"], lung["wt.loss"]),
        "series": (x, y),
        "series_negative": (x, -y),
        "small": (x[:9], y[:9]),
        "small_negative": (x[:8], -y[:8]),
        "perfect": (range(1, 8), [2, 3, 5, 7, 11, 13, 17]),
    }
    test = spearman(*pairs[name])
    agree([test.statistic, test.p_value, test.estimate], in_r(f"spearman_{name}"))


# --- contingency tables, proportions, adjustment, rounding --------------------------------------

TABLES = {
    "pattern": [[34, 7], [19, 23], [70, 13]],
    "organs": [[49, 31], [39, 11], [35, 1]],
    "ldh": [[48, 24], [67, 12]],
    "ldh_missing": [[48, 24], [67, 12], [8, 7]],
    "five": [[90, 60], [27, 10], [18, 12], [11, 14], [7, 5]],
    "three": [[5, 3, 8], [2, 9, 4], [7, 1, 6]],
    "tiny": [[3, 0], [1, 4]],
}


@pytest.mark.parametrize("name", TABLES)
def test_contingency_tables(in_r, name):
    table = TABLES[name]
    agree(fisher_exact(table).p_value, in_r(f"fisher_{name}"))
    agree(fisher_exact(np.transpose(table)).p_value, in_r(f"fisher_{name}"))
    for correct, key in ((True, "pearson"), (False, "pearson_uncorrected")):
        test = pearson_chi_squared(table, correct=correct)
        agree([test.statistic, test.p_value], in_r(f"{key}_{name}"))


@pytest.mark.parametrize(
    ("successes", "n"), [(15, 215), (93, 215), (9, 18), (3, 14), (0, 25), (5, 5)]
)
def test_clopper_pearson(in_r, successes, n):
    rate, low, high = clopper_pearson(successes, n)
    assert rate == successes / n
    agree([low, high], in_r(f"binomial_{successes}_{n}"))


def test_bonferroni(in_r):
    agree(bonferroni([0.01, 0.04, np.nan, 0.5]), in_r("bonferroni"))


@pytest.mark.parametrize("digits", [0, 1, 2, 3])
def test_rounding_is_equal(in_r, digits):
    numbers = pd.read_csv(FROZEN / "numbers.csv", float_precision="round_trip")["number"]
    ours = [r_round(number, digits) for number in numbers]
    assert ours == in_r(f"round_{digits}").tolist()


# --- R itself -----------------------------------------------------------------------------------


def test_frozen_values_are_what_r_gives_now(tmp_path):
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("Rscript is not installed")
    if subprocess.run([rscript, "-e", "library(survival)"], capture_output=True).returncode:
        pytest.skip("R's package survival is not installed")
    subprocess.run([rscript, HERE / "reference.R", tmp_path], check=True, capture_output=True)
    now, frozen = read_values(tmp_path), read_values(FROZEN)
    assert list(now.index) == list(frozen.index)
    np.testing.assert_allclose(now, frozen, rtol=TOLERANCE, atol=TOLERANCE * 1e-3)
