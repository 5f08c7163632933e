"""PFS, OS, PPS and durations: one patient, days by hand."""

import pandas as pd
import pytest

MONTH = 30.4375
ALIVE = {"death": 0, "last_follow_up_day": 900}
DEAD = {"death": 1, "last_follow_up_day": 900}
STABLE = [(0, 50.0), (84, 50.0), (168, 50.0)]
PROGRESSED = [*STABLE, (252, 80.0)]
SYSTEMIC = {"category": "systemic", "kind": "braf_mek"}


def pfs(done):
    row = done.patient
    return round(row["pfs_months"] * MONTH), row["pfs_event"], row["pfs_end"]


def test_pfs_ends_at_radiological_progression(run):
    assert pfs(run(PROGRESSED, patient=ALIVE)) == (252, 1, "progression")


def test_pfs_ends_at_death_without_progression(run):
    assert pfs(run(STABLE, patient=DEAD)) == (900, 1, "death")


def test_pfs_is_censored_at_the_last_evaluable_assessment(run):
    assert pfs(run(STABLE, patient=ALIVE)) == (168, 0, "last assessment")
    assert pfs(run([*STABLE, (252, None)], patient=ALIVE)) == (168, 0, "last assessment")


def test_pfs_may_be_censored_at_the_last_contact(run):
    done = run(STABLE, patient=ALIVE, settings={"pfs": {"censoring": "last_follow_up"}})
    assert pfs(done) == (900, 0, "last contact")


def test_pfs_without_assessment_is_censored_at_the_first_dose(run):
    assert pfs(run([(0, 50.0)], patient=ALIVE)) == (0, 0, "no assessment")


def test_death_without_any_scan_is_an_event(run):
    assert pfs(run([(0, 50.0)], patient=DEAD)) == (900, 1, "death")


def test_a_later_systemic_therapy_censors_pfs_before_it(run):
    therapies = [{"start_day": 200, **SYSTEMIC}]
    assert pfs(run(PROGRESSED, patient=DEAD, therapies=therapies)) == (168, 0, "later therapy")
    ignore = {"pfs": {"later_therapy": "ignore"}}
    done = run(PROGRESSED, patient=DEAD, therapies=therapies, settings=ignore)
    assert pfs(done) == (252, 1, "progression")


def test_a_later_therapy_after_progression_changes_nothing(run):
    therapies = [{"start_day": 252, **SYSTEMIC}]
    assert pfs(run(PROGRESSED, patient=DEAD, therapies=therapies)) == (252, 1, "progression")


def test_os_and_pps_end_at_death_or_last_contact(run):
    row = run(PROGRESSED, patient=DEAD).patient
    assert (row["os_months"], row["os_event"]) == (900 / MONTH, 1)
    assert (row["pps_months"], row["pps_event"]) == (648 / MONTH, 1)
    row = run(PROGRESSED, patient=ALIVE).patient
    assert (row["os_event"], row["pps_event"]) == (0, 0)
    assert row["follow_up_months"] == 900 / MONTH


def test_there_is_no_pps_without_radiological_progression(run):
    row = run(STABLE, patient=DEAD).patient
    assert row["in_progression_cohort"] == 0
    assert pd.isna(row["pps_months"])
    assert pd.isna(row["pps_event"])


def test_a_cohort_without_vital_status_has_no_survival(run):
    row = run(PROGRESSED).patient
    for name in ("pfs_months", "pfs_event", "os_months", "os_event", "pps_months", "pps_event"):
        assert pd.isna(row[name])
    assert row["pfs_end"] == "unknown"
    assert row["in_progression_cohort"] == 1


def test_durations_run_from_the_first_such_scan_to_the_end_of_pfs(run):
    scans = [(0, 50.0), (84, 50.0), (168, 30.0), (252, 0.0), (336, 10.0)]
    row = run(scans, patient=ALIVE).patient
    assert row["duration_of_response_months"] == 168 / MONTH
    assert row["duration_of_pr_months"] == 168 / MONTH
    assert row["duration_of_cr_months"] == 84 / MONTH
    assert row["disease_control_months"] == 252 / MONTH
    assert row["duration_of_response_event"] == row["disease_control_event"] == 1


