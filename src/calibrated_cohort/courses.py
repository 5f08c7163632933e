"""A first, plausible course for each kind of patient: decay, a plateau, regrowth."""

import numpy as np

from calibrated_cohort import constraints, world
from calibrated_cohort.person import NO_CHANGE, SHRINKAGE, Kind, Person
from calibrated_cohort.world import GAPS
from pd1_dynamics.contract.vocabulary import CR, DAYS_PER_MONTH, PD, PR, SD

TRIES = 20_000


def draw(kind: Kind, rng: np.random.Generator) -> Person:
    """A patient with a random course that the kind allows.

    Raises
    ------
    RuntimeError
        If none is found: the kind contradicts itself.
    """
    alone, person = constraints.of_kinds([kind]), Person(kind)
    person.row[world.LATER] = 30
    for _ in range(TRIES):
        days, partial_from, complete_from = _days(kind, rng)
        baseline = _baseline(kind, rng)
        sums = _sums(kind, baseline, days, (partial_from, complete_from), rng)
        if kind.progressed and not kind.target_seen:
            sums[-1] = -1
        person.set_scans(days, sums)
        if world.possible(alone, person.row[np.newaxis], 0):
            return person
    raise RuntimeError(f"no course for {kind}")


def _days(kind: Kind, rng: np.random.Generator) -> tuple[list[int], int, int]:
    """Days of all scans; places (among the evaluations) of the first partial and complete."""
    first = rng.normal(82, 13)
    if kind.exceptional and kind.responses == (PD,):
        first = rng.uniform(112, 125)
    elif kind.responses == (PD,) and kind.ends_at:
        first = kind.ends_at * DAYS_PER_MONTH
    elif kind.before_six_months and not kind.single_scan:
        first = rng.normal(66, 9)
    elif PR in kind.responses[1:] and kind.partial_at > 30:
        first = 91
    days = [first]
    places = []
    for months in (kind.partial_at, kind.complete_at, kind.ends_at):
        day = months * DAYS_PER_MONTH + rng.normal(0, 5)
        if months and kind.responses != (PD,) and day > days[-1] + GAPS[0]:
            days += _filled(days[-1], day, rng)
        places.append(len(days) - 1)
    if kind.exceptional and len(days) > 1:
        days[-1] = days[-2] + 165
    partial, complete = places[:2]
    if CR not in kind.responses:
        complete = len(days)
    if PR not in kind.responses:
        partial = len(days)
    return [int(rng.integers(-27, 1)), *(round(day) for day in days)], partial, complete


def _filled(start: float, end: float, rng: np.random.Generator) -> list[float]:
    """Scans between two days, and on the second: closer together in the first year."""
    steps = max(1, round((end - start) / (84 if start < 330 else 115)))
    steps += (end - start) / steps > 165
    inner = start + (end - start) * np.arange(1, steps) / steps
    return [*(inner + rng.normal(0, 5, len(inner))), end]


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


def _sums(
    kind: Kind,
    baseline: int,
    days: list[int],
    places: tuple[int, int],
    rng: np.random.Generator,
) -> list[int]:
    if kind.responses == (PD,):
        if kind.target_progression:
            return [baseline, round(baseline * rng.uniform(1.2, 1.9)) + 40]
        if kind.exceptional:
            return [baseline, 0]
        if kind.ends_at:
            return [baseline, round(baseline * rng.uniform(0.56, 0.62))]
        if kind.first_change == SHRINKAGE:
            return [baseline, round(baseline * rng.uniform(0.85, 0.99))]
        return [baseline, round(baseline * rng.uniform(1.0, 1.19))]
    change = _first_change(kind, rng)
    sizes = [1 + change]
    evaluations = len(days) - 1 - kind.progressed
    partial_from, complete_from = places
    depth = min(sizes[0] * rng.uniform(0.35, 0.95), 0.68)
    for place in range(1, evaluations):
        if place >= complete_from:
            sizes.append(0.0)
        elif place >= partial_from:
            reached = min(sizes[0], 0.69)
            fading = np.exp(-(place - partial_from + 0.5) / 1.5)
            if place + 1 == complete_from:
                reached = depth  # the targets are small before they are gone
            sizes.append((depth + (reached - depth) * fading) * rng.uniform(0.98, 1.02))
        elif kind.best == SD and kind.first_change == SHRINKAGE:
            sizes.append(np.clip(sizes[-1] * rng.uniform(0.97, 1.07), 0.71, 1.16 * min(sizes)))
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
        elif kind.exceptional:
            sums.append(round(last * 0.287))
        elif kind.target_progression:
            sums.append(round(max(nadir * rng.uniform(1.2, 1.9), nadir + 50, last * 1.02)) + 2)
        else:
            sums.append(max(1, round(last * rng.uniform(0.9, 1.1))))
    return sums
