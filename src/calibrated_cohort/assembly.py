"""What is drawn for each patient before the search, and what is fitted to it afterwards."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from calibrated_cohort import event_times, images
from calibrated_cohort.images import Anatomy
from calibrated_cohort.ldh import draw
from calibrated_cohort.person import (
    DIED_WITHOUT_RADIOLOGY,
    FOLLOWED_WITHOUT_TARGETS,
    NEVER_EVALUATED,
    PROGRESSED_WITHOUT_TARGETS,
    Findings,
    Kind,
    Person,
)
from calibrated_cohort.world import (
    FIRST_SCAN_BY,
    GAPS,
    LDH_FROM,
    LEAST_PPS,
    MOST_ORGANS,
    MOST_WITHOUT_SCAN,
    SD_FROM,
    SIX_MONTHS,
)
from pd1_dynamics.contract.vocabulary import (
    BOTH,
    CR,
    DAYS_PER_MONTH,
    ELEVATED,
    ENLARGEMENT_ONLY,
    NEW_LESIONS_ONLY,
    PD,
    PR,
    PRIMARY,
    SD,
)


def people(
    description: Mapping[str, Any], with_targets: list[Person], rng: np.random.Generator
) -> list[Person]:
    """All patients, with and without targets, in random order."""
    found = [*with_targets, *_without_evaluable_targets(description, rng)]
    return [found[place] for place in rng.permutation(len(found))]


def _without_evaluable_targets(
    description: Mapping[str, Any], rng: np.random.Generator
) -> list[Person]:
    others, found = description["others"], []
    earliest = description["earliest_progression_days"]
    progressed = Kind(PROGRESSED_WITHOUT_TARGETS, progressed=True, resistance=PRIMARY)
    for number in range(others[PROGRESSED_WITHOUT_TARGETS]):
        first = earliest if number == 0 else int(rng.integers(50, 96))
        days, span = [int(rng.integers(-27, 1)), first], (SD_FROM, FIRST_SCAN_BY)
        if number == 0:
            span = (earliest, earliest)
        if number >= 5:  # not progressed at first, but before six months
            days.append(first + int(rng.integers(45, SIX_MONTHS - 1 - first)))
            span = (SD_FROM + GAPS[0], SIX_MONTHS - 1)
        found.append(Person.with_scans(replace(progressed, day_range=span), days))
    for _ in range(others[DIED_WITHOUT_RADIOLOGY]):
        found.append(Person.with_scans(Kind(DIED_WITHOUT_RADIOLOGY), [int(rng.integers(-27, 1))]))
    for _ in range(others[FOLLOWED_WITHOUT_TARGETS]):
        gaps = rng.normal(90, 10, int(rng.integers(2, 9)))
        days = [int(rng.integers(-27, 1)), *(round(day) for day in np.cumsum(gaps))]
        found.append(Person.with_scans(Kind(FOLLOWED_WITHOUT_TARGETS), days))
    for _ in range(others[NEVER_EVALUATED]):
        found.append(Person.with_scans(Kind(NEVER_EVALUATED), [int(rng.integers(-27, 1))]))
    return found


def add_findings(
    everyone: list[Person], description: Mapping[str, Any], rng: np.random.Generator
) -> None:
    """Pattern, organs and LDH at progression, counts by resistance type as described."""
    anatomy = Anatomy.of(description["anatomy"])
    for resistance, counts in description["progression"].items():
        those = [p for p in everyone if p.kind.resistance == resistance]
        patterns = _patterns(those, counts["pattern"], rng)
        # More organs where the progression is wide.
        organs = np.repeat([int(n) for n in counts["organs"]], list(counts["organs"].values()))
        width = [(pattern == BOTH) + rng.normal(0, 0.7) for pattern in patterns]
        order = np.argsort(np.argsort(width, kind="stable"), kind="stable")
        organs = np.sort(organs)[order]
        for person, pattern, number in zip(those, patterns, organs, strict=True):
            room = anatomy.has_room(person.characteristics["stage"], MOST_ORGANS)
            number = int(number) + int(number >= 3 and room and rng.random() < 0.4)
            person.findings = Findings(pattern, number)
        _ldh_states(those, counts, rng)


def _patterns(
    those: list[Person], counts: Mapping[str, int], rng: np.random.Generator
) -> list[str]:
    """Pattern of each patient; "new lesions only" needs targets that show no progression."""

    def open_to_new(person: Person) -> float:
        if person.kind.target_progression:
            return -1.0
        return 2.0 if person.kind.best == CR else rng.random()

    order = sorted(range(len(those)), key=lambda place: -open_to_new(those[place]))
    patterns = [""] * len(those)
    new_only = counts[NEW_LESIONS_ONLY]
    for place in order[:new_only]:
        patterns[place] = NEW_LESIONS_ONLY
    rest = rng.permutation(order[new_only:])
    for number, place in enumerate(rest):
        patterns[place] = ENLARGEMENT_ONLY if number < counts[ENLARGEMENT_ONLY] else BOTH
    return patterns


def _ldh_states(those: list[Person], counts: Mapping[str, Any], rng: np.random.Generator) -> None:
    for person in those:
        _set_ldh_at_progression(person, None)
        person.no_earlier_ldh = False
    states = np.repeat(list(counts["ldh"]), list(counts["ldh"].values()))
    order = np.argsort([p.findings.organs + rng.normal(0, 1.2) for p in those], kind="stable")
    known = [state for state in states if state != "missing"]
    places = list(order)
    hurried = sorted(order, key=lambda place: those[place].last_scan)
    hurried = [place for place in hurried if those[place].last_scan < LDH_FROM + 20]
    others = [place for place in rng.permutation(len(those)) if place not in hurried]
    for place in [*hurried, *others][: counts["ldh"]["missing"]]:
        places.remove(place)
    # Elevated rather where more organs progress.
    for state, place in zip(sorted(known, reverse=True), places, strict=True):
        _set_ldh_at_progression(those[place], str(state))
    for place in rng.permutation(places)[: counts["no_earlier_ldh"]]:
        those[place].no_earlier_ldh = True


def _set_ldh_at_progression(person: Person, state: str | None) -> None:
    elevated = None if state is None else state == ELEVATED
    person.set_traits({"ldh_at_progression=elevated": elevated})


def add_survival(
    everyone: list[Person], description: Mapping[str, Any], rng: np.random.Generator
) -> None:
    """First deaths and last contacts; the number of deaths by resistance type as described."""
    aims = description["survival"]
    room = longest_days(everyone, description)
    for resistance, counts in description["progression"].items():
        those = [p for p in everyone if p.kind.resistance == resistance]
        times, died = _slots(len(those), counts["deaths"], aims[resistance], rng)
        risk = np.array([_risk(person) for person in those])
        times, died = event_times.hand_out(times, died, risk + rng.normal(0, 1.5, len(those)))
        for person, months, dies in zip(those, times, died, strict=True):
            person.death = bool(dies)
            after = max(LEAST_PPS, round(months * DAYS_PER_MONTH))
            person.last_follow_up = person.last_scan + after
    for person in everyone:
        if person.kind.progressed:
            continue
        if person.kind.group == DIED_WITHOUT_RADIOLOGY:
            person.death, person.last_follow_up = True, int(rng.integers(14, 130))
        elif person.kind.group == NEVER_EVALUATED:
            person.last_follow_up = int(rng.integers(20, 400))
        else:
            total = np.exp(rng.normal(np.log(aims["follow_up"] * DAYS_PER_MONTH), 0.4))
            seen = person.last_scan + int(rng.integers(5, 90))
            latest = person.last_scan + MOST_WITHOUT_SCAN
            person.last_follow_up = max(seen, round(min(total, latest)))
    for person, longest in zip(everyone, room, strict=True):
        person.last_follow_up = min(person.last_follow_up, int(longest))


def _slots(
    patients: int, deaths: int, aim: Mapping[str, float], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Months from progression to death or last contact, scaled to the median or longest time."""
    while True:
        times, died = event_times.slots(patients, deaths, rng)
        found = event_times.median(times, died)
        if "longest" in aim and found == np.inf:
            return times * aim["longest"], died
        if "median" in aim and found < np.inf:
            return times * (aim["median"] / found), died