def test_durations_are_censored_with_pfs(run):
    row = run([(0, 50.0), (84, 30.0), (168, 30.0)], patient=ALIVE).patient
    assert (row["duration_of_response_months"], row["duration_of_response_event"]) == (
        84 / MONTH,
        0,
    )
    assert pd.isna(row["duration_of_cr_months"])
    assert pd.isna(row["duration_of_cr_event"])


def test_disease_control_needs_a_first_response_of_cr_pr_or_sd(run):
    assert pd.isna(run([(0, 50.0), (84, 80.0)], patient=ALIVE).patient["disease_control_months"])


@pytest.mark.parametrize(
    ("reported", "expected"),
    [
        (
            {"pfs_days": 93, "progression": 1, "death": 1, "os_days": 283},
            (93, 1, "reported progression"),
        ),
        (
            {"pfs_days": 93, "progression": 0, "death": 0, "os_days": 283},
            (93, 0, "reported censoring"),
        ),
        (
            {"pfs_days": 93, "progression": 0, "death": 1, "os_days": 283},
            (93, 0, "reported censoring"),
        ),
        (
            {"pfs_days": 283, "progression": 0, "death": 1, "os_days": 283},
            (283, 1, "reported death"),
        ),
        ({"progression_day": 93, "death": 1, "os_days": 283}, (93, 1, "reported progression")),
        # Progression after PFS was censored, as at a later therapy; or within rounding of a month.
        ({"pfs_days": 50, "progression_day": 93, "pfs_event": 0}, (50, 0, "reported censoring")),
        ({"pfs_days": 50, "progression_day": 93}, (50, 0, "reported censoring")),
        ({"pfs_days": 50, "progression_day": 93, "pfs_event": 1}, (50, 1, "reported event")),
        ({"pfs_days": 50, "progression_day": 66}, (50, 1, "reported progression")),
        ({"pfs_days": 50, "progression_day": 66, "pfs_event": 0}, (50, 0, "reported censoring")),
    ],
)
def test_pfs_as_reported_without_scans(run, reported, expected):
    assert pfs(run(patient=reported)) == expected


TO_283 = {"death": 1, "os_days": 283}
DATED = {"patient_id": "B", "progression_day": 50, "death": 1, "last_follow_up_day": 80}


@pytest.mark.parametrize(
    "reported",
    [
        {"pfs_days": 93, **TO_283},  # a time alone: event or censored?
        {"pfs_days": 93, "death": 0, "os_days": 93},
        {"pfs_days": 93},
        TO_283,  # death alone is overall survival
        {"progression": 0, **TO_283},
        {"progression": 1, **TO_283},  # when?
        {"progression": 1, "death": 0, "os_days": 283},
        {"best_response": "PD", "death": 0, "last_follow_up_day": 283},
    ],
)
def test_pfs_is_unknown_if_reports_leave_event_or_time_open(run, reported):
    row = run(patient=reported).patient
    assert pd.isna(row["pfs_months"])
    assert pd.isna(row["pfs_event"])
    assert row["pfs_end"] == "unknown"


def test_a_progression_without_its_day_is_neither_in_nor_out(run):
    row = run(patient={"progression": 1, "best_response": "PR", "death": 0, "os_days": 283}).patient
    assert pd.isna(row["in_progression_cohort"])
    assert pd.isna(row["resistance_paper"])
    assert row["resistance_sitc"] == "unclassifiable"
    assert "when the disease progressed is not known" in row["resistance_sitc_reason"]


def test_a_pfs_to_the_day_of_death_needs_no_word_where_others_tell_theirs(run):
    mine = {"patient_id": "A", "pfs_days": 283, **TO_283}
    others = {"patient_id": "B", "pfs_days": 90, "pfs_event": 0, "death": 0, "os_days": 100}
    assert pfs(run(patients=pd.DataFrame([mine, others]))) == (283, 1, "reported death")


