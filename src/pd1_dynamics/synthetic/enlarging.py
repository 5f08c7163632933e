"""A cohort of any size, by repeating one: for measurements of speed only."""

from collections.abc import Mapping

import numpy as np
import pandas as pd


def enlarge(tables: Mapping[str, pd.DataFrame], patients: int) -> dict[str, pd.DataFrame]:
    """Repeat clean tables until there are so many patients, each copy with ids of its own.

    Parameters
    ----------
    tables
        Tables with a column ``patient_id``, among them ``patients``; sorted by patient.
    patients
        How many patients there shall be.

    Returns
    -------
    dict of DataFrame
        The same tables, enlarged, sorted by copy and patient.
    """
    ids = tables["patients"]["patient_id"].to_numpy(dtype=object)
    codes = pd.Index(ids)
    copies = -(-patients // len(ids))
    names = np.array([f"{i:09d}" for i in range(copies * len(ids))], dtype=object)
    enlarged = {}
    for name, table in tables.items():
        place = codes.get_indexer(table["patient_id"])
        copy = np.repeat(np.arange(copies), len(table))
        number = copy * len(ids) + np.tile(place, copies)
        rows = pd.concat([table] * copies, ignore_index=True)
        rows["patient_id"] = names[number]
        enlarged[name] = rows[number < patients].reset_index(drop=True)
    return enlarged
