"""SITC vignettes that start from scans: what confirms, exempts, or takes a progression back."""

import pandas as pd
import pytest

SYSTEMIC = {"category": "systemic", "kind": "braf_mek"}
BASELINE = (0, 50.0)
PD_AT_84 = (84, 70.0)


def sitc(done):
    row = done.patient
    confirmed = row["resistance_sitc_confirmed"]
    return row["resistance_sitc"], None if pd.isna(confirmed) else confirmed


@pytest.mark.parametrize(
    ("later", "confirmed"),
    [
        ([(112, 72.0)], 1),  # Table 1: at least 4 weeks after
        ([(111, 72.0)], 0),
        ([(112, 60.0)], 1),  # still 20 % above the smallest sum
        ([(112, 59.0)], 0),  # no longer progression by RECIST 1.1 (footnote ‡)
        ([(111, 40.0), (112, 72.0)], 1),  # only the scan in the window counts
        ([(112, 40.0), (140, 72.0)], 0),  # the first one in the window decides
        ([(112, None), (140, 72.0)], 1),  # one that could not be evaluated does not
        ([], 0),
    ],
)
def test_the_confirmatory_scan_is_found_among_the_scans(run, later, confirmed):
    assert sitc(run([BASELINE, PD_AT_84, *later])) == ("primary", confirmed)


def test_a_scan_on_a_later_therapy_confirms_only_on_request(run):
    scans, therapies = [BASELINE, PD_AT_84, (140, 90.0)], [{"start_day": 100, **SYSTEMIC}]
    assert sitc(run(scans, therapies=therapies)) == ("primary", 0)
    accept = {"sitc": {"scan_on_later_therapy": "accept"}}
    assert sitc(run(scans, therapies=therapies, settings=accept)) == ("primary", 1)


def test_clinical_deterioration_at_progression_is_exempt(run):
    scans = [{"day": 0, "target_sum_mm": 50.0}]
    scans += [{"day": 84, "target_sum_mm": 70.0, "clinical_deterioration": 1}]
    assert sitc(run(scans)) == ("primary", None)


def test_clinical_deterioration_at_another_date_is_not(run):
    scans = [{"day": 0, "target_sum_mm": 50.0}, {"day": 84, "target_sum_mm": 70.0}]
    scans += [{"day": 100, "target_sum_mm": 70.0, "clinical_deterioration": 1}]
    assert sitc(run(scans)) == ("primary", 0)


def test_stable_disease_lasts_from_the_start_to_progression(run):
    assert sitc(run([BASELINE, (84, 50.0), (182, 70.0)]))[0] == "primary"
    assert sitc(run([BASELINE, (84, 50.0), (183, 70.0)]))[0] == "secondary"


def test_a_response_inside_six_months_of_the_start_is_primary_but_secondary_by_the_paper(run):
    row = run([BASELINE, (84, 30.0), (140, 50.0)]).patient
    assert row["resistance_sitc"] == "primary"
    assert row["resistance_sitc_rule"] == "Secondary resistance, caveat 3"
    assert row["resistance_paper"] == "secondary"


def test_progression_before_six_weeks_is_unclassifiable(run):
    assert sitc(run([BASELINE, (41, 70.0)])) == ("unclassifiable", None)
    assert sitc(run([BASELINE, (42, 70.0)])) == ("primary", 0)


def test_the_prior_response_may_have_to_be_confirmed(run):
    scans = [BASELINE, (84, 35.0), (126, 40.0), (240, 80.0)]
    done = run(scans, patient={"last_dose_day": 200, "discontinuation_reason": "completed"})
    assert sitc(done)[0] == "secondary"
    done = run(
        scans,
        patient={"last_dose_day": 200, "discontinuation_reason": "completed"},
        settings={"sitc": {"prior_response": "confirmed"}},
    )
    assert sitc(done) == ("primary", None)  # an unconfirmed PR is SD: no CR or PR before stopping


