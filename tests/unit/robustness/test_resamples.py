"""Resamples, imputations, corrections, and what is not measured."""

import copy
import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pd1_dynamics.robustness import (
    assumptions,
    confounding,
    missing_values,
    multiplicity,
    resamples,
)
from pd1_dynamics.robustness.material import keep_back, table, too_few, without_patients
from pd1_dynamics.statistics import resampling
from pd1_dynamics.statistics.cox import cox
from pd1_dynamics.statistics.sensitivity import e_value


@pytest.fixture(scope="module")
def small(material):
    """Fewer resamples and imputations."""
    few = copy.deepcopy(dict(material.asked))
    few["bootstrap"] = {
        **few["bootstrap"],
        "resamples": 200,
        "models": ["pps_correlates_unadjusted"],
        "selections": ["organs_multivariate"],
    }
    few["missing_values"] = {"imputations": 3, "iterations": 1, "analyses": ["pps_correlates"]}
    return replace(material, asked=few)


def test_draws_stay_in_their_strata():
    strata = np.array([1, 0, 1, 1, 0])
    drawn = resampling.draws(strata, 100, np.random.default_rng(1))
    assert (np.sort(strata[drawn], axis=1) == np.sort(strata)).all()
    times = resampling.times_drawn(drawn, 5)
    assert (times.sum(axis=1) == 5).all()
    assert (times[:, strata == 0].sum(axis=1) == 2).all()


def test_bootstrap_of_table_3(small, run):
    found = resamples.bootstrap(small, run).set_index("term")
    row = found.loc["resistance=secondary"]
    own = next(r for r in run.rows("pps_correlates_unadjusted") if r.term == "resistance=secondary")
    assert row["estimate"] == pytest.approx(own.estimate)
    assert row["percentile_low"] < own.estimate < row["percentile_high"]
    assert row["concordance_corrected"] == pytest.approx(row["concordance"] - row["optimism"])
    assert 0.5 < row["concordance"] < 0.6
    again = resamples.bootstrap(small, run).set_index("term")
    pd.testing.assert_frame_equal(found, again)


def test_selection_is_that_of_the_analysis(small, run):
    found = resamples.selections(small, run)
    chosen = {
        row.term.partition("=")[0]
        for row in run.rows("organs_multivariate")
        if row.statistic == "coefficient"
    }
    taken = set(found.loc[found["selected"] == 1, "term"])
    assert taken <= chosen <= taken | {"baseline_sum_mm"}
    sure = found.set_index("term")["share_selected"]
    assert sure["max_change_pct"] > 95


def test_comparisons_are_differences_between_the_groups(small, run, derived):
    found = resamples.comparisons(small, run).set_index("term")["estimate"]
    patients = derived.patients[derived.patients["in_progression_cohort"] == 1]
    by = patients.groupby("resistance")["enlargement_pct"].median()
    assert found["enlargement_pct"] == pytest.approx(by["secondary"] - by["primary"])
    share = (patients["progression_pattern"] == "both").groupby(patients["resistance"]).mean()
    gap = 100 * (share["secondary"] - share["primary"])
    assert found["progression_pattern=both"] == pytest.approx(gap)


def test_imputation(small, run):
    found = missing_values.missing_values(small, run).set_index("term")
    size, organs = found.loc["target_sum_at_progression_mm"], found.loc["organs_at_progression"]
    assert (size["missing"], organs["missing"]) == (13, 0)
    assert size["n"] + 13 == size["n_imputed"]
    assert size["lowest"] < size["estimate"] < size["highest"]
    assert np.isnan(organs["lowest"])  # nobody lacks it: there is nothing to vary
    again = missing_values.missing_values(small, run).set_index("term")
    pd.testing.assert_frame_equal(found, again)


def test_extremes_are_those_of_all_possible_values():
    rng = np.random.default_rng(6)
    data = pd.DataFrame(
        {
            "time": rng.exponential(10, 30),
            "event": (rng.random(30) < 0.8).astype(float),
            "v0": (rng.random(30) < 0.5).astype(float),
            "v1": rng.normal(size=30),
        }
    )
    data.loc[[3, 11, 20, 27], "v0"] = np.nan
    found = missing_values._extremes(data, ["a", "b"], {"a": "v0", "b": "v1"}, 0)
    ratios = []
    for values in itertools.product((0.0, 1.0), repeat=4):
        full = data.copy()
        full.loc[[3, 11, 20, 27], "v0"] = values
        fit = cox(full["time"], full["event"], full[["v0", "v1"]])
        ratios.append(fit.table["estimate"].iloc[0])
    assert found["lowest"] == pytest.approx(min(ratios))
    assert found["highest"] == pytest.approx(max(ratios))


