"""What is said of several cohorts: by hand on small tables."""

import numpy as np
import pandas as pd
import pytest

from calibrated_cohort import judging


def patients(seed):
    rng = np.random.default_rng(seed)
    n = 160
    secondary = rng.random(n) < 0.3
    pps = rng.exponential(np.where(secondary, 30, 12)) + 0.5
    return pd.DataFrame(
        {
            "in_progression_cohort": 1,
            "in_response_cohort": 1,
            "resistance": np.where(secondary, "secondary", "primary"),
            "site": np.where(rng.random(n) < 0.4, "PUCH", "MGH"),
            "baseline_sum_mm": rng.uniform(10, 200, n),
            "pps_months": pps,
            "pps_event": (rng.random(n) < 0.7).astype(int),
            "os_months": pps + 4,
            "os_event": (rng.random(n) < 0.7).astype(int),
            "time_to_response_months": np.where(rng.random(n) < 0.4, 3.0, np.nan),
        }
    )


def comparison(*verdicts, evidence="calibrated"):
    return pd.DataFrame(
        {
            "claim_id": [f"c{i}" for i in range(len(verdicts))],
            "cohort_evidence": evidence,
            "cohort_verdict": verdicts,
            **dict.fromkeys(
                ["published", "recomputed", "published_value", "cohort_value", "reason"], ""
            ),
            **dict.fromkeys(["quantity", "group", "statistic", "location"], ""),
        }
    )


def test_family_gives_each_quantity_for_each_seed():
    found = judging.family(
        {1: patients(1), 2: patients(2)},
        {1: comparison("reproduced", "close"), 2: comparison("reproduced", "reproduced")},
    )
    assert found.groupby("quantity")["seed"].apply(list).map(len).eq(2).all()
    met = found[found["quantity"] == judging.TARGETS_MET].set_index("seed")["estimate"]
    assert met.to_dict() == {1: 50.0, 2: 100.0}
    ratios = found[found["quantity"] == judging.QUANTITIES["landmark"]]
    assert (ratios["ci_low"] < ratios["estimate"]).all()
    tested = found[found["quantity"] == judging.QUANTITIES["proportional hazards"]]
    assert tested["p_value"].between(0, 1).all()


def test_held_out_are_targets_that_were_not_aimed_at():
    table = comparison("reproduced", "differs", "close", evidence="emergent")
    found = judging.held_out({7: table}, pd.Series(["c0", "c1"]))
    assert found["claim_id"].tolist() == ["c0", "c1"]
    assert found["seed"].tolist() == [7, 7]


def test_without_held_out_numbers_there_are_no_rows():
    found = judging.held_out({7: comparison("close")}, pd.Series(["c0"]))
    assert found.empty
    assert pytest.approx(len(found.columns)) == 12
