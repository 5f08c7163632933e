"""What a kind of analysis is: its settings, its statistics and its function.

A file of :mod:`pd1_dynamics.analyses.kinds` holds one kind, registered by :func:`kind`. What it
declares becomes the schema of ``config/analyses`` (``workflow/schemas/analyses.schema.yaml``), the
checks of references, the labels of rows in tables, and the table in ``config/analyses/README.md``:
``python -m pd1_dynamics.analyses.documentation`` renews them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pd1_dynamics.analyses.estimates import Estimate
    from pd1_dynamics.contract.codebook import Codebook
    from pd1_dynamics.contract.declarations import Analysis

OUTCOME, NUMBER, LEVELS, ANY, LEVEL = "outcome", "continuous", "levels", "any", "level"
"""What a name in a setting must be: a time to an event, a continuous variable, a variable with
levels, any variable, or ``variable=level``."""

EACH_GROUP = "`all` and each level of `by`"


@dataclass(frozen=True)
class Setting:
    """One key of a declared analysis.

    Attributes
    ----------
    schema
        JSON Schema of its value, with a description.
    refers
        What the names in it must be (:data:`OUTCOME`, ...); nothing if it holds none.
    sets
        Whether a name may be that of a set of variables.
    required
        Whether every analysis of the kind has it.
    """

    schema: Mapping[str, Any]
    refers: str = ""
    sets: bool = False
    required: bool = False


@dataclass(frozen=True)
class Statistic:
    """One statistic that a kind gives: how a table prints it, and where its rows stand.

    Attributes
    ----------
    label
        Printed name; ``{time}`` stands for the time of a row whose term is ``time=...``.
    outcome, term, group
        What these columns of ``estimates.csv`` hold, in words.
    decimals
        Decimals in tables.
    """

    label: str
    outcome: str = ""
    term: str = ""
    group: str = "`all`"
    decimals: int = 1


Carried = Callable[..., "list[Estimate]"]
"""Takes a declared analysis and the run of a cohort."""


Formula = Callable[["Analysis", "Codebook"], str]
"""Writes a declared analysis as a call of R."""


@dataclass(frozen=True)
class Kind:
    """A kind of analysis."""

    name: str
    description: str
    settings: Mapping[str, Setting]
    statistics: Mapping[str, Statistic]
    has_population: bool
    methods: str
    formula: Formula
    carry_out: Carried


KINDS: dict[str, Kind] = {}
"""Kinds by name; filled by importing :mod:`pd1_dynamics.analyses.kinds`."""


def kind(
    name: str,
    settings: Mapping[str, Setting],
    statistics: Mapping[str, Statistic],
    methods: str,
    formula: Formula,
    has_population: bool = True,
) -> Callable[[Carried], Carried]:
    """Register a function as a kind of analysis; its docstring's first line is the description.

    ``methods`` is a sentence for a methods section, and ``formula`` writes a declared analysis as R
    would be asked for it; both are for readers.
    """

    def register(function: Carried) -> Carried:
        words = (function.__doc__ or "").strip().splitlines()[0]
        KINDS[name] = Kind(
            name, words, settings, statistics, has_population, methods, formula, function
        )
        return function

    return register


# --- settings that several kinds have -------------------------------------------------------------


def names(description: str, refers: str, required: bool = True, sets: bool = False) -> Setting:
    """A list of names, each once."""
    schema = {
        "description": description,
        "type": "array",
        "minItems": 1,
        "uniqueItems": True,
        "items": {"type": "string"},
    }
    return Setting(schema, refers, sets, required)


def outcome(required: bool = True) -> Setting:
    """The time to an event that is analysed."""
    schema = {"description": "Id of an outcome of the codebook.", "type": "string"}
    return Setting(schema, OUTCOME, required=required)


def by(required: bool = False) -> Setting:
    """The variable that makes groups."""
    words = "Categorical or binary variable that makes groups."
    return Setting({"description": words, "type": "string"}, LEVELS, required=required)


def flag(description: str) -> Setting:
    """True or false, false by default."""
    return Setting({"description": description, "type": "boolean"})


def times(description: str, required: bool = False) -> Setting:
    """Times in the unit of the outcome."""
    schema = {
        "description": description,
        "type": "array",
        "minItems": 1,
        "uniqueItems": True,
        "items": {"type": "number", "minimum": 0},
    }
    return Setting(schema, required=required)


OVERALL = Setting({"description": "Also for everyone together (default true).", "type": "boolean"})
