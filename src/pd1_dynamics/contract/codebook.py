"""The codebook: what a column means to an analysis and to a reader (``config/variables.yaml``)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pd1_dynamics.contract import schemas

CONTINUOUS, CATEGORICAL, BINARY = "continuous", "categorical", "binary"
MISSING = "missing"
"""Level name of a missing value, as in the term ``ldh_at_progression=missing``."""

THERAPY_PREFIX = "therapy_"
"""Columns of derived/therapies.csv carry this prefix in analyses, beside those of the patient."""


def level_text(value: object) -> str:
    """Text of a level: ``1``, ``1.0`` and ``"1"`` are the same level.

    >>> level_text(1.0), level_text("M1c"), level_text(2.5)
    ('1', 'M1c', '2.5')
    """
    if isinstance(value, str):
        return value
    number = float(value)
    return str(int(number)) if number.is_integer() else repr(number)


@dataclass(frozen=True)
class Rule:
    """One rule of a variable that is made from others: where the conditions hold, this level."""

    level: str
    where: Mapping[str, Any]


@dataclass(frozen=True)
class Variable:
    """One variable: a column of the derived tables, or made from others by rules."""

    id: str
    label: str
    kind: str
    missing: str
    unit: str = ""
    decimals: int = 1
    levels: Mapping[str, str] = field(default_factory=dict)
    levels_when_present: Mapping[str, str] = field(default_factory=dict)
    levels_apart: Mapping[str, str] = field(default_factory=dict)
    reference: str = ""
    rules: tuple[Rule, ...] = ()

    @property
    def is_continuous(self) -> bool:
        """Whether it is a number, and not a set of levels."""
        return self.kind == CONTINUOUS

    def level_label(self, level: str) -> str:
        """Printed name of a level; a level that the codebook does not know is its own name."""
        for levels in (self.levels, self.levels_when_present, self.levels_apart):
            if level in levels:
                return levels[level]
        return "NA" if level == MISSING else level

    def order(self, found: list[str]) -> list[str]:
        """Levels to show: the declared ones always, others when found, unknown ones last."""
        known = [*self.levels_when_present, *self.levels_apart]
        extra = [level for level in known if level in found]
        unknown = sorted(set(found) - {*self.levels, *known})
        return [*self.levels, *extra, *unknown]


@dataclass(frozen=True)
class Outcome:
    """A time to an event: columns of time and event (1, or 0 when censored)."""

    id: str
    label: str
    time: str
    event: str
    missing: str
    short: str = ""
    unit: str = "months"
    start: str = ""


@dataclass(frozen=True)
class Codebook:
    """Variables, outcomes and named sets of covariates, by id."""

    variables: Mapping[str, Variable]
    outcomes: Mapping[str, Outcome]
    sets: Mapping[str, tuple[str, ...]]

    def expand(self, names: list[str]) -> list[str]:
        """Variables of a list that may name sets; each variable once, at its first place."""
        flat = (part for name in names for part in self.sets.get(name, (name,)))
        return list(dict.fromkeys(flat))

    def label(self, term: str) -> str:
        """Printed name of a variable, an outcome, or a ``variable=level`` (its level's name)."""
        name, _, level = term.partition("=")
        if level and name in self.variables:
            return self.variables[name].level_label(level)
        known = self.variables.get(name) or self.outcomes.get(name)
        return known.label if known else term

    def sources(self, name: str) -> set[str]:
        """Columns of the data that a variable is made from."""
        rules = self.variables[name].rules
        if not rules:
            return {name}
        used = {other for rule in rules for other in rule.where}
        return {column for other in used for column in self.sources(other)}

    def needs_therapies(self, name: str) -> bool:
        """Whether a variable or outcome belongs to later therapies, not to patients."""
        if name in self.outcomes:
            return self.outcomes[name].time.startswith(THERAPY_PREFIX)
        return any(column.startswith(THERAPY_PREFIX) for column in self.sources(name))


def load_codebook(path: str | Path) -> Codebook:
    """Read the codebook and check it against its schema.

    Raises
    ------
    InputError
        All departures from ``workflow/schemas/variables.schema.yaml`` at once. References between
        entries are checked by :func:`pd1_dynamics.analyses.load`.
    """
    content = schemas.load(path, "variables")
    return Codebook(
        variables={key: _variable(key, entry) for key, entry in content["variables"].items()},
        outcomes={key: Outcome(key, **entry) for key, entry in content.get("outcomes", {}).items()},
        sets={key: tuple(names) for key, names in content.get("sets", {}).items()},
    )


def _variable(key: str, entry: Mapping[str, Any]) -> Variable:
    groups = {
        name: {level_text(level): label for level, label in entry.get(name, {}).items()}
        for name in ("levels", "levels_when_present", "levels_apart")
    }
    if entry["kind"] == BINARY and not groups["levels"]:
        groups["levels"] = {"0": "No", "1": "Yes"}
    rules = tuple(Rule(level_text(rule["level"]), rule["where"]) for rule in entry.get("rules", ()))
    plain = {name: entry[name] for name in ("label", "kind", "missing")}
    plain |= {name: entry[name] for name in ("unit", "decimals") if name in entry}
    reference = level_text(entry["reference"]) if "reference" in entry else ""
    return Variable(key, **plain, **groups, reference=reference, rules=rules)
