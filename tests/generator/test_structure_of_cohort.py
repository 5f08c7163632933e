"""The synthetic cohort, derived by the pipeline, has the structure that the article prints.

Counts, medians and ranges below are transcribed from the article (doi 10.1136/jitc-2020-002092);
the place is named beside them.
"""

from pathlib import Path

import pandas as pd
import pytest

from pd1_dynamics.cohort import cleaning
from pd1_dynamics.contract import definitions
from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.derive import derive
from pd1_dynamics.published.printed import possible_values
from pd1_dynamics.statistics.rounding import fixed

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def derived(tmp_path_factory):
    settings = definitions.load()
    tables = cleaning.clean(load_cohort(ROOT / "config" / "cohorts" / "synthetic.yaml")).tables
    made = derive(tables, settings)
    return {"patients": made.patients, "therapies": made.therapies, "clean": tables}


@pytest.fixture(scope="module")
def everyone(derived):
    return derived["patients"]


@pytest.fixture(scope="module")
def responders(everyone):
    return everyone[everyone["in_response_cohort"] == 1]


@pytest.fixture(scope="module")
def progressed(everyone):
    return everyone[everyone["in_progression_cohort"] == 1]


def counts(column):
    return {str(level): int(n) for level, n in column.value_counts().items()}


def test_patients_and_centers(everyone):  # Methods, Patients
    assert len(everyone) == 254
    assert counts(everyone["site"]) == {"MGH": 164, "PUCH": 90}


def test_baseline_characteristics(everyone):  # Results, first paragraph
    assert counts(everyone["melanoma_subtype"]) == {
        "cutaneous": 150,
        "acral": 37,
        "unknown_primary": 30,
        "mucosal": 25,
        "ocular": 12,
    }
    stages = counts(everyone["stage"])
    assert (stages["M1c"], stages["M1d"]) == (96, 41)
    assert int(everyone["prior_immunotherapy"].sum()) == 99
    assert int(everyone["prior_targeted_therapy"].sum()) == 30
    assert int(everyone["brain_metastasis"].sum()) == 41  # Discussion: 16 %


def test_response_cohort(responders):  # Response dynamics
    assert len(responders) == 215
    assert int((responders["n_imaging_dates"] == 2).sum()) == 109
    assert int((responders["n_imaging_dates"] > 2).sum()) == 106


def test_flow_of_responses(responders):  # figure 1
    assert counts(responders["first_response"]) == {"CR": 7, "PR": 56, "SD": 56, "PD": 96}
    assert counts(responders["best_response"]) == {"CR": 15, "PR": 64, "SD": 40, "PD": 96}
    assert int(responders["ever_pr"].sum()) == 72
    ever_pr = responders[responders["ever_pr"] == 1]
    assert int((ever_pr["best_response"] == "CR").sum()) == 8


def test_course_after_stable_disease(
    responders,
):  # Clinical outcomes once patients reached CR/PR/SD
    stable = responders[responders["first_response"] == "SD"]
    change = stable["change_3_months_pct"]
    assert [int((change < 0).sum()), int((change > 0).sum()), int((change == 0).sum())] == [
        36,
        17,
        3,
    ]
    assert counts(stable["best_response"]) == {"SD": 40, "PR": 15, "CR": 1}
    upgraded = stable[stable["best_response"] != "SD"]
    assert (upgraded["change_3_months_pct"] < 0).all()
    later = stable["max_change_pct"] < 0
    assert int((later & (change > 0)).sum()) == 3
    assert int((later & (change == 0)).sum()) == 1
    late = stable[later & (change >= 0)]
    assert int((late["pfs_event"] == 1).sum()) == 3  # 3 of 4 already experienced PD
    into_cr = stable[stable["best_response"] == "CR"]
    assert fixed(into_cr["sd_to_cr_months"].iloc[0]) == "22"


@pytest.mark.parametrize(
    ("shrunk", "n", "events", "censored"), [(False, 20, 9, 6), (True, 36, 9, 5)]
)
def test_first_six_months_after_stable_disease(responders, shrunk, n, events, censored):
    # With these there is an order of events and censorings that gives the printed PFS rates at six
    # months (42 % without, 72 % with shrinkage, 64 % of all) and their intervals.
    stable = responders[responders["first_response"] == "SD"]
    those = stable[(stable["change_3_months_pct"] < 0) == shrunk]
    early = those[those["pfs_months"].astype(float) < 6]["pfs_event"]
    assert [len(those), int((early == 1).sum()), int((early == 0).sum())] == [n, events, censored]


