"""ADaM in: analysis data sets written by hand."""

import pandas as pd
import pyreadstat
import pytest
import yaml

from pd1_dynamics.cohort import cleaning
from pd1_dynamics.contract import definitions
from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.contract.problems import InputError
from pd1_dynamics.derive import derive

DATA_SETS = {
    "ADSL": """
        USUBJID,SITEID,AGE,SEX,TRTSDT,TRTEDT,EOTSTT,DCTREAS,LSTALVDT,DTHDT,DTHFL,ECOG,PDL1
        S-1,01,61,M,2017-01-10,2017-06-01,DISCONTINUED,PROGRESSIVE DISEASE,,2018-01-10,Y,0,60
        S-2,01,55,F,2017-02-01,,ONGOING,,2018-02-01,,,1,5
        S-3,02,70,U,2017-03-01,2017-05-01,DISCONTINUED,ADVERSE EVENT,2018-03-01,,,0,
        S-9,02,50,F,,,,,,,,0,1
    """,
    "ADRS": """
        USUBJID,PARAMCD,AVALC,ADT,ANL01FL
        S-1,OVRLRESP,PR,2017-04-04,Y
        S-1,OVRLRESP,SD,2017-04-04,
        S-1,OVRLRESP,PD,2017-07-04,Y
        S-1,BOR,PR,,Y
        S-3,BOR,SD,,Y
    """,
    "ADTR": """
        USUBJID,PARAMCD,AVAL,ADT
        S-1,SUMDIAM,50,2017-01-02
        S-1,SUMDIAM,30,2017-04-04
        S-1,SUMDIAM,55,2017-07-04
        S-1,LDIAM,55,2017-07-04
    """,
    "ADTTE": """
        USUBJID,PARAMCD,PARAM,AVAL,CNSR
        S-1,PFS,Progression-free survival (days),999,0
        S-3,PFS,Progression-free survival (months),4,0
        S-3,OS,Overall survival (months),12,1
        S-3,TTR,Time to response (days),,1
    """,
}


def frame(text):
    header, *rows = [line.strip().split(",") for line in text.strip().splitlines()]
    return pd.DataFrame(rows, columns=header)


