"""A cohort's YAML file: where its tables lie, and how they map to the data contract."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pd1_dynamics.contract import definitions, schemas
from pd1_dynamics.contract.codebook import Codebook, load_codebook
from pd1_dynamics.contract.columns import (
    CHOICE,
    DATE,
    DURATION,
    FLAG,
    TABLES,
    TEXT,
    Column,
    Contract,
    plain,
    with_covariates,
)
from pd1_dynamics.contract.places import COHORTS, CONFIG, ROOT
from pd1_dynamics.contract.problems import InputError, Problem

RESERVED = ("bench", "calibration", "replication", "verify")
"""Folders under ``results/`` that are no cohort's."""

DISEASE, TREATMENT = "melanoma", "anti-PD-1 monotherapy"
"""Defaults of ``disease`` and ``treatment``: those of the article."""

TABLES_FORMAT, SDTM_FORMAT, ADAM_FORMAT = "tables", "sdtm", "adam"

DATA_SETS = {
    SDTM_FORMAT: ("DM", "TU", "TR", "RS", "DS", "EX", "LB"),
    ADAM_FORMAT: ("ADSL", "ADRS", "ADTTE", "ADTR"),
}
"""CDISC domains and analysis data sets that are read, by format."""
SEPARATORS = {".csv": ",", ".tsv": "\t", ".txt": "\t"}
"""What separates the cells of a line, by suffix."""
FILE_SUFFIXES = (
    *SEPARATORS,
    *(".xlsx", ".parquet", ".xpt", ".sas7bdat", ".sav", ".dta", ".rda", ".rds"),
)
"""Kinds of files that may hold a table."""


def data_set_files(folder: str | Path, format_: str) -> dict[str, Path]:
    """Files of the CDISC data sets in a folder, by data set; names in upper or lower case."""
    folder, known = Path(folder), DATA_SETS[format_]
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        name, suffix = path.stem.upper(), path.suffix.lower()
        if name in known and suffix in FILE_SUFFIXES:
            found.setdefault(name, path)
    return {name: found[name] for name in known if name in found}


@dataclass(frozen=True)
class File:
    """A file with a table, and what it looks like.

    Attributes
    ----------
    path
        As written in the cohort's file.
    sheet
        Sheet of a workbook, by name or number from 1; the first if empty.
    header_row
        Row of the column names, from 1.
    comment
        Lines that start so are no rows; "" for none.
    decimal
        What stands before decimals: a point or a comma.
    missing
        Codes that mean missing in this file.
    object
        Data frame of an R file that has several.
    """

    path: str
    sheet: str = ""
    header_row: int = 1
    comment: str = ""
    decimal: str = "."
    missing: frozenset[str] = frozenset()
    object: str = ""


@dataclass(frozen=True)
class Source:
    """Where one table comes from, and how its columns and values read in our words.

    Attributes
    ----------
    file
        The file that holds it; None for a query.
    sql
        A query over the cohort's sources; "" for a file.
    where
        Their values by their column: rows with others are left out.
    date_format
        How dates are written, as :func:`datetime.datetime.strptime` takes it; "" for ISO.
    columns
        Their column by ours, where the names differ.
    mapped
        Our value by theirs, by our column; "" means missing.
    constants
        One value for all rows, by our column.
    units
        ``day`` or ``month``, by our column, for durations.
    """

    file: File | None
    sql: str = ""
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    date_format: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    mapped: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)

    @property
    def named(self) -> str:
        """What messages and notes call where the table comes from."""
        return self.file.path if self.file else "the result of the query"


@dataclass(frozen=True)
class Download:
    """A file of a cohort that its authors publish: its address, SHA-256, and where it goes."""

    url: str
    sha256: str
    path: str


