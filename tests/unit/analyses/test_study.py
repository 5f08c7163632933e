"""The study's own declarations: they load, run, and leave no printed number without a row."""

import numpy as np
import pandas as pd
import pytest

from pd1_dynamics.analyses import engine
from pd1_dynamics.analyses.estimates import COLUMNS, KEY, read_estimates

FIRST_SD = ("first_sd", "first_sd_shrinkage", "first_sd_growth", "first_sd_no_change")

# Where the numbers of the article lie: analysis, statistic, term, groups.
PRINTED = [
    *(("cohort_flow", "n", "", ("all",), population) for population in ("response", *FIRST_SD)),
    ("follow_up", "median", "follow_up_months", ("all",)),
    ("follow_up_reverse_kaplan_meier", "median_survival", "", ("all",)),
    ("pfs", "median_survival", "", ("all",)),
    ("os", "median_survival", "", ("all",)),
    ("baseline_characteristics", "percent", "melanoma_subtype=ocular", ("all", "MGH", "PUCH")),
    ("baseline_characteristics", "n", "stage=M1c", ("all",)),
    ("baseline_characteristics", "percent", "less_responsive_subtype=1", ("all",)),
    ("imaging", "percent", "imaging_time_points=two", ("all",)),
    ("imaging", "percent", "first_response=PD", ("all",)),
    ("change_3_months", "median", "change_3_months_pct", ("CR", "PR", "SD")),
    ("change_3_months_cr_pr_sd", "kruskal_wallis_h", "change_3_months_pct", ("all",)),
    ("share_of_depth", "median", "share_of_depth_at_3_months_pct", ("CR", "PR", "all")),
    ("duration_of_cr", "median_survival", "", ("all",)),
    ("duration_of_pr", "median_survival", "", ("all",)),
    ("pr_to_cr", "percent", "ever_cr=1", ("all",)),
    ("pr_to_cr_time", "max", "pr_to_cr_months", ("all",)),
    ("pr_to_cr_duration", "median_survival", "", ("all",)),
    ("disease_control", "median_survival", "", ("all", "growth", "no_change")),
    ("first_sd_course", "percent", "best_response=PR", ("all",)),
    ("first_sd_course", "percent", "regression=1", ("growth", "no_change")),
    ("first_sd_to_pr_time", "median", "sd_to_response_months", ("all",)),
    ("first_sd_to_cr_time", "median", "sd_to_cr_months", ("all",)),
    ("first_sd_upgraded_change", "median", "change_3_months_pct", ("all",)),
    ("first_sd_upgrade", "rate", "upgraded=1", ("shrinkage", "no_shrinkage")),
    ("first_sd_late_shrinkage", "n", "pfs_event=1", ("all",)),
    ("first_sd_pfs", "survival", "time=6", ("all", "shrinkage", "no_shrinkage")),
    ("initial_depth", "percent", "initial_depth=above_40", ("all",)),
    ("initial_depth_pfs", "median_survival", "", ("above_40", "from_10_to_40", "up_to_10")),
    ("initial_depth_pfs_test", "log_rank_chi_squared", "initial_depth", ("all",)),
    ("response_depth", "median", "max_change_pct", ("all",)),
    ("response_depth", "percent", "regression=1", ("all",)),
    ("response_depth", "max", "time_to_nadir_months", ("all",)),
    ("best_response_rates", "rate", "complete_response=1", ("all",)),
    ("best_response_rates", "rate", "objective_response=1", ("all",)),
    ("best_response_rates", "rate", "clinical_benefit=1", ("all",)),
    ("baseline_size", "median", "baseline_sum_mm", ("CR", "PR", "SD", "PD")),
    ("baseline_size", "kruskal_wallis_h", "baseline_sum_mm", ("all",)),
    ("baseline_size_pairs", "wilcoxon_w", "baseline_sum_mm", ("CR vs PR", "SD vs PD")),
    ("baseline_size_and_depth", "spearman_rho", "baseline_sum_mm", ("all",)),
    ("largest_lesion_in_cr", "max", "largest_lesion_at_baseline_mm", ("all",)),
    ("response_by_baseline_size", "n", "complete_response=1", ("0", "1")),
    ("time_to_cr", "median", "time_to_cr_months", ("all",)),
    ("time_to_pr", "median", "time_to_pr_months", ("all",)),
    ("pfs_on_dynamics", "hazard_ratio", "max_change_pct", ("all",)),
    ("os_on_dynamics", "hazard_ratio", "time_to_nadir_months", ("all",)),
    ("time_to_progression", "median", "pfs_months", ("all",)),
    ("progression_patterns", "percent", "several_organs=1", ("all",)),
    ("progression_patterns", "percent", "ldh_at_progression=missing", ("all",)),
    ("progression_patterns", "n_missing", "target_sum_at_progression_mm", ("all",)),
    ("progression_by_resistance", "percent", "organs_group=3_or_more", ("primary", "secondary")),
    ("progression_by_resistance", "median", "ldh_change_pct", ("primary", "secondary")),
    ("progression_by_resistance", "fisher_exact", "ldh_at_progression", ("all",)),
    ("progression_by_resistance", "wilcoxon_w", "enlargement_pct_per_month", ("all",)),
    ("deaths_after_progression", "percent", "pps_event=1", ("all",)),
    ("pps", "median_survival", "", ("all", "primary", "secondary")),
    ("pps", "n_at_risk", "time=12", ("primary", "secondary")),
    ("pps_test", "log_rank_chi_squared", "resistance", ("all",)),
    *(
        ("pps_correlates", "hazard_ratio", term, ("all",))
        for term in (
            "max_change_pct",
            "time_to_nadir_months",
            "pfs_months",
            "both_patterns=1",
            "organs_at_progression",
            "target_sum_at_progression_mm",
            "enlargement_pct_per_month",
            "ldh_at_progression=elevated",
            "ldh_change_pct_per_month",
            "resistance=secondary",
        )
    ),
    ("pps_on_baseline", "hazard_ratio", "braf_v600=1", ("all",)),
    ("later_therapy", "percent", "later_local_therapy=1", ("all", "primary", "secondary")),
    ("later_therapy", "fisher_exact", "later_systemic_therapy", ("all",)),
    ("later_systemic_kinds", "n", "therapy_kind=braf_mek", ("all",)),
    ("later_therapy_response", "rate", "therapy_objective_response=1", ("braf_mek", "anti_ctla4")),
    ("later_therapy_pfs", "median_survival", "", ("braf_mek", "anti_ctla4", "chemotherapy")),
    *(
        (f"{name}_bivariate", statistic, "max_change_pct", ("all",))
        for name, statistic in (
            ("pattern", "odds_ratio"),
            ("organs", "coefficient"),
            ("target_size", "coefficient"),
            ("enlargement", "coefficient"),
            ("ldh_elevated", "odds_ratio"),
            ("ldh_change", "coefficient"),
        )
    ),
    ("baseline_by_resistance", "fisher_exact", "melanoma_subtype", ("all",)),
    ("resistance_on_baseline", "odds_ratio", "age_years", ("all",)),
]


