"""A first draft of a cohort's file, guessed from the files themselves.

``python -m pd1_dynamics.cohort.first_draft NAME FILE...`` writes ``NAME.yaml`` beside the first
file. Each guess is marked as one, and what could not be placed is listed: a person has to read it.
"""

import difflib
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from pd1_dynamics.cohort.sheets import Sheet, read_sheet
from pd1_dynamics.contract.codebook import load_codebook
from pd1_dynamics.contract.cohort_file import FILE_SUFFIXES, SEPARATORS, File
from pd1_dynamics.contract.columns import (
    CHOICE,
    DATE,
    DURATION,
    FLAG,
    NUMBER,
    WHOLE,
    Column,
    with_covariates,
)
from pd1_dynamics.contract.places import CONFIG
from pd1_dynamics.contract.problems import InputError, Problem

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "patient_id": (
        "id",
        "patient",
        "pat",
        "subject",
        "subjid",
        "usubjid",
        "record id",
        "sample id",
    ),
    "site": ("center", "centre", "siteid", "hospital", "zentrum"),
    "treatment_start": ("first dose", "c1d1", "start", "start date", "index date", "trtsdt"),
    "last_dose": ("last treatment", "end of treatment", "trtedt"),
    "last_follow_up": ("last contact", "last seen", "last visit", "letzter kontakt", "lstalvdt"),
    "death": ("dead", "died", "deceased", "os event", "os status", "verstorben", "dthfl"),
    "best_response": ("bor", "best overall response", "br", "response"),
    "progression": ("progressed", "pd", "progressive disease"),
    "progression_date": ("date of progression", "pd date"),
    "pfs": ("pfs months", "pfs days", "pfs time", "progression free survival"),
    "pfs_event": ("pfs status", "pfs censor", "pfs event"),
    "os": ("os months", "os days", "os time", "overall survival"),
    "date": ("scan date", "imaging date", "visit date", "datum", "day", "scan"),
    "target_sum_mm": ("sum", "sld", "sum of diameters", "sumdiam", "target sum", "size"),
    "nontarget_response": ("non target", "nontarget", "nt"),
    "new_lesion": ("new", "new lesions"),
    "overall_response": ("overall response", "timepoint response", "ovrlresp"),
    "lesion_id": ("lesion", "lesion number", "tumor", "laesion", "läsion", "target id"),
    "role": ("lesion type", "type", "kind"),
    "organ": ("location", "site of lesion", "organ", "localisation"),
    "node": ("lymph node", "nodal"),
    "diameter_mm": ("diameter", "mm", "size mm", "longest diameter", "measurement"),
    "test": ("lab", "parameter", "analyte"),
    "value": ("result", "ldh"),
    "upper_limit": ("uln", "upper limit of normal", "norm"),
    "start": ("start date", "from"),
    "end": ("end date", "stop date", "to"),
    "category": ("therapy type",),
}
"""Other names that columns often have. A column's own name counts too, and what the codebook says
of covariates: label and ``also_called``."""
YES, NO = ("yes", "y", "ja", "j", "true", "dead", "deceased"), ("no", "n", "nein", "false", "alive")
ROLES = {"t": "target", "non-target": "nontarget", "nt": "nontarget", "n": "new"}
MISSING = ("na", "n/a", "nan", "unknown", "unk", "missing", "nd", "not done", "-", ".", "?")
CODES = ("-999", "-99", "-9", "999", "9999")
DATE_FORMATS = ("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%d%b%Y")
MOST_TITLE_LINES, MOST_LEVELS, MOST_COVARIATES = 9, 6, 12
"""Lines above a header, levels of a guessed category, and covariates that are proposed."""
DISTINGUISHING = {
    "lesions": ("lesion_id", "diameter_mm", "role"),
    "assessments": ("target_sum_mm", "overall_response", "nontarget_response"),
    "labs": ("test", "upper_limit"),
    "therapies": ("category", "start"),
    "patients": ("treatment_start", "death", "os", "best_response", "last_follow_up"),
}
"""Columns that tell which table a file holds, by table, the most telling first."""
EVENTS = {"pfs": ("pfs_event", "progression", "progression_date"), "os": ("death",)}
"""What a duration of patients needs beside it, one of these: without its event it says nothing."""

_NUMBERED = re.compile(r"(.*?)_?\d+(_.*)?")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ].*)?")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


@dataclass
class Draft:
    """What is guessed of one file or sheet."""

    looks: File
    table: str
    columns: dict[str, str] = field(default_factory=dict)
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    decimal: str = ""
    date_formats: list[str] = field(default_factory=list)
    has_dates: bool = False
    left: dict[str, str] = field(default_factory=dict)
    hint: str = ""
    rows: int = 0


