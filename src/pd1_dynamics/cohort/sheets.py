"""Files to text: every cell as a person would read it, so that no code or date is guessed.

Whatever the kind of file, a column arrives as a categorical of text: each distinct text once, with
its rows as codes. What follows (missing codes, mapped values, numbers, dates) works on the distinct
texts, so a million patients cost little more than a thousand.
"""

import csv
import datetime
import decimal
import difflib
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet

from pd1_dynamics.cohort import findings
from pd1_dynamics.contract.cohort_file import FILE_SUFFIXES, SEPARATORS, File
from pd1_dynamics.contract.problems import InputError, Problem

HEADER_ROW = 1
"""Row of the header as a person sees it; the first patient is in the next."""

_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_BLOCK_BYTES = 1 << 24  # more than any row has
_BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}


@dataclass(frozen=True)
class Sheet:
    """A table as it stands in a file.

    Attributes
    ----------
    columns
        Cells by column name, as categoricals of text without outer blanks, "" for an empty cell.
    rows
        Number of each row as a person sees it (the header is row 1); empty rows are left out.
    repeated
        Column names that the header has more than once; the first one is in ``columns``.
    problems
        Rows that could not be read.
    cleaned
        Number of cells from which control characters were removed.
    ignored
        Names of other sheets of the file, which are not read.
    """

    columns: dict[str, pd.Categorical]
    rows: np.ndarray
    repeated: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
    cleaned: int = 0
    ignored: tuple[str, ...] = ()


def read_sheet(path: str | Path, table: str, named: str, looks: File | None = None) -> Sheet:
    """Read a table with all cells as text.

    Parameters
    ----------
    path
        CSV (comma, or semicolon where the header has no comma), TSV (.tsv, .txt), XLSX, Parquet,
        SAS (.xpt, .sas7bdat), SPSS (.sav), Stata (.dta) or R (.rda, .rds). Text is UTF-8, or UTF-16
        with a byte order mark.
    table
        Name of the table, for messages.
    named
        The path as the cohort's file writes it, for messages.
    looks
        What the file looks like: sheet, row of the header, comments, decimals, object.

    Raises
    ------
    InputError
        If the file is absent, of another kind, unreadable, or has no rows.
    """
    path = Path(path)
    if not path.is_file():
        found = f"a folder at {named}" if path.is_dir() else f"no file {named}"
        raise InputError([Problem(table, found, "a file there")])
    suffix = path.suffix.lower()
    if suffix not in FILE_SUFFIXES:
        kinds = ", ".join(FILE_SUFFIXES)
        raise InputError([Problem(table, f"a file {named}", f"a name that ends in one of {kinds}")])
    if not path.stat().st_size:
        expected = "a row of column names and at least one row below"
        raise InputError([Problem(table, f"an empty file {named}", expected)])
    looks = looks or File(named)
    if found := list(_misplaced(looks, suffix, table)):
        raise InputError(found)
    read = _READERS.get(suffix, _read_text)
    try:
        sheet = read(path, table, looks)
    except InputError:
        raise
    except ModuleNotFoundError as error:
        expected = "the extra `formats`: pip install 'pd1-dynamics[formats]'"
        found = f"{named}, for which {error.name} is not installed"
        raise InputError([Problem(table, found, expected)]) from None
    except Exception as error:  # whatever a library says of a broken file
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
        expected = f"a table in {suffix.lstrip('.').upper()} format"
        raise InputError(
            [Problem(table, f"{named}, which cannot be read: {reason}", expected)]
        ) from None
    if not len(sheet.rows):
        found = f"no rows in {named}"
        raise InputError([Problem(table, found, "at least one row"), *sheet.problems])
    sheet = _without_control_characters(sheet)
    return _with_points(sheet, table) if looks.decimal == "," else sheet


def _misplaced(looks: File, suffix: str, table: str) -> Iterator[Problem]:
    """Options that a kind of file does not know."""
    is_text = suffix in SEPARATORS
    for name, given, fits in (
        ("sheet", looks.sheet, suffix == ".xlsx"),
        ("object", looks.object, suffix in (".rda", ".rds")),
        ("comment", looks.comment, is_text),
        ("header_row", looks.header_row != 1, is_text or suffix == ".xlsx"),
        ("decimal", looks.decimal != ".", is_text or suffix == ".xlsx"),
    ):
        if given and not fits:
            yield Problem(table, f"{name} for {looks.path}", f"no {name} for a {suffix} file")


_WITH_COMMA = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+", re.ASCII)
_WITH_POINT = re.compile(r"[+-]?\d+\.\d+", re.ASCII)


