"""Data move one way: a room of the package imports only rooms to its left."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "pd1_dynamics"

GROUND_FLOOR = {
    "terms",
    "problems",
    "files",
    "schemas",
    "definitions",
    "rules",
    "arrays",
    "running",
}
FLOW = ["cohort", "response", "progression", "resistance", "analyses"]
LEAVES = {"tables", "figures", "report", "published"}  # right of analyses

MAY_IMPORT = {
    **dict.fromkeys(GROUND_FLOOR, GROUND_FLOOR),
    **{room: GROUND_FLOOR | set(FLOW[:place]) for place, room in enumerate(FLOW)},
    "statistics": set(),
    "calibration": GROUND_FLOOR | {"statistics", "analyses", "published"},
    "synthetic": GROUND_FLOOR | set(FLOW) | {"statistics", "published", "calibration"},
    "tables": GROUND_FLOOR | {"statistics", "analyses"},
    "figures": GROUND_FLOOR | {"statistics", "analyses"},
    "report": GROUND_FLOOR | {"statistics", "analyses", "tables", "published"},
    "published": GROUND_FLOOR | {"statistics"},
    "configuration": GROUND_FLOOR | set(FLOW) | LEAVES | {"synthetic"},
}
MAY_IMPORT["analyses"] = MAY_IMPORT["analyses"] | {"statistics"}


def rooms():
    return sorted(
        path.stem
        for path in PACKAGE.iterdir()
        if (path.is_dir() and path.name != "__pycache__")
        or (path.suffix == ".py" and path.stem != "__init__")
    )


def imported_rooms(room):
    path = PACKAGE / room
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{file}: relative import"
                names = [node.module]
                if node.module == "pd1_dynamics":
                    names = [f"pd1_dynamics.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            for name in names:
                if name.startswith("pd1_dynamics."):
                    yield file.name, name.split(".")[1]


@pytest.mark.parametrize("room", rooms())
def test_room_imports_only_rooms_to_its_left(room):
    assert room in MAY_IMPORT, f"{room} has no place in the flow"
    offences = {
        (file, other)
        for file, other in imported_rooms(room)
        if other not in MAY_IMPORT[room] | {room}
    }
    assert not offences
