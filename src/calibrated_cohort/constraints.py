"""What the search must leave as it is, as arrays over all patients."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from calibrated_cohort import world as w
from calibrated_cohort.images import Anatomy
from calibrated_cohort.person import (
    BUNDLES,
    DIED_WITHOUT_RADIOLOGY,
    FOLLOWED_WITHOUT_TARGETS,
    GROWTH,
    NEVER_EVALUATED,
    NO_CHANGE,
    PROGRESSED_WITHOUT_TARGETS,
    SHRINKAGE,
    TARGETS,
    TRAITS,
    Kind,
    Person,
    code_of_response,
)
from pd1_dynamics.contract.vocabulary import CR

_GROUP = {
    TARGETS: w.TARGETS,
    PROGRESSED_WITHOUT_TARGETS: w.PROGRESSED_WITHOUT,
    DIED_WITHOUT_RADIOLOGY: w.DIED_UNSEEN,
    FOLLOWED_WITHOUT_TARGETS: w.FOLLOWED_WITHOUT,
    NEVER_EVALUATED: w.NEVER_EVALUATED,
}
_CHANGE = {None: w.ANY, SHRINKAGE: w.SHRINKAGE, GROWTH: w.GROWTH, NO_CHANGE: w.NO_CHANGE}
_BUNDLE_OF = {bundle[0]: number for number, bundle in enumerate(BUNDLES)}


def of_kinds(kinds: Sequence[Kind]) -> w.World:
    """Constraints that follow from the kinds alone: no exchanges, no limit of follow-up."""
    patients = len(kinds)

    def each(name: str, dtype: type = bool) -> np.ndarray:
        return np.array([getattr(kind, name) for kind in kinds], dtype=dtype)

    responses = np.full((patients, 3), -1, dtype=np.int64)
    for i, kind in enumerate(kinds):
        responses[i, : len(kind.responses)] = [code_of_response(r) for r in kind.responses]
    first_range = np.array([kind.first_range for kind in kinds], dtype=float).reshape(patients, 2)
    before = [kind.before_six_months for kind in kinds]
    flags = np.zeros(patients, dtype=bool)
    return w.World(
        kind=np.array([_GROUP[kind.group] for kind in kinds], dtype=np.int64),
        responses=responses,
        progressed=each("progressed"),
        target_progression=each("target_progression"),
        target_seen=each("target_seen"),
        first_change=np.array([_CHANGE[kind.first_change] for kind in kinds], dtype=np.int64),
        first_low=first_range[:, 0].copy(),
        first_high=first_range[:, 1].copy(),
        before_six_months=np.array([-1 if b is None else b for b in before], dtype=np.int64),
        nodal=each("nodal"),
        shrinks_later=each("shrinks_later"),
        fixed_baseline=each("fixed_baseline", np.int64),
        largest_baseline=each("largest_baseline", float),
        exceptional=each("exceptional"),
        single_scan=each("single_scan"),
        day_range=np.array([kind.day_range for kind in kinds], dtype=float).reshape(patients, 2),
        longest=np.full(patients, np.inf),
        risk_group=np.full(patients, -1, dtype=np.int64),
        ldh_pair=flags.copy(),
        ldh_limit=np.zeros(patients),
        ldh_elevated=w.TRAIT + TRAITS.index("ldh_at_progression=elevated"),
        ldh_bundle=_BUNDLE_OF["ldh_at_progression=elevated"],
        organs_bundle=_BUNDLE_OF["organs_at_progression"],
        many_organs=flags.copy(),
        swap_group=np.full((len(BUNDLES), patients), -1, dtype=np.int64),
        bundle_start=np.append(0, np.cumsum([len(bundle) for bundle in BUNDLES])),
        static=np.zeros((patients, 0)),
    )


def of_cohort(
    everyone: Sequence[Person], longest: np.ndarray, description: Mapping[str, Any]
) -> w.World:
    """What must hold of all patients, and who may exchange what with whom.

    Parameters
    ----------
    everyone
        Patients.
    longest
        Last possible day of contact of each.
    description
        ``config/synthetic.yaml``.
    """
    anatomy = Anatomy.of(description["anatomy"])
    world = of_kinds([person.kind for person in everyone])
    world.longest[:] = longest
    labels: dict[tuple, int] = {}

    def number(label: tuple) -> int:
        return labels.setdefault(label, len(labels))

    for i, person in enumerate(everyone):
        if person.ldh is not None:
            world.ldh_pair[i] = True
            world.ldh_limit[i] = person.upper_limit
        if person.kind.progressed:
            world.risk_group[i] = number(("risk", person.kind.resistance))
        wide = anatomy.has_room(person.characteristics["stage"], w.MOST_ORGANS)
        _enter_exchanges(world, i, person, wide, number)
    return world


def _enter_exchanges(
    world: w.World, i: int, person: Person, wide: bool, number: Callable[[tuple], int]
) -> None:
    """Groups inside which traits are exchanged: nobody's resistance type gains or loses any.

    Who has room for many organs (``wide``) exchanges organs with such patients only.
    """
    of = ("type", person.kind.resistance or person.kind.progressed)
    for name in ("age_years", "sex=male", "ecog_1_or_more=1", "prior_immunotherapy=1"):
        world.swap_group[_BUNDLE_OF[name], i] = number(of)
    if person.ldh_baseline is not None:
        world.swap_group[_BUNDLE_OF["ldh_at_baseline=elevated"], i] = number(of)
    if person.ldh_at_progression is not None:
        apart = (person.ldh is None, person.upper_limit)
        world.swap_group[_BUNDLE_OF["ldh_at_progression=elevated"], i] = number((*of, *apart))
    if person.trait("braf_v600=1") is not None and not person.never_mutated:
        world.swap_group[_BUNDLE_OF["braf_v600=1"], i] = number(of)
    if person.findings is not None:
        world.many_organs[i] = wide
        world.swap_group[_BUNDLE_OF["organs_at_progression"], i] = number((*of, "organs", wide))
        world.swap_group[_BUNDLE_OF["both_patterns=1"], i] = (
            -1
            if person.kind.best == CR
            else number((*of, "pattern", person.kind.target_progression))
        )
