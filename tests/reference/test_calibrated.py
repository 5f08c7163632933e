"""The committed cohort gives back tables 1 to 3 and figure 2D: as R recomputes them."""

import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from calibrated_cohort.recompute import derived
from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.contract.columns import TABLES
from pd1_dynamics.published.ledger import read_claims
from pd1_dynamics.published.printed import possible_values

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def claims():
    return read_claims(ROOT / "data" / "published" / "claims.csv").set_index("claim_id")


@pytest.fixture(scope="module")
def in_r(tmp_path_factory):
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed")
    folder = tmp_path_factory.mktemp("calibrated")
    description = load_cohort(ROOT / "config" / "cohorts" / "synthetic.yaml")
    tables = {
        name: pd.read_csv(ROOT / "data" / "synthetic" / f"{name}.csv", dtype=str) for name in TABLES
    }
    patients, _ = derived(tables, description)
    patients.to_csv(folder / "patients.csv", index=False)
    script = Path(__file__).with_name("calibrated.R")
    run = subprocess.run(
        ["Rscript", str(script), str(folder / "patients.csv"), str(folder / "out.csv")],
        capture_output=True,
        text=True,
    )
    if run.returncode and "there is no package called" in run.stderr:
        pytest.skip("R has no package survival")
    assert run.returncode == 0, run.stderr
    return pd.read_csv(folder / "out.csv").set_index("claim_id")["value"]


def test_every_number_rounds_to_the_printed_one(claims, in_r):
    missed = {}
    for claim_id, value in in_r.items():
        claim = claims.loc[claim_id]
        if claim["comparator"] == "not reached":
            met = pd.isna(value)
        else:
            allowed = possible_values(claim["value"], int(claim["decimals"]), claim["comparator"])
            met = value in allowed
        if not met:
            missed[claim_id] = (claim["printed"], value)
    assert not missed


def test_all_of_table_3_and_figure_2d_is_among_them(claims, in_r):
    numbers = {
        claim
        for claim in claims.index
        if claim.startswith(("t3_", "f2d_", "res_braf", "t2_"))
        and not claim.endswith(("_n", "pct"))
        and "missing" not in claim
    }
    assert numbers <= set(in_r.index)
    assert len(in_r) > 100
