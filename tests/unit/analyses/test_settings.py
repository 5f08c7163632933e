"""What the choices of the definitions change, and that the documentation says so."""

import numpy as np
import pytest

from pd1_dynamics import definitions
from pd1_dynamics.analyses import settings


@pytest.fixture(scope="module")
def clean():
    return settings.default_cohort()


@pytest.fixture(scope="module")
def found(clean):
    return settings.effects(clean)


def test_every_alternative_is_tried_once_and_alone(found):
    tried = found.iloc[1:].groupby("setting", sort=False)["answer"].agg(list).to_dict()
    assert tried == {place: others for place, (_, *others) in definitions.alternatives().items()}


def test_choices_reach_as_far_as_they_should(found):
    by = found.set_index(["setting", "answer"])
    # Nobody of the cohort had adjuvant therapy; every secondary progression needs its scan or not.
    assert by.loc[("sitc.twelve_weeks_after_adjuvant", "primary"), "moved"] == 0
    assert by.loc[("sitc.secondary_confirmation", "not_required"), "moved"] == 0
    assert by.loc[("sitc.secondary_confirmation", "not_required"), "moved_confirmed"] > 0
    # The column `resistance` may follow another rule; SITC's own classes stay.
    assert by.loc[("resistance_rule", "sitc"), "moved"] == 0
    # In the cohort nobody lost a response inside six months; confirmation hangs on the criteria.
    assert by.loc[("sitc.early_response_lost", "unclassifiable"), "moved"] == 0
    assert by.loc[("sitc.criteria", "irecist"), "moved_confirmed"] > 0
    assert np.isfinite(found["hazard_ratio"]).all()


def test_the_documentation_shows_them(clean):
    written = settings.PAGE.read_text(encoding="utf-8")
    assert written == settings.page(clean), "renew it: python -m pd1_dynamics.analyses.settings"


def test_every_choice_has_its_reason_and_the_guideline_its_sentence():
    reasons = definitions.reasons()
    assert all(reasons[place] for place in definitions.alternatives())
