"""The whole configuration, checked before any rule runs."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pd1_dynamics import schemas
from pd1_dynamics.problems import InputError, Problem


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
    checks: list[Callable[[], Any]] = [
        lambda: _definitions(root),
        lambda: _analyses(root),
        lambda: _layouts(root),
        lambda: schemas.load(root / "config" / "figures.yaml", "figures"),
        lambda: schemas.load(root / "config" / "synthetic.yaml", "synthetic"),
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


def load_cohort(name: str, root: str | Path = ".") -> Any:
    """A cohort by its name: ``config/cohorts/<name>.yaml``.

    Raises
    ------
    InputError
        If there is no such cohort (those that exist are named), or its file has problems.
    """
    from pd1_dynamics import cohort

    folder = Path(root) / "config" / "cohorts"
    path = folder / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in folder.glob("*.yaml")))
        raise InputError([Problem("config.yaml", f"cohort {name!r}", f"one of {known}", "cohort")])
    return cohort.load_cohort(path)


def definitions_of(name: str, root: str | Path = ".") -> dict[str, Any]:
    """The definitions as a cohort's settings leave them."""
    from pd1_dynamics import definitions

    settings = load_cohort(name, root).settings
    return definitions.load(Path(root) / "config" / "definitions.yaml", settings)


def analysis_files(root: str | Path = ".") -> list[str]:
    """Files that declare analyses and populations, by path from the root."""
    return _yaml_files(root, "config/analyses")


def layout_files(root: str | Path = ".") -> list[str]:
    """Files that lay out tables, by path from the root."""
    return _yaml_files(root, "config/tables")


def _yaml_files(root: str | Path, folder: str) -> list[str]:
    root = Path(root)
    return [str(path.relative_to(root)) for path in sorted((root / folder).glob("*.yaml"))]