def _with_points(sheet: Sheet, table: str) -> Sheet:
    """Decimal commas as points.

    A column must not have decimals with a point beside them, and thousands (1.150) without a comma
    are refused anywhere: they would be read as 1.15.
    """
    columns, problems = {}, list(sheet.problems)
    for name, column in sheet.columns.items():
        labels = list(column.categories)
        commas = [bool(_WITH_COMMA.fullmatch(label)) for label in labels]
        points = np.array([bool(_WITH_POINT.fullmatch(label)) for label in labels], dtype=bool)
        thousands = np.array([bool(_THOUSANDS.fullmatch(label)) for label in labels], dtype=bool)
        if thousands.any():
            wrong = pd.Series(np.append(thousands, False)[column.codes], index=sheet.rows)
            cells = pd.Series(column, index=sheet.rows)
            expected = "no point between thousands, which decimal: ',' leaves open: 1150 for 1.150"
            problems += findings.where(table, name, wrong, cells, expected)
        if any(commas):
            points &= ~thousands
            wrong = pd.Series(np.append(points, False)[column.codes], index=sheet.rows)
            cells = pd.Series(column, index=sheet.rows)
            expected = "a comma before decimals, as in the other cells (decimal: ',')"
            problems += findings.where(table, name, wrong, cells, expected)
            texts = [
                label.replace(".", "").replace(",", ".") if comma else label
                for label, comma in zip(labels, commas, strict=True)
            ]
            column = _categorical(column.codes.astype(np.int64), texts)
        columns[name] = column
    return replace(sheet, columns=columns, problems=tuple(problems))


def _without_control_characters(sheet: Sheet) -> Sheet:
    """Cells without invisible control characters, which break documents and terminals."""
    columns, cleaned = {}, 0
    for name, column in sheet.columns.items():
        texts = [_CONTROL.sub("", label) for label in column.categories]
        changed = np.array([a != b for a, b in zip(texts, column.categories, strict=True)], bool)
        if changed.any():
            cleaned += int(np.append(changed, False)[column.codes].sum())
            column = _categorical(column.codes.astype(np.int64), texts)
        columns[name] = column
    return replace(sheet, columns=columns, cleaned=cleaned) if cleaned else sheet


def _read_text(path: Path, table: str, looks: File) -> Sheet:
    encoding = _encoding(path)
    kept = None
    try:
        if looks.comment or looks.header_row > 1:
            text, kept = _rows_from_header(path, encoding, looks)
            encoding = "utf-8"
        else:
            text = path
        header, separator, has_rows = _header(text, encoding, path.suffix.lower())
    except UnicodeDecodeError:
        raise InputError([_not_utf8(path, table)]) from None
    if not has_rows:
        return Sheet({}, np.arange(0))
    names = [str(position) for position in range(len(header))]
    ragged: list[tuple[int | None, int]] = []

    def note_ragged(row: Any) -> str:
        ragged.append((row.number, row.actual_columns))
        return "skip"

    def read(use_threads: bool) -> "pa.Table":
        ragged.clear()
        return arrow_csv.read_csv(
            text if kept is None else io.BytesIO(text),
            arrow_csv.ReadOptions(
                column_names=names,
                skip_rows_after_names=1,
                use_threads=use_threads,
                block_size=_BLOCK_BYTES,
                encoding=encoding.removesuffix("-sig"),
            ),
            arrow_csv.ParseOptions(
                delimiter=separator,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=note_ragged,
            ),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.dictionary(pa.int32(), pa.string())),
                strings_can_be_null=False,
                null_values=[],
            ),
        )

    try:
        arrow = read(use_threads=True)
        if ragged:  # only one thread knows the numbers of the rows
            arrow = read(use_threads=False)
    except pa.ArrowInvalid as error:
        if "UTF8" in str(error):
            raise InputError([_not_utf8(path, table)]) from None
        raise
    rows = np.arange(len(arrow) + len(ragged)) + HEADER_ROW + 1
    rows = np.setdiff1d(rows, [number for number, _ in ragged], assume_unique=True)
    columns = [_arrow_column(column) for column in arrow.columns]
    in_file = {} if kept is None else dict(enumerate(kept, HEADER_ROW))
    rows = np.array([in_file.get(row, row) for row in rows]) if in_file else rows
    problems = findings.of_rows(
        table,
        "",
        [in_file.get(number, number) for number, _ in ragged],
        [f"a row of {cells} cells" for _, cells in ragged],
        f"{len(header)} cells, as in the header",
    )
    _refuse_open_quotation(path, table, columns, rows)
    return _sheet(header, columns, rows, problems)


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(3)
    return next((e for mark, e in _BYTE_ORDER_MARKS.items() if start.startswith(mark)), "utf-8")


