"""A query reaches its sources and nothing else, and says what is wrong in a line."""

import numpy as np
import pytest

from pd1_dynamics.cohort import query
from pd1_dynamics.cohort.sheets import read_sheet
from pd1_dynamics.contract.problems import InputError

MISSING = {"scans": frozenset({"", "-999"})}


@pytest.fixture
def sheets(tmp_path):
    path = tmp_path / "scans.csv"
    path.write_text("id,mm,seen\nA,12,01-02-2017\nB,-999,02-02-2017\nC,,\n", encoding="utf-8")
    return {"scans": read_sheet(path, "scans", "scans.csv")}


def told(sql, sheets):
    with pytest.raises(InputError) as error:
        query.result(sql, sheets, MISSING, "lesions")
    (problem,) = error.value.problems
    return f"{problem.found}; {problem.expected}"


def cells(column):
    return list(np.asarray(column.astype(object)))


def test_columns_are_text_and_codes_for_missing_are_null(sheets):
    sql = """SELECT mm IS NULL AS none, typeof(mm) AS kind,
        try_strptime(seen, '%d-%m-%Y')::DATE AS d FROM scans"""
    found = query.result(sql, sheets, MISSING, "lesions")
    assert cells(found.columns["none"]) == ["0", "1", "1"]
    assert set(cells(found.columns["kind"])) == {"VARCHAR"}
    assert cells(found.columns["d"]) == ["2017-02-01", "2017-02-02", ""]
    assert found.rows.tolist() == [1, 2, 3]


@pytest.mark.parametrize("sql", ["UNPIVOT scans ON mm, seen", "PIVOT scans ON id USING first(mm)"])
def test_tables_can_be_turned(sheets, sql):
    assert len(query.result(sql, sheets, MISSING, "lesions").rows)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM '{file}'",
        "SELECT * FROM read_csv('{file}')",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM glob('*')",
        "SELECT * FROM 'http://127.0.0.1:9/x.csv'",
    ],
)
def test_no_file_and_no_network(sheets, tmp_path, sql):
    message = told(sql.format(file=tmp_path / "scans.csv"), sheets)
    assert (
        message == "a query that reaches for something else; a query over the sources alone: scans"
    )


@pytest.mark.parametrize(
    "sql",
    [
        "COPY scans TO '{file}'",
        "ATTACH '{file}' AS other",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET memory_limit = '100GB'",
        "SET enable_external_access = true",
        "CREATE TABLE mine AS SELECT 1",
        "EXPORT DATABASE '{file}'",
        "PRAGMA database_list",
    ],
)
def test_a_query_only_reads(sheets, tmp_path, sql):
    message = told(sql.format(file=tmp_path / "made"), sheets)
    assert "in the query; a query that only reads: SELECT" in message
    assert not (tmp_path / "made").exists()


def test_variables_of_the_program_are_no_tables(sheets):
    rows = sheets  # noqa: F841  would be found by DuckDB's replacement scans
    assert "Table with name rows does not exist" in told("SELECT * FROM rows", sheets)


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT id,\n  mmm\nFROM scans", 'line 2 of the query: Referenced column "mmm" not found'),
        ("SELEC 1", 'line 1 of the query: syntax error at or near "SELEC"'),
        ("SELECT 1; SELECT 2", "2 statements in the query; one query"),
        ("SELECT * FROM scans WHERE id = 'Z'", "no rows in the result of the query"),
        ("SELECT strptime(seen, '%Y') FROM scans", "the query: "),
    ],
)
def test_a_mistake_is_told_with_its_line(sheets, sql, words):
    message = told(sql, sheets)
    assert words in message
    assert "Traceback" not in message
    assert "Error:" not in message


def test_a_query_has_bounds(sheets, monkeypatch):
    monkeypatch.setattr(query, "SECONDS", 1)
    endless = "SELECT count(*) FROM range(1000000000) a(x), range(1000000) b(y) WHERE x * y = 7"
    assert "a query that takes longer; a result within 1 seconds" in told(endless, sheets)
    monkeypatch.setattr(query, "SECONDS", 60)
    monkeypatch.setattr(query, "MEMORY", "50MB")
    large = "SELECT list(x * 1.5) FROM range(100000000) a(x)"
    assert "a query that needs more" in told(large, sheets)


def test_what_a_cell_holds_is_in_no_message(tmp_path):
    path = tmp_path / "scans.csv"
    path.write_text("id,name\nA,Maria Mayer\n", encoding="utf-8")
    sheets = {"scans": read_sheet(path, "scans", "scans.csv")}
    for sql in (
        "SELECT strptime(name, '%Y')::DATE AS d FROM scans",
        "SELECT name::INTEGER AS n FROM scans",
        "SELECT name::DATE AS d FROM scans",
    ):
        message = told(sql, sheets)
        assert "Maria" not in message, message
        assert "a cell's text" in message, message