@pytest.mark.parametrize(
    "others",
    [
        {"pfs_days": 90, "death": 0, "os_days": 400},  # not known, while deaths would be
        {"pfs_days": 90, "progression": None, "death": 1, "os_days": 400},
    ],
)
@pytest.mark.parametrize(
    "event",
    [
        {"pfs_days": 283, **TO_283},
        {"pfs_days": 50, "progression": 1, **TO_283},
        {"pfs_days": 50, "pfs_event": 1, "death": 0, "os_days": 90},
    ],
)
def test_no_pfs_where_only_events_can_be_told(run, event, others):
    both = pd.DataFrame([{"patient_id": "A", **event}, {"patient_id": "B", **others}])
    assert run(patients=both).patients["pfs_months"].isna().all()
    both.loc[1, "pfs_event"] = 0
    assert run(patients=both).patients["pfs_months"].notna().all()


MONTHS_9_2 = 9.2 * MONTH  # 280.0 days: the day of death, 281, in months with one decimal


@pytest.mark.parametrize(
    ("told", "event", "progressed"),
    [
        ({"progression": 0}, 1, 0),
        ({"pfs_event": 1}, 1, 0),
        ({"pfs_event": 1, "progression": 1}, 1, 1),
    ],
)
def test_a_pfs_in_months_reaches_to_death_but_for_rounding(run, told, event, progressed):
    died = {"death": 1, "last_follow_up_day": 281, "best_response": "SD"}
    row = run(patient={"pfs_days": MONTHS_9_2, **died, **told}).patient
    assert (row["pfs_event"], row["in_progression_cohort"]) == (event, progressed)
    row = run(patient={"pfs_days": 280.0, "progression": 0, **died}).patient
    assert (row["pfs_event"], row["pfs_end"]) == (0, "reported censoring")


def test_a_reported_pfs_is_censored_where_dates_alone_tell_who_progressed(run):
    dated = {"patient_id": "B", "pfs_days": 50, "progression_day": 50, "death": 0, "os_days": 80}
    free = {"patient_id": "A", "pfs_days": 400, "death": 0, "last_follow_up_day": 400}
    assert pfs(run(patients=pd.DataFrame([free, dated]))) == (400, 0, "reported censoring")
    free |= {"best_response": "SD/PD"}  # which may have been the progression
    assert run(patients=pd.DataFrame([free, dated])).patient["pfs_end"] == "unknown"


def test_no_time_is_negative_and_no_wrong_one_is_used(run):
    late = {"pfs_event": 1, "progression": 1, "death": 1, "last_follow_up_day": 80}
    row = run(patient={"pfs_days": 3 * MONTH, **late}).patient  # 91 days: rounding
    assert (row["pps_months"], row["pps_event"]) == (0, 1)
    row = run(patient={"pfs_days": 13 * MONTH, **late}).patient
    assert pd.isna(row["pps_months"])
    assert pd.isna(row["pps_event"])


def test_who_reports_pfs_beside_others_scans_may_have_progressed(run):
    scanned = [(0, 50.0), (84, 80.0)]
    told = {"patient_id": "B", "pfs_days": 93, "death": 0, "os_days": 400, "best_response": "PD"}
    row = run(scanned, patients=pd.DataFrame([told, {"patient_id": "A"}])).patient
    assert row["pfs_end"] == "unknown"
    assert pd.isna(row["in_progression_cohort"])
    assert row["resistance_sitc"] == "unclassifiable"


def test_without_a_last_contact_nobody_is_free_of_progression(run):
    mine = {"patient_id": "A", "best_response": "PR"}
    row = run(patients=pd.DataFrame([mine, DATED])).patient
    assert pd.isna(row["in_progression_cohort"])
    assert row["resistance_sitc"] == "unclassifiable"


@pytest.mark.parametrize(
    ("reported", "expected"),
    [
        ({"death": 1, "last_follow_up_day": 400}, (400, 1, "reported death")),
        ({"death": 0, "last_follow_up_day": 400}, (400, 0, "reported censoring")),
        ({"death": 0, "last_follow_up_day": 400, "best_response": "PD"}, None),
        ({"death": 1, "last_follow_up_day": 400, "pfs_event": 1}, None),
        ({"death": 0}, None),
    ],
)
def test_who_has_no_date_of_progression_where_others_have_one(run, reported, expected):
    mine = {"patient_id": "A", **reported}
    done = run(patients=pd.DataFrame([mine, DATED]))
    if expected is None:
        assert pd.isna(done.patient["pfs_months"])
        assert pd.isna(done.patient["pfs_event"])
    else:
        assert pfs(done) == expected
        assert done.patient["in_progression_cohort"] == 0
    assert done.patients.iloc[1]["in_progression_cohort"] == 1
    # Where a column says who progressed, an empty cell is no answer.
    done = run(patients=pd.DataFrame([mine, {**DATED, "progression": 1}]))
    assert pd.isna(done.patient["pfs_months"])
    done = run(patients=pd.DataFrame([{**mine, "progression": 0}, {**DATED, "progression": 1}]))
    assert expected is None or pfs(done) == expected


