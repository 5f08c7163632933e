"""Files to text: the same table in every kind of file, and row numbers as a person sees them."""

import datetime

import numpy as np
import pandas as pd
import pytest

from pd1_dynamics.cohort.sheets import read_sheet
from pd1_dynamics.contract.problems import InputError

ROWS = [["A", "2017-03-31", "23.1", "3", "001"], ["B", "", "", "", "NA"]]
HEADER = ["id", "date", "size", "count", "code"]


def read(path):
    return read_sheet(path, "lesions", path.name)


def cells(sheet):
    return [list(row) for row in zip(*(list(c) for c in sheet.columns.values()), strict=True)]


def text(separator=",", end="\n", mark=""):
    return mark + end.join(separator.join(row) for row in [HEADER, *ROWS]) + end


def write_typed(path, **options):
    frame = pd.DataFrame(
        {
            "id": ["A", "B"],
            "date": pd.to_datetime(["2017-03-31", None]),
            "size": [23.1, np.nan],
            "count": [3.0, np.nan],
            "code": ["001", "NA"],
        }
    )
    getattr(frame, f"to_{path.suffix.lstrip('.').replace('xlsx', 'excel')}")(path, index=False)
    return path


WRITERS = {
    "table.csv": lambda path: path.write_bytes(text().encode()),
    "with_mark.csv": lambda path: path.write_bytes(text(mark="\ufeff").encode()),
    "windows.csv": lambda path: path.write_bytes(text(end="\r\n").encode()),
    "no_end.csv": lambda path: path.write_bytes(text().rstrip().encode()),
    "semicolons.csv": lambda path: path.write_bytes(text(separator=";").encode()),
    "unicode.csv": lambda path: path.write_bytes(text().encode("utf-16")),
    "table.tsv": lambda path: path.write_bytes(text(separator="\t").encode()),
    "table.TXT": lambda path: path.write_bytes(text(separator="\t").encode()),
    "blanks.csv": lambda path: path.write_bytes(text(separator=" , ").encode()),
    "quoted.csv": lambda path: (
        path.write_bytes(text(separator='","', end='"\n"').encode()[:-1])
        and path.write_bytes(b'"' + path.read_bytes())
    ),
    "typed.parquet": write_typed,
    "typed.xlsx": write_typed,
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_kind_of_file_gives_the_same_text(name, tmp_path):
    path = tmp_path / name
    WRITERS[name](path)
    sheet = read(path)
    assert list(sheet.columns) == HEADER
    assert cells(sheet) == ROWS
    assert sheet.rows.tolist() == [2, 3]


def test_parquet_types_become_the_text_that_a_person_would_read(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as parquet

    table = pa.table(
        {
            "flag": pa.array([True, None]),
            "whole": pa.array([7, None], pa.int16()),
            "single": pa.array([23.1, None], pa.float32()),
            "day": pa.array([datetime.date(2017, 3, 31), None]),
            "time": pa.array([datetime.datetime(2017, 3, 31, 10, 30), None]),
            "decimal": pa.array([None, None], pa.decimal128(5, 2)).fill_null(None),
            "category": pa.array(["x", None]).dictionary_encode(),
            "nothing": pa.nulls(2),
            "list": pa.array([[1], None]),
            "row": ["first", "second"],
        }
    )
    parquet.write_table(table, tmp_path / "typed.parquet")
    first, second = cells(read(tmp_path / "typed.parquet"))
    assert first == [
        "1",
        "7",
        "23.1",
        "2017-03-31",
        "2017-03-31 10:30:00",
        "",
        "x",
        "",
        "[1]",
        "first",
    ]
    assert second == [""] * 9 + ["second"]


def test_parquet_in_several_row_groups_keeps_its_order(tmp_path):
    path = tmp_path / "table.parquet"
    frame = pd.DataFrame({"id": [f"P{n}" for n in range(100)], "kind": ["a", "b"] * 50})
    frame.astype({"kind": "category"}).to_parquet(path, row_group_size=7)
    sheet = read(path)
    assert list(sheet.columns["id"]) == frame["id"].tolist()
    assert list(sheet.columns["kind"]) == frame["kind"].tolist()


def test_xlsx_cells_keep_codes_and_flags(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["id", "flag", "text", None])
    sheet.append([1, True, "NA"])
    sheet.append([])
    sheet.append([2.5, False, " n/a ", "beside"])
    book.create_sheet("second").append(["other"])
    book.save(tmp_path / "table.xlsx")
    read_back = read(tmp_path / "table.xlsx")
    assert cells(read_back) == [["1", "1", "NA", ""], ["2.5", "0", "n/a", "beside"]]
    assert read_back.rows.tolist() == [2, 4]


def test_rows_keep_their_numbers_around_empty_and_broken_ones(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1,2\n\n3,4\n5\n6,7,8\n,\n9,10\n")
    sheet = read(path)
    assert sheet.rows.tolist() == [2, 4, 8]
    assert cells(sheet) == [["1", "2"], ["3", "4"], ["9", "10"]]
    assert [(p.row, p.found, p.expected) for p in sheet.problems] == [
        (5, "a row of 1 cells", "2 cells, as in the header"),
        (6, "a row of 3 cells", "2 cells, as in the header"),
    ]


def test_a_cell_may_hold_a_line_break_and_a_separator(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text('a,b\n"one, two","x\ny"\n3,"say ""no"""\n')
    sheet = read(path)
    assert cells(sheet) == [["one, two", "x\ny"], ["3", 'say "no"']]
    assert sheet.rows.tolist() == [2, 3]


def test_a_long_file_read_in_several_blocks_keeps_its_order(tmp_path):
    path = tmp_path / "long.csv"
    frame = pd.DataFrame({"id": np.arange(400_000), "text": "a text that fills the file " * 2})
    frame.to_csv(path, index=False)
    sheet = read(path)
    assert list(sheet.columns["id"]) == frame["id"].astype(str).tolist()
    assert sheet.rows[-1] == 400_001


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("t.csv", b"", "an empty file t.csv; expected a row of column names"),
        ("t.csv", b"a,b\n", "no rows in t.csv; expected at least one row"),
        ("t.csv", b"a,b", "no rows in t.csv; expected at least one row"),
        ("t.csv", b"a,b\n,\n\n", "no rows in t.csv; expected at least one row"),
        ("t.csv", "a\nx\ny\nJ\xfcrgen\n".encode("latin-1"), "row 4: found characters that are not"),
        ("t.csv", "gr\xf6\xdfe\nx\n".encode("latin-1"), "row 1: found characters that are not"),
        ("t.parquet", b"not parquet", "expected a table in PARQUET format"),
        ("t.xlsx", b"not a workbook", "expected a table in XLSX format"),
        ("t.sas", b"x", "a name that ends in one of .csv, .tsv, .txt, .xlsx, .parquet"),
        ("t.xls", b"x", "a name that ends in one of .csv, .tsv, .txt, .xlsx, .parquet"),
    ],
)
def test_what_cannot_be_read_is_told(name, content, told, tmp_path):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        read(path)
    assert told in str(error.value)


def test_an_empty_parquet_and_workbook_have_no_rows(tmp_path):
    empty = pd.DataFrame({"a": []})
    empty.to_parquet(tmp_path / "t.parquet")
    empty.to_excel(tmp_path / "t.xlsx", index=False)
    for name in ("t.parquet", "t.xlsx"):
        with pytest.raises(InputError, match=f"no rows in {name}"):
            read(tmp_path / name)


def test_a_folder_is_no_table(tmp_path):
    (tmp_path / "t.csv").mkdir()
    with pytest.raises(InputError, match=r"found a folder at t\.csv; expected a file there"):
        read(tmp_path / "t.csv")


def test_columns_of_one_name_are_told(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b,a\n1,2,3\n")
    assert read(path).repeated == {"a"}
