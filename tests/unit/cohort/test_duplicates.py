"""Several readings of one day: an error, or settled by a stated rule."""

import pandas as pd
import pytest

TWICE = """
    patient_id,date,lesion_id,role,diameter_mm,organ,state,reader
    A,0,T1,target,20,lung,,R1
    A,40,T1,target,12,lung,,R1
    A,40,T1,target,41,liver,,R1
    A,40,T1,target,15,lung,,R2
    A,40,T2,target,30,lung,,R1
    A,80,T1,target,,lung,not_evaluable,R1
    A,80,T1,target,10,lung,,R1
"""


def settled(mine, rule, text=TWICE, table="lesions"):
    return mine.clean({table: text}, time="day", settings={"duplicate_readings": rule})


@pytest.mark.parametrize(
    ("rule", "on_day_40", "organ", "on_day_80"),
    [
        ("largest", 41, "liver", 10),
        ("mean", 26.5, "liver", 10),
        ("first", 12, "lung", None),
        ("last", 41, "liver", 10),
    ],
)
def test_one_reading_counts_by_the_rule(rule, on_day_40, organ, on_day_80, mine):
    lesions = settled(mine, rule).tables["lesions"]
    assert len(lesions) == 5
    of_reader = lesions[(lesions["lesion_id"] == "T1") & (lesions["reader"] == "R1")]
    of_reader = of_reader.set_index("day")
    assert of_reader.loc[40, ["diameter_mm", "organ"]].tolist() == [on_day_40, organ]
    last = of_reader.loc[80, "diameter_mm"]
    assert (None if pd.isna(last) else last) == on_day_80
    assert (of_reader.loc[80, "state"] == "not_evaluable") == (on_day_80 is None)


def test_the_note_counts_rows_and_disagreements_and_shows_one(mine):
    note = settled(mine, "largest").notes.iloc[0]
    assert note["rule"] == "duplicate readings: largest"
    assert (note["rows"], note["example_row"]) == (4, 3)
    assert note["note"].startswith("2 times several readings of one day; in 2 of them they differ")


def test_readings_that_agree_are_not_counted_as_different(mine):
    alike = "patient_id,date,target_sum_mm\nA,0,20\nA,0,20.0\n"
    clean = settled(mine, "mean", alike, "assessments")
    assert "1 times several readings of one day; in 0 of them" in clean.notes.loc[0, "note"]
    assert clean.tables["assessments"]["target_sum_mm"].tolist() == [20]


def test_by_default_they_are_an_error_that_names_the_setting(mine):
    told = mine.problems({"lesions": TWICE}, time="day")
    assert told.startswith("Cohort mine cannot be used: 2 problems.")
    assert (
        "column patient_id, date, lesion_id, reader, row 4: found the same patient_id, date, "
        "lesion_id and reader as in row 3" in told
    )
    assert "or a rule for them: settings.duplicate_readings" in told


def test_largest_and_mean_do_not_depend_on_the_order_in_the_file(mine):
    header, *rows = [line.strip() for line in TWICE.strip().splitlines()]
    backwards = "\n".join([header, *reversed(rows)])
    for rule in ("largest", "mean"):
        once = settled(mine, rule).tables["lesions"]
        again = settled(mine, rule, backwards).tables["lesions"]
        pd.testing.assert_frame_equal(once, again)


def test_two_readers_on_one_day_are_no_repetition(mine):
    text = "patient_id,date,overall_response,reader\nA,40,SD,R1\nA,40,PD,R2\n"
    clean = mine.clean({"assessments": text}, time="day")
    assert clean.tables["assessments"]["reader"].tolist() == ["R1", "R2"]


def test_samples_are_settled_too(mine):
    text = "patient_id,date,test,value,upper_limit\nA,3,ldh,200,250\nA,3,ldh,400,480\n"
    labs = settled(mine, "largest", text, "labs").tables["labs"]
    assert labs[["value", "upper_limit"]].to_numpy().tolist() == [[400, 480]]


def test_a_patient_twice_stays_an_error_where_the_rows_differ(mine):
    text = "patient_id,sex\nA,male\nA,male\nB,male\nB,female\n"
    settings = {"duplicate_readings": "first"}
    told = mine.problems({"patients": text}, time="day", settings=settings)
    assert told.startswith("Cohort mine cannot be used: 1 problem.")
    assert "row 5: found the same patient_id as in row 4" in told


def test_therapies_may_be_alike(mine):
    text = "patient_id,start,category,kind\nA,30,local,surgery\nA,30,local,surgery\n"
    assert len(mine.clean({"therapies": text}, time="day").tables["therapies"]) == 2
