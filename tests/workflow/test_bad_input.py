"""Bad input: each fault named with table, column and row, what was found and what was expected.

A sound little cohort is spoilt in one place at a time, then in all places at once.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pd1_dynamics.cohort import cleaning
from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.contract.problems import InputError

ROOT = Path(__file__).parents[2]

SOUND = {
    "patients": """
patient_id,site,treatment_start,last_dose,last_follow_up,death,sex,age_years,ecog,stage
A,X,2017-01-10,2017-06-01,2018-01-10,1,male,61,0,M1a
B,X,2017-02-10,,2018-02-10,0,female,55,1,M1c
C,Y,2017-03-10,2017-09-01,2018-03-10,0,female,70,0,III
""",
    "assessments": """
patient_id,date,target_sum_mm,nontarget_response,new_lesion,overall_response
A,2017-01-02,50,none,0,
A,2017-04-02,30,none,0,PR
B,2017-02-02,40,NON-CR/NON-PD,0,
B,2017-05-02,60,NON-CR/NON-PD,1,PD
""",
    "lesions": """
patient_id,date,lesion_id,role,organ,node,diameter_mm,state
C,2017-03-02,T1,target,lung,0,22.5,
C,2017-03-02,N1,nontarget,liver,0,,present
C,2017-06-02,T1,target,lung,0,18,
C,2017-06-02,N1,nontarget,liver,0,,present
""",
    "labs": """
patient_id,date,test,value,upper_limit
A,2017-01-09,ldh,200,250
B,2017-02-09,ldh,300,250
""",
    "therapies": """
