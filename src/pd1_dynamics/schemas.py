"""Configuration files: reading them, and checking them against their JSON Schema."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pd1_dynamics.problems import InputError, Problem

SCHEMAS = Path(__file__).parents[2] / "workflow" / "schemas"


@cache
def schema(name: str) -> dict[str, Any]:
    """JSON Schema of a configuration file: ``workflow/schemas/<name>.schema.yaml``."""
    return yaml.safe_load((SCHEMAS / f"{name}.schema.yaml").read_text(encoding="utf-8"))


def problems(content: Any, schema_name: str, label: str) -> list[Problem]:
    """Everything in which a configuration departs from its schema.

    Parameters
    ----------
    content
        The configuration, as read from YAML.
    schema_name
        Name of the schema, without folder and suffix.
    label
        What the messages call the file.
    """
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(schema(schema_name))
    errors = sorted(
        validator.iter_errors(content), key=lambda e: (list(map(str, e.path)), e.message)
    )
    return [problem for error in errors for problem in _as_problems(error, label)]


def load(path: str | Path, schema_name: str) -> Any:
    """Read a YAML file and check it.

    Raises
    ------
    InputError
        If the file is absent, is not YAML, or departs from its schema: all departures at once.
    """
    path = Path(path)
    label = path.name
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError([Problem(label, "no such file", f"a file at {path}")]) from None
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        where = f"line {place.line + 1}" if place else "somewhere"
        raise InputError(
            [Problem(label, f"text that is not YAML, {where}", "valid YAML")]
        ) from None
    if found := problems(content, schema_name, label):
        raise InputError(found, heading=f"{label} cannot be used")
    return content


def _as_problems(error: Any, label: str) -> list[Problem]:
    """One problem an offence; an unknown key is named, with the keys that are known."""
    place = ".".join(str(part) for part in error.path)
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = sorted(error.schema.get("properties", {}))
        patterns = list(error.schema.get("patternProperties", {}))
        unknown = [key for key in error.instance if key not in known]
        expected = "one of " + ", ".join(known) if known else "no key here"
        return [
            Problem(label, f"unknown key {key!r}", expected, column=place)
            for key in unknown
            if not patterns or repr(key) in error.message
        ]
    if error.validator == "required":
        return [
            Problem(label, "nothing", f"key {key!r}", column=place)
            for key in error.validator_value
            if key not in error.instance
        ]
    if error.validator == "enum":
        expected = "one of " + ", ".join(map(str, error.validator_value))
        return [Problem(label, repr(error.instance), expected, column=place)]
    if error.validator == "type":
        return [Problem(label, repr(error.instance), f"a {error.validator_value}", column=place)]
    return [Problem(label, repr(error.instance), error.message, column=place)]
