"""What is possible in a patient, but seldom: noted, so that somebody looks.

Each check gives the rows of a table; a reader of the report sees how many there are.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics.cohort.observations import Note, noted
from pd1_dynamics.cohort.readers import counted_readings, preferred, readers_of
from pd1_dynamics.cohort.reports import dates_alone_tell, reaches, tells_censoring
from pd1_dynamics.contract.columns import SCANS
from pd1_dynamics.contract.vocabulary import PD, ROUNDING_DAYS, SD_OR_PD

MEASURABLE_MM, MEASURABLE_NODE_MM = 10, 15  # RECIST 1.1, 3.1.1; nodes by their short axis
TOO_SMALL_MM = 5  # RECIST 1.1, 4.2: the size given to a lesion that is too small to measure
FIVEFOLD = 5
LDH_LIMIT_RANGE = (50, 1000)  # U/L; usual upper limits of normal lie between 200 and 480
LDH_TIMES_LIMIT = 100
MOST_TARGETS, MOST_IN_AN_ORGAN = 5, 2  # RECIST 1.1, 3.1.2
EARLIEST_BASELINE_DAY = -42

Tables = Mapping[str, pd.DataFrame]


def implausible(dated: Tables, definitions: Mapping[str, Any]) -> list[Note]:
    """Notes on tables that passed all checks; tables as :func:`.days.to_days` gives them."""
    checks = (_changing_lesions, _leaps, _ldh, _baseline, _readers, _untold_pfs, _contradictory_pfs)
    return [note for check in checks for note in check(dated, definitions)]


def _lesions(dated: Tables) -> pd.DataFrame:
    """Lesions by patient, lesion, reader and day; only if the table has what the checks need."""
    rows = dated.get("lesions", pd.DataFrame())
    if not {"patient_id", "lesion_id", "day"} <= set(rows):
        return pd.DataFrame()
    key = [name for name in ("patient_id", "lesion_id", "reader") if name in rows]
    return rows.sort_values([*key, "day"], kind="stable")


def _read_before(rows: pd.DataFrame) -> np.ndarray:
    """Whether the row before is of the same patient, lesion and reader; rows in their order."""
    names = [name for name in ("patient_id", "lesion_id", "reader") if name in rows]
    return np.logical_and.reduce([(rows[name].cat.codes.diff() == 0).to_numpy() for name in names])


def _changing_lesions(dated: Tables, _: Mapping[str, Any]) -> Iterator[Note]:
    rows = _lesions(dated)
    if rows.empty:
        return
    same = _read_before(rows)
    for name, words in {"role": "role", "organ": "organ", "node": "nodal flag"}.items():
        if name not in rows:
            continue
        column = rows[name]
        codes = column.cat.codes if name != "node" else column.fillna(-1)
        known = (codes >= 0) & (codes.shift() >= 0)
        changes = pd.Series(same & known.to_numpy() & (codes.diff() != 0).to_numpy(), rows.index)
        text = f"A lesion has another {words} than at the scan before: is it the same lesion?"
        yield from noted("lesions", f"changing {words}", changes.sort_index(), text)


def _leaps(dated: Tables, _: Mapping[str, Any]) -> Iterator[Note]:
    rows = _lesions(dated)
    if rows.empty or "diameter_mm" not in rows:
        return
    rows = rows[rows["diameter_mm"] > 0]
    if rows.empty:
        return
    same = _read_before(rows)
    now, before = rows["diameter_mm"], rows["diameter_mm"].shift()
    smaller, larger = np.minimum(now, before), np.maximum(now, before)
    leaps = same & (larger >= FIVEFOLD * smaller).to_numpy() & (smaller != TOO_SMALL_MM).to_numpy()
    words = (
        "A lesion grew or shrank fivefold from one scan to the next: is a decimal point missing?"
    )
    yield from noted("lesions", "fivefold change", pd.Series(leaps, rows.index).sort_index(), words)


def _ldh(dated: Tables, _: Mapping[str, Any]) -> Iterator[Note]:
    rows = dated.get("labs", pd.DataFrame())
    if not {"test", "value", "upper_limit"} <= set(rows):
        return
    ldh = rows["test"].astype(object) == "ldh"
    low, high = LDH_LIMIT_RANGE
    odd = ldh & ((rows["upper_limit"] < low) | (rows["upper_limit"] > high))
    words = f"Upper limits of LDH outside {low} to {high:,} U/L: is the unit U/L?"
    yield from noted("labs", "unusual LDH limit", odd, words)
    high_value = ldh & (rows["value"] >= LDH_TIMES_LIMIT * rows["upper_limit"])
    words = f"LDH of {LDH_TIMES_LIMIT} times its upper limit or more: are both in the same unit?"
    yield from noted("labs", "implausible LDH", high_value, words)


def _baseline(dated: Tables, definitions: Mapping[str, Any]) -> Iterator[Note]:
    """Target lesions at baseline: the last date up to ``baseline.latest_day`` that has any."""
    rows = dated.get("lesions", pd.DataFrame())
    if not {"patient_id", "day", "role", "diameter_mm"} <= set(rows):
        return
    early = rows[
        (rows["role"] == "target") & (rows["day"] <= definitions["baseline"]["latest_day"])
    ]
    if early.empty:
        return
    patient = early["patient_id"].cat.codes
    targets = early[early["day"] == early["day"].groupby(patient).transform("max")]
    patient = targets["patient_id"].cat.codes
    reader = targets["reader"].cat.codes if "reader" in targets else patient * 0
    node = targets["node"] == 1 if "node" in targets else pd.Series(False, targets.index)
    size = targets["diameter_mm"]
    small = (size > 0) & (size < MEASURABLE_MM) & ~node
    words = f"Targets under {MEASURABLE_MM} mm at baseline are not measurable (RECIST 1.1, 3.1.1)."
    yield from noted("lesions", "small targets", small, words)
    words = (
        f"Target nodes under {MEASURABLE_NODE_MM} mm in short axis at baseline are no target "
        "lesions (RECIST 1.1, 3.1.1)."
    )
    yield from noted("lesions", "small target nodes", node & (size < MEASURABLE_NODE_MM), words)
    groups = [patient, reader]
    first = ~pd.concat(groups, axis=1).duplicated()
    number = size.groupby(groups).transform("size")
    words = (
        f"Patients with more than {MOST_TARGETS} target lesions at baseline (RECIST 1.1, 3.1.2)."
    )
    yield from noted("lesions", "many targets", first & (number > MOST_TARGETS), words)
    if "organ" in targets:
        groups.append(targets["organ"].cat.codes)
        first = ~pd.concat(groups, axis=1).duplicated()
        in_organ = size.groupby(groups).transform("size")
        crowded = first & (in_organ > MOST_IN_AN_ORGAN) & (groups[-1] >= 0)
        words = (
            f"Organs with more than {MOST_IN_AN_ORGAN} target lesions at baseline "
            "(RECIST 1.1, 3.1.2)."
        )
        yield from noted("lesions", "many targets in an organ", crowded, words)
    old = ~patient.duplicated() & (targets["day"] < EARLIEST_BASELINE_DAY)
    words = (
        f"Patients whose baseline is more than {-EARLIEST_BASELINE_DAY} days before the first dose."
    )
    yield from noted("lesions", "old baseline", old, words)


def _readers(dated: Tables, definitions: Mapping[str, Any]) -> Iterator[Note]:
    """Tables read by several: whose readings count, and how many rows are left out."""
    present = {name: dated[name] for name in SCANS if "reader" in dated.get(name, ())}
    readers = readers_of(present.values())
    if len(readers) < 2:
        return
    wanted = definitions["reader"]
    chosen = (
        f"those of {wanted if isinstance(wanted, str) else ', '.join(wanted)} count, as the "
        "settings say"
        if wanted
        else "each patient's first reader in alphabetical order counts (set `reader` to choose)"
    )
    words = f"Readings of {len(readers)} readers: {chosen}; rows of the others are left out."
    everyone = pd.unique(
        np.concatenate([rows["patient_id"].astype(object).unique() for rows in present.values()])
    )
    counted = counted_readings(pd.Series(everyone), present, preferred(readers, definitions))
    for name, rows in present.items():
        yield from noted(
            name, "one reader of several", pd.Series(~counted[name], rows.index), words
        )


def _reports(dated: Tables, definitions: Mapping[str, Any]) -> pd.DataFrame:
    """Reported outcomes of the patients whose scans do not tell them; NaN for what is not there.

    Columns as in ``patients``, and ``end``: the day of death or last contact.
    """
    rows = dated.get("patients", pd.DataFrame())
    names = ("pfs_days", "pfs_event", "progression", "progression_day", "death", "best_response")
    found = rows.reindex(columns=[*names, "last_follow_up_day", "os_days"])
    found["end"] = found["last_follow_up_day"].fillna(found["os_days"])
    scans = [dated[name] for name in SCANS if "patient_id" in dated.get(name, ())]
    if definitions["outcomes_from"] == "scans" and scans and "patient_id" in rows:
        scanned = set().union(*(table["patient_id"].astype(object) for table in scans))
        found = found[~rows["patient_id"].isin(scanned)]
    return found


def _untold_pfs(dated: Tables, definitions: Mapping[str, Any]) -> Iterator[Note]:
    """Reports that leave open whether or when progression or death ended PFS."""
    rows = _reports(dated, definitions)
    patients = dated.get("patients", pd.DataFrame())
    if rows.empty:
        return
    pfs, progression, day = rows["pfs_days"], rows["progression"], rows["progression_day"]
    event, best, dead = rows["pfs_event"], rows["best_response"], rows["death"] == 1
    if not tells_censoring(patients):
        words = (
            "PFS is reported, but nothing says who had no event (`pfs_event` or `progression` as "
            "0): an estimate would be of those with an event alone. PFS is not known."
        )
        yield from noted("patients", "events alone", pfs.notna() | day.notna(), words)
        return
    fate_known = (rows["death"] == 0) | (dead & rows["end"].notna())
    without_scans = len(rows) == len(patients)
    blank = progression.isna() & day.isna()
    free = blank & ~best.isin([PD, SD_OR_PD]) & (event != 1)
    free &= without_scans and dates_alone_tell(patients)
    untold = pfs.notna() & event.isna() & day.isna() & (progression != 1)
    told = (dead & reaches(pfs, rows["end"])) | (((progression == 0) | free) & fate_known)
    words = (
        "PFS is reported without an event or its absence (`pfs_event`, or `progression` and "
        "`death`): this PFS is not known."
    )
    yield from noted("patients", "PFS without its event", untold & ~told, words)
    words = (
        "An event ended PFS, but neither progression nor when or whether the patient died is "
        "reported: whether the disease progressed is not known, unless best response is PD."
    )
    may_be_death = (event == 1) & pfs.notna() & blank & ~fate_known & (best != PD)
    yield from noted("patients", "PFS event that may be a death", may_be_death, words)
    words = (
        "Progression is reported without its day, and no PFS: PFS and survival after progression "
        "are not known."
    )
    undated = (progression == 1) & day.isna() & pfs.isna()
    yield from noted("patients", "progression without its day", undated, words)
    words = (
        "No date of progression where others have one, and no column that says who progressed: "
        "taken as free of it up to the end of PFS or the last contact."
    )
    yield from noted("patients", "no date of progression", free, words)


def _contradictory_pfs(dated: Tables, definitions: Mapping[str, Any]) -> Iterator[Note]:
    """Reports that contradict each other, and which of them counts."""
    rows = _reports(dated, definitions)
    pfs, event, day = rows["pfs_days"], rows["pfs_event"], rows["progression_day"]
    progressed, dead = rows["progression"] == 1, rows["death"] == 1
    to_death = dead & reaches(pfs, rows["end"])
    neither = (event == 1) & pfs.notna() & (rows["progression"] == 0) & ~to_death
    words = (
        "Reported PFS ended with an event, but neither progression nor death by then is recorded: "
        "it counts as an event without a date of progression."
    )
    yield from noted("patients", "PFS event without a cause", neither, words)
    later = day > pfs
    words = "Progression is recorded, but reported PFS ended without an event: progression counts."
    missed = (event == 0) & pfs.notna() & (progressed | day.notna()) & ~later
    yield from noted("patients", "progression without a PFS event", missed, words)
    words = (
        "Reported PFS ended long before the progression that is recorded: it counts as reported."
    )
    early = later & (day > pfs + ROUNDING_DAYS)
    yield from noted("patients", "PFS that ends before progression", early, words)
    words = "Reported PFS reaches to the day of death, but without an event: death counts."
    denied = (event == 0) & to_death & ~progressed & day.isna()
    yield from noted("patients", "death without a PFS event", denied, words)
    beyond = ~dead & (pfs > rows["end"] + ROUNDING_DAYS)
    words = "Reported PFS reaches beyond the last contact of a patient who is not known to be dead."
    yield from noted("patients", "PFS beyond the last contact", beyond, words)
    spared = (rows["best_response"] == PD) & (
        (rows["progression"] == 0) | (rows["progression"].isna() & day.isna() & (event == 0))
    )
    words = "Best response is PD, but progression is denied: PFS and resistance follow the latter."
    yield from noted("patients", "PD without progression", spared, words)
    at_death = (rows["best_response"] == PD) & (event == 1) & to_death
    at_death &= rows["progression"].isna() & day.isna()
    words = (
        "Best response is PD, but progression is not recorded and PFS reaches to the day of death: "
        "the event counts as a death."
    )
    yield from noted("patients", "PD and death on one day", at_death, words)