def test_nothing_missing_is_the_complete_analysis(run, small):
    data = pd.DataFrame({"time": [1.0, 2], "event": [1, 0], "v0": [0.0, 1]})
    filled = missing_values._imputed(data, small)
    assert all(one is data for one in filled)


def test_a_family_takes_joint_tests_once(run, material):
    found = multiplicity.families(run, material.asked["families"])
    of_s13 = found[found["family"] == "table_S13"]
    assert of_s13["term"].str.partition("=")[0].is_unique
    assert "stage_group" in set(of_s13["term"])  # three levels: their joint test
    assert (of_s13["bonferroni"] == np.minimum(of_s13["p_value"] * len(of_s13), 1)).all()
    assert set(of_s13["tests"]) == {13}


def test_e_values():
    # VanderWeele and Ding 2017: a risk ratio of 0.80 (0.71 to 0.91) has 1.81, its limit 1.43.
    found = e_value(0.80, 0.71, 0.91, rare=True)
    assert [round(value, 2) for value in found] == [1.81, 1.43]
    assert e_value(0.9, 0.7, 1.2)[1] == 1
    # The square root rule is symmetric: 2 and 1/2 need the same confounder.
    assert e_value(2, 1.5, 3)[0] == pytest.approx(e_value(1 / 2, 1 / 3, 1 / 1.5)[0])


def test_a_number_is_told_by_its_standard_deviation(material, run):
    found = confounding.e_values(material, run).set_index(["analysis", "term"])
    row = found.loc[("pps_correlates_unadjusted", "pfs_months")]
    own = next(r for r in run.rows("pps_correlates_unadjusted") if r.term == "pfs_months")
    spread = run.study.sample("progression").numbers("pfs_months").std(ddof=1)
    assert row["estimate"] == pytest.approx(own.estimate**spread)


def test_influence_is_a_refit(run):
    found = assumptions.influence(run, ["pps_correlates_unadjusted"]).set_index("term")
    row = found.loc["resistance=secondary"]
    assert row["without_one_low"] < row["estimate"] < row["without_one_high"]
    assert row["share_to_change_sign"] == pytest.approx(100 * 10 / 166)  # ten refits by hand
    assert found.loc["ldh_at_progression=elevated", "share_to_change_sign"] > 10 or np.isnan(
        found.loc["ldh_at_progression=elevated", "share_to_change_sign"]
    )


def test_few_events_are_refused_with_what_it_would_take():
    assert too_few(9, 2, {"events_per_coefficient": 5}) == (
        "too few events: 9, and 2 coefficients need 10"
    )
    assert too_few(10, 2, {"events_per_coefficient": 5}) == ""


def test_small_cells_are_kept_back():
    made = table(
        [{"term": "a", "n": 12, "events": 3, "estimate": 0.5}, {"term": "b", "n": 40, "events": 9}],
        "term n events estimate not_estimable",
    )
    shown = keep_back(made, 5)
    assert shown["n"].isna().tolist() == [True, False]
    assert np.isnan(shown["estimate"][0])
    assert shown["not_estimable"].tolist() == ["fewer than 5 patients or events", ""]
    assert keep_back(made, 0) is made


def test_every_count_of_patients_is_looked_at():
    made = table(
        [{"label": "a", "n": 40, "moved": 2, "estimate": 0.5}, {"label": "b", "n": 40, "moved": 9}],
        "label n moved estimate not_estimable",
        whole="moved",
    )
    assert keep_back(made, 5)["moved"].isna().tolist() == [True, False]
    imputed = table(
        [{"term": "a", "n": 40, "n_imputed": 42, "imputed": 0.5}],
        "term n n_imputed imputed not_estimable",
        whole="n_imputed",
    )
    assert keep_back(imputed, 5)["n_imputed"].isna().all()


def test_single_patients_are_shown_only_where_any_number_may_be():
    made = table(
        [{"analysis": "a", "term": "x", "n": 40, "value": v, "residual": 0.1} for v in (1, 2)],
        "analysis term n value residual not_estimable",
    )
    assert without_patients(made, 0) is made
    shown = without_patients(made, 5)
    assert len(shown) == 1
    assert shown[["n", "value", "residual"]].isna().all(axis=None)
    assert shown["not_estimable"].tolist() == ["single patients are not shown"]