def test_shrinkage_at_the_first_evaluation(responders):  # the 112 with PR or SD at first
    first = responders[responders["first_response"].isin(["PR", "SD"])]["change_3_months_pct"]
    assert len(first) == 112
    groups = [first < -40, (first >= -40) & (first < -10), first >= -10]
    assert [int(group.sum()) for group in groups] == [32, 50, 30]


def test_regression_and_benefit(responders):  # Best response
    assert int((responders["max_change_pct"] < 0).sum()) == 116
    assert int(responders["clinical_benefit"].sum()) == 93


def test_largest_lesion_in_cr_is_a_node(derived, responders):  # Maximal response depth
    complete = responders[responders["best_response"] == "CR"]
    largest = complete.sort_values("largest_lesion_at_baseline_mm").iloc[-1]
    assert largest["largest_lesion_at_baseline_mm"] == 43.0
    lesions = derived["clean"]["lesions"]
    of_patient = lesions[lesions["patient_id"] == largest["patient_id"]]
    assert (of_patient[of_patient["role"] == "target"]["organ"] == "lymph_node").all()
    assert complete["baseline_sum_mm"].max() <= 50


def test_progression_cohort(everyone, progressed):  # Progression pattern
    assert int(everyone["pfs_event"].sum()) == 181
    assert len(progressed) == 166
    without = everyone[(everyone["pfs_event"] == 1) & (everyone["in_progression_cohort"] == 0)]
    assert len(without) == 15
    assert (without["os_event"] == 1).all()
    assert int((progressed["in_response_cohort"] == 0).sum()) > 0
    assert counts(progressed["resistance_paper"]) == {"primary": 123, "secondary": 43}
    assert int(progressed["pps_event"].sum()) == 92


def test_tables_1_and_2(progressed):
    columns = {
        "progression_pattern": {
            "enlargement_only": (34, 7),
            "new_lesions_only": (19, 23),
            "both": (70, 13),
        },
        "organs": {"1": (49, 31), "2": (39, 11), "3": (35, 1)},
        "ldh_at_progression": {"normal": (48, 24), "elevated": (67, 12), "missing": (8, 7)},
    }
    organs = progressed["organs_at_progression"].astype(float).clip(upper=3).astype(int).astype(str)
    table = progressed.assign(
        organs=organs, ldh_at_progression=progressed["ldh_at_progression"].fillna("missing")
    )
    for column, expected in columns.items():
        found = pd.crosstab(table[column], table["resistance_paper"])
        assert {
            level: tuple(row) for level, row in zip(found.index, found.to_numpy(), strict=True)
        } == expected


def test_missing_measurements(progressed):  # footnotes of table 1
    missing = progressed[
        ["target_sum_at_progression_mm", "enlargement_pct", "ldh_change_pct"]
    ].isna()
    assert missing.sum().tolist() == [13, 18, 24]


def test_later_therapies(progressed, derived):  # Post-progression survival and its correlates
    by_type = progressed.groupby("resistance_paper")[
        ["later_local_therapy", "later_systemic_therapy"]
    ]
    assert by_type.sum().astype(int).to_numpy().tolist() == [[38, 70], [20, 12]]
    therapies = derived["therapies"]
    systemic = therapies[therapies["category"] == "systemic"]
    kinds = {"anti_ctla4": 19, "braf_mek": 20, "chemotherapy": 25, "other": 18}
    assert counts(systemic["kind"]) == kinds
    outcome = systemic.groupby("kind")[["objective_response", "evaluable"]].sum().astype(int)
    assert outcome.loc["braf_mek"].tolist() == [9, 18]
    assert outcome.loc["anti_ctla4"].tolist() == [3, 14]
    assert outcome.loc["chemotherapy", "objective_response"] == 0