def describe(folder, kind="csv", changes=(), **keys):
    for name, text in (DATA_SETS | dict(changes)).items():
        if text is None:
            continue
        path = folder / f"{name.lower()}.{kind}"
        if kind == "xpt":
            numbers = {"AVAL": float, "CNSR": float, "AGE": float, "PDL1": float, "ECOG": float}
            rows = frame(text)
            for column in rows:
                if column in numbers:
                    rows[column] = pd.to_numeric(rows[column])
            pyreadstat.write_xport(rows, str(path))
        else:
            frame(text).to_csv(path, index=False)
    content = {"name": "trial", "format": "adam", "path": ".", **keys}
    (folder / "trial.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return load_cohort(folder / "trial.yaml")


def told(cohort):
    with pytest.raises(InputError) as error:
        cleaning.clean(cohort)
    return str(error.value)


@pytest.mark.parametrize("kind", ["csv", "xpt"])
def test_subjects_responses_and_times(tmp_path, kind):
    own = {"pdl1": {"label": "PD-L1", "kind": "continuous"}}
    cohort = describe(tmp_path, kind, variables=own)
    clean = cleaning.clean(cohort)
    patients = clean.tables["patients"].set_index("patient_id")
    assert patients.index.tolist() == ["S-1", "S-2", "S-3"]
    assert patients["sex"].tolist() == ["male", "female", None]
    assert patients["ecog"].tolist() == ["0", "1", "0"]
    assert patients["pdl1"].tolist()[:2] == [60, 5]
    assert patients["discontinuation_reason"].tolist() == ["progression", "ongoing", "toxicity"]
    assert patients["last_dose_day"].isna().tolist() == [False, True, False]
    assert patients["death"].tolist() == [1, 0, 0]
    made = derive(clean.tables, definitions.load()).patients.set_index("patient_id")
    assert made.loc["S-1", "best_response"] == "PR"
    assert made.loc["S-1", "pfs_months"] == pytest.approx(175 / 30.4375)  # derived, not 999
    assert made.loc["S-1", "max_change_pct"] == pytest.approx(-40)
    assert made.loc["S-3", "best_response"] == "SD"
    assert made.loc["S-3", ["pfs_months", "pfs_event"]].tolist() == [pytest.approx(4), 1]
    assert "Subjects without a first exposure (TRTSDT) are left out." in set(clean.notes["note"])


def test_everything_that_is_wrong_is_told_at_once(tmp_path):
    changes = {
        "ADTTE": """
            USUBJID,PARAMCD,PARAM,AVAL,CNSR
            S-1,PFS,Progression-free survival,10,0
            S-3,OS,Overall survival (months),soon,x
            S-3,OS,Overall survival (months),12,1
        """,
        "ADRS": """
            USUBJID,PARAMCD,AVALC,ADT
            S-1,OVRLRESP,BETTER,2017-04-04
            S-1,OVRLRESP,PD,
            S-1,OVRLRESP,PD,2017-07
        """,
    }
    message = told(describe(tmp_path, changes=changes))
    for line in (
        "table ADTTE, column AVALU, row 2: found 'nothing'; expected days or months",
        "table ADTTE, column AVAL, row 3: found 'soon'; expected a number",
        "table ADTTE, column CNSR, row 3: found 'x'; expected 0 for an event",
        "table ADTTE, column PARAMCD, row 4: found a second row of the subject",
        "table ADRS, column ADT, row 3: found an empty cell",
        "table ADRS, column ADT, row 4: found '2017-07'; expected a complete ISO date",
        "(data set ADRS), column overall_response, row 2: found 'BETTER'",
    ):
        assert line in message, message


def test_what_the_folder_lacks(tmp_path):
    assert "no such data set in ." in told(describe(tmp_path, changes={"ADSL": None}))
    lacking = "USUBJID,PARAMCD\nS-1,PFS"
    assert "table ADTTE, column CNSR: found no such column" in told(
        describe(tmp_path, changes={"ADTTE": lacking})
    )
    few = dict.fromkeys(["ADRS", "ADTTE", "ADTR"])
    for file in tmp_path.glob("ad*.csv"):
        file.unlink()
    assert len(cleaning.clean(describe(tmp_path, changes=few)).tables["patients"]) == 3


def test_incomplete_dates_mean_what_the_cohort_says(tmp_path):
    changes = {"ADTR": "USUBJID,PARAMCD,AVAL,ADT\nS-1,SUMDIAM,50,2017-01"}
    cohort = describe(tmp_path, changes=changes, partial_dates="first")
    made = cleaning.clean(cohort)
    assert "2017-01-01" in made.tables["assessments"]["date"].tolist()
    assert (made.notes["rule"] == "incomplete dates").any()


def test_two_results_of_one_day_are_an_error_whatever_their_order(tmp_path):
    head = "USUBJID,PARAMCD,AVALC,ADT"
    pr, pd_ = "S-1,OVRLRESP,PR,2017-04-04", "S-1,OVRLRESP,PD,2017-04-04"
    for rows in ((pr, pd_), (pd_, pr)):
        message = told(describe(tmp_path, changes={"ADRS": "\n".join([head, *rows])}))
        assert "table ADRS, column AVALC, row 3: found another result" in message
    same = "\n".join([head, pr, pr])
    cleaning.clean(describe(tmp_path, changes={"ADRS": same}))
    sums = "USUBJID,PARAMCD,AVAL,ADT\nS-1,SUMDIAM,24,2017-01-02\nS-1,SUMDIAM,99,2017-01-02"
    message = told(describe(tmp_path, changes={"ADTR": sums}))
    assert "table ADTR, column AVAL, row 3: found another result" in message


@pytest.mark.parametrize(
    ("head", "cell", "fits"),
    [
        ("AVALU", "cm", False),
        ("PARAM", "Sum of Diameters (cm)", False),
        ("AVALU", "mm", True),
        ("PARAM", "Sum of Diameters in mm", True),
        ("PARAM", "Sum of Diameters", True),
    ],
)
def test_target_sums_are_in_millimeters_or_refused(tmp_path, head, cell, fits):
    sums = f"USUBJID,PARAMCD,AVAL,ADT,{head}\nS-1,SUMDIAM,5,2017-01-02,{cell}"
    described = describe(tmp_path, changes={"ADTR": sums})
    if fits:
        cleaning.clean(described)
    else:
        assert "table ADTR, column AVALU, row 2: found 'CM'; expected mm" in told(described)


def test_a_death_that_adtte_tells_otherwise_is_noted(tmp_path):
    times = """
        USUBJID,PARAMCD,PARAM,AVAL,CNSR
        S-1,OS,Overall survival (months),12,1
        S-3,OS,Overall survival (months),12,1
    """
    clean = cleaning.clean(describe(tmp_path, changes={"ADTTE": times}))
    note = clean.notes.set_index("rule").loc["another death in ADTTE"]
    assert (note["table"], note["rows"], note["example_row"]) == ("ADSL", 1, 2)
    assert clean.tables["patients"].set_index("patient_id")["death"]["S-1"] == 1


def test_a_death_that_is_denied_and_dated_is_an_error(tmp_path):
    text = DATA_SETS["ADSL"].replace("2018-01-10,Y", "2018-01-10,N")
    message = told(describe(tmp_path, changes={"ADSL": text}))
    assert "table ADSL, column DTHFL, row 2: found N beside a date of death" in message
