"""A cohort's YAML file: where its tables lie, and how they map to the data contract."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pd1_dynamics import definitions, schemas
from pd1_dynamics.cohort.columns import CHOICE, DURATION, FLAG, TABLES
from pd1_dynamics.problems import InputError, Problem

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Source:
    """Where one table lies, and how its columns and values read in our words.

    Attributes
    ----------
    path
        As written in the cohort's file.
    columns
        Their column by ours, where the names differ.
    values
        Our value by theirs, by our column; None means missing.
    constants
        One value for all rows, by our column.
    units
        ``day`` or ``month``, by our column, for durations.
    """

    path: str
    columns: Mapping[str, str]
    values: Mapping[str, Mapping[str, str | None]]
    constants: Mapping[str, str]
    units: Mapping[str, str]


@dataclass(frozen=True)
class Cohort:
    """A cohort as its file describes it; paths are relative to ``root`` or absolute."""

    name: str
    title: str
    synthetic: bool
    source: str
    format: str
    time: str
    missing: frozenset[str]
    tables: Mapping[str, Source]
    folder: str | None
    settings: Mapping[str, Any]
    root: Path = ROOT

    def resolve(self, path: str) -> Path:
        """A path of the file, from the root of the project unless it is absolute."""
        return self.root / path

    def source_files(self) -> list[str]:
        """Files that the cohort reads, as written in its file; of SDTM, the domains that are there."""
        if self.format == "sdtm":
            from pd1_dynamics.cohort.sdtm import domain_files

            return [str(path) for path in domain_files(self.resolve(self.folder)).values()]
        return [source.path for source in self.tables.values()]


def load_cohort(path: str | Path, root: str | Path = ROOT) -> Cohort:
    """Read and check a cohort's file.

    Raises
    ------
    InputError
        If a key, table, column, category or setting is unknown, or something needed is absent: all
        problems at once.
    """
    path = Path(path)
    content = schemas.load(path, "cohort")
    label = path.name
    found = list(_problems(content, path, label))
    settings = content.get("settings") or {}
    try:
        definitions.load(settings=settings, label=f"settings of {label}")
    except InputError as error:
        found += error.problems
    if found:
        raise InputError(found, heading=f"{label} cannot be used")
    return Cohort(
        name=content["name"],
        title=content["title"],
        synthetic=content["synthetic"],
        source=content["source"],
        format=content.get("format", "tables"),
        time=content.get("time", "date"),
        missing=frozenset({"", *map(_text, content.get("missing", []))}),
        tables={name: _source(table) for name, table in (content.get("tables") or {}).items()},
        folder=content.get("path"),
        settings=settings,
        root=Path(root),
    )


def _problems(content: Mapping[str, Any], path: Path, label: str):
    """What the schema cannot see: words of the data contract, and keys that depend on others."""
    if content["name"] != path.stem:
        yield Problem(label, repr(content["name"]), f"{path.stem!r}, as the file is called", "name")
    if content.get("format") == "sdtm":
        if not content.get("path"):
            yield Problem(label, "nothing", "the folder of the SDTM tables", "path")
        if content.get("tables"):
            yield Problem(label, "tables", "no tables beside format: sdtm", "tables")
        return
    if content.get("path"):
        yield Problem(label, "a folder", "no path unless format: sdtm", "path")
    if not content.get("tables"):
        yield Problem(label, "no table", "at least one table", "tables")
    for table, source in (content.get("tables") or {}).items():
        yield from _table_problems(table, source, label)


def _table_problems(table: str, source: Mapping[str, Any], label: str):
    known = TABLES[table]
    for part in ("columns", "values", "constants", "units"):
        for column in source.get(part) or {}:
            if column not in known:
                expected = "one of " + ", ".join(known)
                place = f"tables.{table}.{part}"
                yield Problem(label, f"unknown column {column!r}", expected, place)
    for column in source.get("columns") or {}:
        if column in (source.get("constants") or {}):
            place = f"tables.{table}.constants.{column}"
            yield Problem(label, "a constant for a column of the file", "one of the two", place)
    named = {
        **{c: list(v.values()) for c, v in (source.get("values") or {}).items()},
        **{c: [v] for c, v in (source.get("constants") or {}).items()},
    }
    for column, values in named.items():
        if column not in known:
            continue
        levels = {CHOICE: known[column].levels, FLAG: ("0", "1")}.get(known[column].kind)
        for value in values:
            if levels and value is not None and _text(value) not in levels:
                place = f"tables.{table}.{column}"
                yield Problem(label, repr(_text(value)), "one of " + ", ".join(levels), place)
    for column in source.get("units") or {}:
        if column in known and known[column].kind != DURATION:
            place = f"tables.{table}.units"
            yield Problem(label, f"a unit for {column!r}", "units for durations only", place)


def _source(table: Mapping[str, Any]) -> Source:
    return Source(
        path=table["path"],
        columns=table.get("columns") or {},
        values={
            column: {
                _text(theirs): None if ours is None else _text(ours) for theirs, ours in v.items()
            }
            for column, v in (table.get("values") or {}).items()
        },
        constants={c: _text(value) for c, value in (table.get("constants") or {}).items()},
        units=table.get("units") or {},
    )


def _text(value: object) -> str:
    """A YAML value as it would stand in a table: true is 1, an empty value nothing."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)
