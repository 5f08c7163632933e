"""A table as a query over the files of a cohort: DuckDB's SQL, which can reach nothing else."""

import re
import threading
import warnings
from collections.abc import Mapping

import duckdb
import pandas as pd
import pyarrow as pa

from pd1_dynamics.cohort.sheets import Sheet, of_arrow
from pd1_dynamics.contract.problems import InputError, Problem

MEMORY = "2GB"
SECONDS = 120
"""What a query may take: memory, and seconds until it is stopped."""

_READING = (duckdb.StatementType.SELECT, duckdb.StatementType.MULTI)
"""Kinds of statements that are carried out; PIVOT is one of several parts."""
_LINE = re.compile(r"^LINE (\d+):", re.MULTILINE)
_KIND = re.compile(r"^(\w+(?: \w+)*) Error: ")
_QUOTED = re.compile(r"""(["'])(.*?)\1""")
"""What a message quotes; what the query does not hold is out of a patient's row."""
_SUGGESTED = re.compile(r' Did you mean "([^"]*)"\?')
_REACHED_OUT = re.compile(
    r"disabled by configuration|enable_external_access|Permission Error|configuration has been "
    r"locked",
    re.IGNORECASE,
)


def result(
    sql: str, sheets: Mapping[str, Sheet], missing: Mapping[str, frozenset[str]], table: str
) -> Sheet:
    """The rows that a query gives, as text; their numbers are those of the result, from 1.

    Parameters
    ----------
    sql
        One ``SELECT`` (or ``WITH``, ``FROM``, ``PIVOT``, ``UNPIVOT`` and the like).
    sheets
        The files by the name under which the query knows them; all columns are text.
    missing
        Codes by the same name that arrive as NULL, the empty cell among them.
    table
        Which table of the data contract it makes, for messages.

    Raises
    ------
    InputError
        If the query is not one query, cannot be carried out, reaches for anything but the sources,
        takes too long or too much memory, or gives no row. The message has its line.
    """
    with duckdb.connect(":memory:") as connection:
        for name, sheet in sheets.items():
            connection.register(name, _as_arrow(sheet, missing[name]))
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        connection.execute("SET threads = 1")
        connection.execute("SET enable_progress_bar = false")
        connection.execute("SET temp_directory = ''")
        connection.execute("SET python_enable_replacements = false")
        connection.execute("SET autoinstall_known_extensions = false")
        connection.execute("SET autoload_known_extensions = false")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        found = _carried_out(connection, sql, table, sheets)
    if not len(found):
        raise InputError([Problem(table, "no rows in the result of the query", "at least one row")])
    return of_arrow(found)


def _carried_out(
    connection: duckdb.DuckDBPyConnection, sql: str, table: str, sheets: Mapping[str, Sheet]
) -> pa.Table:
    timer = threading.Timer(SECONDS, connection.interrupt)
    try:
        statements = connection.extract_statements(sql)
        if len(statements) != 1:
            found = f"{len(statements)} statements in the query"
            raise InputError([Problem(table, found, "one query")])
        if statements[0].type not in _READING:
            kind = statements[0].type.name.replace("_", " ")
            expected = "a query that only reads: SELECT, WITH, FROM, PIVOT or UNPIVOT"
            raise InputError([Problem(table, f"{kind} in the query", expected)])
        timer.start()
        with warnings.catch_warnings():  # the other way to Arrow tells no line of an error
            warnings.simplefilter("ignore", UserWarning)
            return connection.execute(sql).to_arrow_table()
    except duckdb.InterruptException:
        expected = f"a result within {SECONDS} seconds"
        raise InputError([Problem(table, "a query that takes longer", expected)]) from None
    except duckdb.OutOfMemoryException:
        expected = f"a query that needs at most {MEMORY} of memory"
        raise InputError([Problem(table, "a query that needs more", expected)]) from None
    except duckdb.Error as error:
        raise InputError([_problem(str(error), sql, table, sheets)]) from None
    finally:
        timer.cancel()


def _problem(said: str, sql: str, table: str, sheets: Mapping[str, Sheet]) -> Problem:
    """What DuckDB says, with the query's line, and without anything that a person cannot use."""
    if _REACHED_OUT.search(said):
        expected = f"a query over the sources alone: {', '.join(sheets)}"
        return Problem(table, "a query that reaches for something else", expected)
    line = _LINE.search(said)
    kind = _KIND.match(said)
    words = said[kind.end() :] if kind else said
    first, *others = words.partition("\n\nLINE")[0].splitlines() or [""]
    words = " ".join([first, *(text for text in others if text.startswith("Candidate"))])
    words = _SUGGESTED.sub(lambda found: found[0] if found[1] in sheets else "", words).strip()
    words = _QUOTED.sub(lambda found: found[0] if found[2] in sql else "a cell's text", words)
    where = f"line {line[1]} of the query" if line else "the query"
    expected = f"a query that DuckDB can carry out over {', '.join(sheets)}"
    return Problem(table, f"{where}: {words}", expected)


def _as_arrow(sheet: Sheet, missing: frozenset[str]) -> pa.Table:
    """A sheet as text, NULL for an empty cell and a code for missing."""
    columns = {}
    for name, column in sheet.columns.items():
        if not name:
            continue
        labels = [None if label in missing else label for label in column.categories]
        codes = pd.Series([*labels, None], dtype=object).to_numpy()[column.codes]
        columns[name] = pa.array(codes, pa.string())
    return pa.table(columns)
