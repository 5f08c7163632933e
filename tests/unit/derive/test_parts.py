"""A derivation of several pieces gives the same bytes as one of all, and leaves nothing behind."""

from pathlib import Path

import pytest

from pd1_dynamics.cohort import cleaning
from pd1_dynamics.contract import definitions
from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.derive import parts

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clean")
    cohort = load_cohort(ROOT / "config" / "cohorts" / "synthetic.yaml")
    cleaning.write(cleaning.clean(cohort), folder)
    return {path.stem: path for path in folder.glob("*.parquet")}


def derived(clean, folder):
    outputs = {name: folder / f"{name}.csv" for name in parts.TABLES}
    parts.derive_files(clean, definitions.load(), outputs, workers=2)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_pieces_give_the_same_bytes(clean, tmp_path, monkeypatch):
    whole = derived(clean, tmp_path / "whole")
    monkeypatch.setattr(parts, "PATIENTS_AT_ONCE", 100)
    assert derived(clean, tmp_path / "pieces") == whole


def test_what_a_killed_run_left_is_removed(clean, tmp_path, monkeypatch):
    left = tmp_path / ".response.pieces" / "patients.7.csv"
    left.parent.mkdir()
    left.write_text("half a table of patients")
    monkeypatch.setattr(parts, "PATIENTS_AT_ONCE", 100)
    assert set(derived(clean, tmp_path)) == {f"{name}.csv" for name in parts.TABLES}
