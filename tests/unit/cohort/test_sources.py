"""Every kind of file, what a file looks like, rows that are wanted, and dates as written."""

import subprocess
from shutil import which

import numpy as np
import pandas as pd
import pyreadr
import pyreadstat
import pytest
import yaml

from pd1_dynamics.cohort import cleaning
from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.contract.problems import InputError

SCANS = pd.DataFrame(
    {
        "ID": ["A", "A", "B"],
        "DAY": [-7.0, 80.0, -3.0],
        "MM": [21.5, 15.0, 30.0],
    }
)
COLUMNS = {"patient_id": "ID", "date": "DAY", "target_sum_mm": "MM"}


def cohort(folder, tables, **keys):
    content = {"name": "mine", "time": "day", "tables": tables, **keys}
    path = folder / "mine.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return load_cohort(path)


def clean(folder, tables, **keys):
    return cleaning.clean(cohort(folder, tables, **keys))


def told(folder, tables, **keys):
    with pytest.raises(InputError) as error:
        clean(folder, tables, **keys)
    return str(error.value)


WRITERS = {
    "scans.csv": lambda path: SCANS.to_csv(path, index=False),
    "scans.tsv": lambda path: SCANS.to_csv(path, index=False, sep="\t"),
    "scans.txt": lambda path: SCANS.to_csv(path, index=False, sep="\t"),
    "scans.xlsx": lambda path: SCANS.to_excel(path, index=False),
    "scans.parquet": lambda path: SCANS.to_parquet(path),
    "scans.xpt": lambda path: pyreadstat.write_xport(SCANS, str(path)),
    "scans.sav": lambda path: pyreadstat.write_sav(SCANS, str(path)),
    "scans.dta": lambda path: pyreadstat.write_dta(SCANS, str(path)),
    "scans.rds": lambda path: pyreadr.write_rds(str(path), SCANS),
    "scans.rda": lambda path: pyreadr.write_rdata(str(path), SCANS, df_name="scans"),
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_kind_of_file_gives_the_same_table(tmp_path, name):
    WRITERS[name](tmp_path / name)
    rows = clean(tmp_path, {"assessments": {"path": name, "columns": COLUMNS}}).tables
    found = rows["assessments"][["patient_id", "day", "target_sum_mm"]]
    assert found.to_numpy().tolist() == [["A", -7, 21.5], ["A", 80, 15.0], ["B", -3, 30.0]]


def test_of_an_r_file_with_several_data_frames_one_is_named(tmp_path):
    if not which("Rscript"):
        pytest.skip("R is not installed")
    program = "scans <- data.frame(ID='A', DAY=-7, MM=20); other <- data.frame(x=1)"
    save = f"{program}; save(other, scans, file='{tmp_path / 'two.rda'}')"
    subprocess.run(["Rscript", "-e", save], check=True, capture_output=True)
    table = {"path": "two.rda", "columns": COLUMNS}
    assert "2 data frames in two.rda; expected object: one of other, scans" in told(
        tmp_path, {"assessments": table}
    )
    rows = clean(tmp_path, {"assessments": {**table, "object": "scans"}}).tables["assessments"]
    assert rows["target_sum_mm"].tolist() == [20]
    assert "no data frame 'x'" in told(tmp_path, {"assessments": {**table, "object": "x"}})


def test_a_sheet_and_its_header_row(tmp_path):
    with pd.ExcelWriter(tmp_path / "book.xlsx") as book:
        pd.DataFrame({"x": [1]}).to_excel(book, sheet_name="About", index=False)
        SCANS.assign(MM=[21.5, "wide", 30]).to_excel(
            book, sheet_name="Scans", startrow=3, index=False
        )
    table = {"path": "book.xlsx", "columns": COLUMNS, "header_row": 4}
    for sheet in ("Scans", 2):
        message = told(tmp_path, {"assessments": {**table, "sheet": sheet}})
        assert "column target_sum_mm, row 6: found 'wide'" in message  # as the program shows it
    assert "no sheet 'Scan' in book.xlsx; expected one of its sheets: About, Scans" in told(
        tmp_path, {"assessments": {**table, "sheet": "Scan"}}
    )


def test_comments_and_header_row_of_text_keep_the_rows_of_the_file(tmp_path):
    text = "#a\n#b\nID,DAY,MM\n#c\nA,-7,20\nA,80,x\n"
    (tmp_path / "scans.csv").write_text(text, encoding="utf-8")
    table = {"path": "scans.csv", "columns": COLUMNS, "comment": "#"}
    assert "column target_sum_mm, row 6: found 'x'" in told(tmp_path, {"assessments": table})
    (tmp_path / "scans.csv").write_text("Export\n\nID,DAY,MM\nA,-7,20\nA,80,x\n", encoding="utf-8")
    table = {"path": "scans.csv", "columns": COLUMNS, "header_row": 3}
    assert "column target_sum_mm, row 5: found 'x'" in told(tmp_path, {"assessments": table})


def test_decimal_commas(tmp_path):
    (tmp_path / "s.csv").write_text("ID;DAY;MM\nA;-7;1.021,5\nA;80;15\n", encoding="utf-8")
    table = {"path": "s.csv", "columns": COLUMNS, "decimal": ","}
    rows = clean(tmp_path, {"assessments": table}).tables["assessments"]
    assert rows["target_sum_mm"].tolist() == [1021.5, 15]
    (tmp_path / "s.csv").write_text("ID;DAY;MM\nA;-7;21,5\nA;80;15.5\n", encoding="utf-8")
    message = told(tmp_path, {"assessments": table})
    assert "column MM, row 3: found '15.5'; expected a comma before decimals" in message
    assert "expected a number" in told(tmp_path, {"assessments": {**table, "decimal": "."}})


def test_dates_in_their_own_format(tmp_path):
    (tmp_path / "p.csv").write_text(
        "patient_id,treatment_start,last_follow_up\nA,31.03.2017,2018-01-31\nB,03/31/2017,\n",
        encoding="utf-8",
    )
    table = {"path": "p.csv", "date_format": "%d.%m.%Y"}
    message = told(tmp_path, {"patients": table}, time="date")
    assert "column treatment_start, row 3: found '03/31/2017'; expected a date in the format" in (
        message
    )
    (tmp_path / "p.csv").write_text(
        "patient_id,treatment_start,last_follow_up\nA,31.03.2017,2018-03-31\n", encoding="utf-8"
    )
    rows = clean(tmp_path, {"patients": table}, time="date").tables["patients"]
    assert rows["treatment_start"].tolist() == ["2017-03-31"]
    assert rows["last_follow_up_day"].tolist() == [365]


def test_rows_are_chosen_by_their_own_words_and_counted(tmp_path):
    text = "ID,ARM,death\nA,Nivolumab,1\nB,Ipilimumab,0\nC,Nivolumab,0\n"
    (tmp_path / "p.csv").write_text(text, encoding="utf-8")
    table = {"path": "p.csv", "columns": {"patient_id": "ID"}, "where": {"ARM": "Nivolumab"}}
    made = clean(tmp_path, {"patients": table})
    assert made.tables["patients"]["patient_id"].tolist() == ["A", "C"]
    note = made.notes.set_index("rule").loc["rows left out"]
    assert (note["rows"], note["note"]) == (1, "Rows of p.csv that `where` leaves out.")
    message = told(tmp_path, {"patients": {**table, "where": {"ARMM": "Nivolumab"}}})
    assert "there is 'ARM'" in message
    assert "the columns are ID, ARM, death" in message
    message = told(tmp_path, {"patients": {**table, "where": {"ARM": ["x", "y"]}}})
    assert "no row with 'x' or 'y'" in message


def test_missing_codes_of_one_table(tmp_path):
    (tmp_path / "p.csv").write_text("patient_id,ecog,death\nA,9,1\n", encoding="utf-8")
    rows = clean(tmp_path, {"patients": {"path": "p.csv", "missing": [9]}}).tables["patients"]
    assert rows["ecog"].tolist() == [None]
    assert "found '9'" in told(tmp_path, {"patients": {"path": "p.csv"}})


def test_an_empty_diameter_means_what_the_cohort_says(tmp_path):
    text = "patient_id,date,lesion_id,role,diameter_mm\nA,-7,1,target,20\nA,80,1,target,\n"
    (tmp_path / "l.csv").write_text(text, encoding="utf-8")
    tables = {"lesions": {"path": "l.csv"}}
    assert "expected a diameter of the target lesion, or the state not_evaluable" in told(
        tmp_path, tables
    )
    made = clean(tmp_path, tables, missing_diameter="not_evaluable")
    assert made.tables["lesions"]["state"].tolist() == [None, "not_evaluable"]
    assert made.notes.set_index("rule").loc["empty diameters", "rows"] == 1


def test_a_query_and_where_its_mistakes_are(tmp_path):
    (tmp_path / "s.csv").write_text("ID,DAY,MM\nA,-7,20\nA,80,x\nB,-3,-1\n", encoding="utf-8")
    sql = "SELECT ID AS patient_id, DAY AS date, MM AS target_sum_mm FROM s WHERE ID = 'A'"
    message = told(tmp_path, {"assessments": {"sql": sql}}, sources={"s": {"path": "s.csv"}})
    assert (
        "table assessments (result of the query), column target_sum_mm, row 2: found 'x'" in message
    )


@pytest.mark.parametrize(
    ("table", "keys", "words"),
    [
        ({"source": "x"}, {}, "expected one of the sources: none is named"),
        ({"path": "s.csv", "sql": "SELECT 1"}, {}, "path and sql; expected one of path, source"),
        ({"sql": "SELECT 1"}, {}, "a query without sources"),
        ({"sql": "SELECT 1", "sheet": "x"}, {"sources": {"s": {"path": "s.csv"}}}, "found sheet"),
        (
            {"source": "s", "decimal": ","},
            {"sources": {"s": {"path": "s.csv"}}},
            "under the source",
        ),
        ({"path": "s.csv", "sheet": "One"}, {}, "no sheet for a .csv file"),
        ({"path": "s.csv", "object": "One"}, {}, "no object for a .csv file"),
        ({"path": "s.csv", "date_format": "%Y"}, {}, "no date_format, since times are days"),
        ({"path": "s.csv", "columns": {"patient": "ID"}}, {}, "'patient_id' is near"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path, table, keys, words):
    (tmp_path / "s.csv").write_text("patient_id,date\nA,1\n", encoding="utf-8")
    assert words in told(tmp_path, {"assessments": table}, **keys)


def test_paths_start_at_the_cohorts_file(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "p.csv").write_text("patient_id,death\nA,1\n", encoding="utf-8")
    monkeypatch.chdir("/")
    rows = clean(tmp_path, {"patients": {"path": "data/p.csv"}}).tables["patients"]
    assert rows["patient_id"].tolist() == ["A"]


def test_own_covariates_are_checked_like_any_column(tmp_path):
    text = "patient_id,PD L1,smoker,stage\nA,55,ever,IIIA\nB,140,now,IV\n"
    (tmp_path / "p.csv").write_text(text, encoding="utf-8")
    variables = {
        "pdl1": {"label": "PD-L1", "unit": "%", "kind": "continuous", "minimum": 0, "maximum": 100},
        "smoker": {
            "label": "Smoking",
            "kind": "categorical",
            "levels": {"never": "N", "ever": "E"},
        },
    }
    tables = {"patients": {"path": "p.csv", "columns": {"pdl1": "PD L1"}}}
    message = told(tmp_path, tables, variables=variables)
    assert "column pdl1, row 3: found '140'; expected a number from 0 to 100" in message
    assert "column smoker, row 3: found 'now'; expected one of never, ever" in message
    assert "column stage, row 2: found 'IIIA'" in message  # the study's own stages
    text = "patient_id,PD L1,smoker\nA,55,ever\nB,40,never\n"
    (tmp_path / "p.csv").write_text(text, encoding="utf-8")
    rows = clean(tmp_path, tables, variables=variables).tables["patients"]
    assert rows["pdl1"].tolist() == [55, 40]
    assert rows["smoker"].tolist() == ["ever", "never"]
    variables["bmi"] = {"label": "Body mass index", "kind": "continuous"}
    assert "column bmi: found no such column" in told(tmp_path, tables, variables=variables)


def test_a_stage_of_another_disease_is_declared_anew(tmp_path):
    (tmp_path / "p.csv").write_text("patient_id,stage\nA,IVA\n", encoding="utf-8")
    own = {
        "stage": {"label": "Stage", "kind": "categorical", "levels": {"IVA": "IVA", "IVB": "IVB"}}
    }
    rows = clean(tmp_path, {"patients": {"path": "p.csv"}}, variables=own).tables["patients"]
    assert rows["stage"].tolist() == ["IVA"]


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"variables": {"pfs_months": {"label": "P", "kind": "binary"}}}, "another name"),
        ({"variables": {"death": {"label": "D", "kind": "binary"}}}, "another name"),
        ({"variables": {"x": {"label": "X", "kind": "number"}}}, "variables.x.kind"),
        ({"sets": {"baseline_characteristics": {"drop": ["eco"]}}}, "found 'eco'; expected one of"),
    ],
)
def test_own_entries_that_cannot_be_are_refused(tmp_path, keys, words):
    (tmp_path / "p.csv").write_text("patient_id,death,x\nA,1,1\n", encoding="utf-8")
    assert words in told(tmp_path, {"patients": {"path": "p.csv"}}, **keys)


