"""The worked examples of docs/cohorts run, and give the patients that they were made from."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from writing import EXAMPLES, reported, source, with_sums

from pd1_dynamics.cohort import cleaning
from pd1_dynamics.contract import definitions
from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.derive import derive

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "cohorts").glob("*.md"))


@pytest.fixture(scope="module")
def expected():
    return reported()


def described(name, folder):
    """The cohort file of a page, beside the files that it is about."""
    page = (ROOT / "docs" / "cohorts" / f"{name}.md").read_text(encoding="utf-8")
    text = re.search(r"```yaml\n(.*?)```", page, re.DOTALL)[1]
    EXAMPLES[name](folder)
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    assert yaml.safe_load(text)["name"] == name
    return load_cohort(path)


def cleaned(name, folder):
    return cleaning.clean(described(name, folder))


def derived(name, folder):
    cohort = described(name, folder)
    return derive(cleaning.clean(cohort).tables, definitions.load(settings=cohort.settings))


def plainly(rows, columns):
    """Cells as text, numbers to a tenth, in the order of the columns."""

    def cell(value):
        if pd.isna(value):
            return ""
        try:
            return f"{float(value):g}"
        except (TypeError, ValueError):
            return str(value)

    return sorted(tuple(map(cell, row)) for row in rows[columns].itertuples(index=False))


def days(rows, tables):
    start = tables["patients"].set_index("patient_id")["treatment_start"]
    first = pd.to_datetime(rows["patient_id"].map(start))
    return rows.assign(day=(pd.to_datetime(rows["date"]) - first).dt.days)


def test_every_page_has_its_files_and_is_linked():
    assert {page.stem for page in PAGES} == set(EXAMPLES)
    start = (ROOT / "docs" / "cohorts.md").read_text(encoding="utf-8")
    assert all(f"cohorts/{page.name}" in start for page in PAGES)


@pytest.mark.parametrize("name", ["redcap", "sdtm"])
def test_single_lesions_come_back(name, tmp_path):
    tables = source()
    found = cleaned(name, tmp_path).tables["lesions"]
    columns = ["patient_id", "day", "lesion_id", "role", "node", "diameter_mm"]
    wanted = days(tables["lesions"], tables)
    assert plainly(found, columns) == plainly(wanted, columns)
    silent = wanted["diameter_mm"].isna() & (wanted["role"] == "target")
    assert silent.sum() == ((found["state"] == "not_evaluable") & (found["role"] == "target")).sum()


def test_redcap_gives_the_patients(tmp_path):
    tables = source()
    found = cleaned("redcap", tmp_path).tables["patients"]
    columns = ["patient_id", "treatment_start", "death", "braf_v600", "nras"]
    assert plainly(found, columns) == plainly(tables["patients"], columns)


def test_a_wide_spreadsheet_gives_every_scan(tmp_path):
    tables = source()
    clean = cleaned("wide_spreadsheet", tmp_path)
    columns = ["patient_id", "day", "target_sum_mm", "new_lesion"]
    wanted = days(with_sums(tables), tables)
    assert plainly(clean.tables["assessments"], columns) == plainly(wanted, columns)
    assert clean.tables["patients"]["death"].sum() == (tables["patients"]["death"] == "1").sum()


def test_a_portal_gives_what_it_reports(tmp_path, expected):
    clean = cleaned("portal", tmp_path)
    assert any("where" in note for note in clean.notes["note"])
    made = derived("portal", tmp_path).patients
    wanted = expected.patients
    assert made["patient_id"].tolist() == wanted["patient_id"].tolist()
    assert made["best_response"].tolist() == wanted["best_response"].tolist()
    for name in ("pfs_months", "os_months", "pfs_event", "os_event"):
        assert made[name].to_numpy(float) == pytest.approx(wanted[name].to_numpy(float), abs=1e-5)


def test_percent_changes_give_the_depth(tmp_path, expected):
    made, wanted = derived("percent_changes", tmp_path).patients, expected.patients
    assert made["patient_id"].tolist() == wanted["patient_id"].tolist()
    for name in ("max_change_pct", "time_to_nadir_months", "os_months"):
        found, true = made[name].to_numpy(float), wanted[name].to_numpy(float)
        known = ~np.isnan(true)
        assert known.sum() > 5
        assert found[known] == pytest.approx(true[known], abs=0.2), name


def test_adam_gives_responses_and_survival(tmp_path, expected):
    made, wanted = derived("adam", tmp_path).patients, expected.patients
    assert made["patient_id"].tolist() == wanted["patient_id"].tolist()
    for name in ("best_response", "resistance_paper", "sex", "ecog"):
        assert made[name].astype(str).tolist() == wanted[name].astype(str).tolist(), name
    for name in ("pfs_months", "os_months", "max_change_pct", "pps_months"):
        found, true = made[name].to_numpy(float), wanted[name].to_numpy(float)
        assert found == pytest.approx(true, abs=1e-9, nan_ok=True), name


def test_sdtm_gives_responses_and_survival(tmp_path, expected):
    made, wanted = derived("sdtm", tmp_path).patients, expected.patients
    for name in ("best_response", "resistance_paper"):
        assert made[name].astype(str).tolist() == wanted[name].astype(str).tolist(), name
    assert made["os_months"].tolist() == pytest.approx(wanted["os_months"].tolist())
