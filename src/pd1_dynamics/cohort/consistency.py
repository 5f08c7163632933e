"""What columns and tables say of each other: patients who exist, days that can be."""

import datetime
from collections.abc import Iterator

import numpy as np
import pandas as pd

from pd1_dynamics.cohort import findings
from pd1_dynamics.cohort.days import INDEX_DATE, of_patients
from pd1_dynamics.contract.columns import DATE, SCANS, TABLES, clean_name
from pd1_dynamics.contract.problems import Problem
from pd1_dynamics.contract.vocabulary import ROUNDING_DAYS

Tables = dict[str, pd.DataFrame]

FARTHEST_DAY = 36525
"""A hundred years: farther days are typing errors, or dates where days belong."""
SUM_TOLERANCE_MM = 1
"""How far a target sum may lie from the diameters that it adds up, for rounding."""

NOT_BEFORE_START = f"a date not before {INDEX_DATE}"
NOT_AFTER_DEATH = "a date not after the patient's death"


def problems(dated: Tables, texts: Tables) -> list[Problem]:
    """All contradictions between columns and between tables.

    Parameters
    ----------
    dated
        Tables as :func:`.days.to_days` gives them; the index holds row numbers.
    texts
        The cells as text, for messages.
    """
    checks = (
        _unknown_patients,
        _far_days,
        _before_start,
        _after_death,
        _therapies,
        _patients,
        _lesion_states,
        _future,
        _sums,
    )
    return [problem for check in checks for problem in check(dated, texts)]


def _tell(
    texts: Tables, table: str, column: str, wrong: pd.Series, words: str, expected: str
) -> list[Problem]:
    """Problems with the cell as it stands, and what it would mean."""
    flags = wrong.to_numpy(dtype=bool, na_value=False)
    if not flags.any():
        return []
    cells = findings.quoted(texts[table].loc[flags, column])
    found = [f"{cell}, {words}" for cell in cells]
    return findings.of_rows(table, column, wrong.index[flags], found, expected, findings.SHOWN)


def _unknown_patients(dated: Tables, _: Tables) -> Iterator[Problem]:
    if "patient_id" not in dated.get("patients", ()):
        return
    known = set(dated["patients"]["patient_id"].dropna())
    for table, rows in dated.items():
        if table == "patients" or "patient_id" not in rows:
            continue
        labels = rows["patient_id"].cat.categories
        unknown = np.append([label not in known for label in labels], False).astype(bool)
        wrong = pd.Series(unknown[rows["patient_id"].cat.codes.to_numpy()], index=rows.index)
        found, expected = "an unknown patient", "a patient of the table patients"
        yield from findings.where(table, "patient_id", wrong, found, expected)


