"""Declared populations and analyses: what a file of ``config/analyses`` says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pd1_dynamics.contract import schemas
from pd1_dynamics.contract.codebook import Codebook

PATIENTS, THERAPIES = "patients", "therapies"
BIVARIATE, MULTIVARIATE = "bivariate", "multivariate"
LEVEL, POPULATION = "level", "population"
"""What a name in a setting may have to be: ``variable=level``, or a population."""


@dataclass(frozen=True)
class Population:
    """Who enters an analysis: conditions on the rows of a table, inside a parent population."""

    id: str
    label: str
    table: str = PATIENTS
    of: str = ""
    where: Mapping[str, Any] = field(default_factory=dict)
    empty: str = ""


@dataclass(frozen=True)
class Analysis:
    """One declared analysis; ``settings`` holds the keys that its kind has in the schema.

    One that a cohort's file drops is not carried out.
    """

    id: str
    kind: str
    title: str
    population: str
    settings: Mapping[str, Any]
    file: str = ""
    dropped: bool = False

    def __getitem__(self, key: str) -> Any:
        return self.settings[key]

    def get(self, key: str, default: Any = None) -> Any:
        """Setting of this analysis, or the default."""
        return self.settings.get(key, default)


@dataclass(frozen=True)
class Declarations:
    """The codebook, and populations and analyses by id, in declared order."""

    codebook: Codebook
    populations: Mapping[str, Population]
    analyses: Mapping[str, Analysis]


def settings_of(kind: str) -> Mapping[str, Mapping[str, Any]]:
    """Settings of a kind of analysis by name: their schema, with what their names must be."""
    properties = schemas.schema("analyses")["$defs"][kind]["properties"]
    return {name: rule for name, rule in properties.items() if isinstance(rule, Mapping)}


def labels_of_statistics() -> dict[str, Mapping[str, Any]]:
    """How tables print each statistic that a kind gives: ``label`` and ``decimals``."""
    definitions = schemas.schema("analyses")["$defs"].values()
    return {
        name: found for rule in definitions for name, found in rule.get("statistics", {}).items()
    }