@dataclass(frozen=True)
class Cohort:
    """A cohort as its file describes it; paths are relative to ``root`` or absolute.

    Attributes
    ----------
    format
        ``tables``, or ``sdtm`` or ``adam`` (then ``folder`` holds the data sets).
    time
        What date columns hold: ``date`` (ISO dates) or ``day`` (whole days from the index date).
    missing
        Codes that mean missing, the empty cell among them.
    contract
        Columns of its tables: those of the data contract, and the covariates of the study and of
        the cohort itself.
    sources
        Files that queries may read, by name.
    settings
        Definitions that the cohort overrides; see :mod:`pd1_dynamics.contract.definitions`.
    own
        Its own variables, sets and analyses.
    missing_diameter
        What an empty diameter of a target means: ``not_evaluable``, or "" for an error.
    downloads
        Files that ``make download`` fetches.
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
    path: Path
    contract: Contract
    sources: Mapping[str, File] = field(default_factory=dict)
    own: "Own" = field(default_factory=lambda: Own())
    downloads: tuple[Download, ...] = ()
    partial_dates: str = "error"
    missing_diameter: str = ""
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
        """A path of the file, from where its relative paths start unless it is absolute."""
        return self.root / path

    def how_to_get(self, path: str) -> str:
        """How a user gets a file that is not there, as messages say it; "" if nobody told."""
        if any(file.path == path for file in self.downloads):
            shipped = self.path.resolve().parent == COHORTS.resolve()
            return f"make download COHORT={self.name if shipped else self.path} fetches it"
        return ""

    def source_files(self) -> list[str]:
        """Files that the cohort reads, as its file writes them; of CDISC, the data sets found."""
        if self.format in DATA_SETS:
            found = data_set_files(self.resolve(self.folder), self.format)
            return [str(path) for path in found.values()]
        files = [source.file.path for source in self.tables.values() if source.file]
        if any(source.sql for source in self.tables.values()):
            files += [file.path for file in self.sources.values()]
        return list(dict.fromkeys(files))

    def own_files(self) -> list[Path]:
        """Files with analyses of its own."""
        return [self.resolve(path) for path in self.own.analyses]


@dataclass(frozen=True)
class Own:
    """What a cohort adds to the study's configuration, and leaves out of it.

    Attributes
    ----------
    variables
        Entries as in ``config/variables.yaml``.
    sets
        Variables to ``add`` and to ``drop``, by set.
    analyses
        Files like those in ``config/analyses``; they may lay out tables and figures too.
    dropped
        Analyses that are left out.
    label
        What messages call the cohort's file.
    """

    variables: Mapping[str, Any] = field(default_factory=dict)
    sets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    analyses: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    label: str = ""


def codebook_of(own: Own, path: str | Path = CONFIG / "variables.yaml") -> Codebook:
    """The study's codebook with what a cohort adds to it, and without what it drops.

    Raises
    ------
    InputError
        If an entry departs from the schema.
    """
    return load_codebook(path, own.variables, own.sets, own.label)


def root_of(path: str | Path) -> Path:
    """Where relative paths of a cohort's file start: its folder, or the project's root."""
    folder = Path(path).resolve().parent
    return ROOT if folder == COHORTS.resolve() else folder


def load_cohort(path: str | Path, root: str | Path | None = None) -> Cohort:
    """Read and check a cohort's file.

    Parameters
    ----------
    path
        The file.
    root
        Where its relative paths start; if not given, as :func:`root_of` says.

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
    own = _own(content, label)
    try:
        contract = with_covariates(codebook_of(own).covariates)
    except InputError as error:
        found, contract = [*found, *error.problems], TABLES
    if not found:
        found += _problems(content, path, contract)
    if found:
        raise InputError(found, heading=f"{label} cannot be used")
    sources = {name: _file(entry) for name, entry in (content.get("sources") or {}).items()}
    return Cohort(
        name=content["name"],
        title=content.get("title", content["name"]),
        synthetic=content.get("synthetic", False),
        source=content.get("source", ""),
        format=content.get("format", TABLES_FORMAT),
        time=content.get("time", "date"),
        missing=frozenset({"", *_codes(content.get("missing"))}),
        tables={
            name: _source(table, sources) for name, table in (content.get("tables") or {}).items()
        },
        folder=content.get("path"),
        settings=content.get("settings") or {},
        path=path,
        contract=contract,
        sources=sources,
        own=own,
        downloads=tuple(Download(**entry) for entry in content.get("download") or ()),
        partial_dates=content.get("partial_dates", "error"),
        missing_diameter=content.get("missing_diameter", ""),
        disease=content.get("disease", DISEASE),
        treatment=content.get("treatment", TREATMENT),
        compare_with_article=content.get("compare_with_article", True),
        root=root_of(path) if root is None else Path(root),
    )


