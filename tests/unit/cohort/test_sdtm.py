"""SDTM in: a study of four subjects, written by hand, as CSV and as XPT."""

import pandas as pd
import pytest
import yaml

from pd1_dynamics import cohort
from pd1_dynamics.cohort.sdtm import domain_files
from pd1_dynamics.problems import InputError

DOMAINS = {
    "DM": """
        USUBJID,SITEID,RFSTDTC,RFXSTDTC,RFPENDTC,DTHDTC,DTHFL,AGE,AGEU,SEX
        S-1,01,2017-01-05,2017-01-10T09:30,2018-01-10,,,61,YEARS,M
        S-2,01,2017-02-01,,,2018-02-01,Y,55,YEARS,F
        S-3,02,2017-03-01,2017-03-01,2017-12-01,,,70,YEARS,U
        S-9,02,2017-03-05,,,,,50,YEARS,F
    """,
    "EX": """
        USUBJID,EXTRT,EXDOSE,EXSTDTC,EXENDTC
        S-1,NIVOLUMAB,240,2017-01-10,2017-01-10
        S-1,NIVOLUMAB,240,2017-06-01,2017-06-01
        S-2,NIVOLUMAB,0,2017-02-01,2017-02-01
        S-2,NIVOLUMAB,240,2017-02-03,2017-05-01
        S-2,IPILIMUMAB,80,2017-02-03,2017-05-01
        S-3,NIVOLUMAB,240,2017-03-01,2017-09-01
        S-3,PLACEBO,0,2017-03-01,2017-09-01
    """,
    "DS": """
        USUBJID,DSCAT,DSDECOD,EPOCH,DSSTDTC
        S-1,PROTOCOL MILESTONE,RANDOMIZED,SCREENING,2017-01-05
        S-2,DISPOSITION EVENT,PROGRESSIVE DISEASE,TREATMENT,2017-05-10
        S-2,DISPOSITION EVENT,DEATH,FOLLOW-UP,2018-02-01
        S-1,DISPOSITION EVENT,LOST TO FOLLOW-UP,FOLLOW-UP,2018-03-10
    """,
    "TU": """
        USUBJID,TULNKID,TUSTRESC,TULOC,TUEVAL,VISITNUM,TUDTC
        S-1,T01,TARGET,LUNG,INVESTIGATOR,1,2017-01-02
        S-1,T02,TARGET,LYMPH NODE,INVESTIGATOR,1,2017-01-02
        S-1,NT01,NON-TARGET,LIVER,INVESTIGATOR,1,2017-01-02
        S-1,NEW01,NEW,BRAIN,INVESTIGATOR,2,2017-04-04
        S-2,T01,TARGET,SKIN,INVESTIGATOR,1,2017-01-20
        S-2,B01,BENIGN ABNORMALITY,LIVER,INVESTIGATOR,1,2017-01-20
    """,
    "TR": """
        USUBJID,TRLNKID,TRTESTCD,TRSTRESC,TRSTRESN,TRSTRESU,TRSTAT,TREVAL,VISITNUM,TRDTC
        S-1,T01,LDIAM,33,33,mm,,INVESTIGATOR,1,2017-01-02
        S-1,T02,LDIAM,22,22,mm,,INVESTIGATOR,1,2017-01-04
        S-1,T02,SAXIS,1.6,1.6,cm,,INVESTIGATOR,1,2017-01-04
        S-1,NT01,TUMSTATE,PRESENT,,,,INVESTIGATOR,1,2017-01-02
        S-1,T01,LDIAM,TOO SMALL TO MEASURE,,,,INVESTIGATOR,2,2017-04-02
        S-1,T02,SAXIS,,,,NOT DONE,INVESTIGATOR,2,
        S-1,NT01,TUMSTATE,UNEQUIVOCAL PROGRESSION,,,,INVESTIGATOR,2,2017-04-02
        S-1,,SUMDIAM,38,38,mm,,INVESTIGATOR,2,2017-04-02
        S-2,T01,LDIAM,15,15,mm,,INVESTIGATOR,1,2017-01-20
        S-2,T01,LDIAM,20,20,mm,,INVESTIGATOR,9,2017-06-20
        S-9,T01,LDIAM,20,20,mm,,INVESTIGATOR,1,2017-01-20
    """,
    "RS": """
        USUBJID,RSTESTCD,RSSTRESC,RSEVAL,VISITNUM,RSDTC
        S-1,NTRGRESP,PD,INVESTIGATOR,2,2017-04-05
        S-1,OVRLRESP,PD,INVESTIGATOR,2,2017-04-05
        S-1,NEWLIND,Y,INVESTIGATOR,2,2017-04-05
        S-1,BESTRESP,PD,INVESTIGATOR,,2017-04-05
        S-2,OVRLRESP,PD,INVESTIGATOR,9,2017-06-20
    """,
    "LB": """
        USUBJID,LBTESTCD,LBSTRESN,LBSTNRHI,LBDTC
        S-1,LDH,240,250,2017-01-10T08:00
        S-1,ALT,30,40,2017
        S-1,LDH,,250,2017-04-02
    """,
}


