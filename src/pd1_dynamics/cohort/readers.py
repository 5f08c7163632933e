"""Whose readings count: one reader a patient, the same for every table."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics import arrays
from pd1_dynamics.contract.problems import InputError, Problem


def readers_of(tables: Iterable[pd.DataFrame]) -> tuple[str, ...]:
    """Names of the readers in tables that have a column ``reader``, in alphabetical order."""
    columns = [table["reader"] for table in tables if "reader" in table]
    return tuple(sorted({str(name) for column in columns for name in column.dropna().unique()}))


def preferred(readers: tuple[str, ...], definitions: Mapping[str, Any]) -> tuple[str, ...]:
    """Readers in the order in which they are preferred: as the settings say, or by alphabet.

    Raises
    ------
    InputError
        If the settings name readers and the cohort has none of them.
    """
    wanted = definitions["reader"]
    wanted = (wanted,) if isinstance(wanted, str) else tuple(wanted or ())
    if wanted and not set(wanted) & set(readers):
        expected = (
            f"one of {', '.join(readers)}" if readers else "no reader, as the tables name none"
        )
        raise InputError([Problem("settings", repr(definitions["reader"]), expected, "reader")])
    return wanted or readers


def counted_readings(
    patient_id: pd.Series, tables: Mapping[str, pd.DataFrame], preference: tuple[str, ...]
) -> dict[str, np.ndarray]:
    """Mask of the rows that count, for each table.

    Each patient's readings are those of the first preferred reader who read anything of this
    patient, in any of the tables; those of others do not count. Rows without a reader always count.

    Parameters
    ----------
    patient_id
        The patients, each once.
    tables
        Tables with ``patient_id`` and ``reader``.
    preference
        What :func:`preferred` gave; without any reader, all rows count.
    """
    if not preference:
        return {name: np.ones(len(table), dtype=bool) for name, table in tables.items()}
    best = np.full(len(patient_id), len(preference))
    ranks = {}
    for name, table in tables.items():
        rank = arrays.encode(table["reader"].astype(object), preference).astype(np.int64)
        codes = arrays.match_patients(patient_id, table["patient_id"], name)
        np.minimum.at(best, codes[rank >= 0], rank[rank >= 0])
        ranks[name] = codes, rank
    return {
        name: (rank == best[codes]) | tables[name]["reader"].isna().to_numpy()
        for name, (codes, rank) in ranks.items()
    }
