"""Pictures of the synthetic cohort itself: they say so, and nothing in them is cut or lost."""

import numpy as np
import pandas as pd
import pytest

from calibrated_cohort.fidelity import pictures as fidelity
from pd1_dynamics.outputs.figures.style import SYNTHETIC

RNG = np.random.default_rng(1)
N = 60


@pytest.fixture(scope="module")
def tables():
    patients = pd.DataFrame(
        {name: RNG.normal(50, 20, N) for name in fidelity._CORRELATED}
        | {
            "patient_id": [f"p{i}" for i in range(N)],
            "in_response_cohort": 1,
            "in_progression_cohort": 1,
            "best_response": RNG.choice(["CR", "PR", "SD", "PD"], N),
        }
    )
    response = pd.DataFrame(
        {
            "patient_id": np.repeat(patients["patient_id"], 3),
            "day": np.tile([-3, 80, 170], N),
            "target_sum_mm": RNG.uniform(0, 100, 3 * N),
        }
    )
    held_out = pd.DataFrame(
        {
            "published_value": [0.5, 10.3, -20.0, np.nan],
            "cohort_value": [0.5, 12.0, -21.0, 4.0],
            "cohort_verdict": ["reproduced", "differs", "close", "differs"],
        }
    )
    return patients, response, held_out


@pytest.mark.parametrize("name", fidelity.FIGURES)
def test_every_picture_says_that_nobody_is_real(tables, name):
    figure, caption = fidelity.draw(name, *tables)
    assert SYNTHETIC in [text.get_text() for text in figure.texts]
    assert caption["title"]
    assert caption["caption"].endswith(".")


def test_every_held_out_number_with_a_value_is_a_point(tables):
    figure, _ = fidelity.draw("held_out", *tables)
    points = sum(
        len(line.get_xdata()) for line in figure.axes[0].lines if line.get_marker() != "None"
    )
    assert points == 3