def frame(text):
    header, *rows = [line.strip().split(",") for line in text.strip().splitlines()]
    return pd.DataFrame(rows, columns=header)


def describe(tmp_path, suffix=".csv", settings=None, **changed):
    folder = tmp_path / "sdtm"
    folder.mkdir(exist_ok=True)
    for name, text in (DOMAINS | changed).items():
        if text is None:
            continue
        rows = frame(text)
        if suffix == ".csv":
            rows.to_csv(folder / f"{name.lower()}.csv", index=False)
        else:
            import pyreadstat

            for column in rows:
                numbers = pd.to_numeric(rows[column].replace("", None), errors="coerce")
                if column in ("AGE", "EXDOSE", "TRSTRESN", "LBSTRESN", "LBSTNRHI", "VISITNUM"):
                    rows[column] = numbers
            pyreadstat.write_xport(rows, str(folder / f"{name}.xpt"), table_name=name)
    path = tmp_path / "study.yaml"
    content = {"name": "study", "format": "sdtm", "path": "sdtm", "settings": settings or {}}
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return cohort.load_cohort(path, tmp_path)


def told(described):
    with pytest.raises(InputError) as error:
        cohort.clean(described)
    return str(error.value)


@pytest.mark.parametrize("suffix", [".csv", ".xpt"])
def test_subjects_become_patients(suffix, tmp_path):
    clean = cohort.clean(describe(tmp_path, suffix))
    patients = clean.tables["patients"].set_index("patient_id")
    assert patients.index.tolist() == ["S-1", "S-2", "S-3"]
    assert patients["treatment_start"].tolist() == ["2017-01-10", "2017-02-03", "2017-03-01"]
    assert patients["death"].tolist() == [0, 1, 0]
    assert patients["last_follow_up_day"].tolist() == [424, 363, 275]
    assert patients["last_dose_day"].tolist() == [pd.NA, 87, pd.NA]
    assert patients["discontinuation_reason"].tolist() == ["ongoing", "progression", "ongoing"]
    assert patients["monotherapy"].tolist() == [1, 0, 1]
    assert patients["sex"].tolist() == ["male", "female", None]
    assert patients["age_years"].tolist() == [61, 55, 70]
    assert patients["site"].tolist()[0] in ("01", "1")
    assert patients.loc["S-1", "best_response"] == "PD"
    notes = clean.notes.set_index("rule")
    assert notes.loc["not treated", ["table", "rows", "example_row"]].tolist() == ["DM", 1, 5]


@pytest.mark.parametrize("suffix", [".csv", ".xpt"])
def test_tumors_become_lesions(suffix, tmp_path):
    lesions = cohort.clean(describe(tmp_path, suffix)).tables["lesions"]
    columns = ["patient_id", "date", "lesion_id", "role", "organ", "node", "diameter_mm", "state"]
    rows = lesions[columns].astype(object)
    assert rows.where(rows.notna(), None).to_numpy().tolist() == [
        ["S-1", "2017-01-02", "NT01", "nontarget", "liver", 0, None, "present"],
        ["S-1", "2017-01-02", "T01", "target", "lung", 0, 33, None],
        ["S-1", "2017-01-02", "T02", "target", "lymph_node", 1, 16, None],
        ["S-1", "2017-04-02", "NEW01", "new", "brain", 0, None, "present"],
        ["S-1", "2017-04-02", "NT01", "nontarget", "liver", 0, None, "progressed"],
        ["S-1", "2017-04-02", "T01", "target", "lung", 0, 5, None],
        ["S-1", "2017-04-02", "T02", "target", "lymph_node", 1, None, "not_evaluable"],
        ["S-2", "2017-01-20", "T01", "target", "skin", 0, 15, None],
        ["S-2", "2017-06-20", "T01", "target", "skin", 0, 20, None],
    ]
    assert set(lesions["reader"]) == {"INVESTIGATOR"}


def test_readings_and_samples(tmp_path):
    tables = cohort.clean(describe(tmp_path)).tables
    columns = ["patient_id", "date", "target_sum_mm", "nontarget_response", "new_lesion"]
    rows = tables["assessments"][[*columns, "overall_response"]]
    assert rows.loc[0].tolist() == ["S-1", "2017-04-02", 38, "PD", "1", "PD"]
    assert rows.loc[1, ["patient_id", "date", "overall_response"]].tolist() == [
        "S-2",
        "2017-06-20",
        "PD",
    ]
    labs = tables["labs"]
    assert labs[["date", "value", "upper_limit"]].to_numpy().tolist() == [["2017-01-10", 240, 250]]