def _rows_from_header(path: Path, encoding: str, looks: File) -> tuple[bytes, list[int]]:
    """Text from the header on, without comments, as UTF-8; the number of each line in the file."""
    lines, numbers = [], []
    with path.open(encoding=encoding, newline="") as file:
        for number, line in enumerate(file, 1):
            if looks.comment and line.startswith(looks.comment):
                continue
            if number >= looks.header_row:
                lines.append(line)
                numbers.append(number)
    return "".join(lines).encode(), numbers


def _header(text: Path | bytes, encoding: str, suffix: str) -> tuple[list[str], str, bool]:
    """Names of the columns, the character between them, and whether anything follows."""
    separator = SEPARATORS[suffix]
    opened: Any = (
        io.StringIO(text.decode(encoding), newline="")
        if isinstance(text, bytes)
        else text.open(encoding=encoding, newline="")
    )
    with opened as file:
        lines = csv.reader(file, delimiter=separator)
        header = next(lines, [])
        if separator == "," and len(header) == 1 and ";" in header[0]:
            separator = ";"
            header = next(csv.reader(header, delimiter=separator))
        has_rows = next(lines, None) is not None
    return header or [""], separator, has_rows


def _not_utf8(path: Path, table: str) -> Problem:
    """Where the text stops being UTF-8."""
    row = None
    with path.open("rb") as file:
        for number, line in enumerate(file, HEADER_ROW):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                row = number
                break
    expected = "text in UTF-8 (in a spreadsheet program: save as CSV UTF-8)"
    return Problem(table, "characters that are not UTF-8", expected, row=row)


def _refuse_open_quotation(
    path: Path, table: str, columns: Sequence[pd.Categorical], rows: np.ndarray
) -> None:
    """A quotation mark that is never closed takes all rows below it into its cell."""
    for column in reversed(columns):
        broken = column.categories.str.contains("\n", regex=False)
        if not broken.any():
            continue
        if path.read_bytes().count(b'"') % 2:
            row = int(rows[np.flatnonzero(broken[column.codes])[-1]])
            expected = 'a second " at the end of the cell'
            raise InputError([Problem(table, 'a " that is not closed', expected, row=row)])
        return


def _read_parquet(path: Path, table: str, looks: File) -> Sheet:
    arrow = parquet.ParquetFile(path).read()
    rows = np.arange(len(arrow)) + HEADER_ROW + 1
    return _sheet(arrow.column_names, [_arrow_column(c) for c in arrow.columns], rows)


def of_arrow(table: pa.Table) -> Sheet:
    """An Arrow table as a sheet; its rows count from 1."""
    return _sheet(
        table.column_names, [_arrow_column(c) for c in table.columns], np.arange(len(table)) + 1
    )


def _read_xlsx(path: Path, table: str, looks: File) -> Sheet:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        names = [str(sheet.title) for sheet in book.worksheets]
        chosen = looks.sheet or names[0]
        if chosen not in names and chosen.isdigit() and 1 <= int(chosen) <= len(names):
            chosen = names[int(chosen) - 1]
        if chosen not in names:
            near = difflib.get_close_matches(chosen, names, n=1)
            hint = f" ({near[0]!r} is near)" if near else ""
            expected = f"one of its sheets: {', '.join(names)}{hint}"
            raise InputError([Problem(table, f"no sheet {chosen!r} in {looks.path}", expected)])
        sheet = book.worksheets[names.index(chosen)]
        sheet.reset_dimensions()
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    finally:
        book.close()
    header, *cells = rows[looks.header_row - 1 :] or [[]]
    width = max(map(len, [header, *cells]))
    header, *cells = [row + [None] * (width - len(row)) for row in [header, *cells]]
    if looks.decimal == ",":  # a true number has no comma: it gets the one that text cells have
        cells = [[_with_comma(value) for value in row] for row in cells]
    columns = [_categorical(*_coded([_cell(row[i]) for row in cells])) for i in range(width)]
    made = _sheet(
        [_cell(name) for name in header], columns, np.arange(len(cells)) + looks.header_row + 1
    )
    others = () if looks.sheet else tuple(name for name in names if name != chosen)
    return replace(made, ignored=others)


def _with_comma(value: object) -> object:
    return _cell(value).replace(".", ",") if isinstance(value, float) else value


