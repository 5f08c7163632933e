"""A made-up cohort with the columns of the derived tables, and small declarations to run."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from pd1_dynamics.analyses import engine
from pd1_dynamics.contract import loading

CONFIG = Path(__file__).parents[3] / "config"


def made_up_patients(n=120, seed=7):
    """One row a patient, every column of derived/patients.csv that an analysis may ask for."""
    rng = np.random.default_rng(seed)

    def chosen(levels, weights=None):
        return rng.choice(np.array(levels, dtype=object), n, p=weights)

    table = pd.DataFrame({"patient_id": [f"P{i:03}" for i in range(n)]})
    table["site"] = chosen(["MGH", "PUCH"])
    table["setting"] = "advanced"
    table["age_years"] = rng.integers(20, 90, n)
    table["sex"] = chosen(["female", "male"])
    table["melanoma_subtype"] = chosen(
        ["cutaneous", "acral", "mucosal", "ocular", "unknown_primary"], [0.6, 0.15, 0.1, 0.05, 0.1]
    )
    table["stage"] = chosen(["III", "M1a", "M1b", "M1c", "M1d"])
    table["brain_metastasis"] = (table["stage"] == "M1d").astype(int)
    table["ecog"] = rng.integers(0, 3, n)
    for name in ("braf_v600", "nras", "prior_immunotherapy", "prior_targeted_therapy"):
        table[name] = rng.integers(0, 2, n)
    table["ldh_at_baseline"] = chosen(["normal", "elevated"])
    table["in_response_cohort"] = (rng.random(n) < 0.85).astype(int)
    response = table["in_response_cohort"] == 1

    size = np.round(rng.lognormal(4, 0.6, n), 1)
    table["baseline_sum_mm"] = np.where(response, size, np.nan)
    table["largest_lesion_at_baseline_mm"] = table["baseline_sum_mm"] / 2
    table["n_imaging_dates"] = rng.integers(2, 9, n)
    table["change_3_months_pct"] = np.where(response, np.round(rng.normal(-10, 35, n), 1), np.nan)
    deeper = np.minimum(table["change_3_months_pct"] - rng.integers(0, 2, n) * 20, 150)
    table["max_change_pct"] = np.maximum(deeper, -100)
    table["time_to_nadir_months"] = np.where(response, rng.gamma(2, 3, n), np.nan)
    table["share_of_depth_at_3_months_pct"] = (
        100 * table["change_3_months_pct"] / table["max_change_pct"]
    )

    def category(change):
        codes = np.select([change <= -90, change <= -30, change < 20], ["CR", "PR", "SD"], "PD")
        return np.where(response, codes, None)

    table["first_response"] = category(table["change_3_months_pct"])
    table["best_response"] = category(table["max_change_pct"])
    table["best_response_confirmed"] = table["best_response"]
    table["irecist_best_response"] = np.where(response, "iSD", None)
    table["pseudoprogression"] = np.where(response, 0.0, np.nan)
    table["clinical_benefit"] = np.where(
        response, table["best_response"].isin(["CR", "PR"]).astype(float), np.nan
    )
    for name, level in (("pr", "PR"), ("cr", "CR")):
        ever = (table["first_response"] == level) | (table["best_response"] == level)
        table[f"ever_{name}"] = np.where(response, ever.astype(float), np.nan)
        table[f"time_to_{name}_months"] = np.where(ever, rng.gamma(3, 1.5, n), np.nan)
    table["time_to_response_months"] = table["time_to_pr_months"]
    for name in ("pr_to_cr", "sd_to_response", "sd_to_cr"):
        table[f"{name}_months"] = np.where(rng.random(n) < 0.2, rng.gamma(3, 2, n), np.nan)

    risk = np.exp(0.008 * np.nan_to_num(table["max_change_pct"]))
    table["pfs_months"] = rng.exponential(8 / risk)
    table["pfs_event"] = (rng.random(n) < 0.75).astype(int)
    table["in_progression_cohort"] = table["pfs_event"] * (rng.random(n) < 0.9)
    progressed = table["in_progression_cohort"] == 1
    table["pps_months"] = np.where(progressed, rng.exponential(14, n), np.nan)
    table["pps_event"] = np.where(progressed, rng.integers(0, 2, n), np.nan)
    table["os_months"] = table["pfs_months"] + np.nan_to_num(table["pps_months"])
    table["os_event"] = np.where(progressed, table["pps_event"], rng.integers(0, 2, n))
    table["follow_up_months"] = table["os_months"]
    for name in ("duration_of_response", "duration_of_pr", "duration_of_cr", "disease_control"):
        table[f"{name}_months"] = np.where(response, rng.exponential(15, n), np.nan)
        table[f"{name}_event"] = np.where(response, rng.integers(0, 2, n), np.nan)

    def at_progression(values, share_missing=0.1):
        return np.where(progressed & (rng.random(n) >= share_missing), values, np.nan)

    table["progression_pattern"] = np.where(
        progressed, chosen(["enlargement_only", "new_lesions_only", "both"]), None
    )
    table["organs_at_progression"] = at_progression(rng.integers(1, 5, n), 0)
    table["target_sum_at_progression_mm"] = at_progression(np.round(rng.lognormal(4, 0.8, n), 1))
    table["enlargement_pct"] = at_progression(rng.normal(25, 40, n))
    table["enlargement_pct_per_month"] = table["enlargement_pct"] / 2.5
    ldh = np.where(rng.random(n) < 0.9, chosen(["normal", "elevated"]), None)
    table["ldh_at_progression"] = np.where(progressed, ldh, None)
    table["ldh_change_pct"] = at_progression(rng.normal(10, 30, n))
    table["ldh_change_pct_per_month"] = table["ldh_change_pct"] / 2
    secondary = rng.random(n) < np.where(table["best_response"].isin(["CR", "PR"]), 0.8, 0.15)
    table["resistance"] = np.where(progressed, np.where(secondary, "secondary", "primary"), None)
    table["resistance_paper"] = table["resistance"]
    table["resistance_sitc"] = table["resistance"]
    table["resistance_sitc_confirmed"] = np.where(progressed, 1.0, np.nan)
    for name in ("local", "systemic"):
        table[f"later_{name}_therapy"] = np.where(progressed, rng.integers(0, 2, n), 0)
    return table


def made_up_therapies(table, seed=11):
    """One later therapy for each patient of the table who progressed."""
    rng = np.random.default_rng(seed)
    ids = table.loc[table["in_progression_cohort"] == 1, "patient_id"].to_numpy()
    n = len(ids)
    kinds = np.array(["anti_ctla4", "braf_mek", "chemotherapy", "other"], dtype=object)
    evaluable = rng.integers(0, 2, n)
    return pd.DataFrame(
        {
            "patient_id": ids,
            "category": np.where(rng.random(n) < 0.7, "systemic", "local"),
            "kind": rng.choice(kinds, n),
            "line": 1,
            "start_month": rng.exponential(8, n),
            "best_response": rng.choice(np.array(["CR", "PR", "SD", "PD"], dtype=object), n),
            "evaluable": evaluable,
            "objective_response": np.where(evaluable == 1, rng.integers(0, 2, n), np.nan),
            "pfs_months": rng.exponential(4, n),
            "pfs_event": rng.integers(0, 2, n),
        }
    )


@pytest.fixture(scope="session")
def study():
    """The study's own declarations."""
    return loading.load(CONFIG / "variables.yaml", CONFIG / "analyses")


