"""Baseline characteristics, by the counts and the usual frequencies of the description."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from calibrated_cohort.images import Anatomy, Spread
from calibrated_cohort.person import Person
from pd1_dynamics.statistics.contingency import fisher_exact
from pd1_dynamics.statistics.ranks import wilcoxon_rank_sum

UNASSOCIATED = 0.1  # a smaller p value counts as an association with the resistance type


def add_traits(
    everyone: list[Person], description: Mapping[str, Any], rng: np.random.Generator
) -> None:
    """Sex, age, subtype, stage, mutations and earlier therapies of every patient."""
    second = list(description["sites"])[1]
    at_second = np.array([person.site == second for person in everyone])
    subtypes = _subtypes(description, at_second, rng)
    anatomy = Anatomy.of(description["anatomy"])
    stages = _stages(everyone, description["stages"], anatomy, rng)
    usual = description["characteristics"]
    mutated = usual["braf_v600"]
    likelier = np.array([mutated["likelier"].get(subtype, 0) for subtype in subtypes])
    # A subtype's own frequency of the mutation where one is given, otherwise the common one.
    braf = np.where(
        likelier > 0,
        rng.random(len(everyone)) < likelier,
        rng.random(len(everyone)) < mutated["otherwise"],
    )
    never = np.isin(subtypes, mutated["never"])
    braf &= ~never
    nras = ~braf & (rng.random(len(everyone)) < usual["nras_without_braf"])
    tested = rng.random(len(everyone)) < usual["mutations_tested"]
    earlier = _chosen(np.flatnonzero(braf & tested), description["prior_targeted_therapy"], rng)
    immune = _chosen(np.arange(len(everyone)), description["prior_immunotherapy"], rng)
    age, ecog = usual["age_years"], usual["ecog"]
    for place, person in enumerate(everyone):
        person.upper_limit = description["sites"][person.site]["ldh_upper_limit"]
        person.never_mutated = bool(never[place])
        male = rng.random() < usual["male"]
        years = int(np.clip(rng.normal(age["mean"], age["sd"]), *age["range"]))
        status = int(rng.choice([int(level) for level in ecog], p=list(ecog.values())))
        person.characteristics = {
            "melanoma_subtype": str(subtypes[place]),
            "stage": stages[place],
            "brain_metastasis": int(anatomy.apart in anatomy.stages[stages[place]].needs),
        }
        person.set_traits(
            {
                "sex=male": male,
                "age_years": years,
                "ecog": status,
                "ecog_1_or_more=1": status >= 1,
                "braf_v600=1": braf[place] if tested[place] else None,
                "nras=1": nras[place] if tested[place] else None,
                "prior_immunotherapy=1": place in immune,
                "prior_targeted_therapy=1": place in earlier,
            }
        )


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
    everyone: list[Person],
    counts: Mapping[str, int],
    anatomy: Anatomy,
    rng: np.random.Generator,
) -> list[str]:
    """Counts as described; a node as the only target is no visceral disease."""
    ladder = np.repeat(list(counts), list(counts.values()))
    stages = [str(stage) for stage in ladder[rng.permutation(len(everyone))]]
    for place, person in enumerate(everyone):
        while not _fits(person, anatomy.stages[stages[place]]):
            other = int(rng.integers(len(everyone)))
            here, there = anatomy.stages[stages[place]], anatomy.stages[stages[other]]
            if _fits(person, there) and _fits(everyone[other], here):
                stages[place], stages[other] = stages[other], stages[place]
    return stages


def _fits(person: Person, spread: Spread) -> bool:
    return not person.kind.nodal or spread.nodal


def _chosen(places: np.ndarray, number: int, rng: np.random.Generator) -> set[int]:
    return set(rng.choice(places, number, replace=False).tolist())


def unassociated(everyone: list[Person]) -> bool:
    """Whether no characteristic is associated with resistance type in those who progressed."""
    those = [person for person in everyone if person.kind.resistance]
    resistance = np.array([person.kind.resistance for person in those])
    known = [
        {**p.baseline, "site": p.site, "ldh": p.ldh_baseline, "some_ecog": p.trait("ecog") > 0}
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
