"""Declared populations and analyses: what a file of ``config/analyses`` says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pd1_dynamics.contract.codebook import Codebook

PATIENTS, THERAPIES = "patients", "therapies"
BIVARIATE, MULTIVARIATE = "bivariate", "multivariate"
COX, LOGISTIC, LINEAR = "cox", "logistic", "linear"
MODELS = (COX, LOGISTIC, LINEAR)


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
    """One declared analysis; ``settings`` holds the keys that its kind has in the schema."""

    id: str
    kind: str
    title: str
    population: str
    settings: Mapping[str, Any]
    file: str = ""

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
