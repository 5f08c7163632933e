"""Clean tables read back, as the next stage takes them: whole, or a part of the patients."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pd1_dynamics.contract.columns import CHECKED, SCANS
from pd1_dynamics.files import decoded, is_text


def ends_of(path: str | Path, pieces: Iterable[tuple[int, int]]) -> list[tuple[str, str]]:
    """First and last patient of each piece of a file of patients; empty texts for nobody.

    A piece is the first of its rows and the one after its last, counted from 0.
    """
    ids = pq.read_table(path, columns=["patient_id"])["patient_id"]
    return [
        (ids[place].as_py(), ids[end - 1].as_py()) if end > place else ("", "")
        for place, end in pieces
    ]


def read_everyone(paths: Mapping[str, str | Path]) -> dict[str, pd.DataFrame]:
    """Clean tables of all patients."""
    (piece,) = ends_of(paths["patients"], [(0, pq.read_metadata(paths["patients"]).num_rows)])
    return read_patients(paths, *piece)


def read_patients(
    paths: Mapping[str, str | Path], first: str, last: str
) -> dict[str, pd.DataFrame]:
    """Clean tables of neighbouring patients, without reading the others into memory.

    Parameters
    ----------
    paths
        Parquet files by table, all sorted by ``patient_id``.
    first, last
        The patients, as :func:`ends_of` gives them.
    """
    return {
        name: _checked(decoded(_between(path, first, last), coded=name in SCANS))
        for name, path in paths.items()
    }


def _between(path: str | Path, first: str, last: str) -> pa.Table:
    """Rows of the patients from the first to the last, of a file sorted by ``patient_id``."""
    texts = [field.name for field in pq.read_schema(path) if is_text(field.type)]
    file = pq.ParquetFile(path, read_dictionary=texts)
    column = file.schema_arrow.get_field_index("patient_id")
    groups = [
        number
        for number in range(file.num_row_groups)
        if _may_hold(file.metadata.row_group(number).column(column).statistics, first, last)
    ]
    table = file.read_row_groups(groups)
    if "patient_id" not in texts:  # nobody has a row
        return table.slice(0, 0)
    before = sum(_count(chunk, pc.less, first) for chunk in table["patient_id"].chunks)
    through = sum(_count(chunk, pc.less_equal, last) for chunk in table["patient_id"].chunks)
    return table.slice(before, max(through - before, 0))


def _may_hold(statistics: Any, first: str, last: str) -> bool:
    """Whether a row group may have a patient from the first to the last."""
    if statistics is None or not statistics.has_min_max:
        return True
    return statistics.min <= last and statistics.max >= first


def _count(chunk: pa.DictionaryArray, compare: Callable, bound: str) -> int:
    """Rows whose text compares so with the bound."""
    holds = compare(chunk.dictionary, bound)
    return pc.sum(holds.take(chunk.indices)).as_py() or 0


def _checked(table: pd.DataFrame) -> pd.DataFrame:
    table.attrs[CHECKED] = True
    return table