def _own(content: Mapping[str, Any], label: str) -> Own:
    def part(key: str) -> Mapping[str, Any]:
        found = content.get(key)
        return found if isinstance(found, Mapping) else {}

    analyses = part("analyses")
    variables = {
        name: {"missing": f"no {entry.get('label', name)}", "covariate": not entry.get("rules")}
        | dict(entry)
        if isinstance(entry, Mapping)
        else entry
        for name, entry in part("variables").items()
    }
    return Own(
        variables,
        part("sets"),
        tuple(analyses.get("add") or ()),
        tuple(analyses.get("drop") or ()),
        label,
    )


def definitions_of(path_cohort: str | Path, path_definitions: str | Path) -> dict[str, Any]:
    """The definitions of a file as a cohort's settings leave them."""
    return definitions.load(path_definitions, load_cohort(path_cohort).settings)


def _read(path: Path) -> tuple[Mapping[str, Any], list[Problem]]:
    """Content of the file, and what the schema says against it."""
    content = _dates_as_text(schemas.read(path))
    found = schemas.problems(content, "cohort", path.name)
    if found:
        return content if isinstance(content, dict) else {}, found
    return content, []


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


def _problems(content: Mapping[str, Any], path: Path, contract: Contract) -> Iterator[Problem]:
    """What the schema cannot see: words of the data contract, and keys that depend on others."""
    label, name = path.name, content["name"]
    if name.lower() in RESERVED:
        expected = f"another name: other results lie in the folders {', '.join(RESERVED)}"
        yield Problem(label, repr(name), expected, "name")
    if path.resolve().parent == COHORTS.resolve():
        if name != path.stem:
            yield Problem(label, repr(name), f"{path.stem!r}, as the file is called", "name")
    elif (COHORTS / f"{name}.yaml").is_file():
        expected = "another name: a cohort that ships has this one"
        yield Problem(label, repr(name), expected, "name")
    tables, format_ = content.get("tables"), content.get("format", TABLES_FORMAT)
    if format_ in DATA_SETS:
        if not content.get("path"):
            what = "domains" if format_ == SDTM_FORMAT else "data sets"
            yield Problem(label, "nothing", f"the folder of the {format_.upper()} {what}", "path")
        if tables or content.get("sources"):
            found, place = ("tables", "tables") if tables else ("sources", "sources")
            yield Problem(label, found, f"no {found} beside format: {format_}", place)
        if content.get("time", "date") != "date":
            yield Problem(label, "'day'", f"date, as {format_.upper()} has ISO dates", "time")
        return
    if content.get("path"):
        yield Problem(label, "a folder", "no path unless format: sdtm or adam", "path")
    if not tables:
        yield Problem(label, "no table", "at least one table", "tables")
    time, sources = content.get("time", "date"), content.get("sources") or {}
    for table, source in (tables or {}).items():
        yield from _table_problems(table, source, time, label, contract)
        yield from _origin_problems(table, source, sources, label)


