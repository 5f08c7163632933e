"""SDTM in: a study of four subjects, written by hand, as CSV and as XPT."""

import pandas as pd
import pytest
import yaml

from pd1_dynamics.cohort import cleaning
from pd1_dynamics.contract.cohort_file import SDTM_FORMAT, data_set_files, load_cohort
from pd1_dynamics.contract.problems import InputError

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


def describe(tmp_path, suffix=".csv", settings=None, keys=None, **changed):
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
    content |= keys or {}
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return load_cohort(path, tmp_path)


def told(described):
    with pytest.raises(InputError) as error:
        cleaning.clean(described)
    return str(error.value)


@pytest.mark.parametrize("suffix", [".csv", ".xpt"])
def test_subjects_become_patients(suffix, tmp_path):
    clean = cleaning.clean(describe(tmp_path, suffix))
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
    lesions = cleaning.clean(describe(tmp_path, suffix)).tables["lesions"]
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
    tables = cleaning.clean(describe(tmp_path)).tables
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
    lesions = cleaning.clean(describe(tmp_path, TR=tr)).tables["lesions"]
    lesions = lesions[lesions["lesion_id"] == "T01"].set_index("reader")["diameter_mm"].dropna()
    assert lesions.to_dict() == {"INDEPENDENT ASSESSOR": 16, "INVESTIGATOR": 14}


def test_an_equivocal_new_lesion_is_no_lesion_but_a_reading(tmp_path):
    tr = (
        DOMAINS["TR"].rstrip()
        + "\n        S-1,NEW01,TUMSTATE,EQUIVOCAL,,,,INVESTIGATOR,9,2017-07-01\n"
    )
    tables = cleaning.clean(describe(tmp_path, TR=tr)).tables
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
    nowhere = load_cohort(tmp_path / "study.yaml", tmp_path)
    assert nowhere.source_files() == []
    assert "found no folder nowhere" in told(nowhere)


def test_few_domains_are_enough(tmp_path):
    changed = dict.fromkeys(["TU", "TR", "RS", "DS", "EX", "LB"])
    tables = cleaning.clean(describe(tmp_path, **changed)).tables
    assert tables["patients"]["patient_id"].tolist() == ["S-1", "S-3"]
    assert tables["lesions"].empty


def test_files_are_found_in_either_case(tmp_path):
    for name in ("dm.xpt", "TR.CSV", "suppdm.xpt", "notes.txt"):
        (tmp_path / name).write_text("x")
    assert {k: v.name for k, v in data_set_files(tmp_path, SDTM_FORMAT).items()} == {
        "DM": "dm.xpt",
        "TR": "TR.CSV",
    }


PERPENDICULAR = """
        USUBJID,TRLNKID,TRTESTCD,TRSTRESN,TRSTRESU,TREVAL,VISITNUM,TRDTC
        S-1,T01,LDIAM,33,mm,INVESTIGATOR,1,2017-01-02
        S-1,T01,LPERP,9,mm,INVESTIGATOR,1,2017-01-02
        S-1,T02,LDIAM,22,mm,INVESTIGATOR,1,2017-01-02
        S-1,T02,LPERP,16,mm,INVESTIGATOR,1,2017-01-02
        S-1,T01,LDIAM,45,mm,INVESTIGATOR,2,2017-04-02
        S-1,T01,LPERP,8,mm,INVESTIGATOR,2,2017-04-02
        S-1,T02,LPERP,16,mm,INVESTIGATOR,2,2017-04-02
        S-1,T02,LDIAM,30,mm,INVESTIGATOR,2,2017-04-02
    """


def test_a_perpendicular_diameter_makes_no_lymph_node(tmp_path):
    """The axis follows from the location: lung by its long axis, node by its short one."""
    lesions = cleaning.clean(describe(tmp_path, TR=PERPENDICULAR)).tables["lesions"]
    targets = lesions[(lesions["role"] == "target") & (lesions["patient_id"] == "S-1")]
    assert targets[["lesion_id", "node", "diameter_mm"]].to_numpy().tolist() == [
        ["T01", 0, 33.0],
        ["T02", 1, 16.0],
        ["T01", 0, 45.0],
        ["T02", 1, 16.0],
    ]


def test_a_progression_in_two_axes_is_no_complete_response(tmp_path):
    from pd1_dynamics.contract import definitions
    from pd1_dynamics.derive import derive

    tables = cleaning.clean(describe(tmp_path, TR=PERPENDICULAR, RS=None)).tables
    points = derive(tables, definitions.load()).response
    last = points[(points["patient_id"] == "S-1") & (points["date"] == "2017-04-02")].iloc[0]
    assert (last["target_sum_mm"], last["target_response"]) == (61.0, "PD")


@pytest.mark.parametrize(
    ("location", "tests", "node"),
    [
        ("", ("SAXIS",), 1),  # a short axis alone
        ("", ("LPERP", "LDIAM"), 0),
        ("", ("LDIAM", "LNSTATE"), 1),
        ("AXILLARY LYMPH NODE", ("LDIAM",), 1),
        ("LIVER", ("SAXIS",), 0),
    ],
)
def test_a_lesion_is_a_node_by_location_or_by_how_it_is_measured(tmp_path, location, tests, node):
    tu = f"USUBJID,TULNKID,TUSTRESC,TULOC,TUDTC\nS-1,T01,TARGET,{location},2017-01-02"
    rows = [f"S-1,T01,{test},{'PRESENT' if 'STATE' in test else 20},2017-01-02" for test in tests]
    tr = "USUBJID,TRLNKID,TRTESTCD,TRSTRESC,TRDTC\n" + "\n".join(rows)
    lesions = cleaning.clean(describe(tmp_path, TU=tu, TR=tr, RS=None)).tables["lesions"]
    assert lesions[["node", "diameter_mm"]].to_numpy().tolist() == [[node, 20.0]]


