"""The whole configuration, checked before any rule runs."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from pd1_dynamics.contract import cohort_file, definitions, schemas
from pd1_dynamics.contract.cohort_file import Cohort
from pd1_dynamics.contract.problems import InputError, Problem, together
from pd1_dynamics.contract.study import Study, load_study


def check(config: Mapping[str, Any], root: str | Path = ".") -> None:
    """Check every configuration file of a run.

    Parameters
    ----------
    config
        The run's configuration: ``config/config.yaml`` and what ``--config`` overrides.
    root
        Root of the project.

    Raises
    ------
    InputError
        If any file departs from its schema or refers to something unknown: all problems at once.
    """
    root = Path(root)
    found = schemas.problems(dict(config), "config", "config.yaml")
    folder = root / "config"
    checks: list[Callable[[], Any]] = [
        lambda: definitions.load(folder / "definitions.yaml"),
        lambda: schemas.load(folder / "findings.yaml", "findings"),
        lambda: schemas.load(folder / "reporting.yaml", "reporting"),
    ]
    if found:
        checks.append(lambda: load_study(folder=folder))
    else:
        checks.append(lambda: load_study(load_cohort(config["cohort"], root), folder))
    together(*checks, found=found, heading="The configuration cannot be used")


def path_of(cohort: str, root: str | Path = ".") -> Path:
    """The file of a cohort: a path to one, or the name of one that ships.

    Raises
    ------
    InputError
        If there is no such file; the cohorts that ship are named.
    """
    folder = Path(root) / "config" / "cohorts"
    if cohort.endswith((".yaml", ".yml")):
        path, expected = Path(cohort), "a file there"
    else:
        path = folder / f"{cohort}.yaml"
        known = ", ".join(sorted(file.stem for file in folder.glob("*.yaml")))
        expected = f"one of {known}, or the path of a cohort's file (that ends in .yaml)"
    if not path.is_file():
        raise InputError([Problem("config.yaml", f"cohort {cohort!r}", expected, "cohort")])
    return path


def load_cohort(cohort: str, root: str | Path = ".") -> Cohort:
    """A cohort by its name or the path of its file (:func:`path_of`).

    Raises
    ------
    InputError
        If there is no such cohort (those that ship are named), or its file has problems.
    """
    return cohort_file.load_cohort(path_of(cohort, root))


def real_cohorts(named: str | None, root: str | Path = ".") -> list[str]:
    """Cohorts of real patients: those named, or all that ship and whose files are there.

    Parameters
    ----------
    named
        Names with blanks between them; empty for all.

    Raises
    ------
    InputError
        If a named cohort does not exist, is synthetic, or lacks its files.
    """
    folder = Path(root) / "config" / "cohorts"
    if not named:
        found = [load_cohort(path.stem, root) for path in sorted(folder.glob("*.yaml"))]
        return [c.name for c in found if not c.synthetic and not lacking_files(c)]
    problems, names = [], []
    for name in dict.fromkeys(named.split()):
        cohort = load_cohort(name, root)
        names.append(cohort.name)
        if cohort.synthetic:
            expected = "cohorts of real patients: nobody synthetic is pooled"
            problems.append(Problem("replication", repr(name), expected, "cohorts"))
        elif lacking := lacking_files(cohort):
            how = next(filter(None, map(cohort.how_to_get, lacking)), cohort.source)
            expected = f"the files of the cohort ({how})"
            problems.append(Problem("replication", f"no {', '.join(lacking)}", expected, name))
    if problems:
        raise InputError(problems, heading="The replication cannot be made")
    return names


def lacking_files(cohort: Cohort) -> list[str]:
    """Files of a cohort that are not there."""
    return [path for path in cohort.source_files() if not cohort.resolve(path).is_file()]


def finding_names(root: str | Path = ".") -> list[str]:
    """Names of the findings that cohorts are asked."""
    path = Path(root) / "config" / "findings.yaml"
    return list(schemas.load(path, "findings")["findings"])


def study_of(cohort: str, root: str | Path = ".") -> Study:
    """Analyses, tables and figures of a cohort, by its name or the path of its file."""
    return load_study(load_cohort(cohort, root), Path(root) / "config")


def analysis_files(root: str | Path = ".") -> list[str]:
    """Files that declare analyses and populations, by path from the root."""
    return _yaml_files(root, "config/analyses")


def layout_files(root: str | Path = ".") -> list[str]:
    """Files that lay out tables, by path from the root."""
    return _yaml_files(root, "config/tables")


CODE = (
    *("Snakefile", "README.md", "LICENSE", "CITATION.cff", "pyproject.toml"),
    *("requirements.lock", "environment.yml"),
    *("config", "workflow", "src", "data/published"),
)
"""What of the project a run needs to be carried out again, beside its cohort."""


_OF_CODE = (
    *(".py", ".smk", ".jinja", ".rst", ".yaml", ".yml", ".md", ".csv", ".toml", ".lock", ".cff"),
    "",
)


def code_files(root: str | Path = ".", cohort: str = "") -> list[str]:
    """Files of the project that are its code and configuration, by path from the root.

    Of the cohorts in ``config/cohorts`` only the named one, if it is there: others are nobody's
    business. Hidden files and those of other kinds are left out.
    """
    root = Path(root)
    found = []
    for name in CODE:
        place = root / name
        paths = sorted(place.rglob("*")) if place.is_dir() else [place]
        found += [path for path in paths if path.is_file() and path.suffix in _OF_CODE]
    shown = [path.relative_to(root) for path in found]
    return [
        path.as_posix()
        for path in shown
        if not any(part.startswith((".", "__pycache__")) for part in path.parts)
        and (path.parts[:2] != ("config", "cohorts") or path.stem == cohort)
    ]


def in_results(path: str, cohort: str = "{cohort}") -> str:
    """Path of a result of a cohort; without one, a pattern for any.

    Examples
    --------
    >>> in_results("estimates.csv", "liu2019"), in_results("report.html")
    ('results/liu2019/estimates.csv', 'results/{cohort}/report.html')
    """
    return f"results/{cohort}/{path}"


def source_tables(cohort: Cohort) -> list[str]:
    """Files that a cohort reads and that exist; the cleaning step reports missing ones.

    Paths are those of the working directory where the cohort's start there.
    """
    files = {path: cohort.resolve(path) for path in cohort.source_files()}
    here = Path.cwd() == cohort.root
    return [path if here else str(file) for path, file in files.items() if file.is_file()]


def folders_made(asked: Iterable[str], cohort: str, real: Iterable[str]) -> list[str]:
    """Folders of results that a run writes to: those of the files asked for, or the cohort's.

    The replication makes the results of the real cohorts that it asks.

    Examples
    --------
    >>> folders_made([], "mine", ["liu2019"])
    ['mine']
    >>> folders_made(["results/replication/report.html"], "mine", ["liu2019"])
    ['liu2019', 'replication']
    """
    paths = [Path(path).parts for path in map(str, asked)]
    folders = {parts[1] for parts in paths if len(parts) > 2 and parts[0] == "results"}
    if "replication" in folders:
        folders |= set(real)
    return sorted(folders or {cohort})


def where_results_lie(cohort: str, asked: Iterable[str] = ()) -> str:
    """Closing message of a run: the files that were asked for, or where all of a cohort's lie."""
    if files := [path for path in map(str, asked) if "/" in path]:
        return "\n".join(["", "Made:", *(f"  {path}" for path in files), ""])
    places = {
        "report": "report.html",
        "review": "review.html   single patients, not for publication",
        "tables": "tables/",
        "figures": "figures/",
        "numbers": "estimates.csv",
    }
    lines = [f"  {name:8} {in_results(path, cohort)}" for name, path in places.items()]
    return "\n".join(["", f"Results of cohort {cohort}:", *lines, ""])


def _yaml_files(root: str | Path, folder: str) -> list[str]:
    root = Path(root)
    return [str(path.relative_to(root)) for path in sorted((root / folder).glob("*.yaml"))]