def draft(name: str, paths: Iterable[str | Path], folder: str | Path) -> str:
    """The text of a cohort's file for some files.

    Parameters
    ----------
    name
        Of the cohort.
    paths
        Files of any kind that a cohort may have; of a workbook every sheet is looked at.
    folder
        Where the cohort's file will lie; paths in it start there.

    Raises
    ------
    InputError
        If a file cannot be read: all that cannot at once.
    """
    codebook = load_codebook(CONFIG / "variables.yaml")
    contract = with_covariates(codebook.covariates)
    labels = {key: (v.label, *v.also_called) for key, v in codebook.variables.items()}
    drafts, problems = [], []
    for path in map(Path, paths):
        try:
            for looks, sheet in _sheets(path):
                shown, base = path.resolve(), Path(folder).resolve()
                relative = shown.relative_to(base) if shown.is_relative_to(base) else shown
                looks = replace(looks, path=str(relative))
                drafts.append(_guessed(looks, sheet, contract, labels))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems, heading="The files cannot be read")
    return _as_yaml(name, drafts, contract)


def _sheets(path: Path) -> Iterable[tuple[File, Sheet]]:
    """Each table of a file, with what it looks like: sheet, comments, row of the header."""
    looks = File(path.name)
    if path.suffix.lower() in SEPARATORS and path.is_file():
        with path.open(encoding="utf-8", errors="replace") as file:
            looks = replace(looks, comment="#" if file.readline().startswith("#") else "")
    if path.suffix.lower() != ".xlsx" or not path.is_file():
        yield _from_header(path, looks)
        return
    import openpyxl

    for name in openpyxl.load_workbook(path, read_only=True).sheetnames:
        try:
            yield _from_header(path, replace(looks, sheet=name))
        except InputError:
            continue  # an empty sheet


def _from_header(path: Path, looks: File) -> tuple[File, Sheet]:
    """A table from the first row on that names most columns."""
    first = read_sheet(path, path.stem, path.name, looks)
    movable = path.suffix.lower() in (*SEPARATORS, ".xlsx")
    for row in range(1, MOST_TITLE_LINES + 2 if movable else 1):
        try:
            tried = replace(looks, header_row=row)
            sheet = read_sheet(path, path.stem, path.name, tried)
        except InputError:
            continue
        named = sum(bool(name) for name in sheet.columns)
        if named > 1 and named >= 0.6 * (len(sheet.columns) + len(sheet.repeated)):
            return tried, sheet
    return looks, first


def _hint(theirs: list[str]) -> str:
    """Which worked example a file looks like, where columns alone do not bring it in."""
    if "redcap_repeat_instrument" in theirs:
        return "a REDCap export with repeats: docs/cohorts/redcap.md shows the queries"
    stems = [found[1] for name in theirs if (found := _NUMBERED.fullmatch(name))]
    counts = Counter(stems).values()
    if any(count > 2 for count in counts) or sum(count > 1 for count in counts) > 1:
        return "a column for each scan: docs/cohorts/wide_spreadsheet.md turns it by UNPIVOT"
    return ""


def _covariate(cells: pd.Categorical) -> str:
    """How a column would be declared as a covariate."""
    labels = sorted(label for label in cells.categories if label and label.lower() not in MISSING)
    if set(labels) <= {"0", "1"}:
        return "kind: binary"
    if all(_NUMBER.fullmatch(label) for label in labels):
        return "kind: continuous"
    if len(labels) <= MOST_LEVELS:
        levels = ", ".join(f"{_quoted(label)}: {_quoted(label)}" for label in labels)
        return f"kind: categorical, levels: {{{levels}}}"
    return "kind: categorical"


def _plain(name: str) -> str:
    return re.sub(r"[^0-9a-zäöüß]+", " ", name.lower()).strip()


def _guessed(
    looks: File, sheet: Sheet, contract: Mapping, labels: Mapping[str, tuple[str, ...]]
) -> Draft:
    """The table that a file most likely holds, with its columns."""
    theirs = [name for name in sheet.columns if name]
    scored = []
    for place, (table, telling) in enumerate(DISTINGUISHING.items()):
        placed = _placed(theirs, contract[table], labels)
        score = len(placed) + 2 * sum(name in placed for name in telling)
        score -= 3 * ("patient_id" not in placed)
        scored.append((score, -place, table, placed))
    _, _, table, placed = max(scored)
    found = Draft(looks, table, placed, rows=len(sheet.rows))
    for ours, name in placed.items():
        _look_at(found, ours, contract[table][ours], name, sheet.columns[name])
    used = set(placed.values())
    left = [name for name in theirs if name not in used]
    found.hint = _hint(theirs)
    numbered = {name for name in left if _NUMBERED.fullmatch(name)} if found.hint else set()
    found.left = {n: "" if n in numbered else _covariate(sheet.columns[n]) for n in left}
    return found