@pytest.mark.parametrize("printed", PRINTED, ids=lambda p: f"{p[0]}-{p[1]}-{p[2]}")
def test_a_printed_number_has_its_rows(estimates, printed):
    analysis, statistic, term, groups, *population = printed
    rows = estimates[
        (estimates["analysis"] == analysis)
        & (estimates["statistic"] == statistic)
        & (estimates["term"] == term)
        & estimates["group"].isin(groups)
    ]
    if population:
        rows = rows[rows["population"] == population[0]]
    assert sorted(rows["group"]) == sorted(groups)


def test_columns_are_those_of_the_contract_and_typed(estimates):
    assert tuple(estimates.columns) == COLUMNS
    assert estimates[["n", "events"]].dtypes.astype(str).tolist() == ["Int64", "Int64"]
    assert estimates["estimate"].dtype == float


def test_one_key_is_one_row(estimates):
    assert not estimates.duplicated(list(KEY)).any()


def test_a_row_has_a_number_or_a_reason(estimates):
    empty = estimates["estimate"].isna() & (estimates["not_estimable"] == "")
    without_number = {"median_survival", "fisher_exact"}  # not reached; only a p value
    assert set(estimates.loc[empty, "statistic"]) <= without_number
    assert estimates.loc[estimates["not_estimable"] != "", "estimate"].isna().all()


def test_percents_are_0_to_100(estimates):
    shares = estimates[estimates["statistic"].isin(["percent", "rate", "survival"])]
    assert shares["estimate"].dropna().between(0, 100).all()
    assert shares["estimate"].max() > 1
    assert shares["ci_high"].max() > 1


