"""The final table of patients."""

import pandas as pd

CONTRACT = [
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
]

RESPONSE = [
    "patient_id",
    "date",
    "day",
    "month",
    "target_sum_mm",
    "baseline_sum_mm",
    "nadir_sum_mm",
    "change_from_baseline_pct",
    "change_from_nadir_pct",
    "change_from_nadir_mm",
    "target_response",
    "nontarget_response",
    "new_lesion",
    "overall_response",
]


def test_the_columns_of_the_contract_come_first_in_its_order(run):
    done = run([(0, 50.0), (84, 80.0)])
    assert list(done.patients.columns)[: len(CONTRACT)] == CONTRACT
    assert list(done.points.columns)[: len(RESPONSE)] == RESPONSE


def test_baseline_characteristics_are_carried_along(run):
    row = run(patient={"sex": "female", "age_years": 61, "stage": "M1c", "braf_v600": 1}).patient
    assert (row["sex"], row["age_years"], row["stage"], row["braf_v600"]) == (
        "female",
        61,
        "M1c",
        1,
    )


def test_a_part_of_the_patients_is_judged_by_what_the_whole_cohort_knows():
    from pd1_dynamics.contract import definitions
    from pd1_dynamics.derive import derive, known

    patients = pd.DataFrame(
        {
            "patient_id": ["01", "02"],
            "death": [1, None],
            "last_follow_up_day": [400, 500],
            "last_dose_day": [300, None],
        }
    )
    scans = pd.DataFrame({"patient_id": "01", "day": [0, 84], "target_sum_mm": [50.0, 52.1]})
    therapies = pd.DataFrame({"patient_id": ["01"], "start_day": [350], "category": ["systemic"]})
    tables = {"patients": patients, "assessments": scans, "therapies": therapies}
    chosen = definitions.load()
    whole = derive(tables, chosen).patients
    part = {name: table[table["patient_id"] == "02"] for name, table in tables.items()}
    alone = derive(part, chosen, known(tables)).patients
    expected = whole.iloc[[1]].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone.reset_index(drop=True), expected, check_dtype=False)
    unaware = derive(part, chosen).patients.iloc[0]
    row = alone.iloc[0]
    assert (row["best_response"], unaware["best_response"]) == ("NE", None)
    assert (row["later_systemic_therapy"], row["in_progression_cohort"]) == (0, 0)
    assert row["treatment_ongoing"] == 1
    assert pd.isna(unaware["later_systemic_therapy"])
    assert pd.isna(unaware["treatment_ongoing"])


def test_empty_tables_give_empty_results(run):
    done = run(patients=pd.DataFrame({"patient_id": pd.Series([], dtype=object)}))
    assert done.patients.empty
    assert done.points.empty
