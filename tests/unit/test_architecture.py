"""Data move one way: a subpackage ("room") imports only those before it in the flow.

The Snakefile loads nothing heavy.
"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[2] / "src"
PACKAGE = SOURCES / "pd1_dynamics"

GROUND = {"contract", "files", "running", "arrays"}
MAY_IMPORT = {
    "contract": set(),
    "files": set(),
    "arrays": set(),
    "running": {"contract"},
    "statistics": set(),
    "cohort": GROUND,
    "derive": GROUND | {"cohort"},
    "analyses": GROUND | {"cohort", "derive", "statistics"},
    "robustness": GROUND | {"cohort", "derive", "statistics", "analyses"},
    "published": GROUND | {"statistics"},
    "replication": GROUND | {"statistics", "analyses"},
    "outputs": GROUND | {"statistics", "analyses", "published", "replication"},
    "artifact": GROUND | {"outputs", "published"},
    # Beside the workflow: the same way in memory.
    "whole": GROUND | {"cohort", "derive", "analyses"},
    "checkup": GROUND | {"cohort", "derive", "analyses"},
}
HEAVY = {"pandas", "pandera", "polars", "pyarrow", "scipy", "lifelines", "matplotlib", "numba"}


def rooms():
    return sorted(
        path.stem
        for path in PACKAGE.iterdir()
        if (path.is_dir() and path.name != "__pycache__")
        or (path.suffix == ".py" and path.stem != "__init__")
    )


def imported(files):
    """File name and dotted module, for each import of the files."""
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{file}: relative import"
                for alias in node.names:
                    yield file.name, f"{node.module}.{alias.name}"
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    yield file.name, alias.name


def files_of(room):
    path = PACKAGE / room
    return sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]


@pytest.mark.parametrize("room", rooms())
def test_room_imports_only_rooms_above_it(room):
    assert room in MAY_IMPORT, f"{room} has no place in the flow"
    offences = {
        (file, name)
        for file, name in imported(files_of(room))
        if name.startswith("pd1_dynamics.") and name.split(".")[1] not in MAY_IMPORT[room] | {room}
    }
    assert not offences


def test_pipeline_does_not_know_the_generator():
    found = {
        (file, name)
        for file, name in imported(PACKAGE.rglob("*.py"))
        if name.startswith("calibrated_cohort")
    }
    assert not found


def test_what_the_snakefile_imports_is_light():
    code = (
        "import sys; from pd1_dynamics.contract import configuration; "
        "from pd1_dynamics.contract.problems import InputError; "
        "from pd1_dynamics.running import code, contents, messages, turn; "
        "configuration.check({'cohort': 'synthetic'}); "
        f"print(sorted({HEAVY!r} & set(sys.modules)))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code],
        cwd=SOURCES.parent,
        env={"PYTHONPATH": str(SOURCES)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout.strip() == "[]"
