"""From a cohort's files to clean tables: read, map, parse, check, settle."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pd1_dynamics import definitions
from pd1_dynamics.cohort import checking, findings
from pd1_dynamics.cohort.columns import (
    DATE,
    DEFAULTS,
    FLAG,
    KEYS,
    SCANS_AND_SAMPLES,
    TABLES,
    TEXT,
    WHOLE,
    clean_columns,
    clean_name,
)
from pd1_dynamics.cohort.description import Cohort, Source
from pd1_dynamics.cohort.parsing import parse
from pd1_dynamics.cohort.reading import read_text
from pd1_dynamics.cohort.readings import settle
from pd1_dynamics.files import write_table
from pd1_dynamics.problems import InputError, Problem
from pd1_dynamics.terms import MIXED

NOTE_COLUMNS = ["table", "rule", "rows", "example_row", "note"]


@dataclass(frozen=True)
class CleanCohort:
    """Clean tables of a cohort, and what was settled on the way.

    Attributes
    ----------
    tables
        All five tables with all columns (see
        :func:`~pd1_dynamics.cohort.columns.clean_columns`): text with None for missing, numbers,
        dates as whole days ``…_day`` from the index date; sorted by patient and day; empty where the
        cohort lacks them.
    notes
        One row for each rule that settled something: ``table``, ``rule``, ``rows``, ``example_row``,
        ``note``.
    """

    tables: dict[str, pd.DataFrame]
    notes: pd.DataFrame


def clean(cohort: Cohort) -> CleanCohort:
    """Read, check and clean the tables of a cohort.

    Raises
    ------
    InputError
        All problems of all tables at once.
    """
    if cohort.format == "sdtm":
        from pd1_dynamics.cohort.sdtm import read_sdtm

        texts, time, problems = read_sdtm(cohort)
    else:
        texts, problems = _read_all(cohort)
        time = cohort.time
    return clean_texts(cohort, texts, time, problems)


def clean_texts(
    cohort: Cohort, texts: dict[str, pd.DataFrame], time: str, problems: list[Problem]
) -> CleanCohort:
    """The part of :func:`clean` after reading: tables of text in our words to clean tables."""
    notes: list[dict] = []
    parsed = {}
    for table, text in texts.items():
        units = cohort.tables[table].units if table in cohort.tables else {}
        parsed[table], found = _parse_table(text, table, time, units)
        problems += found
    problems += _index_dates(parsed, time, texts)
    if "patients" in parsed:
        for table in parsed:
            if table != "patients":
                problems += checking.unknown_patients(
                    parsed[table], table, parsed["patients"]["patient_id"]
                )
    rule = definitions.load(settings=cohort.settings)["duplicate_readings"]
    for table in parsed:
        parsed[table], found, settled = settle(parsed[table], table, list(KEYS[table]), rule)
        problems += found
        notes += settled
    dated = _to_days(parsed, time)
    problems += checking.order_of_days(dated)
    if "lesions" in dated:
        problems += checking.lesion_states(dated["lesions"])
    if problems:
        raise InputError(problems, heading=f"Cohort {cohort.name} cannot be used")
    notes += _observations(dated)
    return CleanCohort(_complete(dated, notes), pd.DataFrame(notes, columns=NOTE_COLUMNS))


def write(cohort: CleanCohort, folder: str | Path) -> None:
    """Write the clean tables as Parquet and the notes as CSV."""
    for name, table in cohort.tables.items():
        write_table(table, Path(folder) / f"{name}.parquet")
    write_table(cohort.notes, Path(folder) / "notes.csv")


def _read_all(cohort: Cohort) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    texts, problems = {}, []
    for table, source in cohort.tables.items():
        try:
            raw = read_text(cohort.resolve(source.path), table, source.path)
        except InputError as error:
            problems += error.problems
            continue
        texts[table], found = _in_our_words(raw, table, source, cohort.missing)
        problems += found
    return texts, problems


def _in_our_words(
    raw: pd.DataFrame, table: str, source: Source, missing: frozenset[str]
) -> tuple[pd.DataFrame, list[Problem]]:
    """Map columns and values to the data contract; only columns of the contract remain."""
    text, problems = {}, []
    for name in TABLES[table]:
        if name in source.constants:
            text[name] = pd.Series(source.constants[name], index=raw.index, dtype=object)
            continue
        theirs = source.columns.get(name, name)
        if theirs not in raw:
            if name in source.columns:
                expected = f"column {theirs!r}, which the cohort's file gives for {name}"
                problems.append(Problem(table, "no such column", expected, column=theirs))
            continue
        cells = raw[theirs].astype(object)
        mapping = source.values.get(name, {})
        known = cells.isin(list(mapping))
        cells = cells.where(known | ~cells.isin(list(missing)), "")
        if known.any():
            ours = cells.map({theirs: value or "" for theirs, value in mapping.items()})
            cells = cells.where(~known, ours)
        text[name] = cells
    return pd.DataFrame(text, index=raw.index), problems


def _parse_table(
    text: pd.DataFrame, table: str, time: str, units: dict[str, str]
) -> tuple[pd.DataFrame, list[Problem]]:
    """Values of a table, problems of single cells, and columns that it cannot do without."""
    problems, values = [], {}
    for name, column in TABLES[table].items():
        needed = column.required or (
            table == "patients" and name == "treatment_start" and time == "date"
        )
        if name not in text:
            if needed:
                expected = f"column {name}, another column's name for it, or a constant"
                problems.append(Problem(table, "no such column", expected, column=name))
            kind = object if clean_columns(table)[clean_name(table, name)] == TEXT else float
            values[name] = pd.Series(None, index=text.index, dtype=kind)
            continue
        values[name], found = parse(text[name], table, name, column, time, units.get(name))
        problems += found
    parsed = pd.DataFrame(values, index=text.index)
    present = [name for name in TABLES[table] if name in text]
    return parsed, problems + checking.values(parsed[present], table, text)


def _index_dates(
    parsed: dict[str, pd.DataFrame], time: str, texts: dict[str, pd.DataFrame]
) -> list[Problem]:
    """What is wrong with the dates from which all others count."""
    patients = parsed.get("patients")
    if time == "date":
        if patients is None:
            dated = any(len(table) for table in parsed.values())
            expected = "a table patients with treatment_start, since times are dates"
            return [Problem("patients", "no such table", expected)] if dated else []
        if "treatment_start" not in texts["patients"]:
            return []
        empty = texts["patients"]["treatment_start"] == ""
        return findings.where(
            "patients", "treatment_start", empty, "an empty cell", "the date of the first dose"
        )
    if patients is None:
        return []
    start = patients["treatment_start"]
    wrong = start.notna() & (start != 0)
    return findings.where(
        "patients", "treatment_start", wrong, start, "0, since times are days from the first dose"
    )


def _to_days(parsed: dict[str, pd.DataFrame], time: str) -> dict[str, pd.DataFrame]:
    """Dates as days from the index date; scans and samples keep the date as given too."""
    start = None
    if time == "date" and "patients" in parsed:
        patients = parsed["patients"].drop_duplicates("patient_id")
        start = pd.Series(
            pd.to_datetime(patients["treatment_start"], format="%Y-%m-%d").to_numpy(),
            index=patients["patient_id"].to_numpy(),
        )
    dated = {}
    for table, rows in parsed.items():
        columns = {}
        for name in rows:
            column = TABLES[table][name]
            if column.kind != DATE:
                columns[clean_name(table, name)] = rows[name]
                continue
            if name == "treatment_start":
                columns[name] = rows[name] if time == "date" else pd.Series("0", rows.index, object)
                continue
            if table in SCANS_AND_SAMPLES:
                columns["date"] = rows[name] if time == "date" else _whole_text(rows[name])
            columns[clean_name(table, name)] = (
                _days_between(rows["patient_id"].map(start), rows[name])
                if time == "date" and start is not None
                else rows[name].astype(float)
            )
        dated[table] = pd.DataFrame(columns, index=rows.index)
    return dated


def _days_between(start: pd.Series, date: pd.Series) -> pd.Series:
    dates = pd.to_datetime(date, format="%Y-%m-%d", errors="coerce")
    return (dates - pd.to_datetime(start)).dt.days.astype(float)


def _whole_text(days: pd.Series) -> pd.Series:
    known = days.notna()
    return days.where(known, 0).astype("int64").astype(str).astype(object).where(known, None)


def _observations(dated: dict[str, pd.DataFrame]) -> list[dict]:
    """What a reader should know of the tables, though no rule had to settle it."""
    notes = []
    for table in ("assessments", "lesions", "labs"):
        rows = dated.get(table)
        if rows is None:
            continue
        key = ["patient_id", "test"] if table == "labs" else ["patient_id"]
        key += ["lesion_id"] if table == "lesions" else []
        back = rows.groupby(key, sort=False)["day"].diff() < 0
        if back.any():
            notes.append(
                _note(table, "sorted by day", back, "Rows of a patient were not in order of time.")
            )
    patients = dated.get("patients")
    if patients is not None:
        mixed = patients["best_response"] == MIXED
        if mixed.any():
            words = "Mixed responses are a category of their own: neither response nor progression."
            notes.append(_note("patients", "kept apart", mixed, words))
    scans = dated.get("assessments", dated.get("lesions"))
    if scans is not None and len(scans):
        first = scans.groupby("patient_id", sort=False)["day"].transform("min")
        late = (first > 0) & ~scans.duplicated("patient_id")
        if late.any():
            words = "The patient's first scan lies after the first dose: no baseline by default."
            notes.append(
                _note(
                    "assessments" if "assessments" in dated else "lesions",
                    "no baseline",
                    late,
                    words,
                )
            )
    return notes


def _note(table: str, rule: str, rows: pd.Series, words: str) -> dict:
    return {
        "table": table,
        "rule": rule,
        "rows": int(rows.sum()),
        "example_row": int(rows.index[rows][0]),
        "note": words,
    }


def _complete(dated: dict[str, pd.DataFrame], notes: list[dict]) -> dict[str, pd.DataFrame]:
    """All five tables, complete, typed and sorted; patients are at least those of other tables."""
    if "patients" not in dated:
        others = [table["patient_id"] for table in dated.values()]
        found = sorted(set(pd.concat(others))) if others else []
        dated["patients"] = pd.DataFrame({"patient_id": pd.Series(found, dtype=object)})
        dated["patients"]["treatment_start"] = "0"
    _extend_follow_up(dated, notes)
    tables = {}
    for table in TABLES:
        rows = dated.get(table, pd.DataFrame())
        columns = {}
        for name, kind in clean_columns(table).items():
            given = rows[name] if name in rows else pd.Series(None, index=rows.index, dtype=object)
            if name in DEFAULTS.get(table, {}):
                default = DEFAULTS[table][name]
                given = given.astype(object).where(given.notna(), default)
            columns[name] = given.astype(object) if kind == TEXT else given.astype(float)
        complete = pd.DataFrame(columns)
        order = [
            c
            for c in ("patient_id", "day", "start_day", "lesion_id", "reader", "test")
            if c in complete
        ]
        tables[table] = complete.sort_values(order, kind="stable", ignore_index=True)
        for name, kind in clean_columns(table).items():
            if kind != TEXT and _is_whole(table, name):
                tables[table][name] = tables[table][name].astype("Int64")
    return tables


def _is_whole(table: str, name: str) -> bool:
    if name == "day" or name.endswith("_day"):
        return True
    return name in TABLES[table] and TABLES[table][name].kind in (FLAG, WHOLE)


def _extend_follow_up(dated: dict[str, pd.DataFrame], notes: list[dict]) -> None:
    """A living patient was last seen no earlier than at the last scan or sample."""
    patients = dated["patients"]
    if "last_follow_up_day" not in patients or patients["last_follow_up_day"].isna().all():
        return
    seen = [
        dated[table].groupby("patient_id")["day"].max()
        for table in ("assessments", "lesions", "labs")
        if table in dated and len(dated[table])
    ]
    if not seen:
        return
    last_seen = pd.concat(seen, axis=1).max(axis=1)
    last_seen = patients["patient_id"].map(last_seen).astype(float)
    later = (patients["death"] != 1) & (last_seen > patients["last_follow_up_day"])
    if later.any():
        patients["last_follow_up_day"] = np.where(later, last_seen, patients["last_follow_up_day"])
        words = "Last contact lay before a later scan or sample; the date of that one counts."
        notes.append(_note("patients", "last contact moved", later, words))
