"""Harmless inconsistencies are resolved and noted; contradictions are errors."""

import pytest

LESIONS = "patient_id,date,lesion_id,role,diameter_mm,state\n"


def notes(clean):
    return {note["rule"]: note for note in clean.notes.to_dict("records")}


def test_a_scan_after_the_last_contact_of_a_living_patient_moves_the_contact(mine):
    clean = mine.clean(
        {
            "patients": "patient_id,last_follow_up,death\nA,100,0\nB,100,\nC,300,0\n",
            "lesions": LESIONS + "A,0,1,target,9,\nA,120,1,target,9,\nB,90,1,target,9,\n",
            "therapies": "patient_id,start,category\nB,150,local\n",
        },
        time="day",
    )
    assert clean.tables["patients"]["last_follow_up_day"].tolist() == [120, 150, 300]
    note = notes(clean)["last contact moved"]
    assert (note["table"], note["rows"], note["example_row"]) == ("patients", 2, 2)


def test_a_death_by_reported_survival_bounds_the_scans_too(mine):
    tables = {
        "patients": {
            "content": "patient_id,os,death\nA,3.2,1\nB,3.2,0\n",
            "units": {"os": "month"},
        },
        "lesions": LESIONS + "A,98,1,target,9,\nA,99,1,target,9,\nB,99,1,target,9,\n",
    }
    told = mine.problems(tables, time="day")
    assert told.startswith("Cohort mine cannot be used: 1 problem.")
    assert "table lesions, column date, row 3: found '99', a scan after the patient's death" in told


def test_order_of_rows_baselines_and_mixed_responses_are_noted(mine):
    clean = mine.clean(
        {
            "patients": "patient_id,best_response,death\nA,mixed,1\nB,PR,0\nC,,0\n",
            "lesions": LESIONS
            + "A,40,1,target,9,\nA,-3,1,target,9,\nB,1,1,target,9,\nC,2,1,target,9,",
        },
        time="day",
        settings={"baseline": {"latest_day": 1}},
    )
    found = notes(clean)
    assert found["sorted by day"]["example_row"] == 3
    assert (found["mixed responses kept apart"]["rows"], found["no baseline"]["example_row"]) == (
        1,
        5,
    )
    assert found["baseline after day 0"]["example_row"] == 4
    assert found["death without a date"]["rows"] == 1


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("target,,not_evaluable", None),
        ("target,,absent", None),
        ("target,0,absent", None),
        ("nontarget,,present", None),
        ("nontarget,,", None),
        ("target,,", "column diameter_mm, row 2: found an empty cell; expected a diameter of"),
        ("target,,present", "column diameter_mm, row 2: found an empty cell"),
        (
            "target,9,not_evaluable",
            "column state, row 2: found 'not_evaluable', a state beside a d",
        ),
        ("target,9,absent", "column state, row 2: found 'absent', a state beside a diameter"),
    ],
)
def test_a_target_lesion_has_a_diameter_or_a_reason(state, told, mine):
    table = f"patient_id,date,lesion_id,role,diameter_mm,state\nA,0,1,{state}\n"
    if told is None:
        assert len(mine.clean({"lesions": table}, time="day").tables["lesions"]) == 1
    else:
        message = mine.problems({"lesions": table}, time="day")
        assert message.startswith("Cohort mine cannot be used: 1 problem.")
        assert told in message


def test_progression_free_survival_is_not_longer_than_survival(mine):
    text = "patient_id,pfs,os,death\nA,400,300,1\nB,400,300,0\nC,310,300,1\n"
    told = mine.problems({"patients": text}, time="day")
    assert told.startswith("Cohort mine cannot be used: 1 problem.")
    assert "column pfs, row 2: found '400', longer than the survival of this patient" in told


def test_treatment_starts_on_day_0_in_day_mode(mine):
    told = mine.problems({"patients": "patient_id,treatment_start\nA,0\nB,3\nC,\n"}, time="day")
    assert told.startswith("Cohort mine cannot be used: 1 problem.")
    assert (
        "column treatment_start, row 3: found '3'; expected 0, since times are days from the first "
        "dose" in told
    )


def test_serial_numbers_of_a_spreadsheet_are_no_days(mine):
    table = "patient_id,date,target_sum_mm\nA,42825,30\nA,12.5,30\n"
    told = mine.problems({"assessments": table}, time="day")
    assert "row 2: found '42825', more than a hundred years from the first dose" in told
    assert "row 3: found '12.5'; expected a whole number of days" in told


def test_dates_need_a_patients_table_with_the_first_dose(mine):
    told = mine.problems({"assessments": "patient_id,date\nA,2017-01-01\n"})
    assert (
        "table patients: found no such table; expected a table patients with treatment_st" in told
    )
    assert "1 problem" in told


def test_a_constant_beside_a_column_is_told(mine):
    table = {"content": LESIONS + "A,0,1,target,9,\n", "constants": {"role": "target"}}
    told = mine.problems({"lesions": table}, time="day")
    assert "column role: found a column beside the constant; expected only one of the two" in told


def test_a_misspelt_column_is_found(mine):
    told = mine.problems({"labs": "patient_id,date,tests,value\nA,0,ldh,3\n"}, time="day")
    assert "column test: found no such column; expected column test" in told
    assert "(there is 'tests')" in told


def test_a_progression_is_not_denied_and_dated_nor_passed_by_pfs(mine):
    header = "patient_id,progression,progression_date,pfs\n"
    text = header + "A,0,90,\nB,1,90,107\nC,1,90,106\nD,0,,\n"
    told = mine.problems({"patients": text}, time="day")
    assert "column progression, row 2: found '0', beside a progression_date" in told
    assert "column pfs, row 3: found '107', longer than the time to progression" in told
    assert "2 problems" in told


def test_reports_of_who_has_scans_are_left_alone(mine):
    patients = "patient_id,progression,progression_date,pfs\nA,0,84,120\n"
    scans = "patient_id,date,target_sum_mm\nA,-5,50\nA,84,80\n"
    clean = mine.clean({"patients": patients, "assessments": scans}, time="day")
    assert len(clean.tables["patients"]) == 1


@pytest.mark.parametrize(("pfs", "problems"), [(316, 0), (317, 1)])
def test_reported_pfs_may_exceed_survival_by_half_a_month(mine, pfs, problems):
    text = f"patient_id,pfs,os,death\nA,{pfs},300,1\n"
    if problems:
        assert "longer than the survival" in mine.problems({"patients": text}, time="day")
    else:
        assert len(mine.clean({"patients": text}, time="day").tables["patients"]) == 1


@pytest.mark.parametrize(("contact", "notes"), [(331, 0), (332, 1)])
def test_two_survival_times_may_lie_a_month_apart(mine, contact, notes):
    text = f"patient_id,os,last_follow_up,death\nA,300,{contact},1\n"
    found = mine.clean({"patients": text}, time="day").notes["rule"].tolist()
    assert found.count("two survival times") == notes


@pytest.mark.parametrize(("day", "problems"), [(36525, 0), (36526, 1)])
def test_days_farther_than_a_hundred_years_are_mistakes(mine, day, problems):
    text = f"patient_id,date,target_sum_mm\nA,{day},30\n"
    if problems:
        assert "hundred years" in mine.problems({"assessments": text}, time="day")
    else:
        assert len(mine.clean({"assessments": text}, time="day").tables["assessments"]) == 1
