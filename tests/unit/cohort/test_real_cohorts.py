"""The real cohorts that come as a YAML file only; skipped where the data are not at hand."""

import pytest

from pd1_dynamics.cohort import cleaning
from pd1_dynamics.contract.cohort_file import ROOT, load_cohort


def cleaned(name):
    described = load_cohort(ROOT / "config" / "cohorts" / f"{name}.yaml")
    for path in described.source_files():
        if not described.resolve(path).is_file():
            pytest.skip(f"the data of {name} are not here: {path} (see config/cohorts/{name}.yaml)")
    return cleaning.clean(described)


def counts(column):
    return column.value_counts().to_dict()


def test_liu2019_reports_its_own_responses_and_survival():
    clean = cleaned("liu2019")
    patients = clean.tables["patients"]
    assert len(patients) == 144
    assert counts(patients["best_response"]) == {"PD": 65, "PR": 38, "SD": 20, "CR": 17, "mixed": 4}
    assert counts(patients["stage"]) == {"M1c": 108, "M1b": 18, "III": 10, "M1a": 8}
    assert counts(patients["melanoma_subtype"]) == {
        "cutaneous": 105,
        "unknown_primary": 19,
        "acral": 10,
        "mucosal": 10,
    }
    assert counts(patients["ldh_elevated"]) == {1: 71, 0: 70}
    assert patients["ecog"].isna().sum() == 5
    assert patients["age_years"].isna().sum() == 60
    assert (patients["death"].sum(), patients["progression"].sum()) == (72, 103)
    assert (patients["pfs_days"].median(), patients["os_days"].median()) == (165.5, 581)
    notes = clean.notes.set_index("rule")
    assert notes.loc["mixed responses kept apart", "rows"] == 4
    assert all(clean.tables[table].empty for table in ("assessments", "lesions", "labs"))


def test_laleh2022_gives_lesions_over_time_and_what_was_settled_is_noted():
    clean = cleaned("laleh2022")
    lesions = clean.tables["lesions"]
    assert len(clean.tables["patients"]) == 765
    assert clean.tables["patients"]["site"].isna().all()  # arms of trials are no centers
    assert len(lesions) == 4352 - 7
    assert lesions["day"].min() == -48
    assert set(lesions["role"]) == {"target"}
    notes = clean.notes.set_index("rule")
    settled = notes.loc["duplicate readings: largest"]
    assert (settled["rows"], settled["example_row"]) == (14, 3536)
    assert "7 times" in settled["note"]
    assert "in 1 of them they differ" in settled["note"]
    assert notes.loc["sorted by day", "rows"] == 1
    assert notes.loc["baseline after day 0", "rows"] == 7


def test_synthetic_is_clean():
    clean = cleaned("synthetic")
    assert len(clean.tables["patients"]) == 254
    rules = set(clean.notes["rule"])
    assert rules == {"missing braf_v600", "missing nras", "fivefold change"}
