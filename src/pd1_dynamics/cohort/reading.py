"""Files to text: every cell as a person would read it, so that no code or date is guessed."""

from pathlib import Path

import numpy as np
import pandas as pd

from pd1_dynamics.problems import InputError, Problem

_SEPARATORS = {".csv": ",", ".tsv": "\t", ".txt": "\t"}
SUFFIXES = (*_SEPARATORS, ".xlsx", ".parquet")

HEADER_ROW = 1
"""Row of the header as a person sees it; the first patient is in the next."""


def read_text(path: str | Path, table: str, named: str) -> pd.DataFrame:
    """Read a table with all cells as text, empty ones as "".

    Parameters
    ----------
    path
        CSV, TSV, XLSX (first sheet) or Parquet.
    table
        Name of the table, for messages.
    named
        The path as the cohort's file writes it, for messages.

    Returns
    -------
    DataFrame
        As in the file; the index is the row number as a person sees it (the header is row 1).

    Raises
    ------
    InputError
        If the file is absent, of another kind, unreadable, or has no rows.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError([Problem(table, f"no file {named}", "a file there")])
    if path.suffix.lower() not in SUFFIXES:
        kinds = ", ".join(suffix.lstrip(".").upper() for suffix in SUFFIXES)
        raise InputError([Problem(table, f"file {named}", f"one of {kinds}")])
    try:
        raw = _read(path)
    except (ValueError, OSError, KeyError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise InputError([Problem(table, f"{named}, unreadable: {reason}", "a table")]) from None
    raw.columns = [str(column).strip().lstrip("\ufeff") for column in raw.columns]
    raw.index = np.arange(len(raw)) + HEADER_ROW + 1
    if doubled := sorted({c for c in raw.columns if (raw.columns == c).sum() > 1}):
        raise InputError(
            [Problem(table, f"column {c!r} more than once", "each column once") for c in doubled]
        )
    filled = (raw != "").any(axis=1) if len(raw) else pd.Series(dtype=bool)
    raw = raw[filled]
    if raw.empty:
        raise InputError([Problem(table, f"no rows in {named}", "at least one row")])
    return raw


def _read(path: Path) -> pd.DataFrame:
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return _as_text(pd.read_parquet(path))
    if suffix == ".xlsx":
        return _as_text(pd.read_excel(path, dtype=object))
    text = pd.read_csv(
        path,
        sep=_SEPARATORS[suffix],
        dtype=str,
        keep_default_na=False,
        skip_blank_lines=False,
        encoding="utf-8-sig",
        index_col=False,
        on_bad_lines="error",
    ).fillna("")
    return text.apply(lambda column: column.str.strip())


def _as_text(table: pd.DataFrame) -> pd.DataFrame:
    """Typed cells as text: dates in ISO form, whole numbers without a decimal point."""
    return pd.DataFrame({str(name): _column_text(table[name]) for name in table.columns})


def _column_text(column: pd.Series) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(column):
        text = column.dt.strftime("%Y-%m-%d")
    elif pd.api.types.is_bool_dtype(column):
        text = column.astype("Int64").astype(object)
    elif pd.api.types.is_float_dtype(column):
        whole = column.notna() & (column % 1 == 0) & (column.abs() < 2**53)
        text = column.astype(object).where(
            ~whole, column.where(whole, 0).astype("int64").astype(object)
        )
    elif pd.api.types.is_integer_dtype(column):
        text = column.astype(object)
    else:
        text = column.map(_cell, na_action="ignore")
    return text.where(column.notna(), "").astype(str).str.strip()


def _cell(value: object) -> object:
    """One cell of a mixed column: a date, a flag, a whole number or text."""
    if hasattr(value, "strftime"):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
