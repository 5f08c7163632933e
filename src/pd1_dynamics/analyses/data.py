"""The data that analyses see: columns and rule-made variables, and the patients of a population."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics.contract.codebook import THERAPY_PREFIX, Codebook, level_text
from pd1_dynamics.contract.declarations import PATIENTS, THERAPIES, Declarations

# Derived percents are floating-point ratios. Conditions compare them rounded to nine decimals, so
# that rounding errors do not decide whether a value equals a bound such as -40 %.
COMPARED_DECIMALS = 9

BOUNDS = {
    "above": np.greater,
    "at_least": np.greater_equal,
    "below": np.less,
    "at_most": np.less_equal,
}


class Table:
    """One table of the data, rows by variables, with the variables that rules make.

    Continuous variables are float arrays with NaN for missing; others are object arrays of level
    texts with None for missing. A column that the data lacks is missing throughout.
    """

    def __init__(self, data: pd.DataFrame, codebook: Codebook) -> None:
        self.data = data
        self.codebook = codebook
        self._levels: dict[str, np.ndarray] = {}
        self._numbers: dict[str, np.ndarray] = {}

    def __len__(self) -> int:
        return len(self.data)

    def numbers(self, column: str) -> np.ndarray:
        """A column as floats."""
        if column not in self._numbers:
            if column in self.data:
                values = pd.to_numeric(self.data[column], errors="coerce")
                self._numbers[column] = values.to_numpy(dtype=float, na_value=np.nan)
            else:
                self._numbers[column] = np.full(len(self.data), np.nan)
        return self._numbers[column]

    def levels(self, variable: str) -> np.ndarray:
        """A variable's level texts, made by its rules where it has any."""
        if variable not in self._levels:
            declared = self.codebook.variables[variable]
            unknown = declared.unknown_if and self.fulfil(declared.unknown_if).any()
            if unknown:
                self._levels[variable] = np.full(len(self.data), None, dtype=object)
            elif declared.rules:
                self._levels[variable] = self._made(declared.rules)
            else:
                self._levels[variable] = self._column(variable)
        return self._levels[variable]

    def _column(self, column: str) -> np.ndarray:
        if column not in self.data:
            return np.full(len(self.data), None, dtype=object)
        codes, found = pd.factorize(self.data[column])
        texts = np.array([*(level_text(value) for value in found), None], dtype=object)
        return texts[codes]  # the code of a missing value is -1, the last text

    def _made(self, rules: tuple) -> np.ndarray:
        made = np.full(len(self.data), None, dtype=object)
        for rule in reversed(rules):  # the first rule that holds has the last word
            made[self.fulfil(rule.where)] = rule.level
        return made

    def fulfil(self, where: Mapping[str, Any]) -> np.ndarray:
        """Mask of the rows for which every condition holds; a missing value holds for none."""
        mask = np.ones(len(self.data), dtype=bool)
        for variable, condition in where.items():
            mask &= self._holds(variable, condition)
        return mask

    def _holds(self, variable: str, condition: Any) -> np.ndarray:
        continuous = self.codebook.variables[variable].is_continuous
        values = self.numbers(variable) if continuous else self.levels(variable)
        missing = pd.isna(values)
        if not isinstance(condition, Mapping):
            wanted = condition if isinstance(condition, list) else [condition]
            if continuous:
                numbers = [float(value) for value in wanted]
                return np.isin(np.round(values, COMPARED_DECIMALS), numbers)
            return np.isin(np.where(missing, "", values).astype(str), [*map(level_text, wanted)])
        mask = np.ones(len(values), dtype=bool)
        for key, bound in condition.items():
            if key == "missing":
                mask &= missing == bound
                continue
            numbers = values if continuous else pd.to_numeric(pd.Series(values), errors="coerce")
            mask &= BOUNDS[key](np.round(np.asarray(numbers, float), COMPARED_DECIMALS), bound)
        return mask


