"""Therapies after anti-PD-1 and how they did."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pd1_dynamics import arrays
from pd1_dynamics.contract.vocabulary import CR, DAYS_PER_MONTH, PD, PR, STABLE


def later_therapies(patients: pd.DataFrame, therapies: pd.DataFrame) -> pd.DataFrame:
    """``derived/therapies.csv``: one row a later therapy, by patient and start.

    ``line`` numbers a patient's therapies by their start. ``evaluable`` is 1 when a best response
    of CR, PR, SD or PD is known; only then ``objective_response`` is 0 or 1. PFS counts from the
    start of the therapy to its progression, or to death if the therapy was followed until then;
    otherwise it is censored at the therapy's own last follow-up, or the patient's.
    """
    codes = arrays.match_patients(patients["patient_id"], therapies["patient_id"], "therapies")
    start = arrays.as_floats(therapies["start_day"])
    order = np.lexsort(
        (
            therapies["kind"].astype(str).to_numpy(dtype=str),
            therapies["category"].astype(str).to_numpy(dtype=str),
            np.where(np.isnan(start), np.inf, start),
            codes,
        )
    )
    therapies, codes, start = therapies.iloc[order], codes[order], start[order]
    first, _ = arrays.find_runs(codes, len(patients))

    response = therapies["best_response"].to_numpy(dtype=object, na_value=None)
    evaluable = np.isin(response.astype(str), (CR, PR, *STABLE, PD))
    objective = np.isin(response.astype(str), (CR, PR))

    last = arrays.as_floats(patients["last_follow_up_day"])
    last = np.where(np.isnan(last), arrays.as_floats(patients["os_days"]), last)[codes]
    died = (arrays.as_floats(patients["death"]) == 1)[codes] & ~np.isnan(last)
    own_last = arrays.as_floats(therapies["last_follow_up_day"])
    progression = arrays.as_floats(therapies["progression_day"])
    progressed = ~np.isnan(progression)
    to_death = ~progressed & died & ~(own_last < last)
    end = np.where(progressed, progression, np.where(np.isnan(own_last) | to_death, last, own_last))
    event = np.where(np.isnan(end - start), np.nan, progressed | to_death)
    return arrays.make_table(
        {
            "patient_id": therapies["patient_id"].to_numpy(dtype=object),
            "category": therapies["category"].to_numpy(dtype=object, na_value=None),
            "kind": therapies["kind"].to_numpy(dtype=object, na_value=None),
            "line": np.arange(len(codes)) - first[codes] + 1,
            "start_month": start / DAYS_PER_MONTH,
            "best_response": response,
            "evaluable": evaluable.astype(np.int64),
            "objective_response": arrays.as_whole(np.where(evaluable, objective, np.nan)),
            "pfs_months": (end - start) / DAYS_PER_MONTH,
            "pfs_event": arrays.as_whole(event),
        }
    )
