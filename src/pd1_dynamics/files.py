"""Reading and writing the tables that pass from stage to stage."""

from pathlib import Path

import pandas as pd


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a table that an earlier stage wrote: Parquet, or CSV with empty cells for missing.

    Numbers come back to the last bit.
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
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".unfinished")
    if path.suffix == ".parquet":
        table.to_parquet(unfinished, index=False)
    else:
        table.to_csv(unfinished, index=False, lineterminator="\n")
    unfinished.replace(path)
