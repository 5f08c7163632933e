"""Rules of resistance, and every combination of choices."""

import copy

import numpy as np
import pandas as pd
import pytest

from pd1_dynamics.contract.definitions import merge
from pd1_dynamics.derive import derive
from pd1_dynamics.robustness import specifications as specs
from pd1_dynamics.robustness.rules import Derivations, by_rule
from pd1_dynamics.statistics.cox import cox
from pd1_dynamics.statistics.restricted_mean import difference, restricted_mean


@pytest.fixture(scope="module")
def derivations(clean, definitions):
    return Derivations(clean, definitions)


@pytest.fixture(scope="module")
def asked(material):
    """A small part of the plan."""
    few = copy.deepcopy(dict(material.asked))
    plan = few["specifications"] = dict(few["specifications"])
    few["rules"] = {**few["rules"], "alternatives": dict(few["rules"]["alternatives"])}
    for name in list(few["rules"]["alternatives"])[3:]:
        del few["rules"]["alternatives"][name]
    plan["permutations"] = 40
    kept = {
        "populations": ("everyone", "largest center"),
        "adjustments": ("none", "baseline size", "stratified by center"),
    }
    for part, names in kept.items():
        plan[part] = {name: plan[part][name] for name in names}
    plan["findings"] = {"pps_by_resistance": dict(plan["findings"]["pps_by_resistance"])}
    plan["findings"]["pps_by_resistance"]["derivation"] = ["rule", "prior_response"]
    return few


@pytest.fixture(scope="module")
def curves(derivations, study, asked):
    return specs.specifications(derivations, study.declared, asked, {"pps_by_resistance": "below"})


@pytest.mark.parametrize(
    "settings",
    [
        {"resistance_rule": "sitc", "sitc": {"criteria": "irecist"}},
        {"resistance_paper": {"primary_before_months": 4}},
        {"best_response": {"sd_minimum_days": 84}, "later_therapy_ends_assessment": "none"},
    ],
)
def test_a_derivation_made_in_parts_is_the_whole_one(derivations, clean, definitions, settings):
    derivations.under({})  # what it shares with others is made before
    whole = derive(clean, merge(definitions, settings))
    pd.testing.assert_frame_equal(derivations.under(settings).patients, whole.patients)


def test_rules(derivations, study, material, run):
    found, agreement = by_rule(derivations, study.declared, material.asked)
    found = found.set_index(["rule", "adjusted_for"])
    (row,) = (r for r in run.rows("pps_correlates") if r.term == "resistance=secondary")
    ours = found.loc[("paper", "Baseline target lesion size")]
    assert ours["estimate"] == pytest.approx(row.estimate)
    assert ours["moved"] == 0
    early = found.loc[("paper_4_months", "")]
    assert early["secondary"] - found.loc[("paper", ""), "secondary"] == early["moved"]
    assert (found["primary"] + found["secondary"] <= 166).all()
    own = agreement.set_index(["rule", "other"]).loc[("paper", "paper_4_months")]
    # Cohen's kappa by hand: observed agreement beyond that of the margins.
    n = 166
    first, second = 123 / n, early["primary"] / n
    chance = first * second + (1 - first) * (1 - second)
    assert (found.loc[("paper", ""), "primary"], own["n"]) == (123, n)
    assert own["kappa"] == pytest.approx((own["agree"] / n - chance) / (1 - chance))


def test_specifications_are_distinct_and_count_their_combinations(curves):
    every = curves.every[curves.every["not_estimable"] == ""]
    assert not every.duplicated(["n", "events", "estimate", "ci_low", "quantity"]).any()
    assert (curves.every["combinations"] >= 1).all()
    assert curves.summary["combinations"][0] == curves.every["combinations"].sum()
    assert curves.summary["estimable"][0] == len(every)


def test_one_specification_is_the_model_of_table_3(curves, run):
    first = curves.every[
        (curves.every["rule"] == "The paper's rule")
        & (curves.every["population"] == "everyone")
        & (curves.every["adjustment"] == "baseline size")
        & (curves.every["model"] == "Cox")
    ]
    (row,) = (r for r in run.rows("pps_correlates") if r.term == "resistance=secondary")
    ours = first.iloc[0]
    assert (ours["n"], ours["events"]) == (row.n, row.events)
    for name in ("estimate", "ci_low", "ci_high", "p_value"):
        assert ours[name] == pytest.approx(getattr(row, name), rel=1e-8)