def _origin_problems(
    table: str, source: Mapping[str, Any], sources: Mapping[str, Any], label: str
) -> Iterator[Problem]:
    """Where a table comes from: one of path, source and sql, with the options that go with it."""
    place = f"tables.{table}"
    given = [key for key in ("path", "source", "sql") if source.get(key)]
    if len(given) != 1:
        found = " and ".join(given) or "none of path, source and sql"
        yield Problem(label, found, "one of path, source and sql", place)
        return
    if given == ["source"] and source["source"] not in sources:
        expected = f"one of the sources: {', '.join(sources) or 'none is named'}"
        yield Problem(label, repr(source["source"]), expected, f"{place}.source")
    if given == ["sql"] and not sources:
        yield Problem(label, "a query without sources", "sources, which it is over", f"{place}.sql")
    options = [key for key in _FILE_OPTIONS if key in source]
    if options and given == ["source"] and set(options) - {"missing"}:
        words = ", ".join(key for key in options if key != "missing")
        yield Problem(label, words, "under the source, which says what its file looks like", place)
    if given == ["sql"] and (options or source.get("where")):
        words = ", ".join([*options, *(["where"] if source.get("where") else [])])
        yield Problem(label, words, "nothing of the kind beside sql", place)


def _table_problems(
    table: str, source: Mapping[str, Any], time: str, label: str, contract: Contract
) -> Iterator[Problem]:
    known = contract[table]
    for part in ("columns", "values", "constants", "units"):
        place = f"tables.{table}.{part}"
        for name in source.get(part) or {}:
            if name not in known:
                near = get_close_matches(name, known, n=1)
                hint = f" ({near[0]!r} is near)" if near else ""
                expected = f"one of {', '.join(known)}{hint}"
                if table == "patients":
                    expected += "; a covariate is declared under `variables`"
                yield Problem(label, f"unknown column {name!r}", expected, place)
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
    if source.get("date_format") and time == "day":
        expected = "no date_format, since times are days"
        yield Problem(label, "a date_format", expected, f"tables.{table}.date_format")
    if not _tells_the_day(source.get("date_format") or "%Y-%m-%d"):
        expected = "a format with day, month and year; incomplete dates are to be completed before"
        found = repr(source["date_format"])
        yield Problem(label, found, expected, f"tables.{table}.date_format")


def _tells_the_day(date_format: str) -> bool:
    """Whether a date can be written in a format and read back."""
    day = datetime.date(2017, 11, 23)
    try:
        return datetime.datetime.strptime(day.strftime(date_format), date_format).date() == day
    except ValueError:
        return False


_FILE_OPTIONS = ("sheet", "header_row", "comment", "decimal", "missing", "object")
"""Keys of a table or source that say what its file looks like."""


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


def _file(entry: Mapping[str, Any]) -> File:
    return File(
        path=entry["path"],
        sheet=_text(entry.get("sheet")),
        header_row=entry.get("header_row", 1),
        comment=entry.get("comment", ""),
        decimal=entry.get("decimal", "."),
        missing=frozenset(_codes(entry.get("missing"))),
        object=entry.get("object", ""),
    )


def _source(table: Mapping[str, Any], sources: Mapping[str, File]) -> Source:
    file = None
    if "path" in table:
        file = _file(table)
    elif "source" in table:
        file = sources[table["source"]]
        codes = _codes(table.get("missing"))
        file = replace(file, missing=file.missing | set(codes)) if codes else file
    return Source(
        file=file,
        sql=table.get("sql", ""),
        where={
            theirs: tuple(map(_text, value if isinstance(value, list) else [value]))
            for theirs, value in (table.get("where") or {}).items()
        },
        date_format=table.get("date_format", ""),
        columns=table.get("columns") or {},
        mapped={
            name: _both_forms({theirs.strip(): _text(ours) for theirs, ours in mapping.items()})
            for name, mapping in (table.get("values") or {}).items()
        },
        constants={name: _text(value) for name, value in (table.get("constants") or {}).items()},
        units=table.get("units") or {},
    )


def _codes(given: Any) -> dict[str, Any]:
    """Codes for missing, in both forms of a whole number."""
    return _both_forms(dict.fromkeys(map(_text, given or ())))


def _both_forms(codes: Mapping[str, Any]) -> dict[str, Any]:
    """Codes, and whole numbers among them without their decimal point."""
    return {plain(code): ours for code, ours in codes.items()} | dict(codes)


def _text(value: object) -> str:
    """A YAML value as it would stand in a table: true is 1, an empty value nothing."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value).strip()
