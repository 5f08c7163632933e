"""The stage ``resistance``: resistance types, and the final table of patients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics import arrays
from pd1_dynamics.contract.columns import clean_columns
from pd1_dynamics.contract.vocabulary import RESISTANCE_PAPER
from pd1_dynamics.derive.resistance.facts import facts
from pd1_dynamics.derive.resistance.paper import resistance_paper
from pd1_dynamics.derive.resistance.sitc import classify
from pd1_dynamics.derive.response.stage import Responses

PATIENT_COLUMNS = (
    # the data contract
    "patient_id",
    "site",
    "in_response_cohort",
    "in_progression_cohort",
    "baseline_sum_mm",
    "change_3_months_pct",
    "max_change_pct",
    "time_to_nadir_months",
    "first_response",
    "best_response",
    "best_response_confirmed",
    "irecist_best_response",
    "pfs_months",
    "pfs_event",
    "os_months",
    "os_event",
    "pps_months",
    "pps_event",
    "progression_date",
    "progression_pattern",
    "organs_at_progression",
    "target_sum_at_progression_mm",
    "enlargement_pct",
    "enlargement_pct_per_month",
    "ldh_at_progression",
    "ldh_change_pct",
    "ldh_change_pct_per_month",
    "resistance",
    "resistance_paper",
    "resistance_sitc",
    "resistance_sitc_confirmed",
    "resistance_sitc_reason",
    # added
    "resistance_sitc_rule",
    "resistance_sitc_confirmation",
    "setting",
    "ldh_at_baseline",
    "largest_lesion_at_baseline_mm",
    "n_imaging_dates",
    "clinical_benefit",
    "pseudoprogression",
    "share_of_depth_at_3_months_pct",
    "ever_pr",
    "ever_cr",
    "time_to_response_months",
    "time_to_pr_months",
    "time_to_cr_months",
    "pr_to_cr_months",
    "sd_to_response_months",
    "sd_to_cr_months",
    "duration_of_response_months",
    "duration_of_response_event",
    "duration_of_pr_months",
    "duration_of_pr_event",
    "duration_of_cr_months",
    "duration_of_cr_event",
    "disease_control_months",
    "disease_control_event",
    "pfs_end",
    "follow_up_months",
    "progression_months",
    "treatment_months",
    "treatment_ongoing",
    "later_local_therapy",
    "later_systemic_therapy",
)


def _covariates(patients: pd.DataFrame) -> list[str]:
    """Columns of the patients that no stage needs: covariates, which are carried along."""
    known = {*clean_columns("patients"), *PATIENT_COLUMNS}
    return [name for name in patients if name not in known]


def classify_resistance(
    patients: pd.DataFrame,
    assessments: pd.DataFrame,
    responses: Responses,
    progression: pd.DataFrame,
    definitions: Mapping[str, Any],
) -> pd.DataFrame:
    """Resistance of each patient, with all that the stages before derived.

    Parameters
    ----------
    patients, assessments
        Complete clean tables.
    responses, progression
        What the stages before gave.
    definitions
        As :func:`pd1_dynamics.contract.definitions.load` gives them.

    Returns
    -------
    DataFrame
        ``derived/patients.csv``: the columns of the data contract in its order, then further ones.
    """
    response = responses.patients
    known = facts(patients, assessments, responses, progression, definitions)
    sitc = classify(known, definitions["sitc"])
    paper = resistance_paper(response["best_response"], progression["progression_day"], definitions)
    chosen = paper
    if definitions["resistance_rule"] == "sitc":
        by_sitc = sitc["resistance_sitc"].to_numpy(dtype=object)
        chosen = np.where(np.isin(by_sitc.astype(str), RESISTANCE_PAPER), by_sitc, None)
    types = sitc.assign(resistance_paper=paper, resistance=chosen)
    sources = (
        types,
        progression,
        response,
        patients,
    )  # derived values take precedence over given ones
    place = PATIENT_COLUMNS.index("setting") + 1
    names = (*PATIENT_COLUMNS[:place], *_covariates(patients), *PATIENT_COLUMNS[place:])
    return arrays.make_table(
        {
            name: np.asarray(column) if column.dtype == object else column.array
            for name in names
            for column in [next(source[name] for source in sources if name in source)]
        }
    )
