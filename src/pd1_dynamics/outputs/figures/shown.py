"""Whom a figure shows: the population of its analysis, with values as analyses see them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics.analyses.data import Sample, StudyData
from pd1_dynamics.analyses.selection import Estimates
from pd1_dynamics.contract.declarations import Analysis
from pd1_dynamics.outputs.sources import marked
from pd1_dynamics.statistics.rounding import fixed


class Shown:
    """The patients of a figure's analysis.

    Parameters
    ----------
    study
        The derived patients and the declared analyses.
    response
        ``derived/response.csv``: the scans.
    entry
        What ``config/figures.yaml`` says of the figure; ``analysis`` names the analysis.
    sample
        ``patients`` that are drawn at most, and the ``seed`` of the draw.
    smallest_cell
        Least number of patients that may be shown; 0 for any.
    """

    def __init__(
        self,
        study: StudyData,
        response: pd.DataFrame,
        entry: Mapping[str, Any],
        sample: Mapping[str, int],
        smallest_cell: int = 0,
    ) -> None:
        self.most, self.seed = sample["patients"], sample["seed"]
        self.left_out = ""
        self.smallest_cell = smallest_cell
        self.study = study
        self.response = response
        self.codebook = study.declared.codebook
        self.analysis: Analysis | None = study.declared.analyses.get(entry.get("analysis", ""))

    @property
    def sample(self) -> Sample:
        """Patients of the analysis's population."""
        return self.study.sample(self.analysis.population)

    @property
    def population(self) -> str:
        """The population in words, as a caption says it."""
        words = self.study.declared.populations[self.analysis.population].label
        return words[:1].lower() + words[1:]

    def patients(self, *numbers: str, **levels: str) -> pd.DataFrame:
        """A table of the population: ``patient_id``, columns of numbers, and levels by new name.

        Of a population that is too large to draw, a random sample; :attr:`left_out` then says so.
        """
        sample = self.sample
        rows = sample.table.data.loc[sample.mask, ["patient_id"]].reset_index(drop=True)
        rows = rows.assign(
            **{name: sample.numbers(name) for name in numbers},
            **{name: sample.levels(variable) for name, variable in levels.items()},
        )
        if len(rows) <= self.most:
            return rows
        self.left_out = (
            f" Drawn are {self.most:,} of {len(rows):,} patients, chosen at random; the numbers are"
            " those of all."
        )
        rng = np.random.Generator(np.random.PCG64(self.seed))
        chosen = np.sort(rng.choice(len(rows), self.most, replace=False))
        return rows.iloc[chosen].reset_index(drop=True)

    def size(self, estimates: Estimates) -> str:
        """Number of patients of the population, as estimated; as counted where no analysis does.

        As estimated it is marked with its line, for a caption.
        """
        row = estimates.first("cohort_flow", population=self.analysis.population, statistic="n")
        if row is None:
            return self.number(len(self.sample))
        return marked(fixed(row.estimate), estimates.lines(row))

    def number(self, count: int) -> str:
        """A number of patients, or that it is too small to be shown."""
        if 0 < count < self.smallest_cell:
            return f"fewer than {self.smallest_cell}"
        return str(count)

    def not_shown(self, variable: str, levels: Mapping[str, str]) -> str:
        """A sentence on the patients of the population whom the levels of a figure leave out."""
        found = self.sample.levels(variable)
        others = [level for level in self.sample.shown_levels(variable) if level not in levels]
        counts = {
            self.codebook.variables[variable].level_label(level).lower(): int(
                np.sum(found == level)
            )
            for level in others
        }
        counts["not known"] = int(pd.isna(found).sum())
        counts = {label: count for label, count in counts.items() if count}
        if any(count < self.smallest_cell for count in counts.values()):
            return f" Not shown: {', '.join(counts)} (few patients)."  # no sum gives them away
        parts = [f"{label}, n={count}" for label, count in counts.items()]
        label = self.codebook.variables[variable].label.lower()
        return f" Not shown: {label} {'; '.join(parts)}." if parts else ""
