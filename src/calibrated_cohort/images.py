"""From target sums to lesions: which organs, which diameters, what progressed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from calibrated_cohort.person import Findings, Kind, Person
from calibrated_cohort.world import MEASURABLE, MEASURABLE_NODE, SMALLEST
from calibrated_cohort.world import NODE as NORMAL_NODE
from pd1_dynamics.contract.vocabulary import (
    BOTH,
    CR,
    ENLARGEMENT_ONLY,
    NEW_LESIONS_ONLY,
    NON_CR_NON_PD,
    NONE,
    PD,
)

NODE = "lymph_node"  # RECIST 1.1 measures it by its short axis
TRIES = 60
LARGEST_IN_CR = 430  # tenths of a millimetre: in CR, targets other than a sole node are smaller


@dataclass(frozen=True)
class Spread:
    """Where the disease may be at baseline, in one stage.

    Attributes
    ----------
    targets
        Organs of target lesions, and how often.
    others
        Further organs that may be involved, but are seldom measurable.
    needs
        The stage asks for one of these.
    """

    targets: Mapping[str, float]
    others: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def allowed(self) -> tuple[str, ...]:
        """Organs that may be involved at baseline."""
        return (*self.targets, *self.others)

    @property
    def nodal(self) -> bool:
        """Whether lymph nodes alone make the stage."""
        return NODE in self.targets and not self.needs


@dataclass(frozen=True)
class Anatomy:
    """Where a disease spreads (``anatomy`` of the study description).

    Attributes
    ----------
    stages
        Spread by stage.
    organs
        All organs in which a new lesion may appear.
    apart
        Organ that is involved where the stage asks for it, and otherwise only by new lesions.
    """

    stages: Mapping[str, Spread]
    organs: tuple[str, ...]
    apart: str

    @classmethod
    def of(cls, description: Mapping[str, Any]) -> "Anatomy":
        """Read it from a description."""
        found = {
            stage: Spread(
                spread["targets"], tuple(spread.get("others", ())), tuple(spread.get("needs", ()))
            )
            for stage, spread in description["stages"].items()
        }
        return cls(found, tuple(description["organs"]), description["apart"])

    def has_room(self, stage: str, organs: int) -> bool:
        """Whether so many organs can progress without a new lesion."""
        return len(self.stages[stage].allowed) >= organs


@dataclass
class Scan:
    """One imaging date of one patient.

    Attributes
    ----------
    day
        From the index date.
    targets
        Diameters in tenths of a millimetre; None if they could not be assessed.
    nontarget
        State of each non-target lesion.
    new
        Organs and diameters (tenths of a millimetre) of new lesions.
    """

    day: int
    targets: list[int] | None
    nontarget: list[str]
    new: list[tuple[str, int]] = field(default_factory=list)


@dataclass
class Images:
    """All imaging of one patient; organs of its target and non-target lesions, and nodes."""

    target_organs: list[str]
    nontarget_organs: list[str]
    scans: list[Scan]

    def nontarget_response(self, scan: Scan) -> str:
        """The non-target response, from the states."""
        if not scan.nontarget:
            return NONE
        if "progressed" in scan.nontarget:
            return PD
        return CR if set(scan.nontarget) == {"absent"} else NON_CR_NON_PD


def of_targets(person: Person, anatomy: Anatomy, rng: np.random.Generator) -> Images:
    """Lesions that add up to a patient's sums and show what was found at progression."""
    kind, spread = person.kind, anatomy.stages[person.characteristics["stage"]]
    findings, sums = person.findings, person.sums
    organs, sizes, grown = _targets(kind, sums, spread, rng)
    growing = [organs[grown]] if kind.target_progression else []
    enlarging, new = _progressing(growing, organs, findings, anatomy, spread, rng)
    nontarget = enlarging + _needed(spread, organs + enlarging, rng)
    taken = (*organs, *nontarget, anatomy.apart)
    free = [organ for organ in spread.allowed if organ not in taken]
    if kind.best != CR and free and rng.random() < 0.45:
        nontarget.append(str(rng.choice(free)))
    scans, responses = [], [None, *person.target_responses()]
    last = len(sums) - 1
    for place, day in enumerate(person.days):
        at_progression = kind.progressed and place == last
        gone = kind.best == CR if at_progression else responses[place] == CR
        states = [
            "progressed"
            if at_progression and organ in enlarging
            else "absent"
            if gone
            else "present"
            for organ in nontarget
        ]
        scans.append(Scan(day, sizes[place], states, _new(new, rng) if at_progression else []))
    return Images(organs, nontarget, scans)


