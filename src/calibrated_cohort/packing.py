"""Patients into the state of the search, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from calibrated_cohort import world as w
from calibrated_cohort.assembly import Person, longest_days
from calibrated_cohort.images import Anatomy
from calibrated_cohort.ldh import LdhPair
from calibrated_cohort.trajectory import GROWTH, NO_CHANGE, SHRINKAGE, Kind, Trajectory
from pd1_dynamics.contract.vocabulary import (
    BOTH,
    CR,
    ELEVATED,
    ENLARGEMENT_ONLY,
    NEW_LESIONS_ONLY,
    NORMAL,
    PD,
    PR,
    SD,
)

_CODE = {CR: w.CR, PR: w.PR, SD: w.SD, PD: w.PD}
_CHANGE = {None: w.ANY, SHRINKAGE: w.SHRINKAGE, GROWTH: w.GROWTH, NO_CHANGE: w.NO_CHANGE}
_WITHOUT = {
    "progressed_without_targets": w.PROGRESSED_WITHOUT,
    "died_without_radiology": w.DIED_UNSEEN,
    "followed_without_targets": w.FOLLOWED_WITHOUT,
    "never_evaluated": w.NEVER_EVALUATED,
}
PATTERNS = (ENLARGEMENT_ONLY, NEW_LESIONS_ONLY, BOTH)

# Traits that patients may exchange; those of a bundle go together.
BUNDLES = (
    ("age_years",),
    ("sex=male",),
    ("ecog_1_or_more=1", "ecog"),
    ("prior_immunotherapy=1",),
    ("ldh_at_baseline=elevated",),
    ("braf_v600=1", "nras=1", "prior_targeted_therapy=1"),
    ("ldh_at_progression=elevated",),
    ("organs_at_progression",),
    ("both_patterns=1", "pattern"),
)
TRAITS = tuple(name for bundle in BUNDLES for name in bundle)
_STATE = {None: np.nan, NORMAL: 0.0, ELEVATED: 1.0}
_BUNDLE_OF = {bundle[0]: number for number, bundle in enumerate(BUNDLES)}


def empty_world(patients: int) -> w.World:
    """A world of patients of whom nothing is known."""
    flags = np.zeros(patients, dtype=bool)
    numbers = np.full(patients, -1, dtype=np.int64)
    return w.World(
        kind=np.zeros(patients, dtype=np.int64),
        responses=np.full((patients, 3), -1, dtype=np.int64),
        progressed=flags.copy(),
        target_progression=flags.copy(),
        target_seen=~flags,
        first_change=np.zeros(patients, dtype=np.int64),
        first_low=np.full(patients, -np.inf),
        first_high=np.full(patients, np.inf),
        early=numbers.copy(),
        nodal=flags.copy(),
        shrinks_later=flags.copy(),
        fixed_baseline=np.zeros(patients, dtype=np.int64),
        largest_baseline=np.full(patients, np.inf),
        exceptional=flags.copy(),
        single_scan=flags.copy(),
        day_range=np.tile(np.array([0.0, np.inf]), (patients, 1)),
        longest=np.full(patients, np.inf),
        risk_group=numbers.copy(),
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


def set_kind(world: w.World, i: int, kind: Kind) -> None:
    """Enter what a kind says of one patient."""
    for number, response in enumerate(kind.responses):
        world.responses[i, number] = _CODE[response]
    world.progressed[i] = kind.progressed
    world.target_progression[i] = kind.target_progression
    world.target_seen[i] = kind.target_seen
    world.first_change[i] = _CHANGE[kind.first_change]
    world.first_low[i], world.first_high[i] = kind.first_range
    world.early[i] = -1 if kind.early is None else kind.early
    world.nodal[i] = kind.nodal
    world.shrinks_later[i] = kind.shrinks_later
    world.fixed_baseline[i] = kind.fixed_baseline
    world.largest_baseline[i] = kind.largest_baseline
    world.exceptional[i] = kind.exceptional
    world.single_scan[i] = kind.single_scan
    world.day_range[i] = kind.day_range


def set_scans(row: np.ndarray, days: Sequence[int], sums: Sequence[int]) -> None:
    """Enter the scans of one patient."""
    row[w.SCANS] = len(days)
    row[w.DAY : w.DAY + len(days)] = days
    row[w.SIZE : w.SIZE + len(days)] = sums if len(sums) else -1


def pack(everyone: list[Person], description: Mapping[str, Any]) -> tuple[w.World, np.ndarray]:
    """World and state of all patients."""
    anatomy = Anatomy.of(description["anatomy"])
    world = empty_world(len(everyone))
    state = np.zeros((len(everyone), w.TRAIT + len(TRAITS)))
    world.longest[:] = longest_days(everyone, description)
    labels: dict[tuple, int] = {}

    def number(label: tuple) -> int:
        return labels.setdefault(label, len(labels))

    for i, person in enumerate(everyone):
        row = state[i]
        if person.trajectory is not None:
            set_kind(world, i, person.trajectory.kind)
            set_scans(row, person.trajectory.days, person.trajectory.sums)
        else:
            world.kind[i] = _WITHOUT[person.group]
            world.progressed[i] = person.progressed
            world.day_range[i] = person.day_range
            set_scans(row, person.scan_days, ())
        row[w.LATER] = person.last_follow_up - person.last_scan
        row[w.DEATH] = person.death
        if person.ldh is not None:
            world.ldh_pair[i] = True
            world.ldh_limit[i] = person.upper_limit
            row[w.LDH_BEFORE], row[w.LDH_AT] = person.ldh.before, person.ldh.at
            row[w.LDH_DAYS] = person.ldh.days
        if person.progressed:
            world.risk_group[i] = number(("risk", person.resistance))
        row[w.TRAIT :] = _traits(person)
        wide = anatomy.has_room(person.traits["stage"], w.MOST_ORGANS)
        _swaps(world, i, person, wide, number)
    return world, state


def _traits(person: Person) -> list[float]:
    traits, findings = person.traits, person.findings
    pattern = PATTERNS.index(findings.pattern) if findings else np.nan
    known = {
        "age_years": traits["age_years"],
        "sex=male": traits["sex"] == "male",
        "ecog": traits["ecog"],
        "ecog_1_or_more=1": traits["ecog"] >= 1,
        "prior_immunotherapy=1": traits["prior_immunotherapy"],
        "ldh_at_baseline=elevated": _STATE[person.ldh_baseline],
        "braf_v600=1": np.nan if traits["braf_v600"] is None else traits["braf_v600"],
        "nras=1": np.nan if traits["nras"] is None else traits["nras"],
        "prior_targeted_therapy=1": traits["prior_targeted_therapy"],
        "ldh_at_progression=elevated": _STATE[person.ldh_state],
        "organs_at_progression": findings.organs if findings else np.nan,
        "both_patterns=1": np.nan if findings is None else pattern == PATTERNS.index(BOTH),
        "pattern": pattern,
    }
    return [float(known[name]) for name in TRAITS]


def _swaps(world: w.World, i: int, person: Person, wide: bool, number) -> None:
    """Groups inside which traits are exchanged: nobody's resistance type gains or loses any.

    Who has room for many organs (``wide``) exchanges organs with such patients only.
    """
    traits, of = person.traits, ("type", person.resistance or person.progressed)
    for name in ("age_years", "sex=male", "ecog_1_or_more=1", "prior_immunotherapy=1"):
        world.swap_group[_BUNDLE_OF[name], i] = number(of)
    if person.ldh_baseline is not None:
        world.swap_group[_BUNDLE_OF["ldh_at_baseline=elevated"], i] = number(of)
    if person.ldh_state is not None:
        apart = (person.ldh is None, person.upper_limit)
        world.swap_group[_BUNDLE_OF["ldh_at_progression=elevated"], i] = number((*of, *apart))
    if traits["braf_v600"] is not None and not person.never_mutated:
        world.swap_group[_BUNDLE_OF["braf_v600=1"], i] = number(of)
    if person.findings is not None:
        kind = person.trajectory.kind if person.trajectory else None
        grows = kind is not None and kind.target_progression
        world.many_organs[i] = wide
        world.swap_group[_BUNDLE_OF["organs_at_progression"], i] = number((*of, "organs", wide))
        bound = kind is not None and kind.best == CR
        world.swap_group[_BUNDLE_OF["both_patterns=1"], i] = (
            -1 if bound else number((*of, "pattern", grows))
        )


def unpack(everyone: list[Person], state: np.ndarray) -> None:
    """Write the state back into the patients."""
    for person, row in zip(everyone, state, strict=True):
        n = int(row[w.SCANS])
        days = [int(day) for day in row[w.DAY : w.DAY + n]]
        person.scan_days = days
        if person.trajectory is not None:
            sums = tuple(int(size) for size in row[w.SIZE : w.SIZE + n])
            person.trajectory = Trajectory(person.trajectory.kind, tuple(days), sums)
        person.last_follow_up = person.last_scan + int(row[w.LATER])
        person.death = bool(row[w.DEATH])
        if person.ldh is not None:
            before, at, gap = (int(row[k]) for k in (w.LDH_BEFORE, w.LDH_AT, w.LDH_DAYS))
            person.ldh = LdhPair(before, at, gap)
        found = dict(zip(TRAITS, row[w.TRAIT :], strict=True))
        whole = {name: None if np.isnan(value) else int(value) for name, value in found.items()}
        person.traits |= {
            "age_years": whole["age_years"],
            "sex": "male" if whole["sex=male"] else "female",
            "ecog": whole["ecog"],
            "prior_immunotherapy": whole["prior_immunotherapy=1"],
            "braf_v600": whole["braf_v600=1"],
            "nras": whole["nras=1"],
            "prior_targeted_therapy": whole["prior_targeted_therapy=1"],
        }
        state_of = {None: None, 0: NORMAL, 1: ELEVATED}
        person.ldh_baseline = state_of[whole["ldh_at_baseline=elevated"]]
        person.ldh_state = state_of[whole["ldh_at_progression=elevated"]]
        if person.findings is not None:
            person.findings.pattern = PATTERNS[whole["pattern"]]
            person.findings.organs = whole["organs_at_progression"]
