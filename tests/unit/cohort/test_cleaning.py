"""From files to clean tables: what comes out, typed, sorted and complete."""

import pandas as pd
import pytest

from pd1_dynamics.cohort import cleaning
from pd1_dynamics.contract.codebook import load_codebook
from pd1_dynamics.contract.columns import TABLES, clean_columns, with_covariates
from pd1_dynamics.contract.places import CONFIG
from pd1_dynamics.files import read_table

STUDY = with_covariates(load_codebook(CONFIG / "variables.yaml").covariates)

PATIENTS = """
    patient_id,treatment_start,last_follow_up,death,last_dose
    B,2017-03-01,2018-03-01,1,2017-06-01
    A,2016-12-31,2017-12-31,0,
"""
LESIONS = """
    patient_id,date,lesion_id,role,diameter_mm
    B,2017-04-10,T1,target,20.5
    B,2017-02-20,T1,target,33
    A,2016-12-20,T2,target,12
    A,2016-12-20,T1,target,10
"""


def test_dates_become_days_from_the_first_dose(mine):
    tables = mine.clean({"patients": PATIENTS, "lesions": LESIONS}).tables
    patients = tables["patients"].set_index("patient_id")
    assert patients.loc["B", ["last_follow_up_day", "last_dose_day"]].tolist() == [365, 92]
    assert patients.loc["A", "last_follow_up_day"] == 365
    assert patients.loc["A", "treatment_start"] == "2016-12-31"
    lesions = tables["lesions"]
    assert lesions[["patient_id", "date", "day", "lesion_id"]].to_numpy().tolist() == [
        ["A", "2016-12-20", -11, "T1"],
        ["A", "2016-12-20", -11, "T2"],
        ["B", "2017-02-20", -9, "T1"],
        ["B", "2017-04-10", 40, "T1"],
    ]


def test_all_five_tables_come_with_all_columns_and_types(mine):
    tables = mine.clean({"patients": PATIENTS}).tables
    assert list(tables) == list(TABLES)
    for name, table in tables.items():
        columns = clean_columns(name, STUDY)
        assert list(table) == list(columns)
        for column, kind in columns.items():
            is_text = table[column].dtype == object
            assert is_text == (kind == "text"), (name, column)
    patients = tables["patients"]
    assert patients["death"].dtype == "Int64"
    assert patients["last_dose_day"].dtype == "Int64"
    assert patients["os_days"].dtype == float
    assert patients["sex"].tolist() == [None, None]
    assert patients["setting"].tolist() == ["advanced", "advanced"]
    assert patients["monotherapy"].tolist() == [1, 1]


def test_in_day_mode_dates_are_days_and_treatment_starts_on_day_0(mine):
    tables = mine.clean(
        {
            "patients": "patient_id,last_follow_up,death\nA,400,1\n",
            "lesions": "patient_id,date,lesion_id,role,diameter_mm\nA,-7.0,1,target,9\n",
        },
        time="day",
    ).tables
    assert tables["patients"].loc[0, "treatment_start"] == "0"
    assert tables["patients"].loc[0, "last_follow_up_day"] == 400
    assert tables["lesions"].loc[0, ["date", "day"]].tolist() == ["-7", -7]


def test_without_a_patients_table_the_patients_are_those_of_the_others(mine):
    tables = mine.clean(
        {
            "labs": "patient_id,date,test,value,upper_limit\nB,0,ldh,200,250\n",
            "lesions": "patient_id,date,lesion_id,role,diameter_mm\nA,0,1,target,9\n",
        },
        time="day",
    ).tables
    assert tables["patients"]["patient_id"].tolist() == ["A", "B"]
    assert tables["patients"]["setting"].tolist() == ["advanced", "advanced"]
    assert tables["assessments"].empty


def test_the_order_of_rows_in_the_files_is_irrelevant(mine):
    therapies = """
        patient_id,start,category,kind
        B,2018-01-01,local,surgery
        B,2018-01-01,local,radiotherapy
        A,2017-03-01,systemic,
    """
    tables = {"patients": PATIENTS, "lesions": LESIONS, "therapies": therapies}

    def backwards(text):
        header, *rows = [line.strip() for line in text.strip().splitlines()]
        return "\n".join([header, *reversed(rows)])

    once = mine.clean(tables).tables
    again = mine.clean({name: backwards(text) for name, text in tables.items()}).tables
    for name in TABLES:
        pd.testing.assert_frame_equal(once[name], again[name])


