"""SDTM domains: their files, the rows that are read, and complete dates."""

from pathlib import Path

import numpy as np
import pandas as pd

from pd1_dynamics.cohort import findings, partial_dates
from pd1_dynamics.cohort.observations import Note
from pd1_dynamics.cohort.sheets import read_sheet
from pd1_dynamics.contract.cohort_file import (
    FILE_SUFFIXES,
    SDTM_DOMAINS,
    Cohort,
    domain_files,
)
from pd1_dynamics.contract.problems import InputError, Problem

NEEDED = {
    "DM": ["USUBJID"],
    "TU": ["USUBJID", "TULNKID"],
    "TR": ["USUBJID", "TRLNKID", "TRTESTCD", "TRDTC"],
    "RS": ["USUBJID", "RSTESTCD", "RSDTC"],
    "DS": ["USUBJID", "DSDECOD"],
    "EX": ["USUBJID", "EXSTDTC"],
    "LB": ["USUBJID", "LBTESTCD", "LBDTC"],
}
READ_DATES = {
    "DM": ("RFXSTDTC", "RFXENDTC", "RFSTDTC", "RFENDTC", "RFPENDTC", "DTHDTC"),
    "EX": ("EXSTDTC", "EXENDTC"),
    "DS": ("DSSTDTC",),
    **{domain: (f"{domain}DTC",) for domain in ("TU", "TR", "RS", "LB")},
}
COMPLETE_DATE = "a complete ISO date, year-month-day, as 2017-03-31"
_DATE = r"^(\d{4}-\d{2}-\d{2})(?:T.*)?$"
# A row is known by the place of its domain, from 1, and its number in the file.
_DOMAIN_STEP = 10**9


def other_files(folder: str | Path) -> list[str]:
    """Names of the table files in a folder that are no domain's, or a second file of one."""
    folder, read = Path(folder), set(domain_files(folder).values())
    return [
        path.name
        for path in (sorted(folder.iterdir()) if folder.is_dir() else ())
        if path.suffix.lower() in FILE_SUFFIXES and path not in read
    ]


def read_domains(cohort: Cohort) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """Domains as frames of text, "" for missing; the index tells domain and row.

    A domain that lacks a column that it cannot do without is left out, and that is a problem.
    """
    domains, problems = {}, []
    folder = cohort.resolve(cohort.folder)
    if not folder.is_dir():
        expected = "the folder of the SDTM domains"
        return {}, [Problem("sdtm", f"no folder {cohort.folder}", expected)]
    for name, path in domain_files(folder).items():
        try:
            sheet = read_sheet(path, name, str(Path(cohort.folder) / path.name))
        except InputError as error:
            problems += error.problems
            continue
        problems += sheet.problems
        index = sheet.rows + (SDTM_DOMAINS.index(name) + 1) * _DOMAIN_STEP
        rows = pd.DataFrame(
            {column.upper(): cells.astype(object) for column, cells in sheet.columns.items()},
            index=index,
        )
        rows = rows.mask(rows.isin(list(cohort.missing)), "")
        lacking = [column for column in NEEDED[name] if column not in rows]
        problems += [
            Problem(name, "no such column", f"column {column}", column=column) for column in lacking
        ]
        empty = rows.get("USUBJID", pd.Series("x", rows.index)) == ""
        number = pd.Series(empty.to_numpy(), index=sheet.rows)
        found, expected = "an empty cell", "a subject in every row"
        problems += findings.where(name, "USUBJID", number, found, expected)
        if not lacking:
            domains[name] = rows[~empty]
    return domains, problems


def row_in_file(rows: pd.Index | np.ndarray) -> pd.Index | np.ndarray:
    """Row numbers as a person sees them, from those that tell the domain too."""
    return rows % _DOMAIN_STEP


def place(table: str, row: int) -> tuple[str, int]:
    """Domain and row in its file, of a row of a table made from it."""
    domain, number = divmod(row, _DOMAIN_STEP)
    return (f"{table} (domain {SDTM_DOMAINS[domain - 1]})", number) if domain else (table, row)


def complete_dates(
    rows: pd.DataFrame, domain: str, rule: str = partial_dates.ERROR
) -> tuple[pd.DataFrame, list[Problem], list[Note]]:
    """The rows that are read, with complete dates.

    An incomplete date (``2017-03``) is a problem; or, by the cohort's ``partial_dates``, it is
    completed, or its row is left out (in DM, which has one row a subject, the date alone). Text
    that is not a date is always a problem.
    """
    if domain == "LB":
        rows = rows[rows["LBTESTCD"].str.upper() == "LDH"]
    problems, notes, left_out = [], [], np.zeros(len(rows), dtype=bool)
    for column in [name for name in rows if name in READ_DATES[domain]]:
        incomplete = rows[column].str.extract(_DATE, expand=False).isna() & (rows[column] != "")
        completed = rows[column].map(lambda text: partial_dates.complete(text, rule))
        settled = incomplete & completed.notna()
        wrong = incomplete & ~settled
        wrong.index = row_in_file(rows.index)
        cells = rows[column].set_axis(wrong.index)
        problems += findings.where(domain, column, wrong, cells, COMPLETE_DATE)
        if settled.any():
            example = int(row_in_file(rows.index[settled])[0])
            words = f"{column}: {partial_dates.WORDS[rule]} (partial_dates: {rule})."
            notes.append(Note(domain, "incomplete dates", int(settled.sum()), example, words))
            rows = rows.assign(**{column: completed.where(settled, rows[column])})
            if rule == partial_dates.DROP:
                left_out |= settled.to_numpy()
        left_out |= wrong.to_numpy()
    return (rows if domain == "DM" else rows[~left_out]), problems, notes


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
