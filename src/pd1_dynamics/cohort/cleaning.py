"""From a cohort's files to clean tables: read, map, parse, check, settle."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics.cohort import checking, consistency, mapping, observations, plausibility, privacy
from pd1_dynamics.cohort.adam import read_adam
from pd1_dynamics.cohort.days import INDEX_DATE, to_days
from pd1_dynamics.cohort.duplicates import settle
from pd1_dynamics.cohort.intake import Intake
from pd1_dynamics.cohort.observations import Note
from pd1_dynamics.cohort.parsing import parse
from pd1_dynamics.cohort.sdtm import read_sdtm
from pd1_dynamics.cohort.sheets import Sheet, read_sheet
from pd1_dynamics.contract import definitions
from pd1_dynamics.contract.cohort_file import (
    ADAM_FORMAT,
    SDTM_FORMAT,
    TABLES_FORMAT,
    Cohort,
    File,
    Source,
)
from pd1_dynamics.contract.columns import (
    DEFAULTS,
    DURATION,
    RECORDED,
    SCANS_AND_SAMPLES,
    TABLES,
    TEXT,
    Column,
    Contract,
    clean_columns,
    is_whole,
)
from pd1_dynamics.contract.problems import InputError, Problem
from pd1_dynamics.files import ROWS_TOGETHER, write_table, written_aside


@dataclass(frozen=True)
class CleanCohort:
    """Clean tables of a cohort, and what was settled on the way.

    Attributes
    ----------
    tables
        All five tables with all columns (see :func:`.columns.clean_columns`): text with None for
        missing, numbers, dates as whole days ``…_day`` from the index date; sorted by patient and
        day; empty where the cohort lacks them.
    notes
        One row for each rule that settled something: ``table``, ``rule``, ``rows``,
        ``example_row``, ``note``.
    """

    tables: dict[str, pd.DataFrame]
    notes: pd.DataFrame


def clean(cohort: Cohort, chosen: Mapping[str, Any] | None = None) -> CleanCohort:
    """Read, check and clean the tables of a cohort.

    Parameters
    ----------
    chosen
        Definitions as the cohort's settings leave them; if not given, the defaults under them.

    Raises
    ------
    InputError
        All problems of all tables at once.
    """
    return clean_texts(cohort, READERS[cohort.format](cohort), chosen)


def read_tables(cohort: Cohort) -> Intake:
    """Read the files of a cohort and put them in our words; problems are kept, not raised."""
    units = {table: source.units for table, source in cohort.tables.items()}
    intake = Intake({}, cohort.time, frozenset(cohort.tables), units=units)
    files = _Files(cohort, intake)
    queried = {table for table, source in cohort.tables.items() if source.sql}
    intake.place = lambda table, row: (
        (f"{table} (result of the query)" if table in queried else table),
        row,
    )
    others: set[str] = set()
    for table, source in cohort.tables.items():
        try:
            sheet = files.of_query(source, table) if source.sql else files.read(source.file, table)
        except InputError as error:
            intake.problems += error.problems
            continue
        if sheet is None:  # told already
            continue
        whole = sheet
        sheet, found = mapping.chosen_rows(sheet, table, source)
        intake.problems += found
        if found:
            continue
        if left_out := len(whole.rows) - len(sheet.rows):
            words = f"Rows of {source.named} that `where` leaves out."
            intake.notes.append(Note(table, "rows left out", left_out, None, words))
        if values := mapping.unmatched(whole, source):
            words = f"Values of `where` that no row of {source.named} has: {', '.join(values)}."
            intake.notes.append(Note(table, "values not found", 0, None, words))
        if table == "patients":
            others = mapping.left_out_patients(whole, sheet, source)
        missing = cohort.missing | (source.file.missing if source.file else frozenset())
        text, found = mapping.in_our_words(sheet, table, source, missing, cohort.contract)
        intake.texts[table] = text
        intake.problems += found
        intake.absent[table] = {name for name in source.columns if name not in text}
        intake.file_columns[table] = list(sheet.columns)
        intake.notes += _assumed_units(text, table, source)
        own = [name for name in cohort.own.variables if name in cohort.contract[table]]
        if table == "patients":
            lacking = [name for name in own if name not in text and name not in source.columns]
            intake.problems += [mapping.absent(table, n, list(sheet.columns)) for n in lacking]
    _without_patients(intake, others)
    intake.notes += _not_read(cohort, files.sheets)
    return intake


def _without_patients(intake: Intake, others: set[str]) -> None:
    """Leave out the rows of patients whom ``where`` leaves out of the patients' table."""
    for table, text in intake.texts.items():
        if table == "patients" or "patient_id" not in text or not others:
            continue
        theirs = text["patient_id"].isin(others)
        if theirs.any():
            intake.texts[table] = text[~theirs]
            words = "Rows of patients whom `where` leaves out of the table patients."
            intake.notes.append(Note(table, "rows left out", int(theirs.sum()), None, words))


