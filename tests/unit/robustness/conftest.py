"""The synthetic cohort, derived, and the questions asked of it; small tables made by hand."""

from pathlib import Path

import pytest

from pd1_dynamics.cohort import cleaning
from pd1_dynamics.contract.cohort_file import definitions_of, load_cohort
from pd1_dynamics.contract.study import load_study
from pd1_dynamics.derive import derive
from pd1_dynamics.robustness.material import Material

CONFIG = Path(__file__).parents[3] / "config"


@pytest.fixture(scope="session")
def study():
    return load_study()


@pytest.fixture(scope="session")
def definitions():
    return definitions_of(CONFIG / "cohorts" / "synthetic.yaml", CONFIG / "definitions.yaml")


@pytest.fixture(scope="session")
def clean(definitions):
    return cleaning.clean(load_cohort(CONFIG / "cohorts" / "synthetic.yaml"), definitions).tables


@pytest.fixture(scope="session")
def derived(clean, definitions):
    return derive(clean, definitions)


@pytest.fixture(scope="session")
def material(derived, study):
    return Material(
        derived.patients, derived.therapies, derived.response, study.declared, study.robustness
    )


@pytest.fixture(scope="session")
def run(material):
    return material.run()