def test_non_cr_non_pd_is_a_response(tmp_path):
    rs = DOMAINS["RS"].replace(
        "OVRLRESP,PD,INVESTIGATOR,9", "OVRLRESP,NON-CR/NON-PD,INVESTIGATOR,9"
    )
    rs = rs.replace("BESTRESP,PD", "BESTRESP,NON-CR/NON-PD")
    tables = cleaning.clean(describe(tmp_path, RS=rs)).tables
    assert "NON-CR/NON-PD" in set(tables["assessments"]["overall_response"])
    assert tables["patients"].set_index("patient_id").loc["S-1", "best_response"] == "NON-CR/NON-PD"


def test_tumors_without_dates_take_those_of_their_results(tmp_path):
    tu = "\n".join(
        ",".join(line.strip().split(",")[:-1]) for line in DOMAINS["TU"].strip().splitlines()
    )
    tu = "\n".join(line for line in tu.splitlines() if "NEW01" not in line)
    lesions = cleaning.clean(describe(tmp_path, TU=tu)).tables["lesions"]
    assert set(lesions["date"]) == {"2017-01-02", "2017-04-02", "2017-01-20", "2017-06-20"}


def test_files_that_no_domain_is_named_after_are_noted(tmp_path):
    described = describe(tmp_path)
    (tmp_path / "sdtm" / "tumor_results.csv").write_text("USUBJID\nS-1\n")
    note = cleaning.clean(described).notes.set_index("rule").loc["files not read"]
    assert "tumor_results.csv" in note["note"]
    (tmp_path / "sdtm" / "dm.csv").rename(tmp_path / "sdtm" / "demographics.csv")
    assert "there is demographics.csv, tumor_results.csv" in told(described)


@pytest.mark.parametrize(
    ("rule", "date"),
    [("first", "2017-06-01"), ("middle", "2017-06-15"), ("last", "2017-06-30"), ("drop", None)],
)
def test_incomplete_dates_mean_what_the_cohort_says(tmp_path, rule, date):
    tr = DOMAINS["TR"].replace("9,2017-06-20", "9,2017-06")
    tr = tr.replace("INVESTIGATOR,1,2017-01-20\n        S-2", "INVESTIGATOR,1,2017-01\n        S-2")
    clean = cleaning.clean(describe(tmp_path, TR=tr, RS=None, keys={"partial_dates": rule}))
    lesions = clean.tables["lesions"]
    dates = lesions.loc[lesions["patient_id"] == "S-2", "date"].tolist()
    assert (date in dates) if date else "2017-06" not in str(dates)
    notes = clean.notes[clean.notes["rule"] == "incomplete dates"]
    assert notes["rows"].tolist() == [2]
    assert f"partial_dates: {rule}" in notes["note"].iloc[0]


def test_reported_sums_that_differ_are_noted_and_the_diameters_count(tmp_path):
    tr = PERPENDICULAR.rstrip() + "\n        S-1,,SUMDIAM,70,mm,INVESTIGATOR,2,2017-04-02\n"
    tr += "        S-1,,SUMDIAM,49.4,mm,INVESTIGATOR,1,2017-01-02\n"
    clean = cleaning.clean(describe(tmp_path, TR=tr))
    note = clean.notes.set_index("rule").loc["sums that differ"]
    assert note["rows"] == 1
    sums = clean.tables["assessments"].set_index("date")["target_sum_mm"]
    assert sums["2017-01-02"] == 49.4
    assert pd.isna(sums["2017-04-02"])


def test_accepted_readings_of_several_readers_are_noted(tmp_path):
    tr = """
        USUBJID,TRLNKID,TRTESTCD,TRSTRESN,TREVAL,TREVALID,TRACPTFL,TRDTC
        S-2,T01,LDIAM,15,INDEPENDENT ASSESSOR,RADIOLOGIST 1,Y,2017-01-20
        S-2,T01,LDIAM,16,INDEPENDENT ASSESSOR,RADIOLOGIST 2,Y,2017-03-20
    """
    notes = cleaning.clean(describe(tmp_path, TR=tr)).notes.set_index("rule")
    assert notes.loc["accepted readings of several readers", "rows"] == 1


@pytest.mark.parametrize(
    ("day", "date"), [("2017-04-23", "2017-04-02"), ("2017-04-24", "2017-04-24")]
)
def test_a_visit_has_one_date_within_21_days(tmp_path, day, date):
    rs = DOMAINS["RS"].replace("2,2017-04-05", f"2,{day}")
    assessments = cleaning.clean(describe(tmp_path, RS=rs)).tables["assessments"]
    own = assessments[
        (assessments["patient_id"] == "S-1") & assessments["overall_response"].notna()
    ]
    assert own["date"].tolist() == [date]
