"""Which data the whole cohort records, needed when only a part of its patients is processed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from pd1_dynamics.cohort.readers import readers_of
from pd1_dynamics.cohort.reports import has_any, tells_censoring
from pd1_dynamics.contract.columns import SCANS


@dataclass(frozen=True)
class Known:
    """Which data the whole cohort records; the same for every part of its patients.

    Attributes
    ----------
    scans, deaths, last_doses, therapies
        Whether some patient has a scan, a vital status (dead or alive), a last dose, a later
        therapy. If so, patients without one have none.
    progressions, progression_days
        Whether some patient is reported to have progressed or not; to have progressed on a day.
    censorings
        Whether reports can say that PFS ended without an event: ``pfs_event`` or ``progression``
        is 0 somewhere, or filled in for everybody; or progressions have dates, and no column says
        who progressed. If not, only events can be told, and an estimate would be of them alone.
    readers
        Names of all readers, in alphabetical order.
    """

    scans: bool
    deaths: bool
    last_doses: bool
    therapies: bool
    progressions: bool
    progression_days: bool
    censorings: bool
    readers: tuple[str, ...]


def known(tables: Mapping[str, pd.DataFrame | None]) -> Known:
    """What a cohort knows, from all its clean tables."""
    patients = _there(tables, "patients")
    scans = [_there(tables, name) for name in SCANS]
    return Known(
        scans=any(len(table) for table in scans),
        deaths=has_any(patients, "death"),
        last_doses=has_any(patients, "last_dose_day"),
        therapies=len(_there(tables, "therapies")) > 0,
        progressions=has_any(patients, "progression"),
        progression_days=has_any(patients, "progression_day"),
        censorings=tells_censoring(patients),
        readers=readers_of(scans),
    )


def _there(tables: Mapping[str, pd.DataFrame | None], name: str) -> pd.DataFrame:
    table = tables.get(name)
    return pd.DataFrame() if table is None else table