def test_single_precision_and_missing_numbers_of_other_programs(tmp_path):
    frame = pd.DataFrame({"ID": ["A", "B"], "DAY": [-1.0, -1.0], "MM": np.float32([23.1, np.nan])})
    frame.to_stata(tmp_path / "s.dta", write_index=False)
    rows = clean(tmp_path, {"assessments": {"path": "s.dta", "columns": COLUMNS}}).tables
    assert rows["assessments"]["target_sum_mm"].tolist()[0] == pytest.approx(23.1, abs=1e-9)
    assert np.isnan(rows["assessments"]["target_sum_mm"].tolist()[1])


def test_thousands_with_a_point_are_refused_beside_decimal_commas(tmp_path):
    (tmp_path / "l.csv").write_text("patient_id;date;test;value;upper_limit\nA;0;ldh;1.150;250\n")
    (tmp_path / "p.csv").write_text("patient_id\nA\n")
    tables = {"patients": {"path": "p.csv"}, "labs": {"path": "l.csv", "decimal": ","}}
    message = told(tmp_path, tables)
    assert "table labs, column value, row 2: found '1.150'; expected no point" in message


def test_true_numbers_of_a_workbook_need_no_comma(tmp_path):
    cells = pd.DataFrame({"ID": ["A", "B"], "DAY": [-7, -3], "MM": ["21,5", 30.125]})
    cells.to_excel(tmp_path / "s.xlsx", index=False)
    tables = {"assessments": {"path": "s.xlsx", "columns": COLUMNS, "decimal": ","}}
    rows = clean(tmp_path, tables).tables["assessments"]
    assert rows["target_sum_mm"].tolist() == [21.5, 30.125]


