"""What a reader should know of a cohort's tables, though nothing of it is an error."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics.cohort.days import of_patients
from pd1_dynamics.contract.columns import MAY_BE_EMPTY, SCANS, SCANS_AND_SAMPLES, TABLES, clean_name
from pd1_dynamics.contract.vocabulary import MIXED

OS_TOLERANCE_DAYS = 31
"""How far a reported survival may lie from the dates beside it, for rounding to months."""


@dataclass(frozen=True)
class Note:
    """Something that a rule settled: how many rows it concerns, and one of them."""

    table: str
    rule: str
    rows: int
    example_row: int | None
    note: str


def as_table(notes: list[Note]) -> pd.DataFrame:
    """Notes as ``cohort/notes.csv`` holds them."""
    names = [field.name for field in fields(Note)]
    table = pd.DataFrame([astuple(note) for note in notes], columns=names)
    return table.astype({"rows": "Int64", "example_row": "Int64"})


def observe(dated: dict[str, pd.DataFrame], definitions: Mapping[str, Any]) -> list[Note]:
    """Notes on tables that passed all checks; tables as :func:`.days.to_days` gives them."""
    return [
        note
        for observation in (
            _out_of_order,
            _mixed,
            _baselines,
            _undated_deaths,
            _two_survivals,
            _gaps,
        )
        for note in observation(dated, definitions)
    ]


def noted(table: str, rule: str, flags: pd.Series, words: str) -> Iterator[Note]:
    """One note on the rows where a flag is set, none if there is no such row."""
    if flags.any():
        yield Note(table, rule, int(flags.sum()), int(flags.index[flags.to_numpy()][0]), words)


def _out_of_order(dated: dict[str, pd.DataFrame], _: Mapping[str, Any]) -> Iterator[Note]:
    for table in SCANS_AND_SAMPLES:
        if table not in dated:
            continue
        rows = dated[table]
        key = [name for name in ("patient_id", "lesion_id", "test", "reader") if name in rows]
        series = rows.groupby(key, sort=False, observed=True, dropna=False)["day"]
        words = "Rows of a patient are not in order of time in the file; they were sorted."
        yield from noted(table, "sorted by day", series.diff() < 0, words)


def _mixed(dated: dict[str, pd.DataFrame], _: Mapping[str, Any]) -> Iterator[Note]:
    patients = dated.get("patients", pd.DataFrame())
    if "best_response" in patients:
        words = "A mixed response is a category of its own: neither response nor progression."
        mixed = patients["best_response"] == MIXED
        yield from noted("patients", "mixed responses kept apart", mixed, words)


def _baselines(dated: dict[str, pd.DataFrame], definitions: Mapping[str, Any]) -> Iterator[Note]:
    latest = definitions["baseline"]["latest_day"]
    table = next((name for name in SCANS if name in dated), None)
    if table is None:
        return
    first_rows = dated[table][~dated[table]["patient_id"].duplicated().to_numpy()]
    firsts = -_latest(dated, [(name, "day") for name in SCANS], first_rows, sign=-1)
    words = (
        f"Patients without a scan up to day {latest}: they have no baseline, so no change of tumor "
        "size (baseline.latest_day in the settings)."
    )
    yield from noted(table, "no baseline", firsts > latest, words)
    words = (
        f"Patients whose first scan is after day 0 but not after day {latest}: it is their "
        "baseline (baseline.latest_day in the settings)."
    )
    yield from noted(table, "baseline after day 0", (firsts > 0) & (firsts <= latest), words)


def _undated_deaths(dated: dict[str, pd.DataFrame], _: Mapping[str, Any]) -> Iterator[Note]:
    patients = dated.get("patients", pd.DataFrame())
    if "death" not in patients:
        return
    undated = patients["death"] == 1
    for name in ("last_follow_up_day", "os_days"):
        if name in patients:
            undated &= patients[name].isna()
    words = "Died without a date: no survival time, so left out of survival analyses."
    yield from noted("patients", "death without a date", undated, words)


def _two_survivals(dated: dict[str, pd.DataFrame], _: Mapping[str, Any]) -> Iterator[Note]:
    patients = dated.get("patients", pd.DataFrame())
    if not {"os_days", "last_follow_up_day"} <= set(patients):
        return
    apart = (patients["os_days"] - patients["last_follow_up_day"]).abs() > OS_TOLERANCE_DAYS
    words = f"Reported os and last_follow_up lie more than {OS_TOLERANCE_DAYS} days apart."
    yield from noted("patients", "two survival times", apart, words)


def _gaps(dated: dict[str, pd.DataFrame], _: Mapping[str, Any]) -> Iterator[Note]:
    """Values that some patients have and others lack: who lacks one is left out where it is
    used."""
    patients = dated.get("patients", pd.DataFrame())
    ends = [name for name in ("last_follow_up_day", "os_days") if name in patients]
    if ends:
        lacking = patients[ends].isna().all(axis=1)
        words = "Patients without last contact or survival time: left out of survival analyses."
        yield from noted("patients", "no last contact", lacking, words)
    given = {clean_name("patients", name): name for name in TABLES["patients"]}
    for clean in patients:
        name = given.get(clean, clean)  # a covariate keeps its name
        if name in MAY_BE_EMPTY or clean in ends or name == "patient_id":
            continue
        lacking = patients[clean].isna()
        if lacking.all():
            continue
        words = f"Patients without {name}: left out of the analyses that need it."
        yield from noted("patients", f"missing {name}", lacking, words)


def extend_follow_up(dated: dict[str, pd.DataFrame]) -> list[Note]:
    """Move the last contact of the living to a later scan, sample, dose, therapy or progression.

    Such a contact is itself proof that the patient was alive then, so this is harmless. (After a
    death it is an error.) Changes ``last_follow_up_day`` of the patients table in place.
    """
    patients = dated.get("patients", pd.DataFrame())
    if "last_follow_up_day" not in patients:
        return []
    seen = [(table, "day") for table in SCANS_AND_SAMPLES] + [
        ("therapies", name) for name in ("start_day", "last_follow_up_day")
    ]
    last = _latest(dated, seen, patients)
    for name in ("last_dose_day", "progression_day"):
        if name in patients:
            last = last.where(~(patients[name] > last), patients[name])
    alive = ~(patients["death"] == 1) if "death" in patients else pd.Series(True, patients.index)
    later = alive & (last > patients["last_follow_up_day"])
    patients["last_follow_up_day"] = patients["last_follow_up_day"].mask(later, last)
    words = (
        "The last contact lies before a later scan, sample, dose, therapy or progression: that one "
        "counts."
    )
    return list(noted("patients", "last contact moved", later, words))


def _latest(
    dated: dict[str, pd.DataFrame],
    columns: Iterable[tuple[str, str]],
    patients: pd.DataFrame,
    sign: int = 1,
) -> pd.Series:
    """Largest value of several columns, times ``sign``, for each row of patients; -inf for none."""
    largest = pd.Series(-np.inf, index=patients.index)
    for table, name in columns:
        if name in dated.get(table, ()):
            rows = dated[table]
            values = (sign * rows[name]).groupby(rows["patient_id"], observed=True).max()
            by_patient = pd.DataFrame({"patient_id": values.index, "value": values.to_numpy()})
            own = of_patients(patients["patient_id"], by_patient, by_patient["value"])
            largest = largest.where(~(own > largest), own)
    return largest
