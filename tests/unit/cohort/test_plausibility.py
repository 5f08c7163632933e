"""What is impossible is refused; what is implausible is a note with a count."""

import pandas as pd
import pytest

LESIONS = "patient_id,date,lesion_id,role,organ,node,diameter_mm,state\n"
PATIENTS = "patient_id,last_follow_up,death\nA,300,1\n"


def noted(mine, rule, **tables):
    notes = mine.clean(tables, time="day").notes.set_index("rule")
    return int(notes.loc[rule, "rows"]) if rule in notes.index else 0


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"lesions": LESIONS + "A,0,T1,target,lung,0,600,\n"}, "expected a number below 600"),
        (
            {"assessments": "patient_id,date,target_sum_mm\nA,0,3000\n"},
            "expected a number below 3000",
        ),
        (
            {
                "lesions": LESIONS + "A,0,T1,target,lung,0,30,\nA,0,T2,target,liver,0,20,\n",
                "assessments": "patient_id,date,target_sum_mm\nA,0,52\n",
            },
            "column target_sum_mm, row 2: found '52', not the sum of the target lesions",
        ),
    ],
)
def test_what_cannot_be_is_an_error(mine, table, told):
    message = mine.problems(table, time="day")
    assert told in message
    assert "1 problem" in message


@pytest.mark.parametrize("sum_mm", [49, 50, 51])
def test_a_sum_may_be_rounded_by_a_millimetre(mine, sum_mm):
    tables = {
        "lesions": LESIONS + "A,0,T1,target,lung,0,30,\nA,0,T2,target,liver,0,20,\n",
        "assessments": f"patient_id,date,target_sum_mm\nA,0,{sum_mm}\n",
    }
    assert len(mine.clean(tables, time="day").tables["assessments"]) == 1


def test_a_sum_is_compared_only_where_every_target_was_measured_once(mine):
    rows = "A,0,T1,target,lung,0,30,\nA,0,T2,target,liver,0,20,\nA,60,T1,target,lung,0,20,\n"
    sums = "patient_id,date,target_sum_mm\nA,0,50\nA,60,45\n"
    tables = {"lesions": LESIONS + rows, "assessments": sums}
    assert len(mine.clean(tables, time="day").tables["assessments"]) == 2
    tables["lesions"] = LESIONS + rows + "A,0,T2,target,liver,0,20,\n"
    settings = {"duplicate_readings": "largest"}
    assert len(mine.clean(tables, time="day", settings=settings).tables["assessments"]) == 2


def test_a_date_after_today_is_an_error(mine):
    tomorrow = (pd.Timestamp.today() + pd.Timedelta(days=2)).date().isoformat()
    text = f"patient_id,treatment_start,last_follow_up\nA,2017-01-01,{tomorrow}\n"
    message = mine.problems({"patients": text})
    assert "column last_follow_up, row 2" in message
    assert "a date after today" in message
    text = text.replace(tomorrow, pd.Timestamp.today().date().isoformat())
    assert len(mine.clean({"patients": text}).tables["patients"]) == 1


