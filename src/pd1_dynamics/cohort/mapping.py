"""Translates a cohort's columns, values and missing codes to the data contract, by its file."""

import datetime
import difflib
import re
from dataclasses import replace

import numpy as np
import pandas as pd

from pd1_dynamics.cohort import findings
from pd1_dynamics.cohort.parsing import relabelled
from pd1_dynamics.cohort.sheets import Sheet
from pd1_dynamics.contract.cohort_file import Source
from pd1_dynamics.contract.columns import CHOICE, DATE, FLAG, TABLES, Column, Contract, plain
from pd1_dynamics.contract.problems import Problem

SHOWN_COLUMNS = 40
"""Names of columns that a message lists at most."""

ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ].*)?", re.ASCII)


def in_our_words(
    sheet: Sheet,
    table: str,
    source: Source,
    missing: frozenset[str],
    contract: Contract = TABLES,
) -> tuple[pd.DataFrame, list[Problem]]:
    """Columns of the data contract that a file has, in the contract's words.

    Parameters
    ----------
    sheet
        The file as it stands.
    table, source
        Which table it is, and how its columns and values read in our words.
    missing
        Codes that mean missing.
    contract
        Columns of the tables.

    Returns
    -------
    text
        Categoricals of text, missing where a cell is; the index holds row numbers.
    problems
        Columns that the cohort's file names and the table lacks, or has twice or beside a constant.
    """
    text, problems = {}, []
    for name, column in contract[table].items():
        theirs = source.columns.get(name, name).strip()
        if name in source.constants:
            if theirs in sheet.columns:
                found, expected = "a column beside the constant", "only one of the two"
                problems.append(Problem(table, found, expected, column=name))
            text[name] = _constant(source.constants[name], sheet.rows)
            continue
        if theirs not in sheet.columns:
            if name in source.columns:
                problems.append(
                    Problem(table, "no such column", _wanted(theirs, name, sheet), theirs)
                )
            continue
        if theirs in sheet.repeated:
            problems.append(Problem(table, "the column twice", "each column once", theirs))
        cells = pd.Series(sheet.columns[theirs], index=sheet.rows)
        labels = _labels(cells.cat.categories, source.mapped.get(name, {}), missing, column)
        text[name] = relabelled(cells, labels)
        if column.kind == DATE and source.date_format:
            text[name], found = _iso(text[name], table, name, source.date_format)
            problems += found
    return pd.DataFrame(text, index=sheet.rows, copy=False), problems


def unmatched(sheet: Sheet, source: Source) -> list[str]:
    """Values of ``where`` that no row of the file has: misspelt ones would be among them."""
    return [
        f"{theirs}: {value!r}"
        for theirs, wanted in source.where.items()
        if theirs in sheet.columns
        for value in wanted
        if value not in {*sheet.columns[theirs].categories}
        and value not in {plain(label) for label in sheet.columns[theirs].categories}
    ]


def left_out_patients(sheet: Sheet, kept: Sheet, source: Source) -> set[str]:
    """Patients of a file of whom ``where`` keeps no row."""
    name = source.columns.get("patient_id", "patient_id").strip()
    if name not in sheet.columns:
        return set()
    return {*sheet.columns[name].tolist()} - {*kept.columns[name].tolist()}


def chosen_rows(sheet: Sheet, table: str, source: Source) -> tuple[Sheet, list[Problem]]:
    """The rows of a file that the cohort's file wants (``where``), or why there are none."""
    keep = np.ones(len(sheet.rows), dtype=bool)
    problems = []
    for theirs, wanted in source.where.items():
        if theirs not in sheet.columns:
            expected = f"column {theirs!r}{_there(theirs, sheet)}"
            problems.append(Problem(table, "no such column, which `where` names", expected, theirs))
            continue
        column = sheet.columns[theirs]
        fits = np.array([label in wanted or plain(label) in wanted for label in column.categories])
        keep &= np.append(fits, False).astype(bool)[column.codes]
        if not keep.any():
            found = f"no row with {' or '.join(map(repr, wanted))}"
            expected = "at least one row (`where` in the cohort's file)"
            problems.append(Problem(table, found, expected, theirs))
            break
    columns = {name: column[keep] for name, column in sheet.columns.items()}
    return replace(sheet, columns=columns, rows=sheet.rows[keep]), problems


def columns_read(table: str, source: Source, contract: Contract = TABLES) -> set[str]:
    """Columns of a file that the data contract takes up, where the file has them."""
    return {source.columns.get(name, name).strip() for name in contract[table]} | set(source.where)


def _iso(
    text: pd.Series, table: str, name: str, date_format: str
) -> tuple[pd.Series, list[Problem]]:
    """Dates in another format as ISO dates; an ISO date, as spreadsheets store it, stays one."""

    def iso(label: str) -> str | None:
        if ISO.fullmatch(label):
            return label
        try:
            return datetime.datetime.strptime(label, date_format).date().isoformat()
        except ValueError:
            return None

    labels = [iso(label) for label in text.cat.categories]
    unread = np.array([label is None for label in labels] + [False])
    wrong = pd.Series(unread[text.cat.codes.to_numpy()], index=text.index)
    example = datetime.date(2017, 3, 31).strftime(date_format)
    expected = f"a date in the format {date_format}, as {example}"
    return relabelled(text, labels), findings.where(table, name, wrong, text, expected)


def absent(table: str, name: str, sheet_columns: list[str]) -> Problem:
    """A column that the table cannot do without."""
    expected = f"column {name}, another column's name for it under `columns`, or a constant"
    hint = _similar(name, sheet_columns) + _listed(sheet_columns)
    return Problem(table, "no such column", expected + hint, column=name)


def _wanted(theirs: str, name: str, sheet: Sheet) -> str:
    ours = "" if theirs == name else f", which the cohort's file gives for {name}"
    return f"column {theirs!r}{ours}{_there(theirs, sheet)}"


def _there(name: str, sheet: Sheet) -> str:
    """The nearest name, and the columns that a file has."""
    return _similar(name, list(sheet.columns)) + _listed(list(sheet.columns))


def _listed(names: list[str]) -> str:
    shown = ", ".join(name for name in names[:SHOWN_COLUMNS] if name)
    more = f" and {len(names) - SHOWN_COLUMNS} more" if len(names) > SHOWN_COLUMNS else ""
    return f"; the columns are {shown}{more}" if shown else ""


def _similar(name: str, others: list[str]) -> str:
    near = difflib.get_close_matches(name, others, n=1, cutoff=0.75)
    return f" (there is {near[0]!r})" if near else ""


def _labels(
    labels: pd.Index, values: dict[str, str | None], missing: frozenset[str], column: Column
) -> list[str | None]:
    """Our word for each distinct text: a mapped value first, then the codes for missing.

    A code or value counts in the form with a decimal point too, which some programs give to whole
    numbers: "1" also maps "1.0".
    """

    def ours(label: str) -> str | None:
        for form in (label, plain(label)):
            if form in values:
                return values[form] or None
            if form in missing:
                return None
        if column.kind in (CHOICE, FLAG) and label not in column.allowed:
            return plain(label)
        return label.lower() if column.lower else label

    return [ours(label) for label in labels]


def _constant(value: str, rows: np.ndarray) -> pd.Series:
    codes = np.zeros(len(rows), dtype=np.int8) if value else np.full(len(rows), -1, dtype=np.int8)
    return pd.Series(pd.Categorical.from_codes(codes, [value]), index=rows)
