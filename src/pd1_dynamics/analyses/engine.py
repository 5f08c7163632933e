"""Carries out declared analyses: each kind is a function that gives rows of estimates."""

from collections.abc import Callable, Mapping

import pandas as pd

from pd1_dynamics.analyses import comparison, description, models, survival
from pd1_dynamics.analyses.data import Study
from pd1_dynamics.analyses.disclosure import keep_back
from pd1_dynamics.analyses.estimates import Row, to_table
from pd1_dynamics.contract.declarations import Analysis, Declarations


def run(
    patients: pd.DataFrame,
    therapies: pd.DataFrame,
    declared: Declarations,
    smallest_cell: int = 0,
) -> pd.DataFrame:
    """Every declared analysis on one cohort.

    Parameters
    ----------
    patients
        ``derived/patients.csv``: one row a patient.
    therapies
        ``derived/therapies.csv``: one row a later therapy; its columns are used under the prefix
        ``therapy_``.
    declared
        What :func:`pd1_dynamics.analyses.load` gave.
    smallest_cell
        Least number of patients that may be shown (setting ``publish.smallest_cell``); 0 for any.

    Returns
    -------
    DataFrame
        CONTRACT's ``estimates.csv``, in declared order. What the cohort cannot support is a row
        with ``not_estimable``; only a fault of the program raises.
    """
    running = Run(Study(patients, therapies, declared))
    rows = [row for name in declared.analyses for row in running.rows(name)]
    return to_table(keep_back(rows, smallest_cell))


class Run:
    """One pass over the analyses of a cohort; each is carried out once, when first asked for."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.kinds = _kinds()
        self._rows: dict[str, list[Row]] = {}

    def rows(self, name: str) -> list[Row]:
        """Rows of an analysis by its id."""
        if name not in self._rows:
            analysis = self.study.declared.analyses[name]
            self._rows[name] = list(self.kinds[analysis.kind](analysis, self))
        return self._rows[name]


Kind = Callable[[Analysis, Run], "list[Row]"]


def _kinds() -> Mapping[str, Kind]:
    """Kinds of the schema; imported here, for they bring the statistics libraries with them."""
    return {
        "sizes": description.sizes,
        "description": description.description,
        "rate": description.rate,
        "kaplan_meier": survival.kaplan_meier,
        "log_rank": survival.log_rank,
        "spearman": comparison.spearman,
        "wilcoxon": comparison.rank_test,
        "kruskal_wallis": comparison.rank_test,
        "pairwise_wilcoxon": comparison.pairwise_wilcoxon,
        "cox": models.model,
        "logistic": models.model,
        "linear": models.model,
    }
