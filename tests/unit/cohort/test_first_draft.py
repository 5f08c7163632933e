"""A first draft of a cohort's file: what it guesses, what it marks, and that it can be used."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pd1_dynamics.cohort import cleaning, first_draft
from pd1_dynamics.contract.cohort_file import load_cohort

EXAMPLES = Path(__file__).parents[2] / "examples"

PATIENTS = """Subject;First dose;Last seen;Dead;Gender;Age;PD-L1;Smoker
P-1;31.03.2017;01.02.2018;yes;m;61;60;ever
P-2;01.04.2017;05.02.2019;no;f;55;unk;never
"""
SCANS = """Subject;Scan;SLD;New lesion
P-1;20.03.2017;41,5;0
P-1;30.05.2017;20,0;0
P-2;25.03.2017;33,0;0
P-2;13.06.2017;-999;1
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "p.csv").write_text(PATIENTS, encoding="utf-8")
    (tmp_path / "s.csv").write_text(SCANS, encoding="utf-8")
    return tmp_path


def test_a_draft_of_plain_files_can_be_used(folder):
    assert first_draft.main("mine", [str(folder / "p.csv"), str(folder / "s.csv")]) == 0
    text = (folder / "mine.yaml").read_text(encoding="utf-8")
    assert text.count("guess") > 5
    content = yaml.safe_load(text)
    assert content["tables"]["patients"]["date_format"] == "%d.%m.%Y"
    assert content["tables"]["patients"]["values"] == {
        "death": {"no": "0", "yes": "1"},
        "sex": {"f": "female", "m": "male"},
    }
    assert content["tables"]["assessments"]["decimal"] == ","
    assert content["tables"]["assessments"]["missing"] == ["-999"]
    assert '#   pd_l1: {label: "PD-L1", kind: continuous}' in text
    made = cleaning.clean(load_cohort(folder / "mine.yaml")).tables
    assert made["patients"]["death"].tolist() == [1, 0]
    assert made["assessments"]["target_sum_mm"].tolist()[:3] == [41.5, 20, 33]


def test_what_is_open_is_marked(folder):
    (folder / "p.csv").write_text("id,first dose,dead\nA,03/04/2017,perhaps\n", encoding="utf-8")
    text = first_draft.draft("mine", [folder / "p.csv"], folder)
    assert 'date_format: "%d/%m/%Y"        # guess; %m/%d/%Y would fit as well: decide!' in text
    assert 'death: {"perhaps": "?"}  # one of 0, 1' in text


@pytest.mark.parametrize(
    ("example", "words"),
    [
        ("portal", ['death: {"0:LIVING": "0", "1:DECEASED": "1"}', "pfs: month", 'comment: "#"']),
        ("wide_spreadsheet", ["header_row: 3", 'sheet: "Patients"', "wide_spreadsheet.md"]),
        ("redcap", ["docs/cohorts/redcap.md"]),
    ],
)
def test_other_peoples_files_are_known(tmp_path, example, words):
    writer = EXAMPLES / "writing.py"
    subprocess.run([sys.executable, writer, example, tmp_path], check=True)
    files = sorted(path for path in tmp_path.iterdir())
    text = first_draft.draft("mine", files, tmp_path)
    assert all(word in text for word in words), text
    yaml.safe_load(text)


def test_a_time_without_its_event_is_pointed_out(folder):
    told = "# pfs needs its event: place `pfs_event` or `progression`"
    (folder / "p.csv").write_text("id,PFS,PFS_SOR,OS,dead\nA,100,0,200,1\n", encoding="utf-8")
    text = first_draft.draft("mine", [folder / "p.csv"], folder)
    assert told in text
    assert "os needs" not in text
    (folder / "p.csv").write_text("id,PFS,progressed,OS\nA,100,0,200\n", encoding="utf-8")
    text = first_draft.draft("mine", [folder / "p.csv"], folder)
    assert "pfs needs" not in text
    assert "# os needs its event: place `death`, 1 where it happened" in text


@pytest.mark.parametrize(
    ("header", "is_wide"),
    [
        ("id,dead,scan1,scan2,scan3", True),
        ("id,dead,date1,sum1,date2,sum2", True),
        ("id,dead,rating1,rating2", False),
    ],
)
def test_a_column_for_each_scan_is_told_from_two_of_a_name(folder, header, is_wide):
    row = ",".join(["A", *("1" for _ in header.split(",")[1:])])
    (folder / "p.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    text = first_draft.draft("mine", [folder / "p.csv"], folder)
    assert ("a column for each scan" in text) == is_wide


def test_nothing_is_overwritten_and_mistakes_are_told(folder, capsys):
    files = [str(folder / "p.csv")]
    assert first_draft.main("mine", files) == 0
    assert first_draft.main("mine", files) == 1
    assert first_draft.main("other", [str(folder / "none.csv")]) == 1
    assert first_draft.main("other", [str(folder / "p.doc")]) == 1
    assert first_draft.main("a name", files) == 1
    told = capsys.readouterr().err
    assert "a name that is free" in told
    assert "no file none.csv" in told
    assert "expected a name that ends in one of .csv" in told
    assert "Usage: make new" in told