def test_times_of_day_in_an_r_file_are_no_dates_as_the_day_is_in_doubt(tmp_path):
    if not which("Rscript"):
        pytest.skip("R is not installed")
    program = """
        seen <- as.POSIXct(c("2017-10-30 00:00:00", "2017-11-01 01:00:00"), tz = "Europe/Berlin")
        p <- data.frame(patient_id = c("A", "B"), treatment_start = seen,
                        born = as.POSIXct(c(NA, "1950-01-01 12:00:00"), tz = "UTC"))
        save(p, file = "p.rda")
    """
    subprocess.run(["Rscript", "-e", program], cwd=tmp_path, check=True)
    message = told(tmp_path, {"patients": {"path": "p.rda"}}, time="date")
    told_of = "found '9999-99-99 99:99:99 (XXX)' (masked); expected an ISO date"
    assert f"column treatment_start, row 2: {told_of}" in message
    assert "row 3" not in message
    assert "born" not in message  # nobody asked for it
    sql = "SELECT patient_id, treatment_start::TIMESTAMP::DATE AS treatment_start FROM p"
    message = told(
        tmp_path, {"patients": {"sql": sql}}, sources={"p": {"path": "p.rda"}}, time="date"
    )
    assert "Cohort mine cannot be used" in message


@pytest.mark.parametrize("date_format", ["%m/%Y", "%d.%m", "%Y %%"])
def test_a_format_without_a_day_month_or_year_is_refused(tmp_path, date_format):
    (tmp_path / "p.csv").write_text("patient_id,treatment_start\nA,01/2017\n")
    tables = {"patients": {"path": "p.csv", "date_format": date_format}}
    message = told(tmp_path, tables, time="date")
    assert f"found {date_format!r}; expected a format with day, month and year" in message


