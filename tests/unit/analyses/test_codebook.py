"""The codebook: levels, their order, and printed names."""

import pytest

from pd1_dynamics.contract import codebook
from pd1_dynamics.derive.resistance.stage import PATIENT_COLUMNS


@pytest.fixture(scope="module")
def book(study):
    return study.codebook


def test_declared_levels_come_first_then_those_found_then_unknown_ones(book):
    variable = book.variables["best_response"]
    assert variable.order(["NE", "odd", "PR"]) == ["CR", "PR", "SD", "PD", "NE", "odd"]


def test_a_binary_variable_has_the_levels_0_and_1(book):
    assert dict(book.variables["braf_v600"].levels) == {"0": "No", "1": "Yes"}


def test_labels_are_of_variables_outcomes_and_levels(book):
    assert book.label("baseline_sum_mm") == "Baseline target lesion size"
    assert book.label("pfs") == "Progression-free survival"
    assert book.label("organs_group=3_or_more") == "≥3"
    assert book.label("ldh_at_progression=missing") == "NA"
    assert book.label("time=6") == "time=6"


def test_a_set_stands_for_its_variables_each_once(book):
    names = book.expand(["sex", "baseline_characteristics"])
    assert names[0] == "sex"
    assert names.count("sex") == 1
    assert "stage_group" in names


def test_levels_are_texts_whatever_their_type():
    assert [codebook.level_text(value) for value in (1, 1.0, "1", "M1c")] == ["1", "1", "1", "M1c"]


def test_every_column_that_the_codebook_needs_is_derived(book):
    columns = {column for name in book.variables for column in book.sources(name)}
    columns |= {c for outcome in book.outcomes.values() for c in (outcome.time, outcome.event)}
    of_patients = {c for c in columns if not c.startswith(codebook.THERAPY_PREFIX)}
    assert of_patients <= {*PATIENT_COLUMNS, *book.covariates}


def test_variables_of_later_therapies_are_told_from_those_of_patients(book):
    assert book.needs_therapies("local_therapy_kind")
    assert book.needs_therapies("therapy_pfs")
    assert not book.needs_therapies("later_local_therapy")