class _Files:
    """The files of a cohort, each read once; problems and notes of reading go to an intake."""

    def __init__(self, cohort: Cohort, intake: Intake) -> None:
        self.cohort = cohort
        self.intake = intake
        self.sheets: dict[File, Sheet | None] = {}

    def read(self, file: File, table: str) -> Sheet | None:
        """A file as it stands; None if it cannot be read, which is told once."""
        plainly = replace(file, missing=frozenset())
        if plainly not in self.sheets:
            self.sheets[plainly] = None
            path = self.cohort.resolve(file.path)
            try:
                sheet = read_sheet(path, table, file.path, plainly)
            except InputError as error:
                how = "" if path.exists() else self.cohort.how_to_get(file.path)
                self.intake.problems += [
                    replace(problem, expected=f"{problem.expected} ({how})") if how else problem
                    for problem in error.problems
                ]
                return None
            self.intake.problems += sheet.problems
            self.intake.notes += _cleaned(sheet, table, file.path)
            self.sheets[plainly] = sheet
        return self.sheets[plainly]

    def of_query(self, source: Source, table: str) -> Sheet | None:
        """The result of a query over the sources; None if one of them cannot be read."""
        named = self.cohort.sources
        sheets = {name: self.read(file, f"source {name}") for name, file in named.items()}
        if any(sheet is None for sheet in sheets.values()):
            return None
        missing = {name: self.cohort.missing | file.missing for name, file in named.items()}
        try:
            from pd1_dynamics.cohort import query
        except ModuleNotFoundError:
            found, expected = "a query, for which duckdb is not installed", "the extra `formats`"
            raise InputError([Problem(table, found, expected)]) from None
        return query.result(source.sql, sheets, missing, table)


def clean_texts(
    cohort: Cohort, intake: Intake, chosen: Mapping[str, Any] | None = None
) -> CleanCohort:
    """The part of :func:`clean` after reading: tables of text in our words to clean tables."""
    chosen = chosen or definitions.load(settings=cohort.settings)
    texts, time, problems, notes = intake.texts, intake.time, intake.problems, intake.notes
    contract = cohort.contract
    notes += _without_diameters(texts, cohort.missing_diameter)
    parsed = {}
    for table in [name for name in TABLES if name in texts]:
        units = intake.units.get(table, {})
        parsed[table], found = _parse_table(texts[table], table, time, units, contract[table])
        problems += found
        problems += checking.problems(
            parsed[table],
            texts[table],
            table,
            time,
            intake.absent.get(table, ()),
            intake.file_columns.get(table, ()),
            contract,
        )
    if time == "date" and "patients" not in intake.declared:
        expected = f"a table patients with {INDEX_DATE}, since times are dates"
        problems.append(Problem("patients", "no such table", expected))
    dated = to_days(parsed, texts, time)
    problems += consistency.problems(dated, texts)
    for table in dated:
        dated[table], found, settled = settle(dated[table], table, chosen["duplicate_readings"])
        problems += found
        notes += settled
    if problems:
        order = {table: place for place, table in enumerate(TABLES)}
        problems.sort(key=lambda problem: order.get(problem.table, -1))
        identifiers = _identifiers(texts)
        problems = [privacy.masked(problem, identifiers, contract) for problem in problems]
        problems = [_placed(problem, "row", intake) for problem in problems]
        raise InputError(problems, heading=f"Cohort {cohort.name} cannot be used")
    parsed.clear()  # of a million patients, every copy counts
    texts.clear()
    notes += _neutralised(dated)
    notes += observations.observe(dated, chosen)
    notes += plausibility.implausible(dated, chosen)
    notes += observations.extend_follow_up(dated)
    notes = [_placed(note, "example_row", intake) for note in notes]
    return CleanCohort(_complete(dated, time, contract), observations.as_table(notes))


