"""What config/robustness.yaml may say: unknown names and impossible settings, all at once."""

import copy

import pytest
import yaml

from pd1_dynamics.contract import robustness
from pd1_dynamics.contract.places import CONFIG
from pd1_dynamics.contract.problems import InputError
from pd1_dynamics.contract.study import load_study


@pytest.fixture(scope="module")
def study():
    return load_study()


@pytest.fixture
def asked(study):
    return copy.deepcopy(dict(study.robustness))


def problems(asked, study, folder):
    path = folder / "robustness.yaml"
    path.write_text(yaml.safe_dump(asked, sort_keys=False), encoding="utf-8")
    with pytest.raises(InputError) as error:
        robustness.load(path, study.declared)
    return str(error.value)


def test_the_projects_own_file_is_fine(study):
    assert robustness.load(CONFIG / "robustness.yaml", study.declared) == study.robustness


def test_every_unknown_name_is_told_with_the_nearest(asked, study, tmp_path):
    asked["e_values"][0]["analysis"] = "pps_correlate"
    asked["dynamics"]["outcomes"] = ["pfs", "oss"]
    asked["rules"]["population"] = "progresion"
    asked["specifications"]["adjustments"]["age and sex"]["covariates"] = ["age_year"]
    asked["bootstrap"]["models"].append("nothing_like_it")
    words = problems(asked, study, tmp_path)
    for part in (
        "unknown analysis 'pps_correlate'; expected pps_correlates?",
        "unknown outcome 'oss'",
        "unknown population 'progresion'; expected progression?",
        "unknown variable 'age_year'; expected age_years?",
        "unknown analysis 'nothing_like_it'; expected a declared analysis",
    ):
        assert part in words
    assert "5 problems" in words


def test_settings_that_no_definition_has_are_told_with_their_place(asked, study, tmp_path):
    asked["rules"]["alternatives"]["sitc"]["settings"] = {"resistance_rule": "sict"}
    asked["specifications"]["derivation"]["prior_response"]["confirmed"] = {"sitc": {"prior": 1}}
    words = problems(asked, study, tmp_path)
    assert "rules.alternatives.sitc" in words
    assert "one of paper, sitc" in words
    assert "unknown key 'prior'" in words


def test_a_choice_that_is_not_declared_is_told(asked, study, tmp_path):
    asked["specifications"]["findings"]["pps_on_pfs"]["derivation"] = ["rule", "censoring"]
    words = problems(asked, study, tmp_path)
    assert "unknown choice 'censoring'" in words
    assert "pfs_censored_at" in words


def test_departures_from_the_schema_are_told(asked, study, tmp_path):
    asked["bootstrap"]["resamples"] = 10
    asked["sed"] = asked.pop("seed")
    words = problems(asked, study, tmp_path)
    assert "key 'seed'" in words
    assert "unknown key 'sed'" in words
    assert "resamples" in words