def _dates(table: str, rows: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Date columns of a table, with their days."""
    for name, column in TABLES[table].items():
        if column.kind == DATE and name != INDEX_DATE and clean_name(table, name) in rows:
            yield name, rows[clean_name(table, name)]


def _near(days: pd.Series) -> pd.Series:
    """Days without those that are too far away to mean anything."""
    return days.where(days.abs() <= FARTHEST_DAY)


def _far_days(dated: Tables, texts: Tables) -> Iterator[Problem]:
    expected = f"a date within a hundred years of {INDEX_DATE}"
    for table, rows in dated.items():
        for name, days in _dates(table, rows):
            words = "more than a hundred years from the first dose"
            yield from _tell(texts, table, name, days.abs() > FARTHEST_DAY, words, expected)


def _before_start(dated: Tables, texts: Tables) -> Iterator[Problem]:
    words = {
        "last_dose": "a last dose before the first dose",
        "progression_date": "a progression before the first dose",
        "confirmatory_scan_date": "a confirmatory scan before the first dose",
    }
    patients = dated.get("patients", pd.DataFrame())
    for name, days in _dates("patients", patients):
        early = _near(days) < 0
        if name == "last_follow_up":
            died = patients["death"] == 1 if "death" in patients else early & False
            death, contact = "a death before the first dose", "a last contact before the first dose"
            yield from _tell(texts, "patients", name, early & died, death, NOT_BEFORE_START)
            yield from _tell(texts, "patients", name, early & ~died, contact, NOT_BEFORE_START)
        else:
            yield from _tell(texts, "patients", name, early, words[name], NOT_BEFORE_START)
    therapies = dated.get("therapies", pd.DataFrame())
    if "start_day" in therapies:
        early = therapies["start_day"] < 0
        later = "a later therapy before the first dose"
        yield from _tell(texts, "therapies", "start", early, later, NOT_BEFORE_START)


def _day_of_death(patients: pd.DataFrame) -> pd.Series | None:
    """Day of death, NaN for patients alive; reported survival replaces a missing date.

    An impossible day of death is left out: another check reports it, and scans are not blamed.
    """
    if "death" not in patients:
        return None
    day = pd.Series(np.nan, index=patients.index)
    if "last_follow_up_day" in patients:
        day = patients["last_follow_up_day"]
    if "os_days" in patients:
        day = day.fillna(np.ceil(patients["os_days"]))
    return _near(day.where((patients["death"] == 1) & (day >= 0)))


def _after_death(dated: Tables, texts: Tables) -> Iterator[Problem]:
    patients = dated.get("patients", pd.DataFrame())
    death = _day_of_death(patients)
    if death is None or death.isna().all() or "patient_id" not in patients:
        return
    things = dict.fromkeys(SCANS, "a scan") | {"labs": "a sample", "therapies": "a date"}
    for table, rows in dated.items():
        if "patient_id" not in rows:
            continue
        last = death if table == "patients" else of_patients(rows["patient_id"], patients, death)
        for name, days in _dates(table, rows):
            if (table, name) == ("patients", "last_follow_up"):
                continue
            words = f"{things.get(table, 'a date')} after the patient's death"
            yield from _tell(texts, table, name, _near(days) > last, words, NOT_AFTER_DEATH)


def _therapies(dated: Tables, texts: Tables) -> Iterator[Problem]:
    rows = dated.get("therapies", pd.DataFrame())
    if "start_day" not in rows:
        return
    for name, days in _dates("therapies", rows):
        if name != "start":
            words = "before the therapy's start"
            early = days < rows["start_day"]
            yield from _tell(texts, "therapies", name, early, words, "a date not before start")


def _patients(dated: Tables, texts: Tables) -> Iterator[Problem]:
    rows = dated.get("patients", pd.DataFrame())
    if {"confirmatory_scan_day", "progression_day"} <= set(rows):
        early = rows["confirmatory_scan_day"] < rows["progression_day"]
        words, expected = "before the progression", "a date not before progression_date"
        yield from _tell(texts, "patients", "confirmatory_scan_date", early, words, expected)
    if rows.empty:
        return
    told = ["pfs_days", "os_days", "last_follow_up_day", "death", "progression", "progression_day"]
    reports = rows.reindex(columns=told).where(~_scanned(dated), np.nan)
    end = reports["last_follow_up_day"].fillna(reports["os_days"])
    longer = (reports["death"] == 1) & (reports["pfs_days"] > end + ROUNDING_DAYS)
    words, expected = "longer than the survival of this patient", "a pfs not longer than os"
    yield from _tell(texts, "patients", "pfs", longer, words, expected)
    longer = reports["pfs_days"] > reports["progression_day"] + ROUNDING_DAYS
    words, expected = "longer than the time to progression", "a pfs up to progression_date"
    yield from _tell(texts, "patients", "pfs", longer, words, expected)
    denied = (reports["progression"] == 0) & reports["progression_day"].notna()
    words, expected = "beside a progression_date", "1, or no progression_date"
    yield from _tell(texts, "patients", "progression", denied, words, expected)


def _scanned(dated: Tables) -> pd.Series:
    """Patients with a scan: what they report of progression does not count."""
    rows = dated["patients"]
    if "patient_id" not in rows:
        return pd.Series(False, rows.index)
    scans = [dated[name]["patient_id"] for name in SCANS if "patient_id" in dated.get(name, ())]
    return rows["patient_id"].isin(set().union(*(ids.astype(object) for ids in scans)))


def _future(dated: Tables, texts: Tables) -> Iterator[Problem]:
    """Dates after today: what is planned has not been seen."""
    today = datetime.date.today().isoformat()
    for table, rows in texts.items():
        for name, column in TABLES[table].items():
            if column.kind == DATE and name in rows:
                labels = rows[name].cat.categories
                late = np.append([_is_iso(label) and label[:10] > today for label in labels], False)
                wrong = pd.Series(
                    late.astype(bool)[rows[name].cat.codes.to_numpy()], index=rows.index
                )
                clean = clean_name(table, name)
                if clean in dated.get(table, ()) and clean != INDEX_DATE:
                    wrong &= ~(dated[table][clean].abs() > FARTHEST_DAY)  # told already
                words = "a date after today"
                yield from _tell(texts, table, name, wrong, words, "a date not after today")


def _is_iso(text: str) -> bool:
    return len(text) >= 10 and text[4] == text[7] == "-"


def _sums(dated: Tables, texts: Tables) -> Iterator[Problem]:
    """Target sums that differ from the summed target diameters of the same date and reader."""
    scans, lesions = dated.get("assessments"), dated.get("lesions")
    if scans is None or lesions is None or not {"target_sum_mm", "day", "patient_id"} <= set(scans):
        return
    if not {"role", "diameter_mm", "day", "patient_id"} <= set(lesions):
        return
    key = ["patient_id", "day"]
    if ("reader" in scans) != ("reader" in lesions):
        return  # nobody knows whose sum it is
    if "reader" in scans:
        key.append("reader")
    targets = lesions[(lesions["role"] == "target") & lesions["day"].notna()]
    if "lesion_id" not in targets:
        return
    place = pd.MultiIndex.from_arrays([_filled(targets[name]) for name in key])
    names = pd.Series(_filled(targets["lesion_id"]), index=place)
    size = targets["diameter_mm"].set_axis(place)
    by = list(range(len(key)))
    made = size.groupby(level=by).agg(["sum", "count", "size"])
    made["names"] = names.groupby(level=by).nunique()
    others = [level for level in by if level != 1]  # all targets of the patient, and reader
    known = names.groupby(level=others).nunique()
    at = pd.MultiIndex.from_arrays([_filled(scans[name]) for name in key])
    found = made.reindex(at)
    due = known.reindex(at.droplevel(1)).to_numpy()
    complete = (found["count"] == found["size"]).to_numpy()
    complete &= (found["names"] == found["size"]).to_numpy()  # a lesion read twice is settled later
    complete &= found["names"].to_numpy() == due
    difference = scans["target_sum_mm"].to_numpy() - found["sum"].to_numpy()
    apart = np.abs(difference) > SUM_TOLERANCE_MM
    wrong = pd.Series(complete & apart, index=scans.index)
    words = "not the sum of the target lesions of that date"
    expected = "the sum of their diameters, or an empty cell"
    yield from _tell(texts, "assessments", "target_sum_mm", wrong, words, expected)


def _filled(column: pd.Series) -> np.ndarray:
    """Values with "" for missing, so that missing equals missing."""
    values = column.astype(object).to_numpy()
    return np.where(pd.isna(values), "", values)


def _lesion_states(dated: Tables, texts: Tables) -> Iterator[Problem]:
    rows = dated.get("lesions", pd.DataFrame())
    if "role" not in rows:
        return
    nothing = pd.Series(np.nan, index=rows.index)
    diameter = rows.get("diameter_mm", nothing)
    state = rows.get("state", nothing)
    not_evaluable, absent = state == "not_evaluable", state == "absent"
    target = rows["role"] == "target"
    unread = texts["lesions"].get("diameter_mm", nothing).notna() & diameter.isna()
    silent = target & diameter.isna() & ~not_evaluable & ~absent & ~unread
    expected = "a diameter of the target lesion, or the state not_evaluable"
    yield from findings.where("lesions", "diameter_mm", silent, "an empty cell", expected)
    if "state" in rows:
        words, expected = "a state beside a diameter", "no diameter, or another state"
        contradiction = (target & not_evaluable & diameter.notna()) | (absent & (diameter > 0))
        yield from _tell(texts, "lesions", "state", contradiction, words, expected)