@pytest.fixture(scope="session")
def cohort():
    """Patients and later therapies of the made-up cohort."""
    patients = made_up_patients()
    return patients, made_up_therapies(patients)


@pytest.fixture(scope="session")
def estimates(study, cohort):
    """All estimates of the study on the made-up cohort."""
    return engine.run(*cohort, study)


@pytest.fixture
def written(tmp_path):
    """Writes declarations to files, as the study's are: ``written(variables=…, analyses=…)``."""

    def write(*, variables, analyses=None, populations=None, outcomes=None, sets=None):
        codebook = {"variables": variables, "outcomes": outcomes or {}, "sets": sets or {}}
        declared = {
            "populations": populations or {"all": {"label": "All patients"}},
            "analyses": analyses or {},
        }
        folder = tmp_path / "analyses"
        folder.mkdir(exist_ok=True)
        (tmp_path / "variables.yaml").write_text(yaml.safe_dump(codebook, sort_keys=False))
        (folder / "study.yaml").write_text(yaml.safe_dump(declared, sort_keys=False))
        return tmp_path / "variables.yaml", folder

    return write


class Estimates:
    """Rows of one run, found by their key."""

    def __init__(self, table):
        self.table = table

    def row(self, analysis, statistic, term="", group="all", **more):
        wanted = {"analysis": analysis, "statistic": statistic, "term": term, "group": group}
        wanted |= more
        found = self.table[(self.table[list(wanted)] == pd.Series(wanted)).all(axis=1)]
        assert len(found) == 1, f"{len(found)} rows"
        return found.iloc[0]

    def value(self, *key, **more):
        return self.row(*key, **more)["estimate"]

    def why(self, *key, **more):
        return self.row(*key, **more)["not_estimable"]


@pytest.fixture
def estimate(written):
    """Runs one analysis called ``a`` on a few patients, or those declared."""

    def run(data, analysis=None, therapies=None, **declared):
        if analysis is not None:
            analysis = {"title": "One analysis", "population": "all", **analysis}
            declared["analyses"] = {"a": analysis}
        patients = pd.DataFrame(data)
        if "patient_id" not in patients:
            patients.insert(0, "patient_id", [f"P{i}" for i in range(len(patients))])
        if therapies is None:
            therapies = pd.DataFrame({"patient_id": []})
        return Estimates(
            engine.run(patients, pd.DataFrame(therapies), loading.load(*written(**declared)))
        )

    return run


def continuous(label="A number", **more):
    return {"label": label, "kind": "continuous", "missing": f"no {label.lower()}", **more}


def levels(*names, label="A level", **more):
    own = {"levels": {name: name.title() for name in names}} if names else {}
    return {"label": label, "kind": "categorical", "missing": f"no {label.lower()}", **own, **more}


@pytest.fixture
def entry():
    """Short ways to write codebook entries: ``entry.continuous()``, ``entry.levels("a", "b")``."""
    from types import SimpleNamespace

    survival = {
        "label": "Survival",
        "time": "months",
        "event": "event",
        "missing": "no survival",
    }
    return SimpleNamespace(
        continuous=continuous,
        levels=levels,
        binary={"label": "A flag", "kind": "binary", "missing": "no flag"},
        survival=survival,
    )