def test_dates_of_progression_without_vital_status_give_no_pfs(run):
    dated = {"patient_id": "A", "progression_day": 50}
    other = {"patient_id": "B", "last_follow_up_day": 400}
    done = run(patients=pd.DataFrame([dated, other]))
    assert done.patients["pfs_months"].isna().all()


def test_who_has_no_scan_where_others_have_one_counts_as_never_evaluated(run):
    scanned = [(0, 50.0), (84, 80.0)]
    treated = pd.DataFrame([{"patient_id": "B", **DEAD}, {"patient_id": "A", **DEAD}])
    assert pfs(run(scanned, patients=treated)) == (900, 1, "death")
    told = pd.DataFrame([{"patient_id": "B", "progression": 1, **DEAD}, {"patient_id": "A"}])
    assert run(scanned, patients=told).patient["pfs_end"] == "unknown"


def test_reported_progression_feeds_pps_and_the_progression_cohort(run):
    reported = {
        "pfs_days": 93,
        "progression": 1,
        "death": 1,
        "os_days": 283,
        "treatment_start": "0",
    }
    row = run(patient=reported).patient
    assert row["in_progression_cohort"] == 1
    assert row["progression_date"] == "93"
    assert row["pps_months"] == 190 / MONTH


def test_a_reported_progression_becomes_a_date_where_the_start_is_one(run):
    reported = {"progression_day": 31, "treatment_start": "2019-12-15"}
    assert run(patient=reported).patient["progression_date"] == "2020-01-15"


def test_the_date_of_progression_is_that_of_the_scan_as_written(run):
    scans = [
        {"day": 0, "date": "2020-02-01", "target_sum_mm": 50.0},
        {"day": 29, "date": "2020-03-01", "target_sum_mm": 80.0},
    ]
    assert run(scans).patient["progression_date"] == "2020-03-01"


def test_treatment_ends_with_the_last_dose(run):
    row = run(PROGRESSED, patient={**ALIVE, "last_dose_day": 240}).patient
    assert (row["treatment_months"], row["treatment_ongoing"]) == (240 / MONTH, 0)
    assert row["progression_months"] == 252 / MONTH


def test_a_cohort_that_knows_no_last_dose_has_no_time_under_treatment(run):
    row = run(PROGRESSED, patient=ALIVE).patient
    assert pd.isna(row["treatment_months"])
    assert pd.isna(row["treatment_ongoing"])


@pytest.mark.parametrize(
    ("reported", "progressed", "event", "pps"),
    [
        ({"progression": 1, "progression_day": 100.0}, 1, 1, 1),  # said twice is said
        ({"pfs_days": 100.0, "pfs_event": 1}, 1, 1, 1),
        ({"pfs_days": 300.0, "pfs_event": 1}, 0, 1, None),  # on the day of death: a death
        ({"pfs_days": 100.0, "pfs_event": 1, "progression": 0}, 0, 1, None),
        ({"pfs_days": 100.0, "pfs_event": 0, "progression": 1}, 1, 1, 1),
        ({"pfs_days": 100.0, "pfs_event": 0}, 0, 0, None),
    ],
)
def test_reported_pfs_and_its_event(run, reported, progressed, event, pps):
    patient = {"last_follow_up_day": 300.0, "death": 1, "best_response": "SD", **reported}
    row = run(patient=patient).patient
    assert row["in_progression_cohort"] == progressed
    assert row["pfs_event"] == event
    assert (None if pd.isna(row["pps_event"]) else row["pps_event"]) == pps