def _read_statistical(path: Path, table: str, looks: File) -> Sheet:
    """A file of SAS, SPSS or Stata: values as stored, dates in ISO form."""
    import pyreadstat

    read = {
        ".xpt": pyreadstat.read_xport,
        ".sas7bdat": pyreadstat.read_sas7bdat,
        ".sav": pyreadstat.read_sav,
        ".dta": pyreadstat.read_dta,
    }[path.suffix.lower()]
    frame, about = read(str(path))
    single = [name for name, kind in about.readstat_variable_types.items() if kind == "float"]
    for name in single:
        frame[name] = [_widened(value) for value in frame[name].to_numpy(np.float32)]
    return _of_frame(frame)


def _read_r(path: Path, table: str, looks: File) -> Sheet:
    """A data frame of an R file."""
    import pyreadr

    frames = {str(name): frame for name, frame in pyreadr.read_r(str(path)).items()}
    if not frames:
        expected = "a data frame in it"
        raise InputError([Problem(table, f"no data frame in {looks.path}", expected)])
    name = looks.object or next(iter(frames))
    if name not in frames or (len(frames) > 1 and not looks.object):
        found = f"no data frame {name!r}" if looks.object else f"{len(frames)} data frames"
        expected = f"object: one of {', '.join(frames)}"
        raise InputError([Problem(table, f"{found} in {looks.path}", expected)])
    return _of_frame(frames[name].apply(_without_zone))


def _without_zone(column: pd.Series) -> pd.Series:
    """Times of day of an R file so that nobody takes them for dates.

    A POSIXct is stored in UTC, where it may be another day than R shows.
    """
    if not pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column
    told = column.dt.strftime("%Y-%m-%d %H:%M:%S (UTC)")
    return column.astype(object).where(column.isna() | (column == column.dt.normalize()), told)


def _of_frame(frame: pd.DataFrame) -> Sheet:
    columns = [
        _categorical(*_coded([_cell(v) for v in frame[name].astype(object).tolist()]))
        for name in frame.columns
    ]
    return _sheet(list(frame.columns), columns, np.arange(len(frame)) + HEADER_ROW + 1)


_READERS = {
    ".xlsx": _read_xlsx,
    ".parquet": _read_parquet,
    **dict.fromkeys((".xpt", ".sas7bdat", ".sav", ".dta"), _read_statistical),
    **dict.fromkeys((".rda", ".rds"), _read_r),
}


def _sheet(
    header: Sequence[str],
    columns: Sequence[pd.Categorical],
    rows: np.ndarray,
    problems: Iterable[Problem] = (),
) -> Sheet:
    """Columns by name, without the rows that are empty throughout."""
    empty = np.ones(len(rows), dtype=bool)
    for column in columns:
        empty &= (column.categories == "")[column.codes] if len(column) else True
    if empty.any():
        rows, columns = rows[~empty], [column[~empty] for column in columns]
    by_name: dict[str, pd.Categorical] = {}
    repeated = set()
    for name, column in zip((str(name).strip() for name in header), columns, strict=True):
        if name in by_name:
            repeated.add(name)
        by_name.setdefault(name, column)
    return Sheet(by_name, rows, frozenset(repeated), tuple(problems))


def _arrow_column(column: Any) -> pd.Categorical:
    """A column of any type that Parquet has."""
    if pa.types.is_nested(column.type):
        return _categorical(*_coded([_cell(value) for value in column.to_pylist()]))
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    encoded = column.unify_dictionaries().combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = pa.concat_arrays(encoded.chunks) if encoded.num_chunks else encoded.chunk(0)
    values = encoded.dictionary
    single = pa.types.is_float32(values.type) or pa.types.is_float16(values.type)
    texts = [_cell(v) for v in (map(_widened, values.to_numpy()) if single else values.to_pylist())]
    codes = encoded.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)
    return _categorical(codes.astype(np.int64), [*texts, ""])


def _widened(value: np.floating) -> float:
    """A number of single precision as its shortest text reads: 23.1, not 23.100000381469727."""
    return float(str(value))


def _coded(texts: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    codes, distinct = pd.factorize(np.array(texts, dtype=object))
    return codes, list(distinct)


def _categorical(codes: np.ndarray, texts: Sequence[str]) -> pd.Categorical:
    """Codes and their texts, without outer blanks, as a categorical."""
    of_text, distinct = pd.factorize(np.array([text.strip() for text in texts], dtype=object))
    return pd.Categorical.from_codes(of_text[codes] if len(codes) else [], distinct)


def _cell(value: object) -> str:
    """A typed cell as text: dates in ISO form, whole numbers without a decimal point.

    Examples
    --------
    >>> [_cell(value) for value in (None, True, 3.0, 23.1, datetime.datetime(2017, 3, 31))]
    ['', '1', '3', '23.1', '2017-03-31']
    """
    if value is None or value is pd.NA or value != value:  # a missing number differs from itself
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, decimal.Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return str(value)