def test_accepted_readings_count(tmp_path):
    tr = """
        USUBJID,TRLNKID,TRTESTCD,TRSTRESN,TREVAL,TREVALID,TRACPTFL,TRDTC
        S-2,T01,LDIAM,15,INDEPENDENT ASSESSOR,RADIOLOGIST 1,,2017-01-20
        S-2,T01,LDIAM,16,INDEPENDENT ASSESSOR,RADIOLOGIST 2,Y,2017-01-20
        S-2,T01,LDIAM,14,INVESTIGATOR,,,2017-01-20
    """
    lesions = cohort.clean(describe(tmp_path, TR=tr)).tables["lesions"]
    lesions = lesions[lesions["lesion_id"] == "T01"].set_index("reader")["diameter_mm"].dropna()
    assert lesions.to_dict() == {"INDEPENDENT ASSESSOR": 16, "INVESTIGATOR": 14}


def test_an_equivocal_new_lesion_is_no_lesion_but_a_reading(tmp_path):
    tr = (
        DOMAINS["TR"].rstrip()
        + "\n        S-1,NEW01,TUMSTATE,EQUIVOCAL,,,,INVESTIGATOR,9,2017-07-01\n"
    )
    tables = cohort.clean(describe(tmp_path, TR=tr)).tables
    assert "NEW01" not in set(tables["lesions"]["lesion_id"])
    readings = tables["assessments"].set_index("date")["new_lesion"]
    assert readings["2017-07-01"] == "equivocal"


def test_partial_dates_are_told_with_domain_and_row(tmp_path):
    ex = DOMAINS["EX"].replace("2017-06-01,2017-06-01", "2017-06,2017-06-01")
    tr = DOMAINS["TR"].replace("1,2017-01-04", "1,2017-01")
    message = told(describe(tmp_path, EX=ex, TR=tr))
    assert "3 problems" in message
    expected = "expected a complete ISO date, year-month-day, as 2017-03-31"
    assert f"table TR, column TRDTC, row 3: found '2017-01'; {expected}" in message
    assert f"table EX, column EXSTDTC, row 3: found '2017-06'; {expected}" in message


def test_other_faults_are_told_with_domain_and_row(tmp_path):
    tr = (
        DOMAINS["TR"]
        .replace("33,33,mm", "33,-33,mm")
        .replace("S-2,T01,LDIAM,15", "S-7,T01,LDIAM,15")
    )
    rs = DOMAINS["RS"].replace("OVRLRESP,PD,INVESTIGATOR,9", "OVRLRESP,MR,INVESTIGATOR,9")
    dm = DOMAINS["DM"].replace("2018-02-01,Y", "2017-01-01,Y")
    message = told(describe(tmp_path, TR=tr, RS=rs, DM=dm))
    for line in (
        "table lesions (domain TR), column diameter_mm, row 2: found '-33'; expected",
        "table TR, column TRLNKID, row 10: found a tumor that TU does not identify",
        "table assessments (domain RS), column overall_response, row 6: found 'MR'; expected",
        "table patients (domain DM), column last_follow_up, row 3: found '2017-01-01', a death",
    ):
        assert line in message, line


def test_a_sample_twice_is_told_with_its_row(tmp_path):
    message = told(describe(tmp_path, LB=DOMAINS["LB"] + "        S-1,LDH,260,250,2017-01-10\n"))
    assert "table labs (domain LB), column patient_id, date, test, row 5: found the same" in message


def test_domains_and_columns_that_are_not_there(tmp_path):
    without = describe(tmp_path, DM=None)
    assert "table DM: found no such domain in sdtm; expected DM" in told(without)
    lacking = describe(tmp_path, TR="USUBJID,TRLNKID,TRSTRESN\nS-1,T01,3")
    assert "table TR, column TRTESTCD: found no such column; expected column TRTESTCD" in told(
        lacking
    )
    (tmp_path / "study.yaml").write_text("name: study\nformat: sdtm\npath: nowhere\n")
    nowhere = cohort.load_cohort(tmp_path / "study.yaml", tmp_path)
    assert nowhere.source_files() == []
    assert "found no folder nowhere" in told(nowhere)


def test_few_domains_are_enough(tmp_path):
    changed = dict.fromkeys(["TU", "TR", "RS", "DS", "EX", "LB"])
    tables = cohort.clean(describe(tmp_path, **changed)).tables
    assert tables["patients"]["patient_id"].tolist() == ["S-1", "S-3"]
    assert tables["lesions"].empty


def test_files_are_found_in_either_case(tmp_path):
    for name in ("dm.xpt", "TR.CSV", "suppdm.xpt", "notes.txt"):
        (tmp_path / name).write_text("x")
    assert {k: v.name for k, v in domain_files(tmp_path).items()} == {
        "DM": "dm.xpt",
        "TR": "TR.CSV",
    }