def _risk(person: Person) -> float:
    """How fast a patient is likely to die after progression (log hazard)."""
    size, depth, findings = 300, 0.0, person.findings
    if person.has_targets:
        sums = person.sums
        size = max(sums[-1], 100)
        depth = 100 * (min(s for s in sums[1:] if s >= 0) / sums[0] - 1)
    return (
        0.5 * (findings.pattern == BOTH)
        + 0.4 * (findings.organs - 1)
        + 0.9 * (person.ldh_at_progression == ELEVATED)
        + 0.3 * float(np.log(size / 500))
        + 0.006 * float(np.clip(depth, -100, 50))
    )


def add_sites(
    everyone: list[Person], description: Mapping[str, Any], rng: np.random.Generator
) -> None:
    """The site of each patient; those who were scanned for long are at the first, older one."""
    first, second = description["sites"]
    room = _room(description, second) - 60
    fitting = [person for person in everyone if person.last_scan < room]
    chosen = rng.choice(len(fitting), description["sites"][second]["patients"], replace=False)
    for person in everyone:
        person.site = first
    for place in chosen:
        fitting[place].site = second


def longest_days(everyone: list[Person], description: Mapping[str, Any]) -> np.ndarray:
    """Last possible day of contact of each patient, by the site's first start and the data's end.

    Even for the patient followed longest, half a year (first site) or 30 days (second) remain for
    the start date.
    """
    first, second = description["sites"]
    room = {first: _room(description, first) - 180, second: _room(description, second) - 30}
    return np.array([room[person.site] for person in everyone], dtype=float)


