"""Lesions that add up to the sums of a trajectory, and show what was found."""

from pathlib import Path

import numpy as np
import pytest

from calibrated_cohort import images
from calibrated_cohort.images import Anatomy, Findings
from calibrated_cohort.trajectory import Kind, Trajectory
from pd1_dynamics.contract import schemas
from pd1_dynamics.contract.vocabulary import BOTH, ENLARGEMENT_ONLY, PD, PR

ROOT = Path(__file__).parents[2]
DESCRIPTION = schemas.load(ROOT / "config" / "synthetic.yaml", "synthetic")
ANATOMY = Anatomy.of(DESCRIPTION["anatomy"])
RESPONSE = Kind("pr", (PR,), progressed=True, resistance="secondary", target_progression=True)
COURSE = Trajectory(RESPONSE, (-5, 80, 170, 260), (1200, 700, 500, 680))


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("stage", ANATOMY.stages)
def test_lesions_add_up_and_show_what_was_found(stage, seed):
    rng = np.random.Generator(np.random.PCG64(seed))
    made = images.of_trajectory(COURSE, Findings(ENLARGEMENT_ONLY, 2), ANATOMY, stage, rng)
    assert [sum(scan.targets) for scan in made.scans] == list(COURSE.sums)
    assert not any(0 < size < 50 for scan in made.scans for size in scan.targets)
    assert {*made.target_organs, *made.nontarget_organs} <= {*ANATOMY.stages[stage].allowed}
    first = zip(made.target_organs, made.scans[0].targets, strict=True)
    assert all(size >= (150 if organ == images.NODE else 100) for organ, size in first)
    assert made.scans[-1].nontarget.count("progressed") == 1
    assert not made.scans[-1].new


def test_growth_and_new_lesions_may_share_their_only_organ():
    rng = np.random.Generator(np.random.PCG64(5))
    made = images.without_targets([-3, 60], Findings(BOTH, 1), ANATOMY, "M1d", rng)
    last = made.scans[-1]
    assert made.nontarget_response(last) == PD
    grown = [
        o for o, s in zip(made.nontarget_organs, last.nontarget, strict=True) if s == "progressed"
    ]
    assert grown == [organ for organ, _ in last.new]
    assert ANATOMY.apart in made.nontarget_organs
