"""The robustness tables of the synthetic cohort, as R recomputes them from the derived tables."""

import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from pd1_dynamics.cohort import cleaning
from pd1_dynamics.contract.cohort_file import definitions_of, load_cohort
from pd1_dynamics.contract.study import load_study
from pd1_dynamics.derive import derive
from pd1_dynamics.robustness import assumptions, confounding, time
from pd1_dynamics.robustness.material import Material

CONFIG = Path(__file__).parents[2] / "config"
COHORT = CONFIG / "cohorts" / "synthetic.yaml"
TERMS = {
    "depth": time.DEPTH,
    "nadir": time.NADIR,
    "responds": time.RESPONSE,
    "secondary": "resistance=secondary",
}
MODELS = {"depth": "depth", "both": "depth_and_nadir", "responds": "response"}


@pytest.fixture(scope="module")
def material():
    definitions = definitions_of(COHORT, CONFIG / "definitions.yaml")
    found = derive(cleaning.clean(load_cohort(COHORT), definitions).tables, definitions)
    study = load_study()
    return Material(
        found.patients, found.therapies, found.response, study.declared, study.robustness
    )


@pytest.fixture(scope="module")
def run(material):
    return material.run()


@pytest.fixture(scope="module")
def in_r(material, tmp_path_factory):
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed")
    folder = tmp_path_factory.mktemp("cohort")
    material.patients.to_csv(folder / "patients.csv", index=False)
    material.response.to_csv(folder / "response.csv", index=False)
    script = Path(__file__).with_name("robustness_of_cohort.R")
    made = subprocess.run(
        ["Rscript", script, folder, folder / "out.csv"], capture_output=True, text=True
    )
    if made.returncode and "there is no package called" in made.stderr:
        pytest.skip("R has no package survival")
    assert made.returncode == 0, made.stderr
    return pd.read_csv(folder / "out.csv").set_index("key")["value"]


def agree(row, in_r, key, term):
    for name in ("estimate", "ci_low", "ci_high", "p_value"):
        assert row[name] == pytest.approx(in_r[f"{key}|{term}|{name}"], rel=1e-5), (key, name)
    assert row["events"] == in_r[f"{key}|events"]


@pytest.mark.parametrize("term", ["max_change_pct", "pfs_months", "secondary"])
def test_proportional_hazards_and_influence(run, in_r, term):
    found = assumptions.proportional_hazards(run, ["pps_correlates"])
    found = found[found["model"] == TERMS.get(term, term).partition("=")[0]].set_index("term")
    own = TERMS.get(term, term)
    assert found.loc[own, "p_value"] == pytest.approx(in_r[f"zph|{term}"], rel=1e-6)
    assert found.loc["GLOBAL", "p_value"] == pytest.approx(in_r[f"zph|{term}|GLOBAL"], rel=1e-6)
    moved = assumptions.influence(run, ["pps_correlates"]).set_index("term").loc[own]
    assert moved["largest_dfbetas"] == pytest.approx(in_r[f"influence|{term}"], rel=1e-6)
    assert moved["share_influential"] == pytest.approx(in_r[f"share|{term}"], rel=1e-6)


@pytest.mark.parametrize("term", ["max_change_pct", "pfs_months", "target_sum_at_progression_mm"])
def test_curves_against_straight_lines(material, run, in_r, term):
    found = assumptions.functional_form(material, run, ["pps_correlates"]).set_index("term")
    assert found.loc[term, "statistic"] == pytest.approx(in_r[f"bent|{term}"], rel=1e-4)


@pytest.mark.parametrize("outcome", ["pfs", "os"])
@pytest.mark.parametrize("month", [3, 6])
@pytest.mark.parametrize("model", MODELS)
def test_landmarks(material, run, in_r, outcome, month, model):
    found = time.landmarks(material, run).set_index(["analysis", "landmark_months", "term"])
    for term in ("depth", "nadir") if model == "both" else (model,):
        row = found.loc[(f"{outcome}_on_{MODELS[model]}", month, TERMS[term])]
        agree(row, in_r, f"{outcome}|{month}|{model}", term)
        assert row["n"] == in_r[f"{outcome}|{month}|{model}|n"]


@pytest.mark.parametrize("model", MODELS)
def test_covariates_that_change(material, run, in_r, model):
    found = time.time_dependent(material, run).set_index(["analysis", "term"])
    for term in ("depth", "nadir") if model == "both" else (model,):
        row = found.loc[(f"os_on_{MODELS[model]}", TERMS[term])]
        agree(row, in_r, f"changing|{model}", term)
        assert row["spans"] == in_r[f"changing|{model}|n"]


def test_restricted_means(material, run, in_r):
    found = time.restricted_means(material, run).set_index(["analysis", "months"])["estimate"]
    for months in (12, 24):
        ours = found["pps_by_resistance", months]
        assert ours == pytest.approx(in_r[f"rmean|{months}"], rel=1e-6)


def test_centers(material, run, in_r):
    found = confounding.centers(material, run).set_index(["analysis", "term"])
    row = found.loc[("pps_correlates", "resistance=secondary")]
    names = {"stratified": "estimate", "stratified_low": "ci_low", "stratified_high": "ci_high"}
    for ours, theirs in names.items():
        assert row[ours] == pytest.approx(in_r[f"strata|secondary|{theirs}"], rel=1e-6)
    assert row["p_interaction"] == pytest.approx(in_r["interaction"], rel=1e-5)
