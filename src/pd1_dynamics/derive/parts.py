"""A large cohort in parts of its patients, each derived alone, with the same result."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from pd1_dynamics.contract.columns import SCANS
from pd1_dynamics.derive.chain import Known
from pd1_dynamics.files import written_aside


def known_of_files(paths: Mapping[str, str | Path]) -> Known:
    """What the whole cohort knows, read from its clean tables without loading them.

    Parameters
    ----------
    paths
        Parquet files by table.
    """
    rows = {name: pq.read_metadata(path).num_rows for name, path in paths.items()}
    return Known(
        scans=any(rows[name] for name in SCANS),
        deaths=_some(paths["patients"], "death"),
        last_doses=_some(paths["patients"], "last_dose_day"),
        therapies=rows["therapies"] > 0,
        readers=tuple(sorted(set().union(*(_texts(paths[name], "reader") for name in SCANS)))),
    )


def _some(path: str | Path, column: str) -> bool:
    """Whether a column has any value."""
    return bool(ds.dataset(path).count_rows(filter=pc.field(column).is_valid()))


def _texts(path: str | Path, column: str) -> set[str]:
    """Distinct texts of a column, read batch by batch."""
    found: set[str] = set()
    for batch in ds.dataset(path).to_batches(columns=[column]):
        found.update(str(text) for text in pc.unique(batch[column]).to_pylist() if text is not None)
    return found


def joined(paths: Iterable[str | Path], path: str | Path) -> None:
    """CSV files with the same header, one after the other, as one file."""
    with written_aside(path) as unfinished, unfinished.open("wb") as out:
        for number, part in enumerate(paths):
            with Path(part).open("rb") as file:
                header = file.readline()
                if number == 0:
                    out.write(header)
                while block := file.read(1 << 20):
                    out.write(block)