def test_the_order_of_patients_and_a_second_run_change_nothing(study, cohort, estimates):
    patients, therapies = cohort
    again = engine.run(
        patients.sample(frac=1, random_state=1), therapies.sample(frac=1, random_state=2), study
    )
    exact = [name for name in estimates if estimates[name].dtype != float]
    pd.testing.assert_frame_equal(again[exact], estimates[exact])
    pd.testing.assert_frame_equal(again, estimates, rtol=1e-7)
    pd.testing.assert_frame_equal(engine.run(*cohort, study), estimates, check_exact=True)


def test_estimates_read_back_as_they_were_written(estimates, tmp_path):
    from pd1_dynamics.files import write_table

    write_table(estimates, tmp_path / "estimates.csv")
    back = read_estimates(tmp_path / "estimates.csv")
    pd.testing.assert_frame_equal(back, estimates, check_exact=True)


REPORTED = [
    *("patient_id", "age_years", "sex", "stage", "ecog", "brain_metastasis", "ldh_at_baseline"),
    *("prior_immunotherapy", "prior_targeted_therapy", "best_response", "follow_up_months"),
    *("pfs_months", "pfs_event", "os_months", "os_event", "pps_months", "pps_event"),
    *("in_progression_cohort", "resistance", "resistance_paper"),
]
LESIONS = [
    *("patient_id", "in_response_cohort", "baseline_sum_mm", "change_3_months_pct"),
    *("max_change_pct", "time_to_nadir_months", "first_response", "best_response"),
]


def test_a_cohort_without_scans_has_its_survival_and_honest_gaps(study, cohort):
    patients, therapies = cohort
    scanless = patients.assign(
        **{name: np.nan for name in patients.columns if name not in REPORTED}
    ).assign(in_response_cohort=0, best_response="mixed")
    found = engine.run(scanless, therapies.iloc[:0], study)

    def why(analysis):
        return set(found.loc[found["analysis"] == analysis, "not_estimable"])

    assert why("pps_test") == why("os") - {"no follow-up as long as 60 months"} == {""}
    assert why("best_response_rates") == {
        "no target lesion measurements at baseline and on treatment"
    }
    assert "no LDH values at progression" in why("progression_by_resistance")
    assert why("later_therapy_pfs") == {"no record of later therapies"}
    assert why("pps_on_baseline") == {
        "no target lesion size at baseline",
        "no treating center",
        "no melanoma subtype",
        "no BRAF status",
        "no NRAS status",
    }
    mixed = found[(found["analysis"] == "best_response_reported") & (found["term"] != "")]
    count = mixed[(mixed["term"] == "best_response=mixed") & (mixed["statistic"] == "n")]
    assert count["estimate"].tolist() == [len(patients)]


def test_a_cohort_of_lesions_alone_has_response_and_no_survival(study, cohort):
    patients, _ = cohort
    found = engine.run(patients[LESIONS], pd.DataFrame({"patient_id": []}), study)
    depth = found[(found["analysis"] == "baseline_size_and_depth")]
    assert depth["estimate"].notna().all()
    assert set(found.loc[found["analysis"] == "os", "not_estimable"]) == {"no overall survival"}
    assert set(found.loc[found["analysis"] == "pps", "not_estimable"]) == {
        "no progression with its date"
    }


def test_mixed_responses_are_counted_apart_from_the_rates(study, cohort):
    patients, therapies = cohort
    known = patients["best_response"].notna()
    changed = patients.assign(
        best_response=patients["best_response"].where(patients.index % 3 > 0, "mixed")
    )
    found = engine.run(changed, therapies, study)
    rate = found[(found["analysis"] == "best_response_rates_reported")].iloc[0]
    assert rate["n"] == (known & (patients.index % 3 > 0)).sum()


@pytest.mark.parametrize("n", [0, 1, 2, 5, 12])
def test_a_handful_of_patients_never_makes_it_fail(study, cohort, n):
    patients, therapies = cohort
    few = patients.iloc[:n]
    found = engine.run(few, therapies[therapies["patient_id"].isin(few["patient_id"])], study)
    assert not found.duplicated(list(KEY)).any()
    assert (found["not_estimable"] != "").any()


def test_no_patient_is_named(estimates, cohort):
    text = estimates.to_csv()
    assert not any(name in text for name in cohort[0]["patient_id"])
