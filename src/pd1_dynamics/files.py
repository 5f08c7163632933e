"""Reading and writing the tables that pass from stage to stage."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.types as types

if TYPE_CHECKING:
    import polars as pl


ROWS_TOGETHER = 1 << 17
"""Rows of a group of a Parquet file: what a reader of a few patients has to read at least."""


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a table that an earlier stage wrote: Parquet, or CSV with empty cells for missing.

    Floating-point numbers are read back exactly.
    """
    path = Path(path)
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    return pd.read_csv(
        path,
        keep_default_na=False,
        na_values=[""],
        dtype={"patient_id": str},
        low_memory=False,
        float_precision="round_trip",
    )


def write_table(table: pd.DataFrame, path: str | Path) -> None:
    """Write a table whole or not at all, as Parquet or CSV by its suffix, without an index.

    The same table gives the same bytes: floats are written with the shortest text that reads back
    equal, lines end in ``\\n`` and nothing carries a time stamp.
    """
    with written_aside(path) as unfinished:
        if Path(path).suffix == ".parquet":
            table.to_parquet(unfinished, index=False, row_group_size=ROWS_TOGETHER)
        else:
            _polars(table).write_csv(unfinished)


def write_text(text: str, path: str | Path) -> None:
    """Write a text as UTF-8, whole or not at all, line ends as they are."""
    with written_aside(path) as unfinished:
        unfinished.write_bytes(text.encode("utf-8"))


@contextmanager
def written_aside(path: str | Path) -> Iterator[Path]:
    """A file beside the wanted one, to be written; moved into its place when the block ends well.

    So nobody sees a part of a file. What an earlier process left unfinished when it was killed is
    removed.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f".{path.name}.*{_UNFINISHED}"):
        if not _runs(left.name.removesuffix(_UNFINISHED).rpartition(".")[2]):
            left.unlink(missing_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}{_UNFINISHED}")
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


_UNFINISHED = ".unfinished"


def _runs(process: str) -> bool:
    """Whether a process of this number runs on this machine."""
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        pass
    return True


def decoded(table: pa.Table, coded: bool = False) -> pd.DataFrame:
    """A Parquet table as a data frame; the given table must not be used afterwards.

    With ``coded``, text comes as categories, each text once, for tables with many rows a patient.
    """
    if not coded:
        return _plain(table).to_pandas()
    for place, field in enumerate(table.schema):
        if is_text(field.type):
            table = table.set_column(place, field.name, table[field.name].dictionary_encode())
    schema = table.schema
    frame = table.to_pandas(split_blocks=True, self_destruct=True)
    absent = pd.Categorical.from_codes(np.full(len(frame), -1, dtype=np.int8), categories=[])
    for name in schema.names:
        if types.is_null(schema.field(name).type):
            frame[name] = absent
    return frame


def _plain(table: pa.Table) -> pa.Table:
    for place, field in enumerate(table.schema):
        if types.is_dictionary(field.type):
            table = table.set_column(place, field.name, table[field.name].cast(pa.string()))
    return table


def is_text(kind: pa.DataType) -> bool:
    """Whether a column of a Parquet file holds text."""
    return types.is_string(kind) or types.is_large_string(kind)


def _polars(table: pd.DataFrame) -> "pl.DataFrame":
    """The table for writing: what is neither number nor category as text, empty text as missing."""
    import polars as pl

    columns = {}
    for name, column in table.items():
        try:
            values = pa.Array.from_pandas(column)
        except (pa.ArrowInvalid, pa.ArrowTypeError):  # texts and numbers in one column
            values = pa.Array.from_pandas(column.map(str, na_action="ignore"))
        if pa.types.is_boolean(values.type):
            values = pa.Array.from_pandas(column.astype(object).map(str, na_action="ignore"))
        columns[str(name)] = values
    made = pl.from_arrow(pa.table(columns))
    return made.with_columns(pl.col(pl.String).replace("", None))