# Printed medians and ranges; None where the article prints none.
PRINTED = [
    # figure 2C and Results
    ("baseline_sum_mm", "best_response", "CR", "19.3", "10.1", "49.0"),
    ("baseline_sum_mm", "best_response", "PR", "65.5", "10.0", "255.4"),
    ("baseline_sum_mm", "best_response", "SD", "48.2", "10.2", "186.8"),
    ("baseline_sum_mm", "best_response", "PD", "46.0", "10.0", "305.0"),
    # figure 2B
    ("change_3_months_pct", "best_response", "CR", "-69.6", "-100.0", "-22.7"),
    ("change_3_months_pct", "best_response", "PR", "-36.6", "-75.7", "-2.4"),
    ("change_3_months_pct", "best_response", "SD", "-1.4", "-29.6", "17.6"),
    ("share_of_depth_at_3_months_pct", "best_response", "CR", "70", None, None),
    ("share_of_depth_at_3_months_pct", "best_response", "PR", "71", None, None),
    # Best response, maximal response depth
    ("max_change_pct", "in_response_cohort", 1, "-5", "-100", "241"),
    ("time_to_nadir_months", "in_response_cohort", 1, "3", "0.4", "37"),
    ("time_to_cr_months", "best_response", "CR", "6", "2", "25"),
    ("time_to_pr_months", "ever_pr", 1, "2.7", "2", "37"),
    ("pr_to_cr_months", "ever_cr", 1, "6", "3", "21"),
    # Progression pattern
    ("pfs_months", "in_progression_cohort", 1, "3", "0.3", "49"),
    # Tables 1 and 2
    ("target_sum_at_progression_mm", "in_progression_cohort", 1, "49.0", "0.0", "415.0"),
    ("target_sum_at_progression_mm", "resistance_paper", "primary", "64.0", "0.0", "415.0"),
    ("target_sum_at_progression_mm", "resistance_paper", "secondary", "29.2", "0.0", "229.0"),
    ("enlargement_pct", "in_progression_cohort", 1, "26.2", "-100.0", "241.0"),
    ("enlargement_pct", "resistance_paper", "primary", "31.3", "-100.0", "241.0"),
    ("enlargement_pct", "resistance_paper", "secondary", "3.3", "-71.4", "120.0"),
    ("enlargement_pct_per_month", "in_progression_cohort", 1, "10.0", "-28.6", "109.1"),
    ("enlargement_pct_per_month", "resistance_paper", "primary", "13.2", "-28.6", "82.2"),
    ("enlargement_pct_per_month", "resistance_paper", "secondary", "0.8", "-14.6", "109.1"),
    ("ldh_change_pct", "in_progression_cohort", 1, "6.2", "-33.7", "354.6"),
    ("ldh_change_pct", "resistance_paper", "primary", "12.3", "-33.7", "354.6"),
    ("ldh_change_pct", "resistance_paper", "secondary", "2.1", "-25.4", "42.6"),
    ("ldh_change_pct_per_month", "in_progression_cohort", 1, "7.9", "-49.7", "409.2"),
    ("ldh_change_pct_per_month", "resistance_paper", "primary", "13.3", "-49.7", "409.2"),
    ("ldh_change_pct_per_month", "resistance_paper", "secondary", "2.4", "-36.3", "41.7"),
]


@pytest.mark.parametrize(("column", "by", "group", "median", "low", "high"), PRINTED)
def test_medians_and_ranges(everyone, column, by, group, median, low, high):
    values = everyone.loc[(everyone[by] == group).fillna(False), column].astype(float).dropna()
    for printed, value in ((median, values.median()), (low, values.min()), (high, values.max())):
        if printed is not None:
            decimals = len(printed.partition(".")[2])
            assert value in possible_values(float(printed), decimals)


def test_upgrade_from_stable_disease(responders):  # median -20 % (-30 to -2), 4 months (2 to 34)
    stable = responders[responders["first_response"] == "SD"]
    change = stable.loc[stable["best_response"] != "SD", "change_3_months_pct"]
    assert [fixed(x) for x in (change.median(), change.min(), change.max())] == ["-20", "-30", "-2"]
    into_pr = stable.loc[stable["best_response"] == "PR", "sd_to_response_months"].astype(float)
    assert [fixed(x) for x in (into_pr.median(), into_pr.min(), into_pr.max())] == ["4", "2", "34"]


def test_dates_are_in_order(derived):
    clean = derived["clean"]
    patients = clean["patients"].set_index("patient_id")
    last = patients["last_follow_up_day"]
    for table in ("assessments", "labs"):
        days = clean[table].groupby("patient_id")["day"].max()
        assert (days <= last[days.index]).all()
    assert (patients["last_dose_day"].dropna() <= last[patients["last_dose_day"].notna()]).all()


def test_no_two_patients_are_alike(derived):
    lesions = derived["clean"]["lesions"]
    measured = lesions[lesions["diameter_mm"].notna()]
    series = measured.groupby("patient_id")[["day", "diameter_mm"]].apply(
        lambda rows: rows.to_numpy().tobytes()
    )
    assert series.is_unique
    columns = [c for c in derived["clean"]["patients"] if c != "patient_id"]
    assert not derived["clean"]["patients"].duplicated(columns).any()
