"""Each analysis says how R would be asked for it: R is asked so, and gives our estimates.

The data sets are the populations, coded as :data:`pd1_dynamics.analyses.formula.CODED` says.
"""

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import pd1_dynamics
from pd1_dynamics.analyses import kinds as kinds  # registers them
from pd1_dynamics.analyses.data import StudyData
from pd1_dynamics.analyses.kind import KINDS
from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.contract.places import CONFIG
from pd1_dynamics.contract.study import load_study

SCRIPT = Path(__file__).with_name("formulas.R")
COHORT = CONFIG / "cohorts" / "synthetic.yaml"
CODEBOOK = load_study(load_cohort(COHORT)).declared.codebook
PACKAGES = ("survival", "cmprsk")


def has_r():
    if shutil.which("Rscript") is None:
        return False
    loaded = "; ".join(f"library({name})" for name in PACKAGES)
    return subprocess.run(["Rscript", "-e", loaded], capture_output=True).returncode == 0


pytestmark = pytest.mark.skipif(not has_r(), reason=f"R with {' and '.join(PACKAGES)} is absent")


def asked(call):
    """The calls behind one with ``<each of …>``, and whom each is about; all covariates are known
    here."""
    call = re.sub(r"<where known: ([^>]*)>", r"\1", call)
    lists = re.findall(r"<each of ([^>]*)>", call)
    if not lists:
        return [(call, "")]
    found = []
    for place in range(len(lists[0].split(", "))):
        one = call
        for names in lists:
            one = one.replace(f"<each of {names}>", names.split(", ")[place])
        found.append((one, lists[0].split(", ")[place]))
    return found


def write_population(sample, names, outcomes, folder):
    """One data set for R: its columns as CSV, and its factors with their levels in order."""
    columns, factors = {}, []
    for name in names:
        variable = CODEBOOK.variables[name]
        if variable.is_continuous:
            columns[name] = sample.numbers(name)
            continue
        levels = pd.Series(sample.levels(name), dtype=object)
        columns[name] = levels.where(~levels.isin(list(variable.levels_apart)), None)
        order = list(variable.levels) or sorted(levels.dropna().unique())
        first = variable.reference or order[0]
        order = [first, *(level for level in order if level != first)]
        factors.append((name, "|".join([*order, *variable.levels_when_present])))
    for outcome in outcomes:
        columns[outcome.time], columns[outcome.event] = sample.times(outcome.id)
    pd.DataFrame(columns).to_csv(folder / "data.csv", index=False, na_rep="")
    pd.DataFrame(factors, columns=["name", "levels"]).to_csv(folder / "factors.csv", index=False)


@pytest.fixture(scope="module")
def study():
    results = pd1_dynamics.run(COHORT)
    declared = load_study(load_cohort(COHORT)).declared
    return results.estimates, StudyData(results.patients, results.therapies, declared), declared


@pytest.fixture(scope="module")
def answers(study, tmp_path_factory):
    """What R gives for every call: ``analysis``, ``term``, ``statistic``, ``value``."""
    _, data, declared = study
    folder, calls = tmp_path_factory.mktemp("formulas"), []
    for analysis in declared.analyses.values():
        call = KINDS[analysis.kind].formula(analysis, CODEBOOK)
        if (
            analysis.kind in ("sizes", "description")
            or "<those of" in call
            or call.startswith("by ")
        ):
            continue
        for one, focus in asked(call):
            names = set(re.findall(r"[a-z_][a-z_0-9]*", re.sub(r'"[^"]*"', "", one)))
            times = [o for o in CODEBOOK.outcomes.values() if o.time in names and o.event in names]
            apart = {part for o in times for part in (o.time, o.event)}
            used = sorted((names & set(CODEBOOK.variables)) - apart)
            place = folder / f"{len(calls):03}"
            place.mkdir()
            write_population(data.sample(analysis.population), used, times, place)
            calls.append((analysis.id, analysis.population, one, place.name, focus))
    columns = ["analysis", "population", "call", "folder", "focus"]
    pd.DataFrame(calls, columns=columns).to_csv(folder / "calls.csv", index=False)
    done = subprocess.run(
        ["Rscript", "--vanilla", str(SCRIPT), str(folder)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return pd.read_csv(folder / "answers.csv", dtype={"term": str}, keep_default_na=False)


@pytest.mark.parametrize(
    ("statistic", "least", "of_p"),
    [
        ("hazard_ratio", 60, False),
        ("odds_ratio", 40, False),
        ("coefficient", 60, False),
        ("median_survival", 15, False),
        ("log_rank_chi_squared", 5, False),
        ("spearman_rho", 1, False),
        ("rate", 3, False),
        ("wilcoxon_w", 1, True),
        ("kruskal_wallis_h", 1, False),
        ("gray_chi_squared", 2, False),
    ],
)
def test_r_asked_as_the_analysis_says_gives_our_estimate(study, answers, statistic, least, of_p):
    estimates, _, declared = study
    rows = estimates[(estimates["statistic"] == statistic) & (estimates["not_estimable"] == "")]
    found = answers[answers["statistic"] == statistic]
    checked = 0
    for answer in found.itertuples():
        mine = rows[rows["analysis"] == answer.analysis]
        kind = declared.analyses[answer.analysis].kind
        if kind in ("kaplan_meier",):
            mine = mine[mine["group"] == (answer.term or "all")]
        elif kind == "cumulative_incidence":
            mine = mine[mine["outcome"].str.endswith(f"={answer.term}")]
        elif answer.term:
            mine = mine[mine["term"].str.replace("=", "") == answer.term]
        if mine.empty:
            continue  # an intercept, or a covariate of adjustment
        assert len(mine) == 1, (answer.analysis, answer.term)
        ours = mine["p_value" if of_p else "estimate"].iloc[0]
        value = float(answer.value) if answer.value != "NA" else np.nan
        assert ours == pytest.approx(value, rel=1e-6, nan_ok=True), (answer.analysis, answer.term)
        checked += 1
    assert checked >= least
