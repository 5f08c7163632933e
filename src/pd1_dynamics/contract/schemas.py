"""Configuration files: reading them, and checking them against their JSON Schema."""

import re
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import yaml
from jsonschema import Draft202012Validator

from pd1_dynamics.contract.places import SCHEMAS
from pd1_dynamics.contract.problems import InputError, Problem


@cache
def schema(name: str) -> dict[str, Any]:
    """JSON Schema of a configuration file: ``workflow/schemas/<name>.schema.yaml``."""
    return yaml.load(
        (SCHEMAS / f"{name}.schema.yaml").read_text(encoding="utf-8"),
        getattr(yaml, "CSafeLoader", yaml.SafeLoader),
    )


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
    content = read(path)
    if found := problems(content, schema_name, label):
        raise InputError(found, heading=f"{label} cannot be used")
    return content


def read(path: str | Path) -> Any:
    """Read a YAML file without checking it against a schema.

    Keys are always text, as written. Only ``true`` and ``false`` are truth values, so ``no`` and
    ``yes`` stay the codes of a table that they are; numbers with leading zeros stay text too.

    Raises
    ------
    InputError
        If the file is absent or is not YAML, or a key stands twice.
    """
    path = Path(path)
    try:
        content = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_Loader)
        if not _is_bounded(content):
            raise InputError([Problem(path.name, _ALIASES, "values written out")])
        return content
    except RecursionError:
        found = "values that are nested too deeply"
        raise InputError([Problem(path.name, found, "values written out")]) from None
    except FileNotFoundError:
        raise InputError([Problem(path.name, "no such file", f"a file at {path}")]) from None
    except UnicodeDecodeError:
        raise InputError(
            [Problem(path.name, "characters that are not UTF-8", "text in UTF-8")]
        ) from None
    except _RepeatedKeyError as error:
        found = f"the key {error.key!r} twice, the second in line {error.line}"
        raise InputError([Problem(path.name, found, "each key once")]) from None
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        where = f"line {place.line + 1}" if place else "somewhere"
        raise InputError(
            [Problem(path.name, f"text that is not YAML, {where}", "valid YAML")]
        ) from None


_MOST_VALUES = 100_000
_ALIASES = "aliases (&, *) that refer to themselves, or stand for very many values"


def _is_bounded(content: Any) -> bool:
    """Whether a configuration ends: no alias leads back to itself, nor do many make it explode."""
    waiting, seen = [content], 0
    while waiting:
        value = waiting.pop()
        seen += 1
        if seen > _MOST_VALUES:
            return False
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return True


class _RepeatedKeyError(Exception):
    def __init__(self, key: str, line: int) -> None:
        super().__init__(key)
        self.key, self.line = key, line


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """YAML with text keys, each once, and no guesses at octals, sexagesimals and yes or no."""

    yaml_implicit_resolvers: ClassVar[dict] = {}

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[str, Any]:
        seen = set()
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                continue
            if isinstance(key, yaml.ScalarNode):
                key.tag = "tag:yaml.org,2002:str"
                if key.value in seen:
                    raise _RepeatedKeyError(key.value, key.start_mark.line + 1)
                seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


_PLAIN = (  # what text without quotation marks means, and the characters that it may start with
    ("bool", r"true|True|TRUE|false|False|FALSE", [*"tTfF"]),
    ("int", r"[-+]?(0|[1-9][0-9]*)", [*"-+0123456789"]),
    ("float", r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?", [*"-+.0123456789"]),
    ("float", r"[-+]?[0-9]+[eE][-+]?[0-9]+", [*"-+0123456789"]),
    ("timestamp", r"[0-9]{4}-[0-9]{2}-[0-9]{2}", [*"0123456789"]),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("merge", r"<<", ["<"]),
)
for _tag, _pattern, _firsts in _PLAIN:
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), _firsts
    )


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
        return [Problem(label, _shown(error.instance), _kinds(error.validator_value), column=place)]
    return [Problem(label, repr(error.instance), error.message, column=place)]


_KINDS = {
    "object": "keys with values",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "nothing",
}


def _kinds(types: str | list[str]) -> str:
    """What a JSON type is in words; several are joined by "or"."""
    return " or ".join(_KINDS[name] for name in ([types] if isinstance(types, str) else types))


def _shown(value: Any) -> str:
    return "nothing" if value is None else repr(value)