@pytest.mark.parametrize(
    ("rule", "rows", "expected"),
    [
        ("changing role", "A,0,T1,target,lung,0,30,\nA,60,T1,nontarget,lung,0,30,present\n", 1),
        ("changing organ", "A,0,T1,target,lung,0,30,\nA,60,T1,target,liver,0,30,\n", 1),
        ("changing nodal flag", "A,0,T1,target,lung,0,30,\nA,60,T1,target,lung,1,30,\n", 1),
        ("changing organ", "A,0,T1,target,lung,0,30,\nB,60,T1,target,liver,0,30,\n", 0),
        ("fivefold change", "A,0,T1,target,lung,0,30,\nA,60,T1,target,lung,0,6,\n", 1),
        ("fivefold change", "A,0,T1,target,lung,0,30,\nA,60,T1,target,lung,0,6.1,\n", 0),
        ("fivefold change", "A,0,T1,target,lung,0,2.4,\nA,60,T1,target,lung,0,24,\n", 1),
        ("fivefold change", "A,0,T1,target,lung,0,30,\nA,60,T1,target,lung,0,5,\n", 0),
        ("fivefold change", "A,0,T1,target,lung,0,30,\nA,60,T1,target,lung,0,0,\n", 0),
        ("small targets", "A,0,T1,target,lung,0,9.9,\n", 1),
        ("small targets", "A,0,T1,target,lung,0,10,\n", 0),
        ("small target nodes", "A,0,T1,target,lymph_node,1,14.9,\n", 1),
        ("small target nodes", "A,0,T1,target,lymph_node,1,15,\n", 0),
        ("small targets", "A,0,T1,target,lymph_node,1,9,\n", 0),
        ("many targets", "".join(f"A,0,T{n},target,o{n},0,20,\n" for n in range(6)), 1),
        ("many targets", "".join(f"A,0,T{n},target,o{n},0,20,\n" for n in range(5)), 0),
        ("many targets in an organ", "".join(f"A,0,T{n},target,lung,0,20,\n" for n in "123"), 1),
        ("many targets in an organ", "".join(f"A,0,T{n},target,lung,0,20,\n" for n in "12"), 0),
        ("old baseline", "A,-43,T1,target,lung,0,30,\n", 1),
        ("old baseline", "A,-42,T1,target,lung,0,30,\n", 0),
        ("old baseline", "A,-43,T1,target,lung,0,30,\nA,-1,T1,target,lung,0,30,\n", 0),
    ],
)
def test_lesions_that_seldom_are_so_are_counted(mine, rule, rows, expected):
    assert noted(mine, rule, lesions=LESIONS + rows) == expected


@pytest.mark.parametrize(
    ("rule", "row", "expected"),
    [
        ("unusual LDH limit", "200,49", 1),
        ("unusual LDH limit", "200,50", 0),
        ("unusual LDH limit", "200,1001", 1),
        ("implausible LDH", "25000,250", 1),
        ("implausible LDH", "24999,250", 0),
    ],
)
def test_ldh_that_seldom_is_so_is_counted(mine, rule, row, expected):
    labs = f"patient_id,date,test,value,upper_limit\nA,0,ldh,{row}\n"
    assert noted(mine, rule, labs=labs) == expected


def test_one_reader_out_of_several_is_noted(mine):
    scans = "patient_id,date,target_sum_mm,reader\nA,0,50,R1\nA,60,40,R1\nA,0,52,R2\nB,0,30,R2\n"
    alone = mine.clean({"assessments": scans}, time="day", settings={"reader": ["R1"]}).notes
    assert alone.set_index("rule").loc["one reader of several", "rows"] == 2
    assert noted(mine, "one reader of several", assessments=scans) == 1
    settings = {"reader": ["R2", "R1"]}
    notes = mine.clean({"assessments": scans}, time="day", settings=settings).notes
    note = notes.set_index("rule").loc["one reader of several"]
    assert note["rows"] == 2
    assert "those of R2, R1 count" in note["note"]


def test_patients_who_lack_something_are_counted_with_what_it_costs(mine):
    text = "patient_id,sex,last_follow_up,death\nA,male,300,1\nB,,,0\nC,,200,0\n"
    notes = mine.clean({"patients": text}, time="day").notes.set_index("rule")
    assert notes.loc["no last contact", "rows"] == 1
    assert notes.loc["missing sex", "rows"] == 2
    assert "left out" in notes.loc["missing sex", "note"]
    assert "missing death" not in notes.index


def test_a_pfs_event_without_a_cause_is_noted_and_stays_an_event(mine):
    text = "patient_id,pfs,pfs_event,progression,os,death\nA,100,1,0,400,0\nB,90,1,1,300,1\n"
    assert noted(mine, "PFS event without a cause", patients=text) == 1


def test_a_pfs_without_its_event_is_noted(mine):
    header = "patient_id,pfs,pfs_event,progression,os,death\n"
    untold = "A,100,,,400,0\nB,90,,,300,1\n"
    told = "C,90,,,90,1\nD,90,0,,300,1\nE,90,,0,300,1\nF,90,,1,300,1\nG,,,,300,1\n"
    assert noted(mine, "PFS without its event", patients=header + untold + told) == 2
    scans = "patient_id,date,target_sum_mm\nA,0,50\n"
    rows = {"patients": header + untold + told, "assessments": scans}
    assert noted(mine, "PFS without its event", **rows) == 1


