"""Another study's survival table: nothing of it is in the code, and its numbers come back."""

from pathlib import Path

import pandas as pd
import pytest

from calibrated_cohort.calibration import survival_table
from pd1_dynamics.published.compare import compare

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parents[3] / "data" / "keynote024"
NO_AUDIT = pd.DataFrame(columns=["verdict", "judged", "kind"])


@pytest.fixture(scope="module")
def study():
    return survival_table.load(FOLDER)


@pytest.fixture(scope="module")
def subjects(study):
    return survival_table.generate(study, seed=1)


def test_every_published_number_is_returned(study, subjects):
    found = compare(
        study.claims, survival_table.estimates(study, subjects), NO_AUDIT, cohort_is_synthetic=True
    )
    assert found["verdict"].eq("returned").all(), found[["claim_id", "published", "recomputed"]]


def test_the_same_seed_gives_the_same_subjects(study, subjects):
    pd.testing.assert_frame_equal(subjects, survival_table.generate(study, seed=1))


def test_another_seed_gives_others(study, subjects):
    others = survival_table.generate(study, seed=2, moves=2000)
    assert not subjects["os_months"].equals(others["os_months"])


def test_no_two_subjects_are_alike(subjects):
    assert not subjects.drop(columns="patient_id").duplicated().mean() > 0.2
    assert subjects["os_months"].between(0, 34).all()
