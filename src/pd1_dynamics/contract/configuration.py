"""The whole configuration, checked before any rule runs."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pd1_dynamics.contract import cohort_file, definitions, layouts, loading, schemas
from pd1_dynamics.contract.cohort_file import Cohort
from pd1_dynamics.contract.problems import InputError, Problem


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
        lambda: loading.load(folder / "variables.yaml", folder / "analyses"),
        lambda: layouts.load(folder / "tables"),
        lambda: schemas.load(folder / "figures.yaml", "figures"),
        lambda: schemas.load(folder / "findings.yaml", "findings"),
    ]
    if not found:
        checks.append(lambda: load_cohort(config["cohort"], root))
    for step in checks:
        try:
            step()
        except InputError as error:
            found += error.problems
    if found:
        raise InputError(found, heading="The configuration cannot be used")


def load_cohort(name: str, root: str | Path = ".") -> Cohort:
    """A cohort by its name: ``config/cohorts/<name>.yaml``.

    Raises
    ------
    InputError
        If there is no such cohort (those that exist are named), or its file has problems.
    """
    folder = Path(root) / "config" / "cohorts"
    path = folder / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in folder.glob("*.yaml")))
        raise InputError([Problem("config.yaml", f"cohort {name!r}", f"one of {known}", "cohort")])
    return cohort_file.load_cohort(path)


def table_names(root: str | Path = ".") -> list[str]:
    """Names of the tables, in printed order."""
    return list(layouts.load(Path(root) / "config" / "tables"))


def figure_names(root: str | Path = ".") -> list[str]:
    """Names of the figures, in printed order."""
    return list(schemas.load(Path(root) / "config" / "figures.yaml", "figures")["figures"])


def analysis_files(root: str | Path = ".") -> list[str]:
    """Files that declare analyses and populations, by path from the root."""
    return _yaml_files(root, "config/analyses")


def layout_files(root: str | Path = ".") -> list[str]:
    """Files that lay out tables, by path from the root."""
    return _yaml_files(root, "config/tables")


def in_results(path: str, cohort: str = "{cohort}") -> str:
    """Path of a result of a cohort; without one, a pattern for any.

    Examples
    --------
    >>> in_results("estimates.csv", "liu2019"), in_results("report.html")
    ('results/liu2019/estimates.csv', 'results/{cohort}/report.html')
    """
    return f"results/{cohort}/{path}"


def source_tables(name: str, root: str | Path = ".") -> list[str]:
    """Files that a cohort reads and that exist; the cleaning step reports missing ones.

    Raises
    ------
    InputError
        If the cohort's file has problems: all at once.
    """
    cohort = load_cohort(name, root)
    files = {path: cohort.resolve(path) for path in cohort.source_files()}
    here = Path.cwd() == Path(root)
    return [path if here else str(file) for path, file in files.items() if file.is_file()]


def where_results_lie(cohort: str) -> str:
    """Closing message of a run."""
    places = {
        "report": "report.html",
        "tables": "tables/",
        "figures": "figures/",
        "numbers": "estimates.csv",
    }
    lines = [f"  {name:8} {in_results(path, cohort)}" for name, path in places.items()]
    return "\n".join(["", f"Results of cohort {cohort}:", *lines, ""])


def _yaml_files(root: str | Path, folder: str) -> list[str]:
    root = Path(root)
    return [str(path.relative_to(root)) for path in sorted((root / folder).glob("*.yaml"))]
