"""From patients to the tables of a cohort: patients, scans, lesions, labs and therapies."""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from calibrated_cohort.images import NODE
from calibrated_cohort.person import DIED_WITHOUT_RADIOLOGY, Person
from calibrated_cohort.world import LDH_FROM
from pd1_dynamics.contract.vocabulary import CR, ELEVATED, PR

CYCLE = 21  # days between doses


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
        **person.baseline,
    }


def _end_of_treatment(person: Person, rng: np.random.Generator) -> tuple[int | None, str]:
    def dose_before(day: float) -> int:
        return int(max(0, min(day, person.last_follow_up)) // CYCLE * CYCLE)

    if person.kind.progressed:
        lucky = person.has_targets and person.kind.best in (CR, PR)
        if lucky and person.last_scan > 400 and rng.random() < 0.35:
            reason = str(rng.choice(["toxicity", "maximal_benefit", "completed"]))
            return dose_before(person.last_scan - rng.uniform(30, 300)), reason
        return dose_before(person.last_scan), "progression"
    if person.kind.group == DIED_WITHOUT_RADIOLOGY:
        return dose_before(person.last_follow_up - 5), "other"
    draw = rng.random()
    if draw < 0.35:
        return None, "ongoing"
    reason = str(
        rng.choice(["toxicity", "completed", "maximal_benefit", "patient_choice", "social"])
    )
    return dose_before(person.last_follow_up * rng.uniform(0.5, 0.95)), reason


def _scan_rows(name: str, person: Person) -> list[dict[str, Any]]:
    first_progression = person.last_scan if person.kind.progressed else None
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
    later = [day for day in person.days if day > 14]  # after the window of the baseline
    value = _baseline_ldh(person, rng)
    samples: dict[int, int] = {}
    if person.ldh is not None:  # earlier samples first, so that the pair stays as it is
        earlier = person.last_scan - person.ldh.days
        samples = _around(person.ldh.before, [day for day in later if day < earlier - 10], rng)
        samples |= {earlier: person.ldh.before, person.last_scan: person.ldh.at}
    elif person.no_earlier_ldh:
        high = person.ldh_at_progression == ELEVATED
        at = limit * (rng.uniform(1.05, 2) if high else rng.uniform(0.6, 0.97))
        samples = {max(person.last_scan, LDH_FROM): round(at)}  # at progression, not at baseline
    elif person.kind.progressed:  # none near progression
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


def _whole(table: pd.DataFrame) -> pd.DataFrame:
    """Whole numbers with gaps stay whole numbers in the file."""
    for name in table.select_dtypes("float"):
        known = table[name].dropna()
        if len(known) and (known % 1 == 0).all() and name != "diameter_mm":
            table[name] = table[name].astype("Int64")
    return table
