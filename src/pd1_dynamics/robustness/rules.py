"""Survival after progression by each rule that tells primary from secondary resistance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.stats.inter_rater import cohens_kappa

from pd1_dynamics.analyses.attempt import attempt
from pd1_dynamics.analyses.data import StudyData
from pd1_dynamics.analyses.run import Run
from pd1_dynamics.contract.declarations import Analysis, Declarations
from pd1_dynamics.contract.definitions import merge
from pd1_dynamics.contract.vocabulary import PRIMARY, SECONDARY
from pd1_dynamics.derive import chain
from pd1_dynamics.robustness.material import models_as_said, table
from pd1_dynamics.statistics.cox import cox

RESISTANCE = "resistance"


_OF_RESISTANCE = ("resistance_rule", "resistance_paper", "sitc")
"""Definitions that change the type of resistance alone."""


class Derivations:
    """The derived tables of a cohort under other definitions; no part is made twice.

    Parameters
    ----------
    tables
        Clean tables by name, as :func:`pd1_dynamics.derive.chain.derive` takes them.
    definitions
        The cohort's own.
    """

    def __init__(
        self, tables: Mapping[str, pd.DataFrame | None], definitions: Mapping[str, Any]
    ) -> None:
        self.definitions = definitions
        self.tables = chain.checked(tables)
        self._followed: dict[str, chain.Followed] = {}
        self._made: dict[str, chain.Derived] = {}

    def __len__(self) -> int:
        """Number of patients."""
        return len(self.tables.patients)

    def under(self, settings: Mapping[str, Any]) -> chain.Derived:
        """Derived tables with settings over the cohort's own definitions."""
        chosen = merge(self.definitions, settings)
        key = repr(chosen)
        if key not in self._made:
            before = repr({name: v for name, v in chosen.items() if name not in _OF_RESISTANCE})
            if before not in self._followed:
                self._followed[before] = chain.followed(self.tables, chosen)
            self._made[key] = chain.with_resistance(self._followed[before], chosen)
        return self._made[key]


def by_rule(
    derivations: Derivations, declared: Declarations, asked: Mapping[str, Any]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Hazard ratio by each rule, whom it moves, and how far each two agree.

    Returns
    -------
    estimates
        ``rule``, ``label``, ``adjusted_for``, ``n``, ``events``, ``primary``, ``secondary``
        (patients), ``moved`` (with another type than by the first rule), ``not_classified``
        (typed by the first rule alone), ``newly_classified``, ``estimate`` (hazard ratio of
        secondary against primary), ``ci_low``, ``ci_high``, ``p_value``, ``not_estimable``.
    agreement
        ``rule``, ``other``, ``n`` (typed by both), ``agree``, ``disagree`` (patients), ``kappa``,
        ``ci_low``, ``ci_high``, ``not_estimable`` (R: ``psych::cohen.kappa``).
    """
    rules = asked["rules"]
    rows, types = [], {}
    for name, rule in rules["alternatives"].items():
        made = derivations.under(rule["settings"])
        variable = rule.get("variable", RESISTANCE)
        run = Run(StudyData(made.patients, made.therapies, declared))
        sample = run.study.sample(rules["population"])
        everyone = np.full(len(sample.mask), None, dtype=object)
        everyone[sample.mask] = sample.levels(variable)
        types[name] = pd.Series(everyone, made.patients["patient_id"]).where(
            lambda found: found.isin([PRIMARY, SECONDARY])
        )
        moved = _moved(types[next(iter(types))], types[name])
        for adjust in ([], rules["adjust"]):
            row = {"rule": name, "label": rule["label"], **moved}
            row["adjusted_for"] = ", ".join(map(declared.codebook.label, adjust))
            rows.append(row | _ratio(run, rules, variable, adjust))
    columns = (
        "rule label adjusted_for n events primary secondary moved not_classified newly_classified "
        "estimate ci_low ci_high p_value not_estimable"
    )
    counts = "primary secondary moved not_classified newly_classified"
    return table(rows, columns, whole=counts), _agreement(types)


def _moved(first: pd.Series, other: pd.Series) -> dict[str, int]:
    other = other.reindex(first.index)
    both = first.notna() & other.notna()
    return {
        "primary": int((other == PRIMARY).sum()),
        "secondary": int((other == SECONDARY).sum()),
        "moved": int((both & (first != other)).sum()),
        "not_classified": int((first.notna() & other.isna()).sum()),
        "newly_classified": int((first.isna() & other.notna()).sum()),
    }


def _ratio(run: Run, rules: Mapping[str, Any], variable: str, adjust: list[str]) -> dict[str, Any]:
    settings = {"outcome": rules["outcome"], "mode": "bivariate", "terms": [variable]}
    if adjust:
        settings["adjust"] = adjust
    analysis = Analysis("by_rule", "cox", "", rules["population"], settings)
    (model,) = models_as_said(run, analysis)
    if model.why:
        return {"not_estimable": model.why}
    counts = {"n": len(model.data.members), "events": model.events}
    terms = [term for _, term in model.shown()]
    if terms != [f"{variable}={SECONDARY}"]:
        return {**counts, "not_estimable": "only one type of resistance"}
    found, why = attempt(cox, *model.follow_up, model.named)
    if why:
        return {**counts, "not_estimable": why}
    one = found.table.iloc[0]
    return counts | {key: float(one[key]) for key in ("estimate", "ci_low", "ci_high", "p_value")}


def _agreement(types: Mapping[str, pd.Series]) -> pd.DataFrame:
    names, rows = list(types), []
    for place, name in enumerate(names):
        for other in names[place + 1 :]:
            pair = pd.concat([types[name], types[other]], axis=1, keys=["a", "b"]).dropna()
            counts = pd.crosstab(pair["a"], pair["b"]).reindex(
                index=[PRIMARY, SECONDARY], columns=[PRIMARY, SECONDARY], fill_value=0
            )
            row = {"rule": name, "other": other, "n": len(pair)}
            row["agree"] = int(np.trace(counts.to_numpy()))
            row["disagree"] = len(pair) - row["agree"]
            if min(pair["a"].nunique(), pair["b"].nunique()) < 2:
                rows.append({**row, "not_estimable": "a rule that gives only one type"})
                continue
            found = cohens_kappa(counts.to_numpy())
            rows.append(
                {
                    **row,
                    "kappa": float(found.kappa),
                    "ci_low": float(found.kappa_low),
                    "ci_high": min(float(found.kappa_upp), 1.0),
                }
            )
    columns = "rule other n agree disagree kappa ci_low ci_high not_estimable"
    return table(rows, columns, whole="agree disagree")