class Sample:
    """Rows of a table that enter an analysis.

    ``empty`` says why there are none; ``confined`` gives the levels to which the population's own
    conditions confine a variable.
    """

    def __init__(
        self,
        table: Table,
        mask: np.ndarray,
        empty: str,
        confined: Mapping[str, set[str]],
    ) -> None:
        self.table = table
        self.mask = mask
        self.empty = empty
        self.confined = confined

    def __len__(self) -> int:
        return int(self.mask.sum())

    @property
    def codebook(self) -> Codebook:
        """Codebook of the data."""
        return self.table.codebook

    def numbers(self, column: str) -> np.ndarray:
        """A column of these rows as floats."""
        return self.table.numbers(column)[self.mask]

    def levels(self, variable: str) -> np.ndarray:
        """A variable of these rows as level texts."""
        return self.table.levels(variable)[self.mask]

    def values(self, variable: str) -> np.ndarray:
        """Numbers of a continuous variable, levels of another."""
        if self.codebook.variables[variable].is_continuous:
            return self.numbers(variable)
        return self.levels(variable)

    def present_levels(self, variable: str) -> list[str]:
        """Levels that some row has, in the codebook's order."""
        found = [level for level in pd.unique(self.levels(variable)) if level is not None]
        order = self.codebook.variables[variable].order(found)
        return [level for level in order if level in found]

    def shown_levels(self, variable: str) -> list[str]:
        """Levels that a table shows: declared ones, and others that some row has.

        Declared levels that the population excludes by its definition are not shown.
        """
        found = [level for level in pd.unique(self.levels(variable)) if level is not None]
        order = self.codebook.variables[variable].order(found)
        allowed = self.confined.get(variable, order)
        return [level for level in order if level in allowed]

    def compared_levels(self, variable: str) -> list[str]:
        """Levels between which tests and models compare: present, and not declared as apart."""
        apart = self.codebook.variables[variable].levels_apart
        return [level for level in self.present_levels(variable) if level not in apart]

    def where(self, chosen: np.ndarray, empty: str = "") -> "Sample":
        """The chosen ones of these rows; ``empty`` says why there are none."""
        mask = self.mask.copy()
        mask[mask] = chosen
        return Sample(self.table, mask, "" if mask.any() else self.empty or empty, self.confined)

    def lacks(self, variable: str) -> str:
        """Why a variable says nothing here: nobody in the population, or no value at all."""
        if not len(self):
            return self.empty
        if pd.isna(self.values(variable)).all():
            return self.codebook.variables[variable].missing
        return ""

    def lacks_outcome(self, outcome: str) -> str:
        """The same for a time to an event."""
        if not len(self):
            return self.empty
        time, event = self.times(outcome)
        return self.codebook.outcomes[outcome].missing if np.isnan(time + event).all() else ""

    def times(self, outcome: str) -> tuple[np.ndarray, np.ndarray]:
        """Times and events (1, 0) of an outcome, NaN where missing."""
        declared = self.codebook.outcomes[outcome]
        return self.numbers(declared.time), self.numbers(declared.event)


class StudyData:
    """The data of a cohort and its populations."""

    def __init__(
        self,
        patients: pd.DataFrame,
        therapies: pd.DataFrame,
        declared: Declarations,
    ) -> None:
        codebook = declared.codebook
        self.declared = declared
        self.tables = {
            PATIENTS: Table(patients, codebook),
            THERAPIES: Table(_with_patients(therapies, patients), codebook),
        }
        self._samples: dict[str, Sample] = {}

    def sample(self, population: str) -> Sample:
        """Rows of a declared population."""
        if population not in self._samples:
            self._samples[population] = self._chosen(population)
        return self._samples[population]

    def _chosen(self, name: str) -> Sample:
        population = self.declared.populations[name]
        table = self.tables[population.table]
        parent = self.sample(population.of) if population.of else None
        mask = table.fulfil(population.where)
        if parent is not None:
            mask &= parent.mask
        confined = dict(parent.confined) if parent is not None else {}
        for variable, condition in population.where.items():
            if not isinstance(condition, Mapping):
                wanted = condition if isinstance(condition, list) else [condition]
                allowed = {level_text(value) for value in wanted}
                confined[variable] = allowed & confined.get(variable, allowed)
        empty = "" if mask.any() else self._why_empty(name, parent)
        return Sample(table, mask, empty, confined)

    def _why_empty(self, name: str, parent: Sample | None) -> str:
        """The parent's reason, the declared one, a variable without any value, or plain absence."""
        population = self.declared.populations[name]
        if parent is not None and parent.empty:
            return parent.empty
        if population.empty:
            return population.empty
        everyone = parent or Sample(
            self.tables[population.table],
            np.ones(len(self.tables[population.table]), dtype=bool),
            nobody(population.label),
            {},
        )
        lacking = (everyone.lacks(variable) for variable in population.where)
        return next(filter(None, lacking), nobody(population.label))


def nobody(label: str) -> str:
    """Wording of a group without patients.

    >>> nobody("CR")
    'no patients: CR'
    """
    return f"no patients: {label}"


def _with_patients(therapies: pd.DataFrame, patients: pd.DataFrame) -> pd.DataFrame:
    """Later therapies with the columns of their patients, their own under the prefix."""
    own = {
        name: name if name.startswith(THERAPY_PREFIX) else THERAPY_PREFIX + name
        for name in therapies.columns
        if name != "patient_id"
    }
    return therapies.rename(columns=own).merge(
        patients, on="patient_id", how="left", validate="many_to_one"
    )
