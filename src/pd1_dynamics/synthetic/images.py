"""From target sums to lesions: which organs, which diameters, what progressed."""

from dataclasses import dataclass, field

import numpy as np

from pd1_dynamics.synthetic.trajectory import MEASURABLE, Trajectory
from pd1_dynamics.terms import (
    BOTH,
    CR,
    ENLARGEMENT_ONLY,
    NEW_LESIONS_ONLY,
    NON_CR_NON_PD,
    NONE,
    PD,
)

ORGANS = ("lung", "liver", "soft_tissue", "adrenal", "bone", "spleen", "peritoneum", "kidney")
WEIGHTS = np.array([0.34, 0.24, 0.17, 0.07, 0.08, 0.04, 0.04, 0.02])
NODE = "lymph_node"


@dataclass
class Findings:
    """What is seen at progression: its pattern, and how many organs it is seen in."""

    pattern: str
    organs: int


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


def of_trajectory(
    trajectory: Trajectory, findings: Findings | None, rng: np.random.Generator
) -> Images:
    """Lesions that add up to a trajectory's sums and show what was found at progression."""
    kind = trajectory.kind
    shares, organs = _targets(trajectory, rng)
    enlarging, new = _progressing(kind.target_progression, organs, shares, findings, rng)
    nontarget = list(enlarging)
    free = [organ for organ in ORGANS if organ not in organs + nontarget]
    if kind.best != CR and rng.random() < 0.45:
        nontarget.append(str(rng.choice(free)))
    scans, responses = [], [None, *trajectory.responses()]
    last = len(trajectory.sums) - 1
    sizes = [_split(size, shares) if size >= 0 else None for size in trajectory.sums]
    for place, day in enumerate(trajectory.days):
        at_progression = kind.progressed and place == last
        if at_progression and kind.target_progression:
            sizes[place] = _grown(trajectory.sums, sizes, shares)
        state = "absent" if responses[place : place + 1] == [CR] else "present"
        states = [
            "progressed" if at_progression and organ in enlarging else state for organ in nontarget
        ]
        found = [(organ, int(rng.integers(60, 260))) for organ in new] if at_progression else []
        scans.append(Scan(int(day), sizes[place], states, found))
    return Images(organs, nontarget, scans)


def without_targets(days: list[int], findings: Findings | None, rng: np.random.Generator) -> Images:
    """Imaging of a patient with non-target disease only; progression, if any, at the last date."""
    enlarging, new = [], []
    if findings is not None:
        enlarging, new = _progressing(False, [], [], findings, rng)
    nontarget = list(enlarging)
    if not nontarget:
        nontarget = [str(rng.choice(ORGANS, p=WEIGHTS))]
    scans = []
    for place, day in enumerate(days):
        at_progression = findings is not None and place == len(days) - 1
        states = [
            "progressed" if at_progression and o in enlarging else "present" for o in nontarget
        ]
        found = [(organ, int(rng.integers(60, 260))) for organ in new] if at_progression else []
        scans.append(Scan(int(day), [], states, found))
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


def _targets(trajectory: Trajectory, rng: np.random.Generator) -> tuple[list[float], list[str]]:
    """Shares and organs of one to five target lesions, at most two in an organ."""
    baseline, kind = trajectory.sums[0], trajectory.kind
    if kind.nodal:
        return [1.0], [NODE]
    most = min(5, baseline // (MEASURABLE + 5))
    if most <= 1:
        number = 1
    else:
        low = 2 if baseline > 400 and kind.best == CR else 1 + (baseline > 900)
        number = int(rng.integers(min(low, most), most + 1))
    spare = baseline - number * MEASURABLE
    cuts = rng.dirichlet(np.full(number, 2.0)) * spare
    diameters = MEASURABLE + cuts
    organs: list[str] = []
    while len(organs) < number:
        organ = str(rng.choice(ORGANS, p=WEIGHTS))
        if organs.count(organ) < 2:
            organs.append(organ)
    return list(diameters / baseline), organs


def _progressing(
    target_progression: bool,
    organs: list[str],
    shares: list[float],
    findings: Findings | None,
    rng: np.random.Generator,
) -> tuple[list[str], list[str]]:
    """Organs of progressing non-target lesions, and of new lesions.

    Of growing targets only one lesion grows enough to count: that is one organ.
    """
    if findings is None:
        return [], []
    growing = [organs[int(np.argmax(shares))]] if target_progression else []
    others = [organ for organ in (*ORGANS, NODE, "brain") if organ not in organs]
    others = [str(organ) for organ in rng.permutation(others)]
    if findings.pattern == NEW_LESIONS_ONLY:
        return [], others[: findings.organs]
    missing = findings.organs - len(growing)
    if findings.pattern == ENLARGEMENT_ONLY:
        return others[:missing], []
    assert findings.pattern == BOTH
    if growing:
        return [], others[:missing] if missing else growing
    return others[:1], others[1:missing] if missing > 1 else others[:1]


def _split(size: int, shares: list[float]) -> list[int]:
    """Diameters that add up to a sum, by shares; none vanishes while another is left."""
    if size == 0:
        return [0] * len(shares)
    exact = np.array(shares) * size
    whole = np.maximum(np.floor(exact).astype(int), 1)
    order = np.argsort(-(exact - whole), kind="stable")
    for step in range(abs(size - int(whole.sum()))):
        place = order[step % len(order)]
        whole[place] += 1 if size > whole.sum() else -1
    return [int(d) for d in whole]


def _grown(sums: tuple[int, ...], sizes: list[list[int] | None], shares: list[float]) -> list[int]:
    """Diameters at a progression of the targets: the largest lesion grows, the others stay."""
    grows = int(np.argmax(shares))
    before = [s for s in sizes[:-1] if s is not None]
    smallest = [min(scan[place] for scan in before) for place in range(len(shares))]
    for others in (before[-1], smallest):
        rest = sum(d for place, d in enumerate(others) if place != grows)
        size = sums[-1] - rest
        growth = size - smallest[grows]
        if growth >= 50 and 5 * growth >= smallest[grows]:
            break
    return [size if place == grows else d for place, d in enumerate(others)]