def _placed(
    theirs: list[str], columns: Mapping[str, Column], labels: Mapping[str, tuple[str, ...]]
) -> dict[str, str]:
    """Their column for each of ours: the same name, a known other one, or a near one."""
    free, placed = dict.fromkeys(theirs), {}
    wanted = {
        ours: list(map(_plain, (ours, *SYNONYMS.get(ours, ()), *labels.get(ours, ()))))
        for ours in columns
    }
    for step in ("equal", "near"):
        for ours, names in wanted.items():
            if ours in placed:
                continue
            for name in list(free):
                plain = _plain(name)
                same = plain in names
                near = step == "near" and difflib.get_close_matches(plain, names[:1], 1, 0.85)
                if same or near:
                    placed[ours] = name
                    del free[name]
                    break
    return {ours: placed[ours] for ours in columns if ours in placed}


def _look_at(found: Draft, ours: str, column: Column, theirs: str, cells: pd.Categorical) -> None:
    """What the cells of a column say: codes for missing, words, dates, decimals, units."""
    labels = [label for label in cells.categories if label]
    found.missing |= {label for label in labels if label.lower() in MISSING}
    labels = [label for label in labels if label.lower() not in MISSING]
    if column.kind in (CHOICE, FLAG):
        found.words |= {ours: words} if (words := _words(ours, column, labels)) else {}
    elif column.kind == DATE:
        _dates(found, labels)
    elif column.kind in (NUMBER, WHOLE, DURATION):
        if any(re.fullmatch(r"[+-]?\d+,\d+", label) for label in labels):
            found.decimal = ","
        numbers = [label for label in labels if _NUMBER.fullmatch(label)]
        found.missing |= set(numbers) & set(CODES) if column.minimum == 0 else set()
        found.missing |= {label for label in labels if not _NUMBER.fullmatch(label)}
        if column.kind == DURATION and numbers:
            found.units[ours] = _unit(theirs, numbers)


def _words(ours: str, column: Column, labels: list[str]) -> dict[str, str]:
    words = {}
    for label in labels:
        plain = label.lower()
        if label in column.allowed:
            continue
        if column.kind == FLAG:
            coded = re.match(r"([01])\s*[:=-]", plain)  # 1:DECEASED
            ours_word = "1" if plain in YES else "0" if plain in NO else coded[1] if coded else ""
        else:
            begin = [level for level in column.allowed if level.lower().startswith(plain)]
            ours_word = begin[0] if len(begin) == 1 else ROLES.get(plain, "")
        words[label] = ours_word or "?"
    return words


def _dates(found: Draft, labels: list[str]) -> None:
    if not labels or all(re.fullmatch(r"-?\d+(\.0*)?", label) for label in labels):
        return
    found.has_dates = True
    if all(_ISO.fullmatch(label) for label in labels):
        return
    formats = [f for f in DATE_FORMATS if all(_is_date(label, f) for label in labels)]
    found.date_formats = [f for f in found.date_formats or formats if f in formats]


def _is_date(label: str, form: str) -> bool:
    try:
        datetime.strptime(label, form)
    except ValueError:
        return bool(_ISO.fullmatch(label))
    return True


def _unit(theirs: str, numbers: list[str]) -> str:
    plain = _plain(theirs)
    if "month" in plain or "mon" in plain.split():
        return "month"
    if "day" in plain:
        return "day"
    largest = np.max([float(number.replace(",", ".")) for number in numbers])
    return "day" if largest > 200 else "month"


def _as_yaml(name: str, drafts: list[Draft], contract: Mapping) -> str:
    dated = any(found.has_dates for found in drafts)
    lines = [
        "# A first draft, made from the files. Lines marked `guess` were read off names and cells:",
        "# compare each with what you know of your data, then run `make check` with this file.",
        f"name: {name}",
        f"title: {name}                      # what the outputs call the cohort",
        'source: ""                        # where the data are, and under what terms',
        f"time: {'date' if dated else 'day'}                        # guess: "
        + ("cells hold dates" if dated else "no cell holds a date: days from the first dose"),
        "tables:",
    ]
    taken: set[str] = set()
    spare = []
    for found in drafts:
        if found.table in taken or "patient_id" not in found.columns:
            spare.append(found)
            continue
        taken.add(found.table)
        lines += _table_lines(found, contract)
    lines += _own_variables(drafts)
    if dated and "patients" not in taken:
        lines += ["# With dates, a table `patients` must give treatment_start: none was found."]
    for found in spare:
        what = f"{found.looks.path}{f', sheet {found.looks.sheet}' if found.looks.sheet else ''}"
        names = ", ".join(list(found.left)[:30])
        lines.append(f"# Not placed: {what} ({found.rows} rows): {names}.")
        if found.hint:
            lines.append(f"#   It looks like {found.hint}.")
        if found.columns:
            lines.append(f"#   It looks like {found.table}, with {', '.join(found.columns)}.")
    lines += [
        "# The tables and columns that a cohort may have: docs/columns.md. What yours lacks is",
        '# "not estimable"; nothing has to be filled in.',
    ]
    return "\n".join(lines) + "\n"