def test_progression_after_an_intercurrent_therapy_counts_from_the_last_dose(run):
    # Discontinuation, caveat 1: such patients are included
    scans = [BASELINE, (84, 30.0), (300, 30.0), (500, 60.0)]
    patient = {"last_dose_day": 280, "discontinuation_reason": "completed"}
    therapies = [{"start_day": 400, **SYSTEMIC}]
    done = run(scans, patient=patient, therapies=therapies)
    assert sitc(done) == ("late_progression", 0)
    assert done.patient["in_progression_cohort"] == 0
    exclude = {"sitc": {"intercurrent_therapy": "exclude"}}
    assert sitc(run(scans, patient=patient, therapies=therapies, settings=exclude)) == (
        "not_resistant",
        None,
    )


def test_pseudoprogression_is_no_resistance_by_irecist(run):
    scans = [BASELINE, PD_AT_84, (120, 30.0), (200, 30.0)]
    irecist = {"sitc": {"criteria": "irecist"}}
    assert sitc(run(scans)) == ("primary", 0)
    assert sitc(run(scans, settings=irecist)) == ("not_resistant", None)


def test_by_irecist_resistance_dates_from_the_iupd_that_was_confirmed(run):
    scans = [BASELINE, PD_AT_84, (120, 30.0), (200, 50.0), (235, 60.0)]
    irecist = {"sitc": {"criteria": "irecist"}}
    assert sitc(run(scans)) == ("primary", 0)
    assert sitc(run(scans, settings=irecist)) == ("secondary", 1)


def lesion(day, lesion_id, diameter, node=0, role="target"):
    return {
        "day": day,
        "lesion_id": lesion_id,
        "role": role,
        "diameter_mm": diameter,
        "node": node,
        "organ": "lymph_node" if node else "lung",
    }


def test_progression_in_nodes_alone_may_need_a_biopsy(run):
    lesions = [lesion(day, "T1", 20.0) for day in (0, 84, 200, 230)]
    lesions += [lesion(d, "T2", mm, node=1) for d, mm in ((0, 20.0), (84, 20.0), (200, 40.0))]
    lesions += [lesion(230, "T2", 40.0, node=1)]
    biopsy = {"sitc": {"nodal_only": "biopsy"}}
    assert sitc(run(lesions=lesions)) == ("secondary", 1)
    assert sitc(run(lesions=lesions, settings=biopsy)) == ("secondary", 0)
    done = run(lesions=lesions, settings=biopsy, patient={"biopsy_confirmed": 1})
    assert sitc(done) == ("secondary", 1)


def test_progression_of_a_single_lesion_may_not_be_enough(run):
    lesions = [lesion(day, "T1", 20.0) for day in (0, 84, 200, 230)]
    lesions += [lesion(d, "T2", mm) for d, mm in ((0, 20.0), (84, 20.0), (200, 40.0), (230, 40.0))]
    two = {"sitc": {"progressing_lesions": 2}}
    assert sitc(run(lesions=lesions)) == ("secondary", 1)
    assert sitc(run(lesions=lesions, settings=two)) == ("secondary", 0)


def test_patients_who_were_never_evaluated_are_unclassifiable(run):
    assert sitc(run([BASELINE])) == ("unclassifiable", None)
    dead = {"death": 1, "last_follow_up_day": 50}
    assert sitc(run([BASELINE], patient=dead)) == ("unclassifiable", None)


def test_patients_without_progression_are_not_resistant(run):
    alive = {"death": 0, "last_follow_up_day": 400}
    assert sitc(run([BASELINE, (84, 50.0)], patient=alive)) == ("not_resistant", None)


def test_an_adjuvant_relapse_is_a_new_lesion_confirmed_by_biopsy(run):
    scans = [
        {"day": 0, "new_lesion": "0", "nontarget_response": "none"},
        {"day": 400, "new_lesion": "1", "nontarget_response": "none", "biopsy_confirmed": 1},
    ]
    patient = {"setting": "adjuvant", "last_dose_day": 350, "discontinuation_reason": "completed"}
    done = run(scans, patient=patient)
    assert sitc(done) == ("primary", 1)
    assert done.patient["best_response"] == "PD"
    late = run(scans, patient={**patient, "last_dose_day": 316})
    assert sitc(late) == ("late_relapse", 1)