def _identifiers(texts: Mapping[str, pd.DataFrame]) -> frozenset[str]:
    """All patient identifiers in lower case, except numbers of up to three digits (like counts)."""
    found = set()
    for rows in texts.values():
        if "patient_id" in rows:
            found |= {str(label).lower() for label in rows["patient_id"].cat.categories}
    return frozenset(label for label in found if not (label.isdigit() and len(label) < 4))


def _placed(told: Problem | Note, row: str, intake: Intake) -> Problem | Note:
    """A problem or note with the table and row of the file that it is about."""
    number = getattr(told, row)
    if intake.place is None or number is None:
        return told
    table, number = intake.place(told.table, number)
    return replace(told, table=table, **{row: number})


def write(cohort: CleanCohort, folder: str | Path) -> None:
    """Write the clean tables as Parquet and the notes as CSV: all of them, or none."""
    folder = Path(folder)
    with ExitStack() as aside:
        for name, table in cohort.tables.items():
            path = aside.enter_context(written_aside(folder / f"{name}.parquet"))
            table.to_parquet(path, index=False, row_group_size=ROWS_TOGETHER)
        path = aside.enter_context(written_aside(folder / "notes.csv"))
        write_table(cohort.notes, path)


def _without_diameters(texts: dict[str, pd.DataFrame], meaning: str) -> list[Note]:
    """Targets without diameter and state get the state that the cohort's file says.

    Changes the table in place.
    """
    lesions = texts.get("lesions", pd.DataFrame())
    if not meaning or not {"role", "diameter_mm"} <= set(lesions):
        return []
    nothing = pd.Series(pd.Categorical([None] * len(lesions)), index=lesions.index)
    state = lesions.get("state", nothing)
    silent = (lesions["role"] == "target") & lesions["diameter_mm"].isna() & state.isna()
    if not silent.any():
        return []
    if meaning not in state.cat.categories:
        state = state.cat.add_categories([meaning])
    lesions["state"] = state.mask(silent, meaning)
    words = "Empty diameters of targets mean that the lesion could not be evaluated."
    example = int(silent.index[silent.to_numpy()][0])
    return [Note("lesions", "empty diameters", int(silent.sum()), example, words)]


def _parse_table(
    text: pd.DataFrame,
    table: str,
    time: str,
    units: Mapping[str, str],
    contract: Mapping[str, Column],
) -> tuple[pd.DataFrame, list[Problem]]:
    """Values of the columns that a table has, and cells that are not of their kind."""
    problems, values = [], {}
    for name in text:
        column = contract[name]
        values[name], found = parse(text[name], table, name, column, time, units.get(name))
        problems += found
    return pd.DataFrame(values, index=text.index, copy=False), problems


READERS = {TABLES_FORMAT: read_tables, SDTM_FORMAT: read_sdtm, ADAM_FORMAT: read_adam}
"""How the files of a cohort become tables of text in our words, by its format."""


def _neutralised(dated: dict[str, pd.DataFrame]) -> list[Note]:
    """Names of centers that a spreadsheet would run as a formula get an apostrophe in front.

    They are the only free text of patients that published tables show. Changes the table in place.
    """
    patients = dated.get("patients", pd.DataFrame())
    if "site" not in patients:
        return []
    site = patients["site"]
    risky = [label for label in site.cat.categories if str(label).startswith(_FORMULA)]
    if not risky:
        return []
    rows = int(site.isin(risky).sum())
    patients["site"] = site.cat.rename_categories({label: f"'{label}" for label in risky})
    words = "Names of centers that start as a formula does have an apostrophe in front."
    return [Note("patients", "formulas", rows, None, words)]


_FORMULA = ("=", "+", "-", "@")


