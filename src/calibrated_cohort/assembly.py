"""From trajectories to the tables of a cohort: patients, scans, labs and therapies."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from calibrated_cohort import event_times, images
from calibrated_cohort.images import NODE, Anatomy, Findings, Images
from calibrated_cohort.ldh import LdhPair, draw
from calibrated_cohort.trajectory import Trajectory
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
    NORMAL,
    PD,
    PR,
    PRIMARY,
    SD,
)

CYCLE = 21  # days between doses


@dataclass
class Person:
    """Everything that is known of one synthetic patient; days from the index date."""

    trajectory: Trajectory | None = None
    scan_days: list[int] = field(default_factory=list)
    group: str = ""
    progressed: bool = False
    resistance: str | None = None
    findings: Findings | None = None
    images: Images | None = None
    death: bool = False
    last_follow_up: int = 0
    day_range: tuple[float, float] = (0, np.inf)
    site: str = ""
    start: date | None = None
    upper_limit: int = 0
    ldh: LdhPair | None = None
    ldh_state: str | None = None
    ldh_alone: bool = False
    ldh_baseline: str | None = None
    therapies: list[dict[str, Any]] = field(default_factory=list)
    traits: dict[str, Any] = field(default_factory=dict)
    never_mutated: bool = False

    @property
    def last_scan(self) -> int:
        """Day of the last scan that the course is made of; 0 without a scan."""
        return max([0, *self.scan_days])

    @property
    def best(self) -> str:
        """Best response, as far as targets tell."""
        return self.trajectory.kind.best if self.trajectory else PD if self.progressed else SD


def people(
    description: Mapping[str, Any], trajectories: list[Trajectory], rng: np.random.Generator
) -> list[Person]:
    """All patients, with and without targets, in random order."""
    found = [
        Person(
            trajectory=trajectory,
            scan_days=list(trajectory.days),
            progressed=trajectory.kind.progressed,
            resistance=trajectory.kind.resistance,
            group=trajectory.kind.course,
        )
        for trajectory in trajectories
    ]
    found += _without_evaluable_targets(description, rng)
    return [found[place] for place in rng.permutation(len(found))]


def _without_evaluable_targets(
    description: Mapping[str, Any], rng: np.random.Generator
) -> list[Person]:
    others, found = description["others"], []
    earliest = description["earliest_progression_days"]
    for number in range(others["progressed_without_targets"]):
        first = earliest if number == 0 else int(rng.integers(50, 96))
        days, span = [int(rng.integers(-27, 1)), first], (SD_FROM, FIRST_SCAN_BY)
        if number == 0:
            span = (earliest, earliest)
        if number >= 5:  # not progressed at first, but before six months
            days.append(first + int(rng.integers(45, SIX_MONTHS - 1 - first)))
            span = (SD_FROM + GAPS[0], SIX_MONTHS - 1)
        found.append(
            Person(
                scan_days=days,
                group="progressed_without_targets",
                progressed=True,
                resistance=PRIMARY,
                day_range=span,
            )
        )
    for _ in range(others["died_without_radiology"]):
        found.append(Person(scan_days=[int(rng.integers(-27, 1))], group="died_without_radiology"))
    for _ in range(others["followed_without_targets"]):
        gaps = rng.normal(90, 10, int(rng.integers(2, 9)))
        days = [int(rng.integers(-27, 1)), *(round(day) for day in np.cumsum(gaps))]
        found.append(Person(scan_days=days, group="followed_without_targets"))
    for _ in range(others["never_evaluated"]):
        found.append(Person(scan_days=[int(rng.integers(-27, 1))], group="never_evaluated"))
    return found


def add_findings(
    everyone: list[Person], description: Mapping[str, Any], rng: np.random.Generator
) -> None:
    """Pattern, organs and LDH at progression, counts by resistance type as described."""
    anatomy = Anatomy.of(description["anatomy"])
    for resistance, counts in description["progression"].items():
        those = [p for p in everyone if p.resistance == resistance]
        patterns = _patterns(those, counts["pattern"], rng)
        # More organs where the progression is wide.
        organs = np.repeat([int(n) for n in counts["organs"]], list(counts["organs"].values()))
        width = [(pattern == BOTH) + rng.normal(0, 0.7) for pattern in patterns]
        order = np.argsort(np.argsort(width, kind="stable"), kind="stable")
        organs = np.sort(organs)[order]
        for person, pattern, number in zip(those, patterns, organs, strict=True):
            room = anatomy.has_room(person.traits["stage"], MOST_ORGANS)
            number = int(number) + int(number >= 3 and room and rng.random() < 0.4)
            person.findings = Findings(pattern, number)
        _ldh_states(those, counts, rng)


def _patterns(
    those: list[Person], counts: Mapping[str, int], rng: np.random.Generator
) -> list[str]:
    """Only where the targets show no progression can new lesions be all there is."""

    def open_to_new(person: Person) -> float:
        kind = person.trajectory.kind if person.trajectory else None
        if kind and kind.target_progression:
            return -1.0
        return 2.0 if kind and kind.best == CR else rng.random()

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
        person.ldh_state, person.ldh_alone = None, False
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
        those[place].ldh_state = str(state)
    for place in rng.permutation(places)[: counts["no_earlier_ldh"]]:
        those[place].ldh_alone = True


def add_survival(
    everyone: list[Person], description: Mapping[str, Any], rng: np.random.Generator
) -> None:
    """First deaths and last contacts; the number of deaths by resistance type as described."""
    aims = description["survival"]
    room = longest_days(everyone, description)
    for resistance, counts in description["progression"].items():
        those = [p for p in everyone if p.resistance == resistance]
        times, died = _slots(len(those), counts["deaths"], aims[resistance], rng)
        risk = np.array([_risk(person) for person in those])
        times, died = event_times.hand_out(times, died, risk + rng.normal(0, 1.5, len(those)))
        for person, months, dies in zip(those, times, died, strict=True):
            person.death = bool(dies)
            after = max(LEAST_PPS, round(months * DAYS_PER_MONTH))
            person.last_follow_up = person.last_scan + after
    for person in everyone:
        if person.progressed:
            continue
        if person.group == "died_without_radiology":
            person.death, person.last_follow_up = True, int(rng.integers(14, 130))
        elif person.group == "never_evaluated":
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
    """Months from progression to death or last contact, by the median or the longest time."""
    while True:
        times, died = event_times.slots(patients, deaths, rng)
        found = event_times.median(times, died)
        if "longest" in aim and found == np.inf:
            return times * aim["longest"], died
        if "median" in aim and found < np.inf:
            return times * (aim["median"] / found), died


def _risk(person: Person) -> float:
    """How fast a patient is likely to die after progression (log hazard)."""
    trajectory = person.trajectory
    size = max(trajectory.sums[-1], 100) if trajectory else 300
    depth = 0.0
    if trajectory:
        depth = 100 * (min(s for s in trajectory.sums[1:] if s >= 0) / trajectory.sums[0] - 1)
    return (
        0.5 * (person.findings.pattern == BOTH)
        + 0.4 * (person.findings.organs - 1)
        + 0.9 * (person.ldh_state == "elevated")
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

    Half a year of starts remains even for who is followed longest at the older site.
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
        person.ldh = person.ldh_baseline = None
        if person.ldh_state is not None and not person.ldh_alone:
            elevated = person.ldh_state == ELEVATED
            person.ldh = draw(person.upper_limit, elevated, person.last_scan, rng)
        if person.ldh_alone or rng.random() < 0.05:
            continue
        share = 0.4
        if person.ldh is not None:
            share = 0.75 if person.ldh.before > person.upper_limit else 0.2
        person.ldh_baseline = ELEVATED if rng.random() < share else NORMAL


def add_images(
    everyone: list[Person], description: Mapping[str, Any], rng: np.random.Generator
) -> None:
    """Lesions on every scan; for some, a scan that confirms progression."""
    anatomy = Anatomy.of(description["anatomy"])
    for person in everyone:
        if person.trajectory is not None:
            person.images = images.of_trajectory(
                person.trajectory, person.findings, anatomy, person.traits["stage"], rng
            )
        else:
            person.images = images.without_targets(
                person.scan_days, person.findings, anatomy, person.traits["stage"], rng
            )
        if not person.progressed or rng.random() > 0.6:
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
        those = [p for p in everyone if p.resistance == resistance]
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
    mutated = [p for p in systemic if p.traits["braf_v600"] == 1]
    others = [p for p in systemic if p.traits["braf_v600"] != 1]
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


def to_tables(everyone: list[Person], rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """The five tables of the data contract, dates in ISO form."""
    patients, scans, lesions, labs, therapies = [], [], [], [], []
    for number, person in enumerate(everyone, 1):
        name = f"SYN-{number:03d}"
        patients.append({"patient_id": name, **_patient(person, rng)})
        scans += _scan_rows(name, person)
        lesions += _lesion_rows(name, person)
        labs += _lab_rows(name, person, rng)
        for therapy in sorted(person.therapies, key=lambda t: t["start"]):
            days = ("start", "end", "progression_date", "last_follow_up")
            dated = {
                key: _iso(person, value) if key in days else value for key, value in therapy.items()
            }
            therapies.append(
                {"patient_id": name, "last_follow_up": _iso(person, person.last_follow_up), **dated}
            )
    columns = [
        "patient_id",
        "start",
        "end",
        "category",
        "kind",
        "best_response",
        "progression_date",
        "last_follow_up",
    ]
    return {
        "patients": _whole(pd.DataFrame(patients)),
        "assessments": _whole(pd.DataFrame(scans)),
        "lesions": _whole(pd.DataFrame(lesions)),
        "labs": _whole(pd.DataFrame(labs)),
        "therapies": pd.DataFrame(therapies, columns=columns),
    }


def _patient(person: Person, rng: np.random.Generator) -> dict[str, Any]:
    dose, reason = _end_of_treatment(person, rng)
    return {
        "site": person.site,
        "treatment_start": _iso(person, 0),
        "last_dose": _iso(person, dose),
        "last_follow_up": _iso(person, person.last_follow_up),
        "death": int(person.death),
        "setting": "advanced",
        "monotherapy": 1,
        "discontinuation_reason": reason,
        **person.traits,
    }


def _end_of_treatment(person: Person, rng: np.random.Generator) -> tuple[int | None, str]:
    def dose_before(day: float) -> int:
        return int(max(0, min(day, person.last_follow_up)) // CYCLE * CYCLE)

    if person.progressed:
        lucky = person.trajectory is not None and person.best in (CR, PR)
        if lucky and person.last_scan > 400 and rng.random() < 0.35:
            reason = str(rng.choice(["toxicity", "maximal_benefit", "completed"]))
            return dose_before(person.last_scan - rng.uniform(30, 300)), reason
        return dose_before(person.last_scan), "progression"
    if person.group == "died_without_radiology":
        return dose_before(person.last_follow_up - 5), "other"
    draw = rng.random()
    if draw < 0.35:
        return None, "ongoing"
    reason = str(
        rng.choice(["toxicity", "completed", "maximal_benefit", "patient_choice", "social"])
    )
    return dose_before(person.last_follow_up * rng.uniform(0.5, 0.95)), reason


def _scan_rows(name: str, person: Person) -> list[dict[str, Any]]:
    first_progression = person.last_scan if person.progressed else None
    return [
        {
            "patient_id": name,
            "date": _iso(person, scan.day),
            "nontarget_response": person.images.nontarget_response(scan),
            "new_lesion": int(bool(scan.new)),
            "clinical_deterioration": int(
                scan.day == first_progression and person.death and person.findings.organs >= 3
            ),
        }
        for scan in person.images.scans
    ]


def _lesion_rows(name: str, person: Person) -> list[dict[str, Any]]:
    rows = []
    for scan in person.images.scans:
        base = {"patient_id": name, "date": _iso(person, scan.day)}
        for number, organ in enumerate(person.images.target_organs):
            seen = scan.targets is not None
            rows.append(
                {
                    **base,
                    "lesion_id": f"T{number + 1}",
                    "role": "target",
                    "organ": organ,
                    "node": int(organ == NODE),
                    "diameter_mm": scan.targets[number] / 10 if seen else None,
                    "state": None if seen else "not_evaluable",
                }
            )
        for number, (organ, state) in enumerate(
            zip(person.images.nontarget_organs, scan.nontarget, strict=True)
        ):
            rows.append(
                {
                    **base,
                    "lesion_id": f"NT{number + 1}",
                    "role": "nontarget",
                    "organ": organ,
                    "node": int(organ == NODE),
                    "diameter_mm": None,
                    "state": state,
                }
            )
        for number, (organ, diameter) in enumerate(scan.new):
            rows.append(
                {
                    **base,
                    "lesion_id": f"NEW{number + 1}",
                    "role": "new",
                    "organ": organ,
                    "node": int(organ == NODE),
                    "diameter_mm": diameter / 10,
                    "state": "present",
                }
            )
    return rows


def _lab_rows(name: str, person: Person, rng: np.random.Generator) -> list[dict[str, Any]]:
    limit, start = person.upper_limit, -int(rng.integers(0, 10))
    later = [day for day in person.scan_days if day > 14]  # after the window of the baseline
    value = _baseline_ldh(person, rng)
    samples: dict[int, int] = {}
    if person.ldh is not None:  # earlier samples first, so that the pair stays as it is
        earlier = person.last_scan - person.ldh.days
        samples = _around(person.ldh.before, [day for day in later if day < earlier - 10], rng)
        samples |= {earlier: person.ldh.before, person.last_scan: person.ldh.at}
    elif person.ldh_alone:
        high = person.ldh_state == ELEVATED
        at = limit * (rng.uniform(1.05, 2) if high else rng.uniform(0.6, 0.97))
        samples = {max(person.last_scan, LDH_FROM): round(at)}  # at progression, not at baseline
    elif person.progressed:  # none near progression
        around = value or limit * float(np.exp(rng.normal(-0.1, 0.25)))
        start = min(start, person.last_scan - 36)
        samples = _around(around, [day for day in later if day < person.last_scan - 35], rng)
    else:
        if not later:
            later = [int(rng.integers(15, 40))]
        around = value or limit * float(np.exp(rng.normal(-0.12, 0.28)))
        samples = _around(around, later, rng)
    if value is not None:
        samples[start] = value
    return [
        {
            "patient_id": name,
            "date": _iso(person, day),
            "test": "ldh",
            "value": value,
            "upper_limit": limit,
        }
        for day, value in sorted(samples.items())
        if day <= person.last_follow_up
    ]


def _baseline_ldh(person: Person, rng: np.random.Generator) -> int | None:
    """A value on its side of the limit, near the next one where that is on the same side."""
    if person.ldh_baseline is None:
        return None
    limit, elevated = person.upper_limit, person.ldh_baseline == ELEVATED
    next_value = person.ldh.before if person.ldh is not None else limit
    value = next_value * float(np.exp(rng.normal(0, 0.08)))
    if (next_value > limit) != elevated or next_value == limit:
        value = limit * (1 + abs(rng.normal(0, 0.35)) if elevated else rng.uniform(0.6, 0.98))
    low, high = (limit + 1, 2400) if elevated else (95, limit)
    return int(np.clip(round(value), low, high))


def _around(value: float, days: list[int], rng: np.random.Generator) -> dict[int, int]:
    """Samples that vary a little around a value."""
    return {day: max(95, round(value * np.exp(rng.normal(0, 0.06)))) for day in days}


def _iso(person: Person, day: int | None) -> str | None:
    return None if day is None else (person.start + timedelta(int(day))).isoformat()


def _date(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _whole(table: pd.DataFrame) -> pd.DataFrame:
    """Whole numbers with gaps stay whole numbers in the file."""
    for name in table.select_dtypes("float"):
        known = table[name].dropna()
        if len(known) and (known % 1 == 0).all() and name != "diameter_mm":
            table[name] = table[name].astype("Int64")
    return table
