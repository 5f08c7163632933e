"""Layouts of the tables (``config/tables``), checked against their schema."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pd1_dynamics.contract import schemas
from pd1_dynamics.contract.problems import InputError, Problem


def load(folder: str | Path) -> dict[str, Mapping[str, Any]]:
    """All layouts by the name of their table, in printed order.

    Raises
    ------
    InputError
        All departures from ``workflow/schemas/tables.schema.yaml``, and names used twice.
    """
    layouts: dict[str, Mapping[str, Any]] = {}
    found: list[Problem] = []
    for path in sorted(Path(folder).glob("*.yaml")):
        try:
            content = schemas.load(path, "tables")
        except InputError as error:
            found += error.problems
            continue
        for name, layout in content["tables"].items():
            if name in layouts:
                found.append(Problem(path.name, f"table {name} again", "each table once", "tables"))
            layouts[name] = layout
    if found:
        raise InputError(found, heading="The layouts of the tables cannot be used")
    return layouts
