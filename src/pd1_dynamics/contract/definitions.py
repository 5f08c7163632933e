"""Definitions of response, progression and resistance: the defaults, and a cohort's own choices.

The defaults lie in ``config/definitions.yaml``; its schema says of each what it decides, and from
which sentence of a guideline. A cohort overrides single keys under ``settings`` in its file; the
result is checked as a whole.
"""

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from pd1_dynamics.contract import schemas
from pd1_dynamics.contract.places import CONFIG
from pd1_dynamics.contract.problems import InputError

DEFAULTS = CONFIG / "definitions.yaml"

Definitions = Mapping[str, Any]


def load(
    path: str | Path = DEFAULTS,
    settings: Mapping[str, Any] | None = None,
    label: str = "settings of the cohort",
) -> dict[str, Any]:
    """Read the definitions and lay a cohort's settings over them.

    Parameters
    ----------
    path
        The definitions file.
    settings
        What the cohort's file says under ``settings``: any part of the definitions, nested as
        there.
    label
        What messages call the place of the settings.

    Returns
    -------
    dict
        The complete definitions, as nested as the file.

    Raises
    ------
    InputError
        If a key is unknown or a value is not allowed; every one is named.

    Examples
    --------
    >>> chosen = load(settings={"best_response": {"sd_minimum_days": 56}})
    >>> chosen["best_response"]["sd_minimum_days"], chosen["best_response"]["confirm_days"]
    (56, 28)
    """
    defaults = schemas.load(path, "definitions")
    if not settings:
        return defaults
    merged = merge(defaults, settings)
    if found := schemas.problems(merged, "definitions", label):
        raise InputError(found, heading=f"The {label} cannot be used")
    return merged


def merge(defaults: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Lay settings over defaults, key by key and level by level; lists and values are replaced.

    Examples
    --------
    >>> merge({"a": {"b": 1, "c": 2}}, {"a": {"c": 3}})
    {'a': {'b': 1, 'c': 3}}
    """
    merged = deepcopy(dict(defaults))
    for key, value in settings.items():
        if isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
            merged[key] = merge(merged[key], value)
        else:
            merged[key] = deepcopy(value)
    return merged


def alternatives(path: str | Path = DEFAULTS) -> dict[str, list[Any]]:
    """Every choice with a fixed list of answers: its place in the file, and the answers.

    The answer that the file gives comes first, the others as the schema lists them. This is what a
    robustness run goes through.

    Examples
    --------
    >>> alternatives()["resistance_rule"]
    ['paper', 'sitc']
    """
    found = {}

    def visit(node: Mapping[str, Any], value: Any, place: str) -> None:
        if "enum" in node:
            found[place] = [value, *(answer for answer in node["enum"] if answer != value)]
        for key, child in node.get("properties", {}).items():
            visit(child, value[key], f"{place}.{key}" if place else key)

    visit(schemas.schema("definitions"), load(path), "")
    return found


def reasons() -> dict[str, str]:
    """What each setting decides and where that comes from, by its place: the schema's words.

    Examples
    --------
    >>> reasons()["resistance_rule"]
    "Which rule fills the column `resistance`: paper (the cohort study's Methods) or sitc."
    """
    found = {}

    def visit(node: Mapping[str, Any], place: str) -> None:
        for key, child in node.get("properties", {}).items():
            below = f"{place}.{key}" if place else key
            found[below] = child.get("description", "")
            visit(child, below)

    visit(schemas.schema("definitions"), "")
    return found
