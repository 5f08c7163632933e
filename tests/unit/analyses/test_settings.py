"""What the choices of the definitions change, and that the documentation says so."""

import numpy as np
import pytest

from pd1_dynamics.analyses import settings
from pd1_dynamics.contract import definitions


@pytest.fixture(scope="module")
def clean():
    return settings.cleaned("synthetic")


@pytest.fixture(scope="module")
def built():
    return settings.cleaned("choices")


@pytest.fixture(scope="module")
def found(clean, built):
    return settings.effects(clean, built)


def test_every_alternative_is_tried_once_and_alone(found):
    tried = found.iloc[1:].groupby("setting", sort=False)["answer"].agg(list).to_dict()
    expected = {place: others for place, (_, *others) in definitions.alternatives().items()}
    expected.pop("publish.dates")  # it changes what is written, and no patient
    assert tried == expected | {place: list(v) for place, v in settings.NUMBERS.items()}


def test_every_alternative_matters_in_some_patient(found):
    others = found.iloc[1:]
    first = (others["setting"] == settings.READINGS) & (others["answer"] == "first")
    idle = others.loc[(others["changed"] == 0) & ~first, ["setting", "answer"]]
    assert idle.to_numpy().tolist() == []


def test_the_rule_and_its_months_move_the_hazard_ratio(found):
    by = found.set_index(["setting", "answer"])
    default = found.iloc[0]
    assert (
        by.loc[("resistance_rule", "sitc"), "chosen_hazard_ratio"] == default["sitc_hazard_ratio"]
    )
    moved = by.loc[("resistance_paper.primary_before_months", 9), "chosen_hazard_ratio"]
    assert moved != default["chosen_hazard_ratio"]
    assert default["confirmed_n"] < default["sitc_n"]
    # The default cohort has scans and no reports: without scans nothing is left to estimate.
    by_scans = found[found["setting"] != "outcomes_from"]
    assert np.isfinite(by_scans["chosen_hazard_ratio"]).all()


def test_the_documentation_shows_them(found, built):
    written = settings.PAGE.read_text(encoding="utf-8")
    expected = settings.page(found, len(built["patients"]))
    assert written == expected, "renew: python -m pd1_dynamics.analyses.settings"


def test_every_choice_has_its_reason_and_the_guideline_its_sentence():
    reasons = definitions.reasons()
    assert all(reasons[place] for place in definitions.alternatives())
