"""Verdicts by their printed rules, scales, and what another selection of cohorts changes."""

import numpy as np
import pandas as pd
import pytest

from pd1_dynamics.analyses.estimates import Estimate
from pd1_dynamics.replication import answers, pooling

RATIO = {
    "words": "Longer",
    "scale": "log",
    "direction": "below",
    "statistic": "hazard_ratio",
    "article": {"estimate": "hr", "low": "low", "high": "high", "adjusted_for": "nothing"},
}
PRINTED = pd.Series({"hr": 0.5, "low": 0.3, "high": 0.9, "rate": 37.0, "rl": 30.0, "rh": 44.0})
ARTICLE = {"published": 0.5, "published_low": 0.3, "published_high": 0.9}


def judged(entry, estimate, low, high, article=ARTICLE):
    return pooling.judged(entry, {"estimate": estimate, "ci_low": low, "ci_high": high}, article)


@pytest.mark.parametrize(
    ("direction", "values", "verdict"),
    [
        ("below", (0.5, 0.3, 0.99), "holds"),
        ("below", (0.5, 0.3, 1.0), "points the same way"),
        ("below", (1.1, 0.8, 1.5), "not shown"),
        ("below", (1.5, 1.01, 2.0), "contradicted"),
        ("above", (1.5, 1.01, 2.0), "holds"),
        ("above", (1.5, 0.9, 2.0), "points the same way"),
        ("above", (0.9, 0.8, 1.5), "not shown"),
        ("above", (0.5, 0.3, 0.99), "contradicted"),
        ("below", (np.nan, np.nan, np.nan), "not shown"),
    ],
)
def test_a_ratio_is_judged_by_its_side_of_one(direction, values, verdict):
    assert judged({**RATIO, "direction": direction}, *values) == verdict


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ((0.1, -0.1, 0.29), "holds"),
        ((0.1, 0.03, 0.17), "holds"),
        ((0.1, -0.1, 0.31), "not shown"),
        ((0.2, 0.01, 0.4), "not shown"),
        ((0.5, 0.31, 0.6), "contradicted"),
        ((-0.5, -0.6, -0.31), "contradicted"),
    ],
)
def test_a_finding_of_no_effect(values, verdict):
    entry = {**RATIO, "scale": "fisher_z", "direction": "none", "margin": 0.3}
    assert judged(entry, *values) == verdict


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ((36.0, 27.0, 47.0), "holds"),
        ((36.0, 26.9, 46.0), "not shown"),
        ((36.0, 28.0, 47.1), "not shown"),
        ((37.0, 0.1, 99.0), "not shown"),
        ((20.0, 15.0, 29.9), "contradicted"),
        ((60.0, 44.1, 80.0), "contradicted"),
    ],
)
def test_a_percent_is_judged_by_its_whole_interval(values, verdict):
    article = {"published": 37.0, "published_low": 30.0, "published_high": 44.0}
    entry = {**RATIO, "scale": "logit", "direction": "rate", "margin": 10}
    assert judged(entry, *values, article=article) == verdict


def test_a_percent_without_an_interval_in_the_article_is_never_contradicted():
    article = {"published": 44.0, "published_low": np.nan, "published_high": np.nan}
    entry = {**RATIO, "scale": "logit", "direction": "rate", "margin": 10}
    assert judged(entry, 42.5, 36.3, 48.9, article=article) == "holds"
    assert judged(entry, 10.0, 5.0, 15.0, article=article) == "not shown"


def row(**values):
    return Estimate(**{"n": 40, "ci_low": np.nan, "ci_high": np.nan, **values})


def test_scales():
    # exp(log 0.5 ± 1.96 · 0.3): by hand
    ratio = row(
        estimate=0.5, ci_low=0.5 / np.exp(1.959964 * 0.3), ci_high=0.5 * np.exp(1.959964 * 0.3)
    )
    assert answers.on_scale("log", ratio) == pytest.approx((np.log(0.5), 0.3), abs=1e-6)
    # 10 of 40: log odds of 1 to 3, variance 1/10 + 1/30
    rate = answers.on_scale("logit", row(estimate=25.0))
    assert rate == pytest.approx((np.log(1 / 3), np.sqrt(1 / 10 + 1 / 30)))
    # nobody: half a patient more in both cells
    assert answers.on_scale("logit", row(estimate=0.0))[0] == pytest.approx(np.log(0.5 / 40.5))
    assert answers.on_scale("fisher_z", row(estimate=0.3)) == pytest.approx(
        (np.arctanh(0.3), 1 / np.sqrt(37))
    )


def found(**cohorts):
    rows = [
        {
            "finding": "f",
            "cohort": name,
            "n": 50,
            "events": 20,
            "statistic": "hazard_ratio",
            "estimate": np.exp(effect),
            "ci_low": np.exp(effect - 1.959964 * 0.2),
            "ci_high": np.exp(effect + 1.959964 * 0.2),
            "not_estimable": "",
            "effect": effect,
            "std_err": 0.2,
        }
        for name, effect in cohorts.items()
    ]
    rows.append({"finding": "f", "cohort": "silent", "not_estimable": "no survival"})
    return pd.DataFrame(rows)


def test_cohorts_without_an_estimate_are_not_counted():
    made = pooling.pooled({"f": RATIO}, found(a=-0.7, b=-0.6, c=-0.8), PRINTED).iloc[0]
    assert (made["cohorts"], made["n"], made["events"]) == (3, 150, 60)
    assert made["estimate"] == pytest.approx(np.exp(-0.7))
    assert made["verdict"] == "holds"
    assert made["published_in_prediction_interval"] == "yes"


def test_one_cohort_is_shown_and_not_pooled():
    made = pooling.pooled({"f": RATIO}, found(a=-0.7), PRINTED).iloc[0]
    assert (made["cohorts"], made["method"]) == (1, "one cohort")
    assert np.isnan(made["tau_squared"])


def test_nobody_answers():
    made = pooling.pooled({"f": RATIO}, found(), PRINTED).iloc[0]
    assert (made["cohorts"], made["verdict"], made["reason"]) == (0, "not shown", "no survival")


def test_each_cohort_is_left_out_in_turn():
    table = pooling.sensitivity({"f": RATIO}, found(a=-0.7, b=-0.6, c=0.4), PRINTED, ["a", "b"])
    assert table["selection"].tolist() == [
        *("without a", "without b", "without c", "without silent"),
        "melanoma alone",
        pooling.CAUTIOUS,
    ]
    without_c = table.set_index("selection").loc["without c"]
    assert without_c["estimate"] == pytest.approx(np.exp(-0.65))