def _own_variables(drafts: list[Draft]) -> list[str]:
    """Columns of patients that no table takes up, as covariates to choose from."""
    left = {
        name: kind
        for found in drafts
        if found.table == "patients"
        for name, kind in found.left.items()
        if kind
    }
    if not left:
        return []
    lines = [
        "# Own covariates: uncomment those that you want, and say what they are.",
        "# variables:",
    ]
    for name, kind in list(left.items())[:MOST_COVARIATES]:
        key = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "x"
        lines.append(f"#   {key}: {{label: {_quoted(name)}, {kind}}}")
    if len(left) > MOST_COVARIATES:
        lines.append(f"#   and {len(left) - MOST_COVARIATES} more columns")
    lines.append("# and under tables.patients.columns, for each: its name here, then the column's.")
    return lines


def _table_lines(found: Draft, contract: Mapping) -> list[str]:
    lines = [f"  {found.table}:                       # guess, from its columns; {found.rows} rows"]
    lines.append(f"    path: {_quoted(found.looks.path)}")
    if found.looks.sheet:
        lines.append(f"    sheet: {_quoted(found.looks.sheet)}")
    if found.looks.header_row > 1:
        lines.append(f"    header_row: {found.looks.header_row}         # guess")
    if found.looks.comment:
        lines.append(f"    comment: {_quoted(found.looks.comment)}             # guess")
    if found.decimal:
        lines.append('    decimal: ","                  # guess: numbers such as 12,5')
    if found.date_formats:
        others = found.date_formats[1:]
        doubt = f"; {' or '.join(others)} would fit as well: decide!" if others else ""
        lines.append(f'    date_format: "{found.date_formats[0]}"        # guess{doubt}')
    if found.missing:
        codes = ", ".join(map(_quoted, sorted(found.missing)))
        lines.append(f"    missing: [{codes}]            # guess: cells that are no value")
    lines.append("    columns:                      # ours: theirs; all of it guesses")
    lines += [f"      {ours}: {_quoted(theirs)}" for ours, theirs in found.columns.items()]
    if found.words:
        lines.append('    values:                       # theirs: ours; replace each "?"')
        for ours, words in found.words.items():
            allowed = ", ".join(contract[found.table][ours].allowed)
            pairs = ", ".join(f"{_quoted(k)}: {_quoted(v)}" for k, v in words.items())
            lines.append(f"      {ours}: {{{pairs}}}  # one of {allowed}")
    if found.units:
        pairs = ", ".join(f"{ours}: {unit}" for ours, unit in found.units.items())
        lines.append(f"    units: {{{pairs}}}              # guess, from names and sizes")
    for time, events in EVENTS.items():
        if time in found.columns and not set(events) & set(found.columns):
            one = f"`{events[0]}`" + "".join(f" or `{name}`" for name in events[1:])
            lines.append(
                f"    # {time} needs its event: place {one}, 1 where it happened, 0 if not."
            )
    if "role" not in found.columns and found.table == "lesions":
        lines.append("    constants: {role: target}     # guess: no column says what a lesion is")
    if found.left:
        lines.append(f"    # Not placed: {', '.join(found.left)}.")
    if found.hint:
        lines.append(f"    # This looks like {found.hint}.")
    return lines


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def main(name: str, paths: list[str]) -> int:
    """Write the draft beside the first file; 1 if that cannot be done."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name) or not paths:
        print('Usage: make new COHORT=name FROM="a.csv b.xlsx"', file=sys.stderr)
        return 1
    unknown = [path for path in paths if Path(path).suffix.lower() not in FILE_SUFFIXES]
    target = Path(paths[0]).parent / f"{name}.yaml"
    try:
        if unknown:
            expected = f"a name that ends in one of {', '.join(FILE_SUFFIXES)}"
            raise InputError([Problem("FROM", path, expected) for path in unknown])
        if target.exists():
            raise InputError([Problem("COHORT", f"a file {target}", "a name that is free")])
        target.write_text(draft(name, paths, target.parent), encoding="utf-8")
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Written: {target}\nRead it, correct its guesses, then: make check COHORT={target}")
    return 0


if __name__ == "__main__":
    sys.exit(main(next(iter(sys.argv[1:]), ""), sys.argv[2:]))
