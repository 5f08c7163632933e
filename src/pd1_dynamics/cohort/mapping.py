"""Translates a cohort's columns, values and missing codes to the data contract, by its file."""

import difflib

import numpy as np
import pandas as pd

from pd1_dynamics.cohort.parsing import relabelled
from pd1_dynamics.cohort.sheets import Sheet
from pd1_dynamics.contract.cohort_file import Source
from pd1_dynamics.contract.columns import CHOICE, FLAG, TABLES, Column, plain
from pd1_dynamics.contract.problems import Problem


def in_our_words(
    sheet: Sheet, table: str, source: Source, missing: frozenset[str]
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

    Returns
    -------
    text
        Categoricals of text, missing where a cell is; the index holds row numbers.
    problems
        Columns that the cohort's file names and the table lacks, or has twice or beside a constant.
    """
    text, problems = {}, []
    for name, column in TABLES[table].items():
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
    return pd.DataFrame(text, index=sheet.rows, copy=False), problems


def columns_read(table: str, source: Source) -> set[str]:
    """Columns of a file that the data contract takes up, where the file has them."""
    return {source.columns.get(name, name).strip() for name in TABLES[table]}


def absent(table: str, name: str, sheet_columns: list[str]) -> Problem:
    """A column that the table cannot do without."""
    expected = f"column {name}, another column's name for it under `columns`, or a constant"
    return Problem(table, "no such column", expected + _similar(name, sheet_columns), column=name)


def _wanted(theirs: str, name: str, sheet: Sheet) -> str:
    ours = "" if theirs == name else f", which the cohort's file gives for {name}"
    return f"column {theirs!r}{ours}{_similar(theirs, list(sheet.columns))}"


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