def _room(description: Mapping[str, Any], site: str) -> int:
    return (_date(description["last_data"]) - _date(description["sites"][site]["first_start"])).days


def add_starts(
    everyone: list[Person], description: Mapping[str, Any], rng: np.random.Generator
) -> None:
    """Index dates that leave room for each follow-up before the data end."""
    end = _date(description["last_data"])
    for person in everyone:
        site = description["sites"][person.site]
        earliest = _date(site["first_start"])
        latest = min(_date(site["last_start"]), end - timedelta(person.last_follow_up))
        person.start = earliest + timedelta(int(rng.integers(0, (latest - earliest).days + 1)))


def add_ldh(everyone: list[Person], rng: np.random.Generator) -> None:
    """LDH before and at progression, and whether it is elevated at baseline."""
    for person in everyone:
        person.ldh, state = None, person.ldh_at_progression
        person.set_traits({"ldh_at_baseline=elevated": None})
        if state is not None and not person.no_earlier_ldh:
            elevated = state == ELEVATED
            person.ldh = draw(person.upper_limit, elevated, person.last_scan, rng)
        if person.no_earlier_ldh or rng.random() < 0.05:
            continue
        share = 0.4
        if person.ldh is not None:
            share = 0.75 if person.ldh.before > person.upper_limit else 0.2
        person.set_traits({"ldh_at_baseline=elevated": rng.random() < share})


def add_images(
    everyone: list[Person], description: Mapping[str, Any], rng: np.random.Generator
) -> None:
    """Lesions on every scan; for some, a scan that confirms progression."""
    anatomy = Anatomy.of(description["anatomy"])
    for person in everyone:
        imaged = images.of_targets if person.has_targets else images.without_targets
        person.images = imaged(person, anatomy, rng)
        if not person.kind.progressed or rng.random() > 0.6:
            continue
        day = person.last_scan + int(rng.integers(28, 64))
        if day < person.last_follow_up - 5:
            person.images.scans.append(images.confirmatory(person.images, day, rng))


def add_therapies(
    everyone: list[Person], description: Mapping[str, Any], rng: np.random.Generator
) -> None:
    """Local and systemic therapies after progression, and what came of the systemic ones."""
    local, systemic = [], []
    for resistance, counts in description["progression"].items():
        those = [p for p in everyone if p.kind.resistance == resistance]
        alive = [p for p in those if p.last_follow_up - p.images.scans[-1].day > 12]
        local += [alive[i] for i in rng.permutation(len(alive))[: counts["local_therapy"]]]
        systemic += [alive[i] for i in rng.permutation(len(alive))[: counts["systemic_therapy"]]]
    for person in local:
        start = person.images.scans[-1].day + int(rng.integers(3, 12))
        kind = str(rng.choice(["surgery", "radiotherapy"], p=[0.4, 0.6]))
        end = (
            start
            if kind == "surgery"
            else min(start + int(rng.integers(1, 20)), person.last_follow_up)
        )
        person.therapies.append({"start": start, "end": end, "category": "local", "kind": kind})
    kinds = description["therapies"]
    mutated = [p for p in systemic if p.trait("braf_v600=1") == 1]
    others = [p for p in systemic if p.trait("braf_v600=1") != 1]
    queue = [*(mutated[i] for i in rng.permutation(len(mutated)))]
    queue += [others[i] for i in rng.permutation(len(others))]
    order = sorted(kinds, key=lambda kind: kind != "braf_mek")  # the mutated come first
    start = 0
    for kind in order:
        takers = queue[start : start + kinds[kind]["patients"]]
        start += len(takers)
        if kind == "braf_mek":
            rest = queue[start:]
            queue[start:] = [rest[i] for i in rng.permutation(len(rest))]
        _systemic(takers, kind, kinds[kind], rng)


def _systemic(
    takers: list[Person], kind: str, outcome: Mapping[str, Any], rng: np.random.Generator
) -> None:
    # Responders are those who live longest; those who could not be evaluated died soonest.
    takers = sorted(takers, key=lambda p: -(p.last_follow_up - p.images.scans[-1].day))
    for number, person in enumerate(takers):
        start = person.images.scans[-1].day + int(rng.integers(5, 12))
        left = person.last_follow_up - start
        responded = number < outcome["responses"]
        months = outcome["pfs_months"] * rng.weibull(1.3) * (1.8 if responded else 1.0) / 0.9
        until = max(10, round(months * DAYS_PER_MONTH))
        evaluable = number < outcome["evaluable"]
        response = None
        if evaluable:
            stable = rng.random() < (0.1 if kind == "chemotherapy" else 0.35)
            response = (CR if rng.random() < 0.1 else PR) if responded else (SD if stable else PD)
        progressed = until < left
        person.therapies.append(
            {
                "start": start,
                "end": start + min(until, left),
                "category": "systemic",
                "kind": kind,
                "best_response": response,
                "progression_date": start + until if progressed else None,
                "last_follow_up": person.last_follow_up,
            }
        )


def _date(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
