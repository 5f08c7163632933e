"""From files to files, a part of the patients at a time, with the same result as all at once.

Memory does not grow with the cohort: at most :data:`PATIENTS_AT_ONCE` are held by a process.
"""

import multiprocessing
import shutil
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from pd1_dynamics.cohort.clean_tables import ends_of, read_patients
from pd1_dynamics.cohort.reports import has_any, tells_censoring
from pd1_dynamics.contract.columns import SCANS
from pd1_dynamics.derive.chain import derive
from pd1_dynamics.derive.knowledge import Known
from pd1_dynamics.files import write_table, written_aside

PATIENTS_AT_ONCE = 50_000
TABLES = ("response", "patients", "therapies")
REPORTED = ("death", "last_dose_day", "progression", "progression_day", "pfs_days", "pfs_event")
"""Columns of patients that say what the whole cohort knows."""


def derive_files(
    paths: Mapping[str, str | Path],
    definitions: Mapping[str, Any],
    outputs: Mapping[str, str | Path],
    part: int = 1,
    parts: int = 1,
    workers: int = 1,
) -> None:
    """Derive the tables of a cohort, or of a part of its patients, from its clean tables.

    Parameters
    ----------
    paths
        Clean tables, Parquet, by name; all five.
    definitions
        As :func:`pd1_dynamics.contract.definitions.load` gives them.
    outputs
        CSV files to write: ``response``, ``patients``, ``therapies``.
    part, parts
        Which part of the patients, from 1, of how many of nearly the same size.
    workers
        Processes that work side by side. The bytes do not depend on them.

    Raises
    ------
    InputError
        As :func:`.chain.derive`.
    """
    total = pq.read_metadata(paths["patients"]).num_rows
    place, end = (part - 1) * total // parts, part * total // parts
    rows = [
        (first, min(first + PATIENTS_AT_ONCE, end))
        for first in range(place, max(end, place + 1), PATIENTS_AT_ONCE)
    ]
    pieces = ends_of(paths["patients"], rows)
    work = partial(_derive_piece, paths, definitions, known_of_files(paths))
    if len(pieces) == 1:
        work(outputs, pieces[0])
        return
    with _folder_of_pieces(outputs) as aside:
        files = [
            {name: aside / f"{name}.{number}.csv" for name in TABLES}
            for number in range(len(pieces))
        ]
        # Fresh processes: one that is forked beside threads of Arrow may wait for them for ever.
        fresh = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, mp_context=fresh) as pool:
            list(pool.map(work, files, pieces))
        for name in TABLES:
            joined([piece[name] for piece in files], outputs[name])


@contextmanager
def _folder_of_pieces(outputs: Mapping[str, str | Path]) -> Iterator[Path]:
    """A temporary folder beside the outputs; one that a killed run left is removed first."""
    beside = Path(outputs["response"])
    aside = beside.with_name(f".{beside.stem}.pieces")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        yield aside
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _derive_piece(
    paths: Mapping[str, str | Path],
    definitions: Mapping[str, Any],
    cohort: Known,
    outputs: Mapping[str, str | Path],
    piece: tuple[str, str],
) -> None:
    derived = derive(read_patients(paths, *piece), definitions, cohort)
    for name in TABLES:
        write_table(getattr(derived, name), outputs[name])


def known_of_files(paths: Mapping[str, str | Path]) -> Known:
    """What the whole cohort knows, read from its clean tables without loading them.

    Parameters
    ----------
    paths
        Parquet files by table.
    """
    rows = {name: pq.read_metadata(path).num_rows for name, path in paths.items()}
    reported = _kinds_of_reports(paths["patients"])
    return Known(
        scans=any(rows[name] for name in SCANS),
        deaths=has_any(reported, "death"),
        last_doses=has_any(reported, "last_dose_day"),
        therapies=rows["therapies"] > 0,
        progressions=has_any(reported, "progression"),
        progression_days=has_any(reported, "progression_day"),
        censorings=tells_censoring(reported),
        readers=tuple(sorted(set().union(*(_texts(paths[name], "reader") for name in SCANS)))),
    )


def _kinds_of_reports(path: str | Path) -> pd.DataFrame:
    """Each combination once of what patients report, days as 1; read batch by batch."""
    found = []
    for batch in ds.dataset(path).to_batches(columns=list(REPORTED)):
        rows = batch.to_pandas().astype(float)
        for name in ("last_dose_day", "progression_day", "pfs_days"):
            rows[name] = rows[name].where(rows[name].isna(), 1.0)
        found.append(rows.drop_duplicates())
    if not found:
        return pd.DataFrame(columns=list(REPORTED))
    return pd.concat(found).drop_duplicates()


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
