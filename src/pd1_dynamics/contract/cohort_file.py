"""A cohort's YAML file: where its tables lie, and how they map to the data contract."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pd1_dynamics.contract import definitions, schemas
from pd1_dynamics.contract.columns import CHOICE, DATE, DURATION, FLAG, TABLES, TEXT, Column, plain
from pd1_dynamics.contract.problems import InputError, Problem

ROOT = Path(__file__).parents[3]

RESERVED = ("bench", "calibration", "replication")
"""Folders under ``results/`` that are no cohort's."""

DISEASE, TREATMENT = "melanoma", "anti-PD-1 monotherapy"
"""Defaults of ``disease`` and ``treatment``: those of the article."""

TABLES_FORMAT, SDTM_FORMAT = "tables", "sdtm"

SDTM_DOMAINS = ("DM", "TU", "TR", "RS", "DS", "EX", "LB")
"""Domains that are read."""
SEPARATORS = {".csv": ",", ".tsv": "\t", ".txt": "\t"}
"""What separates the cells of a line, by suffix."""
FILE_SUFFIXES = (*SEPARATORS, ".xlsx", ".parquet", ".xpt")
"""Kinds of files that may hold a table."""


def domain_files(folder: str | Path) -> dict[str, Path]:
    """Files of the domains in a folder, by domain; names in upper or lower case."""
    folder = Path(folder)
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        domain, suffix = path.stem.upper(), path.suffix.lower()
        if domain in SDTM_DOMAINS and suffix in FILE_SUFFIXES:
            found.setdefault(domain, path)
    return {domain: found[domain] for domain in SDTM_DOMAINS if domain in found}


@dataclass(frozen=True)
class Source:
    """Where one table lies, and how its columns and values read in our words.

    Attributes
    ----------
    path
        As written in the cohort's file.
    columns
        Their column by ours, where the names differ.
    mapped
        Our value by theirs, by our column; "" means missing.
    constants
        One value for all rows, by our column.
    units
        ``day`` or ``month``, by our column, for durations.
    """

    path: str
    columns: Mapping[str, str]
    mapped: Mapping[str, Mapping[str, str]]
    constants: Mapping[str, str]
    units: Mapping[str, str]


@dataclass(frozen=True)
class Cohort:
    """A cohort as its file describes it; paths are relative to ``root`` or absolute.

    Attributes
    ----------
    format
        ``tables``, or ``sdtm`` (then ``folder`` holds the domains).
    time
        What date columns hold: ``date`` (ISO dates) or ``day`` (whole days from the index date).
    missing
        Codes that mean missing, the empty cell among them.
    settings
        Definitions that the cohort overrides; see :mod:`pd1_dynamics.contract.definitions`.
    partial_dates
        What an incomplete date means: see :mod:`.partial_dates`.
    disease, treatment
        What the patients have and get, as outputs say it.
    compare_with_article
        Whether the article's numbers are set beside this cohort's.
    """

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
    partial_dates: str = "error"
    disease: str = DISEASE
    treatment: str = TREATMENT
    compare_with_article: bool = True
    root: Path = ROOT

    @property
    def about(self) -> str:
        """Who the patients are, as a sentence, where they are not those that the article is
        about."""
        if (self.disease, self.treatment) == (DISEASE, TREATMENT):
            return ""
        return f"Patients with {self.disease} under {self.treatment}."

    def card(self, patient_level: bool = False) -> str:
        """What lies in a folder of results, as a text file beside them says it."""
        lines = [self.title, f"Source: {self.source}." if self.source else "", self.about]
        if self.synthetic:
            lines.append(
                "SYNTHETIC COHORT: no real patient. The numbers show that the pipeline works; "
                "they are no evidence for any clinical claim."
            )
        if patient_level:
            lines.append("One row a patient or scan: not for publication; to stay with the data.")
        return "\n".join(filter(None, lines)) + "\n"

    def resolve(self, path: str) -> Path:
        """A path of the file, from the root of the project unless it is absolute."""
        return self.root / path

    def source_files(self) -> list[str]:
        """Files that the cohort reads, as its file writes them; of SDTM, the domains there are."""
        if self.format == SDTM_FORMAT:
            return [str(path) for path in domain_files(self.resolve(self.folder)).values()]
        return list(dict.fromkeys(source.path for source in self.tables.values()))


def load_cohort(path: str | Path, root: str | Path = ROOT) -> Cohort:
    """Read and check a cohort's file.

    Raises
    ------
    InputError
        If a key, table, column, category or setting is unknown, or something needed is absent: all
        problems at once.
    """
    path = Path(path)
    label = path.name
    content, found = _read(path)
    found += _settings_problems(content, label)
    if found:
        raise InputError(found, heading=f"{label} cannot be used")
    return Cohort(
        name=content["name"],
        title=content.get("title", content["name"]),
        synthetic=content.get("synthetic", False),
        source=content.get("source", ""),
        format=content.get("format", TABLES_FORMAT),
        time=content.get("time", "date"),
        missing=frozenset(
            {"", *_both_forms(dict.fromkeys(map(_text, content.get("missing") or ())))}
        ),
        tables={name: _source(table) for name, table in (content.get("tables") or {}).items()},
        folder=content.get("path"),
        settings=content.get("settings") or {},
        partial_dates=content.get("partial_dates", "error"),
        disease=content.get("disease", DISEASE),
        treatment=content.get("treatment", TREATMENT),
        compare_with_article=content.get("compare_with_article", True),
        root=Path(root),
    )


