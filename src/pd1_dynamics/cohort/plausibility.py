"""What is possible in a patient, but seldom: noted, so that somebody looks.

Each check gives the rows of a table; a reader of the report sees how many there are.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics.cohort.observations import Note, noted
from pd1_dynamics.cohort.readers import counted_readings, preferred, readers_of
from pd1_dynamics.contract.columns import SCANS

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


def _untold_pfs(dated: Tables, definitions: Mapping[str, Any]) -> Iterator[Note]:
    """Reports that leave open whether or when progression or death ended PFS."""
    rows = dated.get("patients", pd.DataFrame())
    nothing = pd.Series(np.nan, rows.index)
    pfs, event, progression, day, death, end, survived = (
        rows.get(name, nothing)
        for name in (
            *("pfs_days", "pfs_event", "progression", "progression_day"),
            *("death", "last_follow_up_day", "os_days"),
        )
    )
    counted = pd.Series(True, rows.index)
    if definitions["outcomes_from"] == "scans":
        scans = [dated[name]["patient_id"].astype(object) for name in SCANS if name in dated]
        counted = ~rows["patient_id"].isin(set().union(*scans)) if len(rows) else counted
    untold = event.isna() & progression.isna() & day.isna()
    to_death = (death == 1) & (pfs >= end.fillna(survived))
    words = (
        "PFS is reported without an event or its absence (`pfs_event` or `progression`): this PFS "
        "is not known."
    )
    yield from noted(
        "patients", "PFS without its event", counted & pfs.notna() & untold & ~to_death, words
    )
    words = (
        "Progression is reported without its day, and no PFS: PFS and survival after progression "
        "are not known."
    )
    undated = counted & (progression == 1) & day.isna() & pfs.isna()
    yield from noted("patients", "progression without its day", undated, words)
    if counted.all() and progression.isna().all() and day.notna().any():
        words = (
            "No date of progression where others have one: taken as free of it up to the last "
            "contact, unless best response or `pfs_event` say otherwise."
        )
        undated = day.isna() & pfs.isna()
        yield from noted("patients", "no date of progression", undated, words)


def _contradictory_pfs(dated: Tables, _: Mapping[str, Any]) -> Iterator[Note]:
    rows = dated.get("patients", pd.DataFrame())
    if "pfs_event" not in rows:
        return
    nothing = pd.Series(np.nan, rows.index)
    progression, death = rows.get("progression", nothing), rows.get("death", nothing)
    neither = (rows["pfs_event"] == 1) & (progression == 0) & (death == 0)
    words = (
        "Reported PFS ended with an event, but neither progression nor death is recorded: it "
        "counts as an event without a date of progression."
    )
    yield from noted("patients", "PFS event without a cause", neither, words)
    missed = (rows["pfs_event"] == 0) & (progression == 1)
    words = "Progression is recorded, but reported PFS ended without an event: progression counts."
    yield from noted("patients", "progression without a PFS event", missed, words)
