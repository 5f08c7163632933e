"""A cohort's YAML file: what it may say, and what is told of a mistake."""

import pytest

from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.contract.problems import InputError


def load(tmp_path, text):
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return load_cohort(path, tmp_path)


def told(tmp_path, text):
    with pytest.raises(InputError) as error:
        load(tmp_path, text)
    return str(error.value)


def test_the_example_of_the_contract_is_understood(tmp_path):
    described = load(
        tmp_path,
        """
name: mine
title: Anti-PD-1 at our centre
synthetic: false
source: where a user gets the data, and under what terms
format: tables
time: date
missing: ["", NA, unknown]
tables:
  patients:
    path: ../shared/x.tsv
    columns: {patient_id: Sample ID, death: dead}
    values: {best_response: {MR: mixed}, sex: {"1": male, "0": female}}
    constants: {setting: advanced}
    units: {pfs: day}
settings: {best_response: {sd_minimum_days: 42, confirm_days: 28}, reader: NAME}
""",
    )
    assert described.missing == {"", "NA", "unknown"}
    assert described.tables["patients"].columns["patient_id"] == "Sample ID"
    assert described.settings["reader"] == "NAME"
    assert described.source_files() == ["../shared/x.tsv"]
    assert described.resolve("../shared/x.tsv") == tmp_path / "../shared/x.tsv"
    assert str(described.resolve("/data/x.tsv")) == "/data/x.tsv"


def test_little_is_enough(tmp_path):
    described = load(tmp_path, "name: mine\ntables: {labs: {path: labs.csv}}\n")
    assert (described.title, described.time, described.synthetic) == ("mine", "date", False)


def test_codes_are_taken_as_written(tmp_path):
    described = load(
        tmp_path,
        """
name: mine
missing: [no, 999, -9.5, 007, NA, null]
tables:
  patients:
    path: p.csv
    values: {death: {yes: 1, no: 0, on: true, "": 0}, sex: {1: male, 2.0: female, 01: ~}}
    constants: {treatment_start: 2017-03-31}
""",
    )
    assert described.missing == {"", "no", "999", "-9.5", "007", "NA"}
    patients = described.tables["patients"]
    assert patients.mapped["death"] == {"yes": "1", "no": "0", "on": "1", "": "0"}
    assert patients.mapped["sex"] == {
        "1": "male",
        "2": "female",
        "2.0": "female",
        "01": "",
    }
    assert patients.constants == {"treatment_start": "2017-03-31"}


def test_every_mistake_is_told_at_once(tmp_path):
    message = told(
        tmp_path,
        """
name: other
formt: tables
tables:
  patients:
    path: p.csv
    colums: {}
    units: {pfs: week}
  visits: {path: v.csv}
settings: {best_response: {sd_min: 42}}
""",
    )
    for line in (
        "unknown key 'formt'; expected one of",
        "column tables.patients: found unknown key 'colums'; expected one of columns,",
        "column tables: found unknown key 'visits'; expected one of assessments,",
        "column tables.patients.units.pfs: found 'week'; expected one of day, month",
        "unknown key 'sd_min'",
    ):
        assert line in message, line


def test_words_that_the_contract_does_not_know_are_told(tmp_path):
    message = told(
        tmp_path,
        """
name: other
tables:
  patients:
    path: p.csv
    columns: {pateint_id: ID, death: dead}
    values: {best_response: {MR: MX}, age_years: {old: ninety}, sx: {1: male}}
    constants: {death: 0, node: 1, setting: palliative, ecog: low}
    units: {age_years: month}
  labs: {path: l.csv, units: {value: day}}
""",
    )
    for line in (
        "column tables.patients.columns: found unknown column 'pateint_id'; expected one of ",
        "column tables.patients.values: found unknown column 'sx'",
        "column tables.patients.values.best_response: found 'MX'; expected one of CR, PR, SD,",
        "column tables.patients.values.age_years: found 'ninety'; expected a number from 0 to 120",
        "column tables.patients.constants: found unknown column 'node'",
        "column tables.patients.constants.death: found a constant for a column of the file",
        "column tables.patients.constants.setting: found 'palliative'; expected one of advanced,",
        "column tables.patients.constants.ecog: found 'low'; expected one of 0, 1, 2, 3, 4",
        "found a unit for 'age_years'; expected a unit for durations only (pfs, os)",
        "found a unit for 'value'; expected no unit",
    ):
        assert line in message, line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "found nothing; expected keys with values"),
        ("name: mine\n", "column tables: found no table; expected at least one table"),
        (
            "name: mine\ntables: {labs: {}}\n",
            "column tables.labs: found none of path, source and sql; expected one of path,",
        ),
        (
            "name: mine\nformat: sdtm\n",
            "column path: found nothing; expected the folder of the SDTM",
        ),
        (
            "name: mine\npath: x\ntables: {labs: {path: x.csv}}\n",
            "expected no path unless format: s",
        ),
        ("name: mine\nname: mine\n", "found the key 'name' twice, the second in line 2"),
        ("name: [mine\n", "found text that is not YAML, line 2"),
    ],
)
def test_other_mistakes(text, line, tmp_path):
    assert line in told(tmp_path, text)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        load_cohort(tmp_path / "mine.yaml")
