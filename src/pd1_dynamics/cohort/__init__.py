"""Cohorts in: from anyone's tables, by one YAML file, to clean tables in the project's words."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pd1_dynamics.cohort.columns import CHECKED
from pd1_dynamics.cohort.description import Cohort, Source, definitions_of, load_cohort
from pd1_dynamics.files import read_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "CleanCohort",
    "Cohort",
    "Source",
    "clean",
    "definitions_of",
    "load_cohort",
    "read_clean",
    "write",
]


def read_clean(paths: Iterable[str | Path]) -> list[pd.DataFrame]:
    """Clean tables as :func:`write` wrote them, in the order of their paths.

    Text of scans and lesions, which have many rows a patient, comes as categories.
    """
    tables = [
        read_table(path, coded=Path(path).stem in ("assessments", "lesions")) for path in paths
    ]
    for table in tables:
        table.attrs[CHECKED] = True
    return tables


def __getattr__(name: str):
    """Load what reads tables (pandera, pandas) when it is used, not with a cohort's description."""
    if name in ("CleanCohort", "clean", "write"):
        from pd1_dynamics.cohort import cleaning

        return getattr(cleaning, name)
    raise AttributeError(name)