def test_columns_values_constants_units_and_missing_codes_are_mapped(mine):
    tables = mine.clean(
        {
            "patients": {
                "content": """
                    Sample ID,BR,PFS,gender (Male=1),dead,LDH,Age
                    P1,MR,6,1,yes,unknown,61
                    P2,CR,12.5,0,no,1,999
                    P3,,NA,1.0,no,0.0,70
                """,
                "columns": {
                    "patient_id": "Sample ID",
                    "best_response": "BR",
                    "pfs": "PFS",
                    "sex": "gender (Male=1)",
                    "death": "dead",
                    "ldh_elevated": "LDH",
                    "age_years": "Age",
                },
                "values": {
                    "best_response": {"MR": "mixed", "": "NE"},
                    "sex": {"1": "male", "0": "female"},
                    "death": {"yes": 1, "no": 0},
                },
                "constants": {"setting": "adjuvant"},
                "units": {"pfs": "month"},
            }
        },
        time="day",
        missing=["NA", "unknown", 999],
    ).tables
    patients = tables["patients"]
    assert patients["best_response"].tolist() == ["mixed", "CR", "NE"]
    assert patients["sex"].tolist() == ["male", "female", "male"]
    assert patients["death"].tolist() == [1, 0, 0]
    assert patients["ldh_elevated"].tolist() == [pd.NA, 1, 0]
    assert patients["age_years"].tolist()[::2] == [61, 70]
    assert patients["age_years"].isna().tolist() == [False, True, False]
    assert patients["pfs_days"].tolist()[:2] == [6 * 30.4375, 12.5 * 30.4375]
    assert patients["setting"].tolist() == ["adjuvant"] * 3


def test_a_code_is_missing_only_where_the_cohort_declares_it(mine):
    told = mine.problems({"patients": "patient_id,ecog,sex\nA,NA,unk\n"}, time="day")
    assert "column ecog, row 2: found 'NA'; expected one of 0, 1, 2, 3, 4" in told
    assert "column sex, row 2: found 'unk'; expected one of female, male" in told


def test_durations_without_a_unit_are_days_and_a_note_says_so(mine):
    clean = mine.clean({"patients": "patient_id,os,death\nA,100,1\n"}, time="day")
    assert clean.tables["patients"]["os_days"].tolist() == [100]
    assert "No unit is given for os: taken as days." in set(clean.notes["note"])


def test_one_file_may_hold_several_tables(mine):
    (mine.folder / "long.csv").write_text(
        "id,centre,day,mm\nA,x,-3,10\nA,x,40,12\nB,y,0,30\n", encoding="utf-8"
    )
    clean = mine.clean(
        {
            "patients": {"path": "long.csv", "columns": {"patient_id": "id", "site": "centre"}},
            "lesions": {
                "path": "long.csv",
                "columns": {"patient_id": "id", "date": "day", "diameter_mm": "mm"},
                "constants": {"lesion_id": "T1", "role": "target", "node": 0},
            },
        },
        time="day",
        settings={"duplicate_readings": "mean"},
    )
    assert clean.tables["patients"]["site"].tolist() == ["x", "y"]
    assert len(clean.tables["lesions"]) == 3
    assert clean.notes["rule"].tolist() == ["repeated rows"]


def test_columns_that_nothing_takes_up_are_noted(mine):
    clean = mine.clean({"patients": "patient_id,sxe,age_years\nA,male,60\n"}, time="day")
    assert "not taken up: sxe" in clean.notes.loc[0, "note"]


def test_writing_leaves_all_tables_or_none(mine, tmp_path, monkeypatch):

    clean = mine.clean({"patients": PATIENTS, "lesions": LESIONS})
    folder = tmp_path / "out"
    cleaning.write(clean, folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["notes.csv", *(f"{name}.parquet" for name in TABLES)]
    )
    pd.testing.assert_frame_equal(
        read_table(folder / "lesions.parquet"), clean.tables["lesions"], check_dtype=True
    )
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def full_disk(table, path):
        if "notes.csv" in path.name:
            raise OSError("no space")
        path.parent.mkdir(exist_ok=True)
        path.write_text("half")

    monkeypatch.setattr(cleaning, "write_table", full_disk)
    with pytest.raises(OSError, match="no space"):
        cleaning.write(clean, folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
