"""Baseline characteristics: counts as described, and otherwise what is usual in melanoma."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics.statistics.contingency import fisher_exact
from pd1_dynamics.statistics.ranks import wilcoxon_rank_sum
from pd1_dynamics.synthetic.assembly import Person

UNASSOCIATED = 0.1  # smallest p value of a characteristic that goes with nothing


def add_traits(
    everyone: list[Person], description: Mapping[str, Any], rng: np.random.Generator
) -> None:
    """Sex, age, subtype, stage, mutations and earlier therapies of every patient."""
    second = list(description["sites"])[1]
    at_second = np.array([person.site == second for person in everyone])
    subtypes = _subtypes(description, at_second, rng)
    stages = _stages(everyone, description["stages"], rng)
    braf = np.where(
        subtypes == "cutaneous", rng.random(len(everyone)) < 0.5, rng.random(len(everyone)) < 0.22
    )
    # Enough of the systemically treated must carry the mutation for its inhibitors.
    braf &= subtypes != "ocular"
    nras = ~braf & (rng.random(len(everyone)) < 0.28)
    tested = rng.random(len(everyone)) < 0.93
    earlier = _chosen(np.flatnonzero(braf & tested), description["prior_targeted_therapy"], rng)
    immune = _chosen(np.arange(len(everyone)), description["prior_immunotherapy"], rng)
    for place, person in enumerate(everyone):
        person.upper_limit = description["sites"][person.site]["ldh_upper_limit"]
        person.traits = {
            "sex": "male" if rng.random() < 0.6 else "female",
            "age_years": int(np.clip(rng.normal(61, 13), 19, 92)),
            "melanoma_subtype": str(subtypes[place]),
            "stage": stages[place],
            "ecog": int(rng.choice([0, 1, 2], p=[0.62, 0.33, 0.05])),
            "brain_metastasis": int(stages[place] == "M1d"),
            "braf_v600": int(braf[place]) if tested[place] else None,
            "nras": int(nras[place]) if tested[place] else None,
            "prior_immunotherapy": int(place in immune),
            "prior_targeted_therapy": int(place in earlier),
        }


def _subtypes(
    description: Mapping[str, Any], at_second: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Counts as described; at the second site some subtypes are likelier than others."""
    likelier = description["second_site_subtypes"]
    names = np.repeat(list(description["subtypes"]), list(description["subtypes"].values()))
    weights = np.array([likelier[name] for name in names], dtype=float)
    there = rng.choice(len(names), int(at_second.sum()), replace=False, p=weights / weights.sum())
    here = np.setdiff1d(np.arange(len(names)), there)
    found = np.empty(len(names), dtype=object)
    found[at_second] = names[rng.permutation(there)]
    found[~at_second] = names[rng.permutation(here)]
    return found


def _stages(
    everyone: list[Person], counts: Mapping[str, int], rng: np.random.Generator
) -> list[str]:
    """Counts as described; a node as the only target is no visceral disease."""
    ladder = np.repeat(list(counts), list(counts.values()))
    stages = [str(stage) for stage in ladder[rng.permutation(len(everyone))]]
    for place, person in enumerate(everyone):
        while not _fits(person, stages[place]):
            other = int(rng.integers(len(everyone)))
            if _fits(person, stages[other]) and _fits(everyone[other], stages[place]):
                stages[place], stages[other] = stages[other], stages[place]
    return stages


def _fits(person: Person, stage: str) -> bool:
    nodal = person.trajectory is not None and person.trajectory.kind.nodal
    return not nodal or stage in ("III", "M1a")


def _chosen(places: np.ndarray, number: int, rng: np.random.Generator) -> set[int]:
    return set(rng.choice(places, number, replace=False).tolist())


def unassociated(everyone: list[Person]) -> bool:
    """Whether no characteristic goes with the resistance type of those who progressed."""
    those = [person for person in everyone if person.resistance]
    resistance = np.array([person.resistance for person in those])
    known = [
        {**p.traits, "site": p.site, "ldh": p.ldh_baseline, "some_ecog": p.traits["ecog"] > 0}
        for p in those
    ]
    for name in known[0]:
        values = pd.Series([traits[name] for traits in known], dtype=object)
        if name == "age_years":
            ages = values.astype(float).to_numpy()
            kinds = np.unique(resistance)
            p = wilcoxon_rank_sum(*(ages[resistance == kind] for kind in kinds)).p_value
        else:
            p = fisher_exact(pd.crosstab(values, resistance).to_numpy()).p_value
        if p < UNASSOCIATED:
            return False
    return True
