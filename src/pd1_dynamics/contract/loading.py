"""Reading the declared analyses, and checking them as a whole."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import yaml

from pd1_dynamics.contract import schemas
from pd1_dynamics.contract.codebook import Codebook
from pd1_dynamics.contract.cohort_file import Own, codebook_of
from pd1_dynamics.contract.declarations import Analysis, Declarations, Population
from pd1_dynamics.contract.problems import InputError, Problem
from pd1_dynamics.contract.references import (
    analysis_problems,
    circles,
    codebook_problems,
    population_problems,
    twice,
    unknown,
)

HEADING = "The declared analyses cannot be used"


def load(
    path_variables: str | Path,
    folder_analyses: str | Path,
    own: Own | None = None,
    added: Mapping[str, Any] | None = None,
) -> Declarations:
    """Read the codebook and every YAML file of a folder; check each alone, then all together.

    Parameters
    ----------
    path_variables, folder_analyses
        The study's.
    own
        What a cohort adds and leaves out.
    added
        Contents of its own files of analyses, by name.

    Raises
    ------
    InputError
        Every problem at once: departures from the schemas first, and when there are none, ids that
        stand twice and references to unknown variables, outcomes, populations or analyses.
    """
    paths = sorted(Path(folder_analyses).glob("*.yaml"))
    problems: list[Problem] = []
    if not paths:
        problems.append(Problem(str(folder_analyses), "no YAML file", "the declared analyses"))
    own = own or Own()
    codebook = _collected(problems, codebook_of, own, path_variables)
    contents = [(path.name, _collected(problems, schemas.load, path, "analyses")) for path in paths]
    for name, content in (added or {}).items():
        problems += schemas.problems(content, "analyses", name)
        contents.append((name, content))
    if problems:
        raise InputError(problems, heading=HEADING)
    declared = _assemble(codebook, contents, own.dropped, problems)
    for key in own.dropped:
        if key not in declared.analyses:
            problems.append(unknown(own.label, "analysis", key, declared.analyses, "analyses.drop"))
    problems += codebook_problems(codebook, Path(path_variables).name)
    if not problems:  # the checks below follow references, which must not go in circles
        problems += population_problems(declared)
        problems += analysis_problems(declared)
    if problems:
        raise InputError(problems, heading=HEADING)
    return declared


def lines_of_analyses(path: str | Path) -> dict[str, int]:
    """Line of a YAML file on which each of its analyses begins, by id."""
    document = yaml.compose(Path(path).read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    sections = {key.value: value for key, value in document.value}
    if "analyses" not in sections:
        return {}
    return {key.value: key.start_mark.line + 1 for key, _ in sections["analyses"].value}


def _collected(problems: list[Problem], function: Callable, *arguments: Any) -> Any:
    try:
        return function(*arguments)
    except InputError as error:
        problems += error.problems
        return None


def _assemble(
    codebook: Codebook,
    contents: list[tuple[str, Any]],
    dropped: Collection[str],
    problems: list[Problem],
) -> Declarations:
    populations: dict[str, Population] = {}
    analyses: dict[str, Analysis] = {}
    for file, content in contents:
        for key, entry in content.get("populations", {}).items():
            if key in populations:
                problems.append(twice(file, f"populations.{key}"))
            populations[key] = Population(key, **entry)
        for key, entry in content.get("analyses", {}).items():
            if key in analyses:
                problems.append(twice(file, f"analyses.{key}"))
            own = {k: v for k, v in entry.items() if k not in ("kind", "title", "population")}
            analyses[key] = Analysis(
                key,
                entry["kind"],
                entry["title"],
                entry.get("population", ""),
                own,
                file,
                key in dropped,
            )
    problems += circles(
        {key: [p.of] if p.of else [] for key, p in populations.items()}, "populations"
    )
    return Declarations(codebook, populations, analyses)
