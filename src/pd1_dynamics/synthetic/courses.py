"""A first, plausible trajectory for each kind of patient: decay, a plateau, regrowth."""

import numpy as np

from pd1_dynamics.synthetic.trajectory import NO_CHANGE, SHRINKAGE, Kind, Trajectory
from pd1_dynamics.terms import CR, PD, PR, SD

TRIES = 20_000


def draw(kind: Kind, rng: np.random.Generator) -> Trajectory:
    """A random trajectory that its kind allows.

    Raises
    ------
    RuntimeError
        If none is found: the kind contradicts itself.
    """
    for _ in range(TRIES):
        days = _days(kind, rng)
        baseline = _baseline(kind, rng)
        sums = _sums(kind, baseline, rng)
        if kind.progressed and not kind.target_seen:
            sums[-1] = -1
        trajectory = Trajectory(kind, tuple(days), tuple(sums))
        if trajectory.possible():
            return trajectory
    raise RuntimeError(f"no trajectory for {kind}")


def _days(kind: Kind, rng: np.random.Generator) -> list[int]:
    first = rng.normal(82, 14)
    gaps = rng.normal(84, 9, kind.scans - 1)
    if kind.early and kind.scans > 1:
        first, gaps = rng.normal(70, 12), np.array([rng.normal(62, 12)])
    elif kind.scans > 1 and PR in kind.responses:
        gaps[4:] = rng.normal(118, 14, max(0, kind.scans - 5))
    if kind.responses == (SD, PR, CR):
        gaps[0] = rng.normal(38, 4)
    days = np.cumsum([first, *gaps])
    return [int(rng.integers(-27, 1)), *(round(day) for day in days)]


def _baseline(kind: Kind, rng: np.random.Generator) -> int:
    if kind.fixed_baseline:
        return kind.fixed_baseline
    if kind.best == CR:
        return int(np.clip(np.exp(rng.normal(np.log(200), 0.45)), 102, 489))
    return int(np.clip(np.exp(rng.normal(np.log(520), 0.75)), 102, 1860))


def _first_change(kind: Kind, rng: np.random.Generator) -> float:
    low, high = kind.first_range
    if kind.responses[0] == CR:
        return -1.0
    if kind.responses[0] == PR:
        return rng.uniform(max(low, -75), min(high, -30.2)) / 100
    if kind.responses[0] == PD:
        return 0.0
    if kind.first_change == SHRINKAGE:
        return rng.uniform(max(low, -29), min(high, -3)) / 100
    return 0.0 if kind.first_change == NO_CHANGE else rng.uniform(0.01, 0.17)


def _sums(kind: Kind, baseline: int, rng: np.random.Generator) -> list[int]:
    if kind.responses == (PD,):
        if kind.target_progression:
            return [baseline, round(baseline * rng.uniform(1.2, 1.9)) + 40]
        if kind.first_change == SHRINKAGE:
            return [baseline, round(baseline * rng.uniform(0.85, 0.99))]
        return [baseline, round(baseline * rng.uniform(1.0, 1.19))]
    change = _first_change(kind, rng)
    sizes = [1 + change]
    evaluations = kind.scans - kind.progressed
    partial_from = 0 if kind.responses[0] == PR else _partial_index(kind, rng, evaluations)
    complete_from = _complete_index(kind, rng, evaluations)
    depth = min(sizes[0] * rng.uniform(0.35, 0.95), 0.68)
    for place in range(1, evaluations):
        if place >= complete_from:
            sizes.append(0.0)
        elif place >= partial_from:
            reached = min(sizes[0], 0.69)
            fading = np.exp(-(place - partial_from + 0.5) / 1.5)
            sizes.append((depth + (reached - depth) * fading) * rng.uniform(0.98, 1.02))
        elif kind.best == SD and kind.first_change == SHRINKAGE:
            sizes.append(np.clip(sizes[-1] * rng.uniform(0.97, 1.09), 0.71, 1.1))
        elif kind.best == SD and kind.shrinks_later:
            sizes.append(rng.uniform(0.9, 0.99))
        elif kind.best == SD:
            sizes.append(np.clip(sizes[-1] * rng.uniform(0.97, 1.04), 1.0, 1.18))
        else:
            sizes.append(max(0.71, sizes[-1] * rng.uniform(0.93, 1.0)))
    sums = [baseline, *(max(1, round(baseline * size)) if size > 0 else 0 for size in sizes)]
    if kind.nodal:
        sums = [s if s else int(rng.integers(50, 95)) for s in sums]
        sums[2:] = [sums[1]] * (len(sums) - 2) if kind.responses[0] == CR else sums[2:]
    if kind.first_change == NO_CHANGE:
        sums[1] = baseline
    if kind.progressed:
        nadir, last = min(sums), sums[-1]
        if kind.best == CR:
            sums.append(0)
        elif kind.target_progression:
            sums.append(round(max(nadir * rng.uniform(1.2, 1.9), nadir + 50, last * 1.02)) + 2)
        else:
            sums.append(max(1, round(last * rng.uniform(0.85, 1.1))))
    return sums


def _partial_index(kind: Kind, rng: np.random.Generator, evaluations: int) -> int:
    if PR not in kind.responses:
        return evaluations
    if CR in kind.responses:
        return 1
    return int(rng.integers(1, max(2, min(4, evaluations))))


def _complete_index(kind: Kind, rng: np.random.Generator, evaluations: int) -> int:
    if CR not in kind.responses:
        return evaluations
    if kind.responses[0] == CR:
        return 0
    if kind.responses[0] == SD:
        return 7
    return int(rng.integers(1, max(2, min(4, evaluations))))
