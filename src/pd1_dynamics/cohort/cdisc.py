"""CDISC data sets as they lie in a folder: SDTM domains and ADaM analysis data sets."""

from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from pd1_dynamics.cohort import findings, partial_dates
from pd1_dynamics.cohort.observations import Note
from pd1_dynamics.cohort.sheets import read_sheet
from pd1_dynamics.contract.cohort_file import (
    DATA_SETS,
    FILE_SUFFIXES,
    SDTM_FORMAT,
    Cohort,
    data_set_files,
)
from pd1_dynamics.contract.columns import Column
from pd1_dynamics.contract.problems import InputError, Problem

COMPLETE_DATE = "a complete ISO date, year-month-day, as 2017-03-31"
_DATE = r"^(\d{4}-\d{2}-\d{2})(?:T.*)?$"
_NAMES = [name for names in DATA_SETS.values() for name in names]
# A row is known by the place of its data set, from 1, and its number in the file.
_STEP = 10**9


def other_files(folder: str | Path, format_: str) -> list[str]:
    """Names of the table files in a folder that are no data set's, or a second file of one."""
    folder, read = Path(folder), set(data_set_files(folder, format_).values())
    return [
        path.name
        for path in (sorted(folder.iterdir()) if folder.is_dir() else ())
        if path.suffix.lower() in FILE_SUFFIXES and path not in read
    ]


def read_data_sets(
    cohort: Cohort, needed: Mapping[str, Collection[str]]
) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """Data sets as frames of text, "" for missing; the index tells data set and row.

    A data set that lacks one of the columns that it needs is left out, and that is a problem.
    """
    read, problems = {}, []
    folder, what = cohort.resolve(cohort.folder), what_of(cohort.format)
    if not folder.is_dir():
        expected = f"the folder of the {cohort.format.upper()} {what}s"
        return {}, [Problem(cohort.format, f"no folder {cohort.folder}", expected)]
    for name, path in data_set_files(folder, cohort.format).items():
        try:
            sheet = read_sheet(path, name, str(Path(cohort.folder) / path.name))
        except InputError as error:
            problems += error.problems
            continue
        problems += sheet.problems
        rows = pd.DataFrame(
            {column.upper(): cells.astype(object) for column, cells in sheet.columns.items()},
            index=sheet.rows + (_NAMES.index(name) + 1) * _STEP,
        )
        rows = rows.mask(rows.isin(list(cohort.missing)), "")
        lacking = [column for column in needed[name] if column not in rows]
        problems += [
            Problem(name, "no such column", f"column {column}", column=column) for column in lacking
        ]
        empty = rows.get("USUBJID", pd.Series("x", rows.index)) == ""
        number = pd.Series(empty.to_numpy(), index=sheet.rows)
        found, expected = "an empty cell", "a subject in every row"
        problems += findings.where(name, "USUBJID", number, found, expected)
        if not lacking:
            read[name] = rows[~empty]
    return read, problems


def what_of(format_: str) -> str:
    """What a data set of a format is called."""
    return "domain" if format_ == SDTM_FORMAT else "data set"


def absent(cohort: Cohort, name: str, expected: str) -> Problem:
    """A data set that a folder lacks, with the files that lie there instead."""
    ignored = other_files(cohort.resolve(cohort.folder), cohort.format)
    there = f" (there is {', '.join(ignored)})" if ignored else ""
    what = what_of(cohort.format)
    return Problem(name, f"no such {what} in {cohort.folder}{there}", expected)


def ignored_files(cohort: Cohort) -> list[Note]:
    """Files of the folder that are not read."""
    ignored = other_files(cohort.resolve(cohort.folder), cohort.format)
    if not ignored:
        return []
    what = what_of(cohort.format)
    words = f"Files that are not read, as no {what} is named so: {', '.join(ignored)}."
    return [Note(cohort.format.upper(), "files not read", len(ignored), None, words)]


def row_in_file(rows: pd.Index | np.ndarray) -> pd.Index | np.ndarray:
    """Row numbers as a person sees them, from those that tell the data set too."""
    return rows % _STEP


def place(table: str, row: int) -> tuple[str, int]:
    """Data set and row in its file, of a row of a table made from it."""
    number, in_file = divmod(row, _STEP)
    if not number:
        return table, row
    name = _NAMES[number - 1]
    what = what_of(next(format_ for format_, names in DATA_SETS.items() if name in names))
    return f"{table} ({what} {name})", in_file


def as_text(rows: pd.DataFrame, contract: Mapping[str, Column]) -> pd.DataFrame:
    """Categoricals of text in the order of the data contract, missing where a cell is empty."""
    columns = {}
    for name in [name for name in contract if name in rows]:
        columns[name] = rows[name].where(rows[name] != "", None).astype("category")
    return pd.DataFrame(columns)


def complete_dates(
    rows: pd.DataFrame,
    name: str,
    columns: Collection[str],
    rule: str = partial_dates.ERROR,
    keep_rows: bool = False,
) -> tuple[pd.DataFrame, list[Problem], list[Note]]:
    """The rows of a data set with complete dates in some columns.

    An incomplete date (``2017-03``) is a problem; or, by the cohort's ``partial_dates``, it is
    completed, or its row is left out (with ``keep_rows``, where a row is a subject, the date
    alone). Text that is not a date is always a problem.
    """
    problems, notes, left_out = [], [], np.zeros(len(rows), dtype=bool)
    for column in [column for column in rows if column in columns]:
        incomplete = rows[column].str.extract(_DATE, expand=False).isna() & (rows[column] != "")
        completed = rows[column].map(lambda text: partial_dates.complete(text, rule))
        settled = incomplete & completed.notna()
        wrong = incomplete & ~settled
        wrong.index = row_in_file(rows.index)
        cells = rows[column].set_axis(wrong.index)
        problems += findings.where(name, column, wrong, cells, COMPLETE_DATE)
        if settled.any():
            example = int(row_in_file(rows.index[settled])[0])
            words = f"{column}: {partial_dates.WORDS[rule]} (partial_dates: {rule})."
            notes.append(Note(name, "incomplete dates", int(settled.sum()), example, words))
            rows = rows.assign(**{column: completed.where(settled, rows[column])})
            if rule == partial_dates.DROP:
                left_out |= settled.to_numpy()
        left_out |= wrong.to_numpy()
    return (rows if keep_rows else rows[~left_out]), problems, notes


def dates_of(rows: pd.DataFrame, *columns: str) -> pd.Series:
    """The first complete date of several columns in each row, "" for none."""
    found = pd.Series("", index=rows.index, dtype=object)
    for column in columns:
        if column in rows:
            dates = rows[column].str.extract(_DATE, expand=False)
            found = found.where(found != "", dates.fillna(""))
    return found


def column_of(rows: pd.DataFrame, *names: str) -> pd.Series:
    """The first non-empty cell of several columns, in upper case; "" where there is none."""
    found = pd.Series("", index=rows.index, dtype=object)
    for name in names:
        if name in rows:
            found = found.where(found != "", rows[name])
    return found.str.upper()