patient_id,start,end,category,kind,best_response,progression_date,last_follow_up
B,2017-06-10,2017-08-01,systemic,anti_ctla4,PD,2017-08-01,2018-02-10
""",
}


def lines(table):
    return SOUND[table].strip().splitlines()


def with_cell(table, row, column, value):
    """The table with one cell changed; rows as a person sees them, the header is row 1."""
    rows = [line.split(",") for line in lines(table)]
    rows[row - 1][rows[0].index(column)] = value
    return "\n".join(map(",".join, rows))


def with_row(table, row):
    return "\n".join([*lines(table), row])


def without_column(table, column):
    rows = [line.split(",") for line in lines(table)]
    place = rows[0].index(column)
    return "\n".join(",".join(row[:place] + row[place + 1 :]) for row in rows)


# What is spoilt: table, its new text (None: no file), and the line of the message.
ISO = "expected an ISO date, year-month-day, as 2017-03-31"
FAULTS = {
    "a file that is not there": (
        "labs",
        None,
        "table labs: found no file {folder}/labs.csv; expected a file there",
    ),
    "an empty file": (
        "labs",
        "",
        "table labs: found an empty file {folder}/labs.csv; expected a row of column names and at "
        "least one row below",
    ),
    "an empty table": (
        "labs",
        lines("labs")[0],
        "table labs: found no rows in {folder}/labs.csv; expected at least one row",
    ),
    "no patients": (
        "patients",
        without_column("patients", "patient_id"),
        "table patients, column patient_id: found no such column; expected column patient_id, "
        "another column's name for it under `columns`, or a constant",
    ),
    "no first dose": (
        "patients",
        without_column("patients", "treatment_start"),
        "table patients, column treatment_start: found no such column; expected column "
        "treatment_start, another column's name for it under `columns`, or a constant",
    ),
    "no dates of scans": (
        "lesions",
        without_column("lesions", "date"),
        "table lesions, column date: found no such column; expected column date",
    ),
    "no dates of assessments": (
        "assessments",
        without_column("assessments", "date"),
        "table assessments, column date: found no such column; expected column date",
    ),
    "no lesion names": (
        "lesions",
        without_column("lesions", "lesion_id"),
        "table lesions, column lesion_id: found no such column; expected column lesion_id",
    ),
    "no laboratory values": (
        "labs",
        without_column("labs", "value"),
        "table labs, column value: found no such column; expected column value",
    ),
    "a patient without a first dose": (
        "patients",
        with_cell("patients", 3, "treatment_start", ""),
        "table patients, column treatment_start, row 3: found an empty cell; expected a value in "
        "every row",
    ),
    "a patient without a name": (
        "assessments",
        with_cell("assessments", 4, "patient_id", ""),
        "table assessments, column patient_id, row 4: found an empty cell; expected a value in "
        "every row",
    ),
    "an unknown category": (
        "patients",
        with_cell("patients", 4, "stage", "IV"),
        "table patients, column stage, row 4: found 'IV'; expected one of III, M1a, M1b, M1c, M1d",
    ),
    "an unknown response": (
        "assessments",
        with_cell("assessments", 3, "overall_response", "MR"),
        "table assessments, column overall_response, row 3: found 'MR'; expected one of CR, PR, "
        "SD, NON-CR/NON-PD, PD, NE",
    ),
    "a flag that is not 0 or 1": (
        "patients",
        with_cell("patients", 2, "death", "2"),
        "table patients, column death, row 2: found '2'; expected 0 or 1",
    ),
    "a flag in words": (
        "patients",
        with_cell("patients", 2, "death", "yes"),
        "table patients, column death, row 2: found 'yes'; expected 0 or 1",
    ),
    "text in a number": (
        "assessments",
        with_cell("assessments", 3, "target_sum_mm", "30 mm"),
        "table assessments, column target_sum_mm, row 3: found '30 mm'; expected a number",
    ),
    "a decimal comma": (
        "lesions",
        "\n".join(lines("lesions")).replace(",22.5,", ',"22,5",'),
        "table lesions, column diameter_mm, row 2: found '22,5'; expected a number, with a point "
        "before decimals",
    ),
    "a negative diameter": (
        "lesions",
        with_cell("lesions", 4, "diameter_mm", "-18"),
        "table lesions, column diameter_mm, row 4: found '-18'; expected a number of at least 0",
    ),
    "an LDH of 0": (
        "labs",
        with_cell("labs", 3, "value", "0"),
        "table labs, column value, row 3: found '0'; expected a number above 0",
    ),
    "an age that cannot be": (
        "patients",
        with_cell("patients", 3, "age_years", "550"),
        "table patients, column age_years, row 3: found '550'; expected a number from 0 to 120",
    ),
    "half an ECOG grade": (
        "patients",
        with_cell("patients", 3, "ecog", "0.5"),
        "table patients, column ecog, row 3: found '0.5'; expected one of 0, 1, 2, 3, 4",
    ),
    "dates in two formats": (
        "assessments",
        with_cell("assessments", 5, "date", "02.05.2017"),
        f"table assessments, column date, row 5: found '02.05.2017'; {ISO}",
    ),
    "dates in two orders": (
        "patients",
        with_cell("patients", 4, "treatment_start", "03/10/2017"),
        f"table patients, column treatment_start, row 4: found '03/10/2017'; {ISO}",
    ),
    "a date that does not exist": (
        "labs",
        with_cell("labs", 2, "date", "2017-02-30"),
        "table labs, column date, row 2: found '2017-02-30'; expected a date that exists",
    ),
    "a year that cannot be": (
        "labs",
        with_cell("labs", 2, "date", "2171-01-09"),
        "table labs, column date, row 2: found '2171-01-09', more than a hundred years from the "
        "first dose; expected a date within a hundred years of treatment_start",
    ),
    "a patient twice": (
        "patients",
        with_row("patients", lines("patients")[1]),
        "table patients, column patient_id, row 5: found the same patient_id as in row 2; expected "
        "one row for each patient_id",
    ),
    "an assessment twice": (
        "assessments",
        with_row("assessments", "A,2017-04-02,31,none,0,PR"),
        "table assessments, column patient_id, date, row 6: found the same patient_id and date as "
        "in row 3; expected one row for each patient_id and date",
    ),
    "a lesion twice on one day": (
        "lesions",
        with_row("lesions", lines("lesions")[3]),
        "table lesions, column patient_id, date, lesion_id, row 6: found the same patient_id, date "
        "and lesion_id as in row 4; expected one row for each patient_id, date and lesion_id",
    ),
    "a sample twice": (
        "labs",
        with_row("labs", "A,2017-01-09,ldh,210,250"),
        "table labs, column patient_id, date, test, row 4: found the same patient_id, date and "
        "test as in row 2; expected one row for each",
    ),
    "a death before the first dose": (
        "patients",
        with_cell("patients", 2, "last_follow_up", "2016-12-31"),
        "table patients, column last_follow_up, row 2: found '2016-12-31', a death before the "
        "first dose; expected a date not before treatment_start",
    ),
    "a last contact before the first dose": (
        "patients",
        with_cell("patients", 3, "last_follow_up", "2016-12-31"),
        "table patients, column last_follow_up, row 3: found '2016-12-31', a last contact before "
        "the first dose; expected a date not before treatment_start",
    ),
    "a last dose before the first": (
        "patients",
        with_cell("patients", 4, "last_dose", "2017-03-09"),
        "table patients, column last_dose, row 4: found '2017-03-09', a last dose before the first "
        "dose; expected a date not before treatment_start",
    ),
    "a dose after death": (
        "patients",
        with_cell("patients", 2, "last_dose", "2018-01-11"),
        "table patients, column last_dose, row 2: found '2018-01-11', a date after the patient's "
        "death; expected a date not after the patient's death",
    ),
    "a scan of an unknown patient": (
        "lesions",
        with_row("lesions", "D,2017-03-02,T1,target,lung,0,20,"),
        "table lesions, column patient_id, row 6: found an unknown patient; expected a patient of "
        "the table patients",
    ),
    "a scan after death": (
        "assessments",
        with_cell("assessments", 3, "date", "2018-01-11"),
        "table assessments, column date, row 3: found '2018-01-11', a scan after the patient's "
        "death; expected a date not after the patient's death",
    ),
    "a therapy that ends before it starts": (
        "therapies",
        with_cell("therapies", 2, "end", "2017-06-09"),
        "table therapies, column end, row 2: found '2017-06-09', before the therapy's start; "
        "expected a date not before start",
    ),
    "a later therapy before the first dose": (
        "therapies",
        with_cell("therapies", 2, "start", "2017-02-09"),
        "table therapies, column start, row 2: found '2017-02-09', a later therapy before the "
        "first dose; expected a date not before treatment_start",
    ),
    "a target lesion without a diameter": (
        "lesions",
        with_cell("lesions", 4, "diameter_mm", ""),
        "table lesions, column diameter_mm, row 4: found an empty cell; expected a diameter of the "
        "target lesion, or the state not_evaluable",
    ),
    "a row that is too short": (
        "labs",
        with_row("labs", "A,2017-05-09,ldh"),
        "table labs, row 4: found a row of 3 cells; expected 5 cells, as in the header",
    ),
    "a row that is too long": (
        "labs",
        with_row("labs", "A,2017-05-09,ldh,1,250,300"),
        "table labs, row 4: found a row of 6 cells; expected 5 cells, as in the header",
    ),
    "a quotation mark that is not closed": (
        "labs",
        lines("labs")[0] + '\nA,2017-01-09,ldh,200,"250\nB,2017-02-09,ldh,300,250\n',
        'table labs, row 2: found a " that is not closed; expected a second " at the end of the '
        "cell",
    ),
}


def write_cohort(folder, spoilt=None, **keys):
    """Write the sound cohort, some tables replaced, and its description."""
    texts = SOUND | (spoilt or {})
    for table, text in texts.items():
        path = folder / f"{table}.csv"
        path.unlink(missing_ok=True)
        if text is not None:
            path.write_text(text.lstrip(), encoding="utf-8")
    tables = {table: {"path": str(folder / f"{table}.csv")} for table in texts}
    path = folder / "mine.yaml"
    path.write_text(yaml.safe_dump({"name": "mine", "tables": tables, **keys}), encoding="utf-8")
    return path


def message(path):
    with pytest.raises(InputError) as error:
        cleaning.clean(load_cohort(path))
    return str(error.value)


def test_the_sound_cohort_is_sound(tmp_path):
    clean = cleaning.clean(load_cohort(write_cohort(tmp_path)))
    assert len(clean.tables["patients"]) == 3
    assert clean.notes.empty


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_told_with_its_place(fault, tmp_path):
    table, text, line = FAULTS[fault]
    told = message(write_cohort(tmp_path, {table: text}))
    assert line.format(folder=tmp_path) in told
    assert told.startswith("Cohort mine cannot be used: 1 problem."), told
    assert "Traceback" not in told


def test_no_message_names_a_patient(tmp_path):
    secret = {table: text.replace("\nA,", "\nSMITH,") for table, text in SOUND.items()}
    for table, text, _ in FAULTS.values():
        spoilt = text if text is None else text.replace("\nA,", "\nSMITH,")
        assert "SMITH" not in message(write_cohort(tmp_path, secret | {table: spoilt}))


def test_faults_of_all_tables_come_in_one_message(tmp_path):
    def cells(table, *changes):
        rows = [line.split(",") for line in lines(table)]
        for row, column, value in changes:
            rows[row - 1][rows[0].index(column)] = value
        return "\n".join(map(",".join, rows))

    spoilt = {
        "patients": cells("patients", (2, "last_follow_up", "2016-12-31"), (3, "sex", "F"))
        + "\n"
        + lines("patients")[3],
        "assessments": cells(
            "assessments", (2, "target_sum_mm", "fifty"), (5, "date", "02.05.2017")
        ),
        "lesions": cells("lesions", (2, "diameter_mm", "-22.5"), (4, "patient_id", "Z")),
        "labs": lines("labs")[0],
        "therapies": None,
    }
    told = message(write_cohort(tmp_path, spoilt))
    for line in (
        "column last_follow_up, row 2: found '2016-12-31', a death before the first dose",
        "column sex, row 3: found 'F'; expected one of female, male",
        "column patient_id, row 5: found the same patient_id as in row 4",
        "column target_sum_mm, row 2: found 'fifty'",
        "column date, row 5: found '02.05.2017'",
        "column diameter_mm, row 2: found '-22.5'",
        "column patient_id, row 4: found an unknown patient",
        "table labs: found no rows",
        "table therapies: found no file",
    ):
        assert line in told, line
    assert told.count("\n  ") == len(told.splitlines()) - 1


def test_many_rows_of_one_fault_are_counted_and_hide_nothing(tmp_path):
    rows = [f"A,2017-01-{day:02d},ldh,high,250" for day in range(1, 29)]
    rows += ["A,2017-02-01,ldh,low,250", "A,2017-02-02,ldh,-4,250"]
    told = message(write_cohort(tmp_path, {"labs": "\n".join([lines("labs")[0], *rows])}))
    assert told.count("'high'") == 10
    assert "column value, row 30: found 'low'; expected a number" in told
    assert "found the same in 18 more rows; expected a number" in told
    assert "column value, row 31: found '-4'; expected a number above 0" in told


def test_problems_of_the_description_come_in_one_message(tmp_path):
    path = write_cohort(
        tmp_path,
        settings={"best_response": {"sd_minimum": 42}, "reeder": "R1"},
        titel="typo",
        time="weeks",
    )
    told = message(path)
    for line in ("unknown key 'titel'", "'weeks'; expected one of date, day", "'sd_minimum'"):
        assert line in told
    assert "unknown key 'reeder'" in told
    assert told.startswith("mine.yaml cannot be used: 4 problems.")


def test_columns_that_the_description_gives_and_the_file_lacks_are_named(tmp_path):
    path = write_cohort(tmp_path)
    content = yaml.safe_load(path.read_text())
    content["tables"]["patients"]["columns"] = {"death": "dead", "sex": "gendr", "ecog": "ecog"}
    path.write_text(yaml.safe_dump(content))
    told = message(path)
    assert (
        "column dead: found no such column; expected column 'dead', which the cohort's file "
        in told
    )
    assert "gives for death" in told
    assert "column gendr: found no such column" in told
    assert told.startswith("Cohort mine cannot be used: 2 problems.")


def run_script(folder, path):
    """Run the workflow's script as Snakemake does, in a process of its own."""
    notes = folder / "results" / "notes.csv"
    notes.parent.mkdir(exist_ok=True)
    program = (
        "import runpy; from types import SimpleNamespace as S;"
        f"output = type('Output', (list,), {{'notes': {str(notes)!r}}})([{str(notes)!r}]);"
        f"definitions = {str(ROOT / 'config' / 'definitions.yaml')!r};"
        f"inputs = S(cohort={str(path)!r}, definitions=definitions);"
        f"snakemake = S(rule='clean_cohort', log=[{str(folder / 'clean.log')!r}], input=inputs,"
        " output=output, params=S(contents='sources:'));"
        f"runpy.run_path({str(ROOT / 'workflow/scripts/clean_cohort.py')!r},"
        " {'snakemake': snakemake}, '__main__')"
    )
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_a_failed_run_has_no_traceback_and_leaves_earlier_results_alone(tmp_path):
    good = run_script(tmp_path, write_cohort(tmp_path))
    assert good.returncode == 0, good.stderr
    before = contents(tmp_path / "results")
    assert len(before) == 6

    spoilt = {"labs": None, "lesions": with_cell("lesions", 2, "diameter_mm", "-22.5")}
    bad = run_script(tmp_path, write_cohort(tmp_path, spoilt))
    assert bad.returncode == 1
    assert "2 problems" in bad.stderr
    assert "Traceback" not in bad.stderr + bad.stdout + (tmp_path / "clean.log").read_text()
    assert contents(tmp_path / "results") == before
    assert not (tmp_path / "results" / ".unfinished").exists()