def test_patients_left_out_take_their_rows_along(tmp_path):
    (tmp_path / "p.csv").write_text("ID,arm\nA,nivolumab\nB,other\n")
    (tmp_path / "s.csv").write_text("ID,DAY,MM\nA,-7,21\nB,-3,30\nB,80,31\n")
    tables = {
        "patients": {
            "path": "p.csv",
            "columns": {"patient_id": "ID"},
            "where": {"arm": ["nivolumab", "pembrolizumb"]},
        },
        "assessments": {"path": "s.csv", "columns": COLUMNS},
    }
    made = clean(tmp_path, tables)
    assert made.tables["assessments"]["patient_id"].tolist() == ["A"]
    notes = made.notes.set_index("note")["rows"]
    assert notes["Rows of patients whom `where` leaves out of the table patients."] == 2
    assert notes["Values of `where` that no row of p.csv has: arm: 'pembrolizumb'."] == 0


def test_a_patient_whom_nobody_left_out_and_nobody_knows_is_still_an_error(tmp_path):
    (tmp_path / "p.csv").write_text("ID,arm\nA,nivolumab\nB,other\n")
    (tmp_path / "s.csv").write_text("ID,DAY,MM\nA,-7,21\nC,-3,30\n")
    tables = {
        "patients": {
            "path": "p.csv",
            "columns": {"patient_id": "ID"},
            "where": {"arm": "nivolumab"},
        },
        "assessments": {"path": "s.csv", "columns": COLUMNS},
    }
    assert "unknown patient" in told(tmp_path, tables)