def _cleaned(sheet: Sheet, table: str, path: str) -> list[Note]:
    """What reading a file left out."""
    words = f"Control characters were removed from {sheet.cleaned} cells of {path}."
    notes = [Note(table, "control characters", sheet.cleaned, None, words)] if sheet.cleaned else []
    if sheet.ignored:
        words = f"Sheets of {path} that are not read: {', '.join(sheet.ignored)}."
        notes.append(Note(table, "sheets not read", len(sheet.ignored), None, words))
    return notes


def _not_read(cohort: Cohort, sheets: Mapping[File, Sheet | None]) -> Iterator[Note]:
    """Columns of each file that no table takes up: a misspelt name would be among them.

    A file that a query reads is left out, as the query chooses its columns.
    """
    for file, sheet in sheets.items():
        tables = {
            table: source
            for table, source in cohort.tables.items()
            if source.file and replace(source.file, missing=frozenset()) == file
        }
        if not tables or sheet is None:
            continue
        read = set.union(
            *(mapping.columns_read(t, source, cohort.contract) for t, source in tables.items())
        )
        if names := [name for name in sheet.columns if name and name not in read]:
            words = f"Columns of {file.path} that are not taken up: {', '.join(names)}."
            yield Note(next(iter(tables)), "columns not read", 0, None, words)


def _assumed_units(text: pd.DataFrame, table: str, source: Source) -> list[Note]:
    assumed = [
        name
        for name, column in TABLES[table].items()
        if column.kind == DURATION and name in text and name not in source.units
    ]
    if not assumed:
        return []
    words = f"No unit is given for {' and '.join(assumed)}: taken as days."
    return [Note(table, "durations in days", len(text), None, words)]


def _complete(
    dated: dict[str, pd.DataFrame], time: str, contract: Contract
) -> dict[str, pd.DataFrame]:
    """All five tables, complete, typed and sorted; patients are at least those of other tables."""
    if "patients" not in dated:
        dated["patients"] = pd.DataFrame({"patient_id": _patients_of(dated.values())})
    given = dated["patients"]
    dated["patients"] = given.assign(
        **{flag: float(name in given) for name, flag in RECORDED.items()}
    )
    if time == "day":
        start = pd.Categorical(["0"] * len(dated["patients"]))
        dated["patients"] = dated["patients"].assign(**{INDEX_DATE: start})
    return {table: _typed(dated.pop(table, pd.DataFrame()), table, contract) for table in TABLES}


def _patients_of(tables: Iterable[pd.DataFrame]) -> pd.Categorical:
    found = [table["patient_id"].unique().astype(object) for table in tables]
    return pd.Categorical(sorted(set(np.concatenate(found))) if found else [])


def _typed(rows: pd.DataFrame, table: str, contract: Contract) -> pd.DataFrame:
    order = _order(rows, table)
    columns = {}
    for name, kind in clean_columns(table, contract).items():
        default = DEFAULTS.get(table, {}).get(name)
        if kind == TEXT:
            columns[name] = _objects(rows.get(name), order, default)
        else:
            values = np.full(len(rows), np.nan) if name not in rows else rows[name].to_numpy(float)
            values = values[order]
            if default is not None:
                values = np.where(np.isnan(values), default, values)
            whole = is_whole(table, name, contract)
            columns[name] = pd.array(values, dtype="Float64").astype("Int64") if whole else values
    return pd.DataFrame(columns, copy=False)


def _objects(column: pd.Series | None, order: np.ndarray, default: object) -> np.ndarray:
    if column is None:
        return np.full(len(order), default, dtype=object)
    labels = np.append(np.array(column.cat.categories, dtype=object), default)
    return labels[column.cat.codes.to_numpy()[order]]


def _order(rows: pd.DataFrame, table: str) -> np.ndarray:
    """Rows by patient, day, lesion; therapies that are alike in these, by all other columns."""
    first = ["patient_id", "day", "start_day", "lesion_id", "reader", "test"]
    names = [name for name in first if name in rows]
    if table not in SCANS_AND_SAMPLES:
        names += [name for name in rows if name not in names]
    if not names:
        return np.arange(len(rows))
    return np.lexsort([_sort_key(rows[name]) for name in reversed(names)])


def _sort_key(column: pd.Series) -> np.ndarray:
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column.to_numpy(dtype=float)
    rank = np.argsort(np.argsort(np.array(column.cat.categories, dtype=object)))
    return np.append(rank, -1)[column.cat.codes.to_numpy()]
