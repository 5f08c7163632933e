"""Which source files a script runs: the import closure, read from the code itself."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pd1_dynamics.contract.places import SCHEMAS

SOURCES = Path(__file__).resolve().parents[2]
_READS_SCHEMAS = SOURCES / "pd1_dynamics" / "contract" / "schemas.py"


@cache
def closure(script: str | Path) -> tuple[Path, ...]:
    """Files that a script runs, itself first: modules in ``src``, and what lies beside them.

    Imports inside functions count. A module's package counts too, as Python runs it first, and so
    do the templates in a module's folder and, with the module that reads them, all schemas.

    Parameters
    ----------
    script
        A Python file.

    Returns
    -------
    tuple of Path
        Absolute paths, each once; after the script in alphabetical order.
    """
    script = Path(script).resolve()
    reached: set[Path] = set()
    waiting = list(_imported(script))
    while waiting:
        file = waiting.pop()
        if file not in reached:
            reached.add(file)
            waiting += _imported(file)
    for file in list(reached):
        reached.update(file.parent.glob("*.jinja"))
    if _READS_SCHEMAS in reached:
        reached.update(SCHEMAS.glob("*.yaml"))
    return (script, *sorted(reached))


@cache
def _imported(file: Path) -> tuple[Path, ...]:
    """Files of our packages that one file imports itself."""
    if file.suffix != ".py":
        return ()
    text = file.read_text(encoding="utf-8")
    found = [path for name in _names(text) for path in _files(name)]
    if "pkgutil" in text:  # a package that imports whatever lies in its folder
        found += sorted(file.parent.glob("*.py"))
    return tuple(dict.fromkeys(found))


_IMPORT = re.compile(r"^[ ]*(?:from ([\w.]+) )?import (\([^)]*\)|[^\n]*)", re.MULTILINE)
"""An import statement: the module that it is from, and the names."""


def _names(text: str) -> Iterator[str]:
    """Dotted names that are imported, ``from a import b`` as both a and a.b."""
    for module, names in _IMPORT.findall(text):
        parts = [part.split()[0] for part in names.strip("()").split(",") if part.strip()]
        if module:
            yield module
            yield from (f"{module}.{name}" for name in parts)
        else:
            yield from parts


def _files(name: str) -> Iterator[Path]:
    """The module of a dotted name and the packages around it, as far as they are ours."""
    place = SOURCES
    for part in name.split("."):
        if (place / "__init__.py").is_file():
            yield place / "__init__.py"
        place = place / part
    for file in (place / "__init__.py", place.with_suffix(".py")):
        if file.is_file():
            yield file