def without_targets(person: Person, anatomy: Anatomy, rng: np.random.Generator) -> Images:
    """Imaging of a patient with non-target disease only; progression, if any, at the last date."""
    spread = anatomy.stages[person.characteristics["stage"]]
    findings, days = person.findings, person.days
    enlarging, new = _progressing([], [], findings, anatomy, spread, rng)
    nontarget = enlarging + _needed(spread, enlarging, rng)
    if not nontarget:
        nontarget = [str(rng.choice(spread.allowed))]
    scans = []
    for place, day in enumerate(days):
        at_progression = findings is not None and place == len(days) - 1
        states = [
            "progressed" if at_progression and o in enlarging else "present" for o in nontarget
        ]
        scans.append(Scan(day, [], states, _new(new, rng) if at_progression else []))
    return Images([], nontarget, scans)


def confirmatory(images: Images, day: int, rng: np.random.Generator) -> Scan:
    """A later scan that still shows what progressed."""
    last = images.scans[-1]
    factor = rng.uniform(1.02, 1.25)
    targets = None if last.targets is None else [round(d * factor) for d in last.targets]
    return Scan(
        day,
        targets,
        ["progressed" if state == "progressed" else state for state in last.nontarget],
        [(organ, round(diameter * rng.uniform(1.0, 1.3))) for organ, diameter in last.new],
    )


def _new(organs: list[str], rng: np.random.Generator) -> list[tuple[str, int]]:
    """New lesions; a new node is enlarged by its definition."""
    return [(o, int(rng.integers(MEASURABLE_NODE if o == NODE else 60, 270))) for o in organs]


def _needed(spread: Spread, organs: list[str], rng: np.random.Generator) -> list[str]:
    """Organ that a stage asks for, unless one such is involved already."""
    if not spread.needs or set(organs) & set(spread.needs):
        return []
    if len(spread.needs) == 1:
        return [spread.needs[0]]
    return [str(rng.choice(spread.needs))]


def _targets(
    kind: Kind, sums: list[int], spread: Spread, rng: np.random.Generator
) -> tuple[list[str], list[list[int] | None], int]:
    """Organs and diameters of one to five targets, and the place of the one that grows."""
    if kind.nodal:
        return [NODE], [[size] for size in sums], 0
    names = list(spread.targets)
    weights = np.array(list(spread.targets.values()))
    for attempt in range(TRIES):
        shares = _shares(kind, sums[0], rng)
        organs: list[str] = []
        while len(organs) < len(shares):
            organ = str(rng.choice(names, p=weights / weights.sum()))
            if organs.count(organ) < 2:
                organs.append(organ)
        grown = int(np.argmax(shares))
        variation = 0.05 * (1 - attempt / TRIES)
        sizes = _diameters(kind, sums, shares, grown, variation, rng)
        if sizes is not None and _plausible(kind, organs, sizes, grown):
            return organs, sizes, grown
    organs = [str(rng.choice([name for name in names if name != NODE]))]
    return organs, [[size] if size >= 0 else None for size in sums], 0