def definitions_of(path_cohort: str | Path, path_definitions: str | Path) -> dict[str, Any]:
    """The definitions of a file as a cohort's settings leave them."""
    return definitions.load(path_definitions, load_cohort(path_cohort).settings)


def _read(path: Path) -> tuple[Mapping[str, Any], list[Problem]]:
    """Content of the file, and what the schema and the data contract say against it."""
    content = _dates_as_text(schemas.read(path))
    found = schemas.problems(content, "cohort", path.name)
    if found:
        return content if isinstance(content, dict) else {}, found
    return content, list(_problems(content, path))


def _dates_as_text(content: Any) -> Any:
    """Dates that YAML parsed (written without quotation marks) back to ISO text."""
    if isinstance(content, dict):
        return {key: _dates_as_text(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_dates_as_text(value) for value in content]
    return content.isoformat() if isinstance(content, datetime.date) else content


def _settings_problems(content: Mapping[str, Any], label: str) -> list[Problem]:
    settings = content.get("settings")
    if not isinstance(settings, Mapping):
        return []  # nothing set, or told by the schema
    try:
        definitions.load(settings=settings, label=f"settings of {label}")
    except InputError as error:
        return error.problems
    return []


def _problems(content: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    """What the schema cannot see: words of the data contract, and keys that depend on others."""
    label = path.name
    if content["name"].lower() in RESERVED:
        expected = f"another name: other results lie in the folders {', '.join(RESERVED)}"
        yield Problem(label, repr(content["name"]), expected, "name")
    if content["name"] != path.stem:
        yield Problem(label, repr(content["name"]), f"{path.stem!r}, as the file is called", "name")
    tables = content.get("tables")
    if content.get("format") == SDTM_FORMAT:
        if not content.get("path"):
            yield Problem(label, "nothing", "the folder of the SDTM domains", "path")
        if tables:
            yield Problem(label, "tables", "no tables beside format: sdtm", "tables")
        if content.get("time", "date") != "date":
            yield Problem(label, "'day'", "date, as SDTM has ISO dates", "time")
        return
    if content.get("path"):
        yield Problem(label, "a folder", "no path unless format: sdtm", "path")
    if not tables:
        yield Problem(label, "no table", "at least one table", "tables")
    time = content.get("time", "date")
    for table, source in (tables or {}).items():
        yield from _table_problems(table, source, time, label)


def _table_problems(
    table: str, source: Mapping[str, Any], time: str, label: str
) -> Iterator[Problem]:
    known = TABLES[table]
    for part in ("columns", "values", "constants", "units"):
        place = f"tables.{table}.{part}"
        for name in source.get(part) or {}:
            if name not in known:
                yield Problem(
                    label, f"unknown column {name!r}", f"one of {', '.join(known)}", place
                )
    for name in source.get("columns") or {}:
        if name in (source.get("constants") or {}):
            found, expected = "a constant for a column of the file", "only one of the two"
            yield Problem(label, found, expected, f"tables.{table}.constants.{name}")
    ours = [
        (f"values.{name}", name, value)
        for name, mapping in (source.get("values") or {}).items()
        for value in mapping.values()
    ]
    ours += [(f"constants.{name}", name, v) for name, v in (source.get("constants") or {}).items()]
    for place, name, value in ours:
        if name in known and not _is_possible(known[name], _text(value), time):
            expected = known[name].expected
            yield Problem(label, repr(_text(value)), expected, f"tables.{table}.{place}")
    for name in source.get("units") or {}:
        if name in known and known[name].kind != DURATION:
            durations = ", ".join(n for n, column in known.items() if column.kind == DURATION)
            expected = f"a unit for durations only ({durations})" if durations else "no unit"
            yield Problem(label, f"a unit for {name!r}", expected, f"tables.{table}.units")


def _is_possible(column: Column, text: str, time: str) -> bool:
    """Whether a value of the file may stand in a column; dates are left to parsing."""
    if not text or column.kind == TEXT or (column.kind == DATE and time == "date"):
        return True
    if column.kind in (CHOICE, FLAG):
        return text in column.allowed
    try:
        float(text)
    except ValueError:
        return False
    return True


def _source(table: Mapping[str, Any]) -> Source:
    return Source(
        path=table["path"],
        columns=table.get("columns") or {},
        mapped={
            name: _both_forms({theirs.strip(): _text(ours) for theirs, ours in mapping.items()})
            for name, mapping in (table.get("values") or {}).items()
        },
        constants={name: _text(value) for name, value in (table.get("constants") or {}).items()},
        units=table.get("units") or {},
    )


def _both_forms(codes: Mapping[str, Any]) -> dict[str, Any]:
    """Codes, and whole numbers among them without their decimal point."""
    return {plain(code): ours for code, ours in codes.items()} | dict(codes)


def _text(value: object) -> str:
    """A YAML value as it would stand in a table: true is 1, an empty value nothing."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value).strip()
