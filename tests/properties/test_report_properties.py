"""What a cohort without scans leaves out of its reports may cost an answer, never change one."""

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from pd1_dynamics.contract import definitions
from pd1_dynamics.contract.vocabulary import DAYS_PER_MONTH
from pd1_dynamics.derive.chain import derive

DEFAULTS = definitions.load()
SOME_CELLS = ("pfs_days", "pfs_event", "progression")
COLUMNS = (*SOME_CELLS, "progression_day", "death", "last_follow_up_day", "best_response")
TYPES = ("resistance_paper", "resistance_sitc")
OUTCOMES = ("pfs", "pfs_event", "in_progression_cohort", "pps", "pps_event", "os", "os_event")


@st.composite
def courses(draw):
    """A patient's true course: progression or none, then death or last contact."""
    end = draw(st.integers(2, 1500))
    day = draw(st.none() | st.integers(1, end - 1))
    best = "PD" if day and draw(st.booleans()) else "SD"
    return {"day": day, "end": end, "died": draw(st.booleans()), "best": best}


def all_reported(course):
    day, end, died = course["day"], course["end"], int(course["died"])
    return {
        "pfs_days": float(day or end),
        "pfs_event": 1 if day else died,
        "progression": 1 if day else 0,
        "progression_day": day,
        "death": died,
        "last_follow_up_day": end,
        "best_response": course["best"],
        "last_dose_day": course["end"],
    }


def truth(course):
    day, end, died = course["day"], course["end"], int(course["died"])
    return {
        "pfs": day or end,
        "pfs_event": 1 if day else died,
        "in_progression_cohort": 1 if day else 0,
        "pps": end - day if day else None,
        "pps_event": died if day else None,
        "os": end,
        "os_event": died,
    }


def outcomes(rows):
    """Days and 0/1 of survival, and types of resistance; None for unknown, a row a patient."""
    made = derive({"patients": pd.DataFrame(rows)}, DEFAULTS).patients
    for name in ("pfs", "os", "pps"):
        made[name] = (made[f"{name}_months"] * DAYS_PER_MONTH).round()
    made["resistance_sitc"] = made["resistance_sitc"].replace("unclassifiable", None)
    made = made[[*OUTCOMES, *TYPES]].astype(object)
    return made.where(made.notna(), None).to_dict("records")


@settings(max_examples=100, deadline=None)
@given(st.lists(courses(), min_size=1, max_size=5), st.data())
def test_what_is_not_reported_is_unknown_and_never_something_else(found, data):
    left_out = data.draw(st.sets(st.sampled_from(COLUMNS)))
    whole = [{"patient_id": str(number), **all_reported(c)} for number, c in enumerate(found)]
    part = [
        row | dict.fromkeys(left_out | data.draw(st.sets(st.sampled_from(SOME_CELLS))))
        for row in whole
    ]
    for known, true in zip(outcomes(part), outcomes(whole), strict=True):
        if known["in_progression_cohort"] == 0 and "death" in left_out:
            known["resistance_sitc"] = None  # no progression, whatever the patient may have died of
        for name, value in known.items():
            assert value in (None, true[name]), name


@settings(deadline=None)
@given(courses())
def test_all_that_is_reported_is_found(course):
    (found,) = outcomes([{"patient_id": "A", **all_reported(course)}])
    assert {name: found[name] for name in OUTCOMES} == truth(course)
