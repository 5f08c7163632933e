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


def test_stages_can_pass_through_files(run, tmp_path):
    from pd1_dynamics.contract import definitions
    from pd1_dynamics.derive import progression, resistance, response
    from pd1_dynamics.files import read_table, write_table

    patients = pd.DataFrame({"patient_id": ["01", "02"], "death": [1, 0]})
    patients["last_follow_up_day"] = [400, 500]
    scans = pd.DataFrame(
        [("01", 0, 50.0, "0"), ("01", 84, 52.1, "1"), ("02", 0, 33.0, "0"), ("02", 84, 23.1, "0")],
        columns=["patient_id", "day", "target_sum_mm", "new_lesion"],
    )
    chosen = definitions.load()

    def through(table, name):
        write_table(table, tmp_path / name)
        return read_table(tmp_path / name)

    points, by_response = response.derive(patients, scans, None, None, chosen)
    direct, _ = progression.derive(patients, scans, None, None, None, points, by_response, chosen)
    final = resistance.derive(patients, scans, points, by_response, direct, chosen)
    points = through(points, "response.csv")
    by_response = through(by_response, "response.parquet")
    read, _ = progression.derive(patients, scans, None, None, None, points, by_response, chosen)
    read = through(read, "progression.parquet")
    again = resistance.derive(patients, scans, points, by_response, read, chosen)
    write_table(final, tmp_path / "a.csv")
    write_table(again, tmp_path / "b.csv")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert final["progression_pattern"].tolist() == ["new_lesions_only", None]


def test_empty_tables_give_empty_results(run):
    done = run(patients=pd.DataFrame({"patient_id": pd.Series([], dtype=object)}))
    assert done.patients.empty
    assert done.points.empty
