"""How many patients of each kind there are."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from calibrated_cohort.person import SHRINKAGE, TARGETS, Kind
from pd1_dynamics.contract.vocabulary import CR, PD, PR, SD

_EDGE = 1e-6  # percent; keeps the limits of a range on the right side
_DEPTHS = {
    "above_40": (-np.inf, -40 - _EDGE),
    "from_10_to_40": (-40 - _EDGE, -10 - _EDGE),
    "up_to_10": (-10 - _EDGE, np.inf),
}


def kinds(description: Mapping[str, Any], rng: np.random.Generator) -> list[Kind]:
    """One kind for each patient with targets and an evaluation, counts as in the description."""
    found: list[Kind] = []
    for course in description["courses"].values():
        found += _of_course(course)
    found = _with_depths(found, description["initial_depth"], rng)
    found = _with_late_shrinkage(found, description["late_shrinkage"])
    found = _with_early_progression(found, description["shrinkage_at_early_progression"])
    found = _with_target_progression(found, description, rng)
    largest = next(place for place, kind in enumerate(found) if kind.nodal)
    diameter = round(10 * description["largest_lesion_in_cr"]["diameter_mm"])
    found = [replace(k, largest_baseline=diameter - 1) if k.nodal else k for k in found]
    found[largest] = replace(found[largest], fixed_baseline=diameter, largest_baseline=diameter)
    return _with_milestones(found, rng)


def _of_course(course: Mapping[str, Any]) -> list[Kind]:
    before = course.get("before_six_months")
    base = Kind(TARGETS, tuple(course["responses"]), before_six_months=before)
    progressed = replace(base, progressed=True, resistance=course.get("resistance"))
    found = [progressed] * course.get("progressed", 0) + [base] * course.get("censored", 0)
    single = course.get("single_scan", 0)
    if single:  # of the censored, who come last
        found[-single:] = [replace(kind, single_scan=True) for kind in found[-single:]]
    if number := course.get("censored_before_six_months"):  # nobody else of the course ends so soon
        found = [replace(kind, before_six_months=False) for kind in found]
        found[-number:] = [replace(kind, before_six_months=True) for kind in found[-number:]]
    for number in range(course.get("nodal", 0)):
        place = course.get("progressed", 0) + number  # the first of the censored
        found[place] = replace(found[place], nodal=True)
    changes = course.get("first_change", {})
    labels = [change for change, number in changes.items() for _ in range(number)]
    if labels:
        found = [replace(k, first_change=c) for k, c in zip(found, labels, strict=True)]
    elif base.responses[0] == SD:
        found = [replace(kind, first_change=SHRINKAGE) for kind in found]
    return found


def _with_depths(
    found: list[Kind], counts: Mapping[str, int], rng: np.random.Generator
) -> list[Kind]:
    """Shrinkage groups at the first evaluation: growth and no change are in the last one."""
    partial = [place for place, kind in enumerate(found) if kind.responses[0] == PR]
    stable = [place for place, kind in enumerate(found) if kind.responses[0] == SD]
    shrunk = [place for place in stable if found[place].first_change == SHRINKAGE]
    rest = [place for place in stable if place not in shrunk]
    order = list(rng.permutation(partial))
    # Which partial responses start above 40 % is random; stable disease fills the middle group.
    middle = counts["from_10_to_40"] - (len(partial) - counts["above_40"])
    groups = {"above_40": order[: counts["above_40"]]}
    # A complete response after stable disease began with a shrinkage that was not small.
    shrunk = sorted(rng.permutation(shrunk), key=lambda place: found[place].best != CR)
    groups["from_10_to_40"] = order[counts["above_40"] :] + shrunk[:middle]
    groups["up_to_10"] = shrunk[middle:] + rest
    for depth, places in groups.items():
        assert len(places) == counts[depth], depth
        for place in places:
            found[place] = replace(found[place], first_range=_DEPTHS[depth])
    return found


def _with_late_shrinkage(found: list[Kind], counts: Mapping[str, Mapping[str, int]]) -> list[Kind]:
    """The later scans of some who did not shrink at first lie below the baseline."""
    for end, changes in counts.items():
        for change, number in changes.items():
            several = [
                place
                for place, kind in enumerate(found)
                if kind.first_change == change
                and kind.before_six_months is False
                and kind.progressed == (end == "progressed")
            ]
            for place in several[:number]:
                found[place] = replace(found[place], shrinks_later=True)
    return found


def _with_early_progression(found: list[Kind], shrunk: int) -> list[Kind]:
    """Of those who progress at the first evaluation, some have smaller targets."""
    places = [place for place, kind in enumerate(found) if kind.responses == (PD,)]
    for number, place in enumerate(places):
        change = (
            {"first_change": SHRINKAGE} if number < shrunk else {"first_range": (-_EDGE, np.inf)}
        )
        fast = 1.4 if number == 1 else 0.0  # months; shrinks faster than the exceptional one
        if number == 0:  # all targets gone, and yet others shrink faster by the month
            change |= {"exceptional": True, "day_range": (118, np.inf)}
        found[place] = replace(found[place], ends_at=fast, **change)
    return found


def _with_target_progression(
    found: list[Kind], description: Mapping[str, Any], rng: np.random.Generator
) -> list[Kind]:
    """Whether the target lesions show the progression, and who could not be assessed there."""
    for resistance, number in description["not_evaluable_at_progression"].items():
        places = [
            place
            for place, kind in enumerate(found)
            if kind.progressed
            and kind.resistance == resistance
            and kind.responses == (SD,)
            and kind.first_change == SHRINKAGE
        ]
        for place in places[-number:]:
            found[place] = replace(found[place], target_seen=False)
    for place, kind in enumerate(found):
        if not kind.progressed or not kind.target_seen or kind.best == CR:
            continue
        if kind.first_change == SHRINKAGE and kind.responses == (PD,):
            continue
        share = {PD: 0.82, SD: 0.7 if kind.before_six_months else 0.3, PR: 0.4}[kind.best]
        found[place] = replace(kind, target_progression=bool(rng.random() < share))
    shrunk = next(
        place
        for place, kind in enumerate(found)
        if kind.progressed and kind.responses == (PR,) and not kind.target_progression
    )
    found[shrunk] = replace(found[shrunk], exceptional=True)
    return found


def _with_milestones(found: list[Kind], rng: np.random.Generator) -> list[Kind]:
    """Months at which responses and the last scan are first placed; printed maxima among them."""
    slowest = {(SD, PR): (37, 0, 0), (PR, CR): (2.7, 23.5, 0), (SD, PR, CR): (7, 25, 0)}
    latest = next(
        place
        for place, kind in enumerate(found)
        if kind.responses == (PR,)
        and kind.target_progression
        and kind.first_range == _DEPTHS["above_40"]
    )
    done = set()
    for place, kind in enumerate(found):
        if kind.single_scan or kind.responses == (PD,):
            continue
        partial, complete, end = 0.0, 0.0, 0.0
        if kind.responses in slowest and kind.responses not in done and not kind.progressed:
            partial, complete, end = slowest[kind.responses]
            done.add(kind.responses)
        elif kind.responses == (SD, PR):
            partial = 4.7 if kind.before_six_months else rng.uniform(5.2, 9)
        elif kind.responses == (PR, CR):
            complete = rng.uniform(5.8, 11)
        if kind.before_six_months:
            end = rng.uniform(4, 5.6)
        elif kind.best == SD:
            end = 6.5 + rng.exponential(4)
        elif not end and CR in kind.responses:  # targets that are gone mostly stay so for long
            end = max(partial, complete, 3) + rng.uniform(15, 45)
        elif not end:
            end = max(partial, complete, 3) + 3 + min(30, rng.exponential(9))
        if place == latest:
            end = 49
        found[place] = replace(kind, partial_at=partial, complete_at=complete, ends_at=end)
    return found