def test_restricted_means_of_many_groupings_are_those_of_each():
    rng = np.random.default_rng(5)
    time = np.round(rng.exponential(15, 60) + 0.1, 1)
    event = (rng.random(60) < 0.7).astype(float)
    groups = (rng.random((7, 60)) < 0.4).astype(float)
    one = specs._Specification(np.arange(60), time, event, groups[0][:, None], None, 12.0)
    estimates, errors = specs._restricted_means(one, groups)
    for group, estimate, error in zip(groups, estimates, errors, strict=True):
        parts = [restricted_mean(time[group == g], event[group == g], 12) for g in (1, 0)]
        found = difference(*parts)
        assert estimate == pytest.approx(found.estimate)
        assert error == pytest.approx(found.std_err)


def test_permutations_are_fits_of_permuted_groups():
    rng = np.random.default_rng(8)
    time, event = rng.exponential(10, 50), (rng.random(50) < 0.8).astype(float)
    design = np.column_stack([(rng.random(50) < 0.4).astype(float), rng.normal(size=50)])
    members = np.arange(10, 60)
    worlds = specs.Permutations(1, "a", 5, 80)
    one = specs._Specification(members, time, event, design, None, None)
    told, found = specs._fitted(one, worlds)
    own = cox(time, event, pd.DataFrame(design, columns=["a", "b"])).table.iloc[0]
    assert told["estimate"] == pytest.approx(own["estimate"])
    for place, given in enumerate(worlds.among(members)):
        moved = design.copy()
        moved[:, 0] = design[given - 10, 0]
        one = cox(time, event, pd.DataFrame(moved, columns=["a", "b"])).table.iloc[0]
        assert found.estimates[place + 1] == pytest.approx(one["coefficient"])


def test_a_permutation_among_some_patients_is_one_and_follows_the_cycle():
    worlds = specs.Permutations(1, "a", 1, 5)
    worlds.next = np.array([[3, 0, 4, 2, 1]], dtype=np.int32)  # 0 → 3 → 2 → 4 → 1 → 0
    assert worlds.among(np.arange(5)).tolist() == [[3, 0, 4, 2, 1]]
    assert worlds.among(np.array([0, 2, 4])).tolist() == [[2, 4, 0]]  # 3 and 1 are passed by


def test_permutations_of_nearly_the_same_patients_are_nearly_the_same():
    worlds = specs.Permutations(1, "a", 200, 100)
    everyone, but_one = worlds.among(np.arange(100)), worlds.among(np.arange(1, 100))
    assert (np.sort(but_one, axis=1) == np.arange(1, 100)).all()
    assert (everyone[:, 1:] != but_one).sum(axis=1).max() <= 1


def test_permutations_among_some_patients_are_all_as_likely():
    given = specs.Permutations(3, "a", 6000, 7).among(np.array([1, 4, 6]))
    counts = pd.Series([tuple(row) for row in given]).value_counts()
    assert len(counts) == 6
    assert counts.between(850, 1150).all()


def test_what_is_known_later_has_no_landmark(derivations, study, material):
    plan = dict(material.asked["specifications"])
    plan["permutations"] = 0
    plan["findings"] = {"os_on_depth_and_nadir": plan["findings"]["os_on_depth_and_nadir"]}
    found = specs.specifications(
        derivations, study.declared, {**material.asked, "specifications": plan}, {}
    ).every
    assert len(found)
    assert not found["model"].str.startswith("landmark").any()


def test_p_values_count_the_data_as_one_of_the_worlds():
    z = np.array([[-3.0, 0.1, -4.0, 1.0], [-2.5, 0.2, -1.0, 0.5]])
    found = [specs._Found(row, 1.0, row) for row in z]
    rows = [{"estimate": 0.5, "quantity": specs.HAZARD_RATIO, "z": -3.0, "combinations": 1}] * 2
    told = specs._summary("a", rows, found, "below", 3)
    # Medians toward the article: 2.75 here; −0.15, 2.5 and −0.75 under the null.
    assert told["p_median"] == pytest.approx(1 / 4)
    assert told["share_same_direction"] == 100
    assert told["p_share"] == pytest.approx(1 / 4)
    against = specs._summary("a", rows, found, "above", 3)
    assert against["p_median"] == pytest.approx(4 / 4)
    assert against["share_same_direction"] == 0


def test_the_seed_decides(derivations, study, asked, curves):
    again = specs.specifications(derivations, study.declared, asked, {"pps_by_resistance": "below"})
    pd.testing.assert_frame_equal(again.summary, curves.summary)


def test_large_cohorts_are_not_asked(derivations, study, asked):
    found = specs.specifications(derivations, study.declared, {**asked, "most_patients": 100}, {})
    assert found.summary["not_estimable"][0] == "not asked of cohorts with more than 100 patients"
