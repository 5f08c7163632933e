"""A cohort of twelve patients runs through everything, and says what it cannot tell."""

import copy
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pd1_dynamics.contract import schemas
from pd1_dynamics.contract.places import CONFIG
from pd1_dynamics.contract.study import analyses_of
from pd1_dynamics.derive import derive
from pd1_dynamics.outputs.robustness import pictures, section
from pd1_dynamics.outputs.robustness.statements import BUILT, statements
from pd1_dynamics.robustness import (
    assumptions,
    confounding,
    missing_values,
    multiplicity,
    resamples,
    time,
)
from pd1_dynamics.robustness.material import Material, cox_analyses
from pd1_dynamics.robustness.rules import Derivations, by_rule
from pd1_dynamics.robustness.specifications import specifications

PATIENTS = 12


@pytest.fixture(scope="module")
def few(clean):
    kept = set(clean["patients"]["patient_id"].iloc[:PATIENTS])
    return {name: table[table["patient_id"].isin(kept)] for name, table in clean.items()}


@pytest.fixture(scope="module")
def asked(study):
    small = copy.deepcopy(dict(study.robustness))
    small["bootstrap"]["resamples"] = 50
    small["missing_values"]["imputations"] = 2
    small["specifications"]["permutations"] = 20
    return small


@pytest.fixture(scope="module")
def tables(few, definitions, study, asked):
    made = derive(few, definitions)
    material = Material(made.patients, made.therapies, made.response, study.declared, asked)
    run = material.run()
    names = cox_analyses(study.declared, asked, analyses_of(study.tables))
    derivations = Derivations(few, definitions)
    rules, agreement = by_rule(derivations, study.declared, asked)
    curves = specifications(derivations, study.declared, asked, {})
    return {
        "proportional_hazards": assumptions.proportional_hazards(run, names),
        "functional_form": assumptions.functional_form(material, run, names),
        "influence": assumptions.influence(run, names),
        "collinearity": assumptions.collinearity(material, run),
        "schoenfeld": assumptions.schoenfeld(material, run),
        "martingale": assumptions.martingale(material, run),
        "landmark": time.landmarks(material, run),
        "time_dependent": time.time_dependent(material, run),
        "restricted_mean": time.restricted_means(material, run),
        "visit_schedule": time.visit_schedule(material, run),
        "e_values": confounding.e_values(material, run),
        "centers": confounding.centers(material, run),
        "bootstrap": resamples.bootstrap(material, run),
        "selections": resamples.selections(material, run),
        "comparisons": resamples.comparisons(material, run),
        "missing_values": missing_values.missing_values(material, run),
        "multiplicity": multiplicity.families(run, asked["families"]),
        "rules": rules,
        "agreement": agreement,
        "specifications": curves.every,
        "specification_curves": curves.summary,
    }


ESTIMATES = {
    "functional_form": "p_value",
    "landmark": "estimate",
    "time_dependent": "estimate",
    "collinearity": "together",
}


@pytest.mark.parametrize("name", ESTIMATES)
def test_further_models_are_refused_with_what_they_would_take(tables, name):
    table = tables[name]
    assert (table[ESTIMATES[name]].notna() ^ (table["not_estimable"] != "")).all()
    refused = table["not_estimable"].str.contains(r"too few events: \d+, and \d")
    assert refused.any()
    told = table.loc[~refused & (table["not_estimable"] == ""), "events"]
    assert (told >= 5).all()


def test_a_row_has_a_number_or_a_reason(tables):
    numbers = {
        "proportional_hazards": "statistic",
        "influence": "estimate",
        "restricted_mean": "estimate",
        "bootstrap": "estimate",
        "rules": "estimate",
        "agreement": "kappa",
        "specifications": "estimate",
        "e_values": "e_value",
    }
    for name, column in numbers.items():
        table = tables[name]
        assert (table[column].notna() ^ (table["not_estimable"] != "")).all(), name
        assert np.isfinite(table[column].dropna().to_numpy(dtype=float)).all(), name


@pytest.fixture(scope="module")
def words(study):
    declared = schemas.load(CONFIG / "findings.yaml", "findings")["findings"]
    asked = study.robustness["specifications"]["findings"]
    return {name: declared[name]["words"] for name in asked}


@pytest.fixture(scope="module")
def directions(study):
    declared = schemas.load(CONFIG / "findings.yaml", "findings")["findings"]
    asked = study.robustness["specifications"]["findings"]
    return {name: declared[name]["direction"] for name in asked}


def test_sentences_say_what_is_not_told(tables, asked, words, directions):
    findings = asked["specifications"]["findings"]
    said = statements(tables, findings, words, directions, synthetic=True)
    assert said["finding"].tolist() == list(findings)
    assert said["paragraph"].str.endswith(BUILT).all()
    assert said["paragraph"].str.contains("Not told: ").any()
    assert said["paragraph"].str.contains("too few").any()
    real = statements(tables, findings, words, directions, synthetic=False)
    assert not real["paragraph"].str.contains("built to have").any()


def test_pictures_and_section_are_made_whatever_is_lacking(tables, asked, study, words, directions):
    from matplotlib import pyplot

    drawn = pictures.draw_all(tables, study.declared.codebook, words, synthetic=True)
    assert {"schoenfeld", "rules"} < set(drawn)
    assert all(caption["alt"] for _, caption in drawn.values())
    findings = asked["specifications"]["findings"]
    said = statements(tables, findings, words, directions, synthetic=True)
    page = section.make(tables, said, [], study.declared.codebook, synthetic=True)
    assert "too few events" in page
    assert ">nan<" not in page
    pyplot.close("all")


def test_a_cohort_without_patients_is_not_an_error(study, asked):
    empty = pd.DataFrame({"patient_id": pd.Series(dtype=str)})
    response = pd.DataFrame(
        columns=[
            *("patient_id", "month", "counted", "change_from_baseline_pct", "overall_response"),
        ]
    )
    columns = [v for v in study.declared.codebook.variables if not v.startswith("therapy")]
    patients = empty.reindex(columns=["patient_id", *columns, "progression_months"])
    material = Material(patients, empty, response, study.declared, asked)
    run = material.run()
    assert (time.landmarks(material, run)["not_estimable"] != "").all()
    assert (resamples.bootstrap(material, run)["not_estimable"] != "").all()
    assert replace(material).too_many == ""
