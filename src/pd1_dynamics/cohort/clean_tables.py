"""Clean tables read back, as the next stage takes them: whole, or a part of the patients."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from pd1_dynamics.contract.columns import CHECKED, SCANS
from pd1_dynamics.files import decoded, read_table


def read_clean(paths: Iterable[str | Path]) -> list[pd.DataFrame]:
    """Clean tables as :func:`pd1_dynamics.cohort.write` wrote them, in the order of their paths.

    Text of scans and lesions, which have many rows a patient, comes as categories.
    """
    tables = [read_table(path, coded=Path(path).stem in SCANS) for path in paths]
    return [_checked(table) for table in tables]


def read_part(paths: Mapping[str, str | Path], part: int, parts: int) -> dict[str, pd.DataFrame]:
    """Clean tables of a part of the patients, without reading the others into memory.

    Parameters
    ----------
    paths
        Parquet files by table; ``patients`` among them, sorted by ``patient_id``, as all are.
    part, parts
        Which part, from 1, of how many: neighbouring patients, in parts of nearly the same size.
    """
    patients = ds.dataset(paths["patients"])
    total = patients.count_rows()
    first, last = (part - 1) * total // parts, part * total // parts
    ids = pq.read_table(paths["patients"], columns=["patient_id"])["patient_id"]
    ids = ids.slice(first, last - first)
    if not len(ids):
        chosen = pc.scalar(False)
    else:
        chosen = (pc.field("patient_id") >= ids[0]) & (pc.field("patient_id") <= ids[-1])
    del ids
    return {
        name: _checked(decoded(ds.dataset(path).to_table(filter=chosen), coded=name in SCANS))
        for name, path in paths.items()
    }


def _checked(table: pd.DataFrame) -> pd.DataFrame:
    table.attrs[CHECKED] = True
    return table
