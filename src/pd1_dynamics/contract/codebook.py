"""The codebook: what a column means to an analysis and to a reader (``config/variables.yaml``)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pd1_dynamics.contract import schemas
from pd1_dynamics.contract.columns import CHOICE, FLAG, NUMBER, TABLES, TEXT, Column
from pd1_dynamics.contract.problems import InputError, Problem

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
    described_by: str = ""
    covariate: bool = False
    description: str = ""
    minimum: float | None = None
    maximum: float | None = None
    abbreviations: Mapping[str, str] = field(default_factory=dict)
    also_called: tuple[str, ...] = ()
    unknown_if: Mapping[str, Any] = field(default_factory=dict)

    @property
    def column(self) -> Column:
        """The column of patients that a covariate is, as the data contract says it."""
        limits = {"minimum": self.minimum, "maximum": self.maximum}
        levels = (*self.levels, *self.levels_when_present, *self.levels_apart)
        kind = CHOICE if levels else TEXT
        if self.is_continuous:
            kind, levels = NUMBER, ()
        elif self.kind == BINARY:
            kind, levels = FLAG, ()
        return Column(kind, self.description or self.label, levels=levels, **limits)

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
    abbreviations: Mapping[str, str] = field(default_factory=dict)

    @property
    def all_abbreviations(self) -> dict[str, str]:
        """Abbreviations of the study and of its variables, with what they stand for."""
        own = {
            k: v for variable in self.variables.values() for k, v in variable.abbreviations.items()
        }
        return {**self.abbreviations, **own}

    @property
    def covariates(self) -> dict[str, Column]:
        """Columns of patients that are covariates, in declared order."""
        return {key: v.column for key, v in self.variables.items() if v.covariate}

    def described(self, names: list[str]) -> list[str]:
        """Variables as a description lists them: in place of a set's grouped one what it groups."""
        flat = (
            self.variables[part].described_by or part if name in self.sets else part
            for name in names
            for part in self.sets.get(name, (name,))
        )
        return list(dict.fromkeys(flat))

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


def load_codebook(
    path: str | Path,
    variables: Mapping[str, Any] | None = None,
    sets: Mapping[str, Mapping[str, Any]] | None = None,
    label: str = "",
) -> Codebook:
    """Read the codebook and check it against its schema.

    Parameters
    ----------
    path
        The study's codebook.
    variables
        A cohort's own, laid over the study's.
    sets
        Variables to ``add`` to and to ``drop`` from the study's sets, by set.
    label
        What messages call the place of the cohort's own.

    Raises
    ------
    InputError
        All departures from ``workflow/schemas/variables.schema.yaml`` at once. References between
        entries are checked by :func:`pd1_dynamics.contract.loading.load`.
    """
    content = schemas.load(path, "variables")
    own, changes = variables or {}, sets or {}
    if found := schemas.problems({"variables": dict(own)}, "variables", label):
        raise InputError(found, heading=f"{label} cannot be used")
    known = {key: _variable(key, entry) for key, entry in (content["variables"] | own).items()}
    found = []
    for key in own:
        derived = key in content["variables"] and not content["variables"][key].get("covariate")
        if derived or key in TABLES["patients"]:
            expected = "another name: a column of the study has this one"
            found.append(Problem(label, repr(key), expected, f"variables.{key}"))
    groups = {key: tuple(names) for key, names in content.get("sets", {}).items()}
    for key, change in changes.items():
        members, place = groups.get(key, ()), f"sets.{key}"
        add, drop = change.get("add") or (), change.get("drop") or ()
        for name in (name for name in drop if name not in members):
            expected = f"one of {', '.join(members)}" if members else "a set of the study"
            found.append(Problem(label, repr(name), expected, f"{place}.drop"))
        groups[key] = tuple(dict.fromkeys([*(name for name in members if name not in drop), *add]))
    if found:
        raise InputError(found, heading=f"{label} cannot be used")
    return Codebook(
        variables=known,
        outcomes={key: Outcome(key, **entry) for key, entry in content.get("outcomes", {}).items()},
        sets=groups,
        abbreviations=content.get("abbreviations", {}),
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
    optional = ("unit", "decimals", "described_by", "covariate", "description", "minimum")
    optional += ("maximum", "abbreviations", "unknown_if")
    plain |= {name: entry[name] for name in optional if name in entry}
    plain["also_called"] = tuple(entry.get("also_called", ()))
    reference = level_text(entry["reference"]) if "reference" in entry else ""
    return Variable(key, **plain, **groups, reference=reference, rules=rules)