def test_a_progression_without_its_day_is_noted(mine):
    text = "patient_id,progression,progression_date,os,death\nA,1,,400,0\nB,1,90,300,1\nC,0,,9,1\n"
    assert noted(mine, "progression without its day", patients=text) == 1


def test_reports_of_events_alone_are_noted(mine):
    header = "patient_id,pfs,progression,os,death\n"
    rows = "A,90,1,400,1\nB,200,,300,0\nC,90,,90,1\n"
    assert noted(mine, "events alone", patients=header + rows) == 3
    assert noted(mine, "events alone", patients=header + rows.replace("200,", "200,0")) == 0


REPORTED = "patient_id,pfs,pfs_event,progression,progression_date,os,death,best_response\n"


@pytest.mark.parametrize(
    ("rule", "wrong", "right"),
    [
        ("progression without a PFS event", "A,90,0,1,90,400,0,", "A,90,0,1,120,400,0,"),
        ("PFS that ends before progression", "A,90,1,1,107,400,0,", "A,90,1,1,106,400,0,"),
        ("death without a PFS event", "A,90,0,,,90,1,", "A,90,0,,,91,1,"),
        ("PFS beyond the last contact", "A,90,0,,,73,0,", "A,90,0,,,74,0,"),
        ("PFS event that may be a death", "A,90,1,,,190,,", "A,90,1,,,190,0,"),
        ("PFS event that may be a death", "A,90,1,,,,1,PR", "A,90,1,,,,1,PD"),
        ("PD and death on one day", "A,90,1,,,90,1,PD", "A,90,1,,,190,1,PD"),
        ("PFS event without a cause", "A,90,1,0,,190,1,", "A,90,1,0,,90,1,"),
        ("PD without progression", "A,90,1,0,,90,1,PD", "A,90,1,0,,90,1,SD"),
        ("PD without progression", "A,90,0,,,190,1,PD", "A,90,1,,,190,1,PD"),
    ],
)
def test_reports_that_contradict_each_other_are_noted(mine, rule, wrong, right):
    assert noted(mine, rule, patients=REPORTED + wrong + "\n") == 1
    assert noted(mine, rule, patients=REPORTED + right + "\n") == 0
    scans = "patient_id,date,target_sum_mm\nA,0,50\n"  # which tell, whatever is reported
    assert noted(mine, rule, patients=REPORTED + wrong + "\n", assessments=scans) == 0


def test_an_empty_date_of_progression_is_noted_where_nothing_else_tells(mine):
    rule = "no date of progression"
    rows = ["A,,400,0,", "B,90,300,1,", "C,,9,1,"]
    text = "patient_id,progression_date,last_follow_up,death,progression\n" + "\n".join(rows)
    assert noted(mine, rule, patients=text) == 2
    assert noted(mine, rule, patients=text.replace("B,90,300,1,", "B,90,300,1,1")) == 0


def test_control_characters_are_removed_and_noted(mine):
    text = "patient_id,site,last_follow_up,death\nA,Nor\u0007d\u202e,300,1\n"
    clean = mine.clean({"patients": text}, time="day")
    assert clean.tables["patients"]["site"].tolist() == ["Nord"]
    assert clean.notes.set_index("rule").loc["control characters", "rows"] == 1


def test_centers_that_start_a_formula_are_neutralised(mine):
    text = "patient_id,site,last_follow_up,death\nA,=1+1,300,1\nB,North,300,1\n"
    clean = mine.clean({"patients": text}, time="day")
    assert clean.tables["patients"]["site"].tolist() == ["'=1+1", "North"]
    assert clean.notes.set_index("rule").loc["formulas", "rows"] == 1


def test_further_sheets_of_a_workbook_are_noted(mine, tmp_path):
    with pd.ExcelWriter(tmp_path / "book.xlsx") as book:
        for name in ("first", "second"):
            frame = pd.DataFrame({"patient_id": ["A"], "last_follow_up": [300], "death": [1]})
            frame.to_excel(book, sheet_name=name, index=False)
    notes = mine.clean({"patients": {"path": "book.xlsx"}}, time="day").notes.set_index("rule")
    assert "second" in notes.loc["sheets not read", "note"]