@pytest.mark.slow
@pytest.mark.skipif(
    not (ROOT / "config" / "figures.yaml").is_file(), reason="the configuration is incomplete"
)
def test_the_workflow_stops_with_the_message_alone(tmp_path):
    project = tmp_path / "project"
    left_out = shutil.ignore_patterns("results", ".venv", ".git", ".snakemake", "__pycache__")
    shutil.copytree(ROOT, project, ignore=left_out)
    source = tmp_path / "source"
    source.mkdir()
    target = "results/mine/cohort/notes.csv"

    def run(spoilt=None):
        path = write_cohort(source, spoilt)
        shutil.copy(path, project / "config" / "cohorts" / "mine.yaml")
        command = [sys.executable, "-m", "snakemake", "--cores", "1", target, "--config"]
        return subprocess.run(
            [*command, "cohort=mine"], cwd=project, capture_output=True, text=True
        )

    good = run()
    assert good.returncode == 0, good.stderr
    before = contents(project / "results" / "mine" / "cohort")
    bad = run({"labs": None, "therapies": lines("therapies")[0]})
    assert bad.returncode != 0
    assert "table labs: found no file" in bad.stderr
    assert "table therapies: found no rows" in bad.stderr
    assert "Traceback" not in bad.stderr
    assert contents(project / "results" / "mine" / "cohort") == before
    assert run().returncode == 0
