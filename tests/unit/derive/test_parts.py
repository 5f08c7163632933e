"""A derivation of several pieces gives the same bytes as one of all, and leaves nothing behind."""

from pathlib import Path

import pytest
import yaml

from pd1_dynamics.cohort import cleaning
from pd1_dynamics.contract import definitions
from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.derive import parts
from pd1_dynamics.derive.knowledge import known

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


REPORTS = "patient_id,pfs,pfs_event,progression,progression_date,death,os\n"


@pytest.mark.parametrize(
    "rows",
    [
        "A,90,,,,1,90\nB,200,,,,0,300\n",  # no event but deaths
        "A,90,,1,,1,400\nB,200,,,,0,300\n",  # events alone
        "A,90,1,,,1,400\nB,200,0,,,0,300\n",
        "A,90,1,,,0,400\nB,200,1,,,0,300\n",  # all have an event
        "A,,,,90,1,400\nB,,,,,0,300\n",  # dates alone
        "A,,,1,90,1,400\nB,,,,,0,300\n",
    ],
)
def test_files_and_tables_tell_the_same_of_a_cohort(tmp_path, rows):
    (tmp_path / "patients.csv").write_text(REPORTS + rows)
    described = {
        **{"name": "mine", "title": "mine", "source": "", "time": "day"},
        "tables": {"patients": {"path": "patients.csv", "units": {"pfs": "day", "os": "day"}}},
    }
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(described))
    made = cleaning.clean(load_cohort(tmp_path / "mine.yaml"))
    cleaning.write(made, tmp_path / "clean")
    paths = {path.stem: path for path in (tmp_path / "clean").glob("*.parquet")}
    assert parts.known_of_files(paths) == known(made.tables)


def test_what_a_killed_run_left_is_removed(clean, tmp_path, monkeypatch):
    left = tmp_path / ".response.pieces" / "patients.7.csv"
    left.parent.mkdir()
    left.write_text("half a table of patients")
    monkeypatch.setattr(parts, "PATIENTS_AT_ONCE", 100)
    assert set(derived(clean, tmp_path)) == {f"{name}.csv" for name in parts.TABLES}
