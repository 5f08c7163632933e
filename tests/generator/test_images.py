"""Lesions that add up to the sums of a course, and show what was found."""

from pathlib import Path

import numpy as np
import pytest

from calibrated_cohort import images
from calibrated_cohort.images import Anatomy
from calibrated_cohort.person import PROGRESSED_WITHOUT_TARGETS, TARGETS, Findings, Kind, Person
from pd1_dynamics.contract import schemas
from pd1_dynamics.contract.vocabulary import BOTH, ENLARGEMENT_ONLY, PD, PR

ROOT = Path(__file__).parents[2]
DESCRIPTION = schemas.load(ROOT / "config" / "synthetic.yaml", "synthetic")
ANATOMY = Anatomy.of(DESCRIPTION["anatomy"])
RESPONSE = Kind(TARGETS, (PR,), progressed=True, resistance="secondary", target_progression=True)
DAYS, SUMS = (-5, 80, 170, 260), (1200, 700, 500, 680)


def patient(kind, findings, stage, days=DAYS, sums=SUMS):
    person = Person.with_scans(kind, days, sums)
    person.findings, person.characteristics["stage"] = findings, stage
    return person


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("stage", ANATOMY.stages)
def test_lesions_add_up_and_show_what_was_found(stage, seed):
    rng = np.random.Generator(np.random.PCG64(seed))
    person = patient(RESPONSE, Findings(ENLARGEMENT_ONLY, 2), stage)
    made = images.of_targets(person, ANATOMY, rng)
    assert [sum(scan.targets) for scan in made.scans] == list(SUMS)
    assert not any(0 < size < 50 for scan in made.scans for size in scan.targets)
    assert {*made.target_organs, *made.nontarget_organs} <= {*ANATOMY.stages[stage].allowed}
    first = zip(made.target_organs, made.scans[0].targets, strict=True)
    assert all(size >= (150 if organ == images.NODE else 100) for organ, size in first)
    assert made.scans[-1].nontarget.count("progressed") == 1
    assert not made.scans[-1].new


def test_growth_and_new_lesions_may_share_their_only_organ():
    rng = np.random.Generator(np.random.PCG64(5))
    kind = Kind(PROGRESSED_WITHOUT_TARGETS, progressed=True)
    person = patient(kind, Findings(BOTH, 1), "M1d", (-3, 60), ())
    made = images.without_targets(person, ANATOMY, rng)
    last = made.scans[-1]
    assert made.nontarget_response(last) == PD
    grown = [
        o for o, s in zip(made.nontarget_organs, last.nontarget, strict=True) if s == "progressed"
    ]
    assert grown == [organ for organ, _ in last.new]
    assert ANATOMY.apart in made.nontarget_organs