def _shares(kind: Kind, baseline: int, rng: np.random.Generator) -> np.ndarray:
    """Parts of the baseline sum, each of a measurable size."""
    most = min(5, baseline // (MEASURABLE + 5))
    low = 2 if baseline > LARGEST_IN_CR and kind.best == CR else 1 + (baseline > 900)
    number = int(rng.integers(min(low, most), most + 1)) if most > 1 else 1
    spare = baseline - number * MEASURABLE
    return (MEASURABLE + rng.dirichlet(np.full(number, 2.0)) * spare) / baseline


def _diameters(
    kind: Kind,
    sums: list[int],
    shares: np.ndarray,
    grown: int,
    variation: float,
    rng: np.random.Generator,
) -> list[list[int] | None] | None:
    """Diameters scan by scan, adding up to the sums, each lesion on a way of its own.

    A lesion that falls below the smallest measurable size is gone and stays so. At a progression
    of the targets one lesion grows and the others keep about their size. None if that fails.
    """
    found: list[list[int] | None] = []
    weights, alive = shares.copy(), np.full(len(shares), True)
    last = len(sums) - 1
    for place, size in enumerate(sums):
        if size < 0:
            found.append(None)
            continue
        if place:
            weights = weights * np.exp(rng.normal(0, variation, len(weights)))
        if kind.target_progression and place == last:
            others = np.array(found[-1]) * np.exp(rng.normal(0, variation / 2, len(weights)))
            others = np.where(alive, np.maximum(np.round(others), SMALLEST), 0).astype(int)
            others[grown] = 0
            others[grown] = size - others.sum()
            if not alive[grown] or others[grown] < SMALLEST:
                return None
            found.append([int(d) for d in others])
            continue
        alive &= size > 0
        while alive.sum() > 1:
            parts = np.where(alive, weights, np.inf)
            smallest = int(np.argmin(parts))
            if size * weights[smallest] / weights[alive].sum() >= SMALLEST + 1:
                break
            alive[smallest] = False
        found.append(_split(size, np.where(alive, weights, 0.0)))
    return found


def _plausible(kind: Kind, organs: list[str], sizes: list[list[int] | None], grown: int) -> bool:
    """Measurable at baseline, no node shrinks to normal, and only what shall grow has grown."""
    seen = np.array([scan for scan in sizes if scan is not None])
    nodes = np.array([organ == NODE for organ in organs])
    if (seen[0] < np.where(nodes, MEASURABLE_NODE, MEASURABLE)).any():
        return False
    if (seen[:, nodes] < NORMAL_NODE + 1).any():
        return False
    if kind.best == CR and seen[0].max() >= LARGEST_IN_CR:
        return False
    if not kind.progressed or not kind.target_seen:
        return True
    least = seen[:-1].min(axis=0)
    growth = seen[-1] - least
    enlarged = (growth >= SMALLEST) & (5 * growth >= least) & (growth > 0)
    wanted = np.zeros(len(organs), dtype=bool)
    wanted[grown] = kind.target_progression
    return bool((enlarged == wanted).all())


def _progressing(
    growing: list[str],
    organs: list[str],
    findings: Findings | None,
    anatomy: Anatomy,
    spread: Spread,
    rng: np.random.Generator,
) -> tuple[list[str], list[str]]:
    """Organs of progressing non-target lesions, and of new lesions.

    Of growing targets only one lesion grows enough to count: that is one organ. Non-target lesions
    are in organs that the stage allows, new lesions rather in organs that were free.
    """
    if findings is None:
        return [], []
    old = [str(o) for o in rng.permutation(spread.allowed) if o not in growing]
    old.sort(key=lambda organ: organ in organs)
    missing = findings.organs - len(growing)
    if findings.pattern == ENLARGEMENT_ONLY:
        return old[:missing], []
    enlarging = [] if growing or findings.pattern == NEW_LESIONS_ONLY else old[:1]
    free = [str(o) for o in rng.permutation(anatomy.organs) if o not in growing + enlarging]
    known = {*organs, *({anatomy.apart} & set(spread.needs))}
    free.sort(key=lambda organ: organ in known)
    new = free[: missing - len(enlarging)]
    assert new or findings.pattern == BOTH
    return enlarging, new or growing or enlarging


def _split(size: int, weights: np.ndarray) -> list[int]:
    """Diameters that add up to a sum, by weights."""
    if size == 0:
        return [0] * len(weights)
    exact = weights * size / weights.sum()
    whole = np.floor(exact).astype(int)
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[: size - int(whole.sum())]] += 1
    return [int(d) for d in whole]
