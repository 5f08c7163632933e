"""How far a calibrated cohort can be trusted: what is left open, and what was found unasked."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pd1_dynamics.contract.vocabulary import REPRODUCED, RETURNED, SECONDARY
from pd1_dynamics.statistics.cox import cox, cox_zph

LANDMARK_MONTHS = 6
TARGETS_MET = "targets returned, %"
QUANTITIES = {
    "interaction": "PPS: hazard ratio of secondary resistance, second center against first",
    "proportional hazards": "PPS: test of proportional hazards for resistance type, chi-squared",
    "landmark": f"OS from {LANDMARK_MONTHS} months on: hazard ratio of an earlier CR or PR",
}


def family(
    patients: Mapping[int, pd.DataFrame], comparisons: Mapping[int, pd.DataFrame]
) -> pd.DataFrame:
    """What cohorts of several seeds have in common, and what they leave open.

    Parameters
    ----------
    patients, comparisons
        By seed: ``derived/patients.csv``, and the ledger beside the estimates.

    Returns
    -------
    DataFrame
        ``quantity``, ``seed``, ``estimate``, ``ci_low``, ``ci_high``, ``p_value``: the share of
        targets returned, and three quantities that no published number determines.
    """
    rows = []
    for seed, comparison in comparisons.items():
        aimed = comparison[comparison["cohort_evidence"] == "calibrated"]
        share = 100 * aimed["cohort_verdict"].isin((REPRODUCED, RETURNED)).mean()
        rows.append({"quantity": TARGETS_MET, "seed": seed, "estimate": share})
        rows += [{"seed": seed, **row} for row in _undetermined(patients[seed])]
    columns = ["quantity", "seed", "estimate", "ci_low", "ci_high", "p_value"]
    return pd.DataFrame(rows, columns=columns).sort_values(["quantity", "seed"], kind="stable")


def _undetermined(patients: pd.DataFrame) -> list[dict]:
    after = patients[(patients["in_progression_cohort"] == 1) & patients["baseline_sum_mm"].notna()]
    secondary = (after["resistance"] == SECONDARY).to_numpy(dtype=float)
    second = (after["site"] != after["site"].min()).to_numpy(dtype=float)
    time, event = _outcome(after, "pps")
    size = after["baseline_sum_mm"].to_numpy(dtype=float)
    both = pd.DataFrame(
        {
            "secondary": secondary,
            "second center": second,
            "interaction": secondary * second,
            "size": size,
        }
    )
    alone = both[["secondary", "size"]]
    held = cox_zph(time, event, alone).set_index("term")
    late = patients[patients["os_months"] > LANDMARK_MONTHS]
    late = late[late["in_response_cohort"] == 1]
    responded = (late["time_to_response_months"] <= LANDMARK_MONTHS).to_numpy(dtype=float)
    months, died = _outcome(late, "os")
    landmark = cox(months - LANDMARK_MONTHS, died, pd.DataFrame({"responded": responded}))
    return [
        _row("interaction", cox(time, event, both).table, "interaction"),
        {
            "quantity": QUANTITIES["proportional hazards"],
            "estimate": held.loc["secondary", "statistic"],
            "p_value": held.loc["secondary", "p_value"],
        },
        _row("landmark", landmark.table, "responded"),
    ]


def _outcome(patients: pd.DataFrame, name: str) -> tuple[np.ndarray, np.ndarray]:
    return (
        patients[f"{name}_months"].to_numpy(dtype=float),
        patients[f"{name}_event"].to_numpy(dtype=float),
    )


def _row(name: str, table: pd.DataFrame, term: str) -> dict:
    found = table.set_index("term").loc[term, ["estimate", "ci_low", "ci_high", "p_value"]]
    return {"quantity": QUANTITIES[name], **found.to_dict()}


def held_out(comparisons: Mapping[int, pd.DataFrame], targets: pd.Series) -> pd.DataFrame:
    """The claims that a cohort was not built to have though they are targets otherwise.

    Parameters
    ----------
    comparisons
        By seed: the ledger beside the estimates of a cohort that lacked some targets.
    targets
        Ids of all targets.
    """
    columns = ["claim_id", "published", "recomputed", "published_value", "cohort_value"]
    columns += ["cohort_verdict", "reason", "quantity", "group", "statistic", "location"]
    parts = []
    for seed, comparison in comparisons.items():
        left_out = comparison["claim_id"].isin(targets) & (
            comparison["cohort_evidence"] == "emergent"
        )
        parts.append(comparison.loc[left_out, columns].assign(seed=seed))
    return pd.concat(parts, ignore_index=True)
