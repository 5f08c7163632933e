"""The study's configuration as a cohort's file leaves it: analyses, tables and figures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pd1_dynamics.contract import layouts, loading, robustness, schemas
from pd1_dynamics.contract.cohort_file import Cohort, Own, load_cohort
from pd1_dynamics.contract.declarations import Declarations
from pd1_dynamics.contract.places import CONFIG
from pd1_dynamics.contract.problems import InputError, Problem

_REFERRING = ("analysis", "rate", "survival", "test", "pairs")
"""Keys of layouts whose text is an analysis."""
_OWN_LAYOUTS = ("tables", "figures")
"""What a file of a cohort's own analyses may hold beside populations and analyses."""


@dataclass(frozen=True)
class Study:
    """Everything declared that the outputs of a cohort follow from.

    Attributes
    ----------
    declared
        Codebook, populations and analyses.
    tables
        Layouts of the tables by name, in printed order.
    figures
        ``config/figures.yaml``: the figures, and what they share.
    robustness
        ``config/robustness.yaml``: what is asked of the findings beside them.
    """

    declared: Declarations
    tables: Mapping[str, Mapping[str, Any]]
    figures: Mapping[str, Any]
    robustness: Mapping[str, Any]


def study_of(path_cohort: str | Path, folder: str | Path = CONFIG) -> Study:
    """The study as a cohort's file leaves it, by the path of that file."""
    return load_study(load_cohort(path_cohort), folder)


def load_study(cohort: Cohort | None = None, folder: str | Path = CONFIG) -> Study:
    """The study's configuration, and what a cohort adds to it or leaves out.

    Parameters
    ----------
    cohort
        Its file may declare variables, sets, analyses, tables and figures of its own.
    folder
        ``config`` of the project.

    Raises
    ------
    InputError
        Departures from the schemas, names used twice, and references to what is not there: all
        problems of a file at once.
    """
    folder = Path(folder)
    own, files = (cohort.own, cohort.own_files()) if cohort else (Own(), [])
    contents = {path.name: schemas.read(path) for path in files}
    analyses = {
        name: {key: value for key, value in content.items() if key not in _OWN_LAYOUTS}
        if isinstance(content, Mapping)
        else content
        for name, content in contents.items()
    }
    declared = loading.load(folder / "variables.yaml", folder / "analyses", own, analyses)
    figures = schemas.load(folder / "figures.yaml", "figures")
    added = {name: dict(content) for name, content in contents.items()}
    tables = layouts.load(folder / "tables") | _added(added, "tables", {})
    shared = {key: value for key, value in figures.items() if key != "figures"}
    drawn = {**figures["figures"], **_added(added, "figures", shared)}
    found = [*_taken(added, "tables", layouts.load(folder / "tables"))]
    found += _taken(added, "figures", figures["figures"])
    found += _unknown_analyses(tables, drawn, declared)
    if found:
        raise InputError(found, heading="The tables and figures cannot be used")
    asked = robustness.load(folder / "robustness.yaml", declared)
    return Study(declared, tables, {**figures, "figures": drawn}, asked)


def places_of(cohort: Cohort | None = None, folder: str | Path = CONFIG) -> dict[str, str]:
    """Where each analysis is declared: its file and line.

    Files of the study are named from the project's root, those of a cohort by their name alone.
    """
    folder = Path(folder)
    files = {path: f"config/analyses/{path.name}" for path in (folder / "analyses").glob("*.yaml")}
    files |= {path: path.name for path in (cohort.own_files() if cohort else [])}
    return {
        name: f"{shown}, line {line}"
        for path, shown in files.items()
        for name, line in loading.lines_of_analyses(path).items()
    }


def _added(
    contents: Mapping[str, Mapping[str, Any]], key: str, shared: Mapping[str, Any]
) -> dict[str, Any]:
    """Own tables or figures of all files, checked against their schema."""
    found: list[Problem] = []
    added: dict[str, Any] = {}
    for name, content in contents.items():
        if key in content:
            found += schemas.problems({**shared, key: content[key]}, key, name)
            added |= content[key] if isinstance(content[key], Mapping) else {}
    if found:
        raise InputError(found, heading="The tables and figures cannot be used")
    return added


def _taken(
    contents: Mapping[str, Mapping[str, Any]], key: str, known: Iterable[str]
) -> list[Problem]:
    return [
        Problem(name, repr(entry), "a name that the study does not use", f"{key}.{entry}")
        for name, content in contents.items()
        for entry in content.get(key) or {}
        if entry in known
    ]


def _unknown_analyses(
    tables: Mapping[str, Any], figures: Mapping[str, Any], declared: Declarations
) -> list[Problem]:
    """References of tables and figures to analyses that nobody declares."""
    asked = [(f"tables.{name}", analyses_of(layout)) for name, layout in tables.items()]
    asked += [(f"figures.{name}", analyses_of(layout)) for name, layout in figures.items()]
    return [
        Problem("tables and figures", f"unknown analysis {name!r}", "a declared analysis", place)
        for place, names in asked
        for name in dict.fromkeys(names)
        if name not in declared.analyses
    ]


def analyses_of(layout: Any) -> Iterable[str]:
    """Every analysis that a layout of tables or figures names."""
    if isinstance(layout, Mapping):
        for key, value in layout.items():
            if key in _REFERRING and isinstance(value, str):
                yield value
            else:
                yield from analyses_of(value)
    elif isinstance(layout, list):
        for value in layout:
            yield from analyses_of(value)
