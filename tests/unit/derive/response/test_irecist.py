"""iRECIST, one patient by scan; cited rows are those of Seymour 2017, Table 2."""

import pytest

T, N, NEW = "target", "nontarget", "new"
OPEN_WINDOW = {"irecist": {"confirm_latest_days": None}}


def responses(run, scans, settings=None, lesions=None):
    return run(scans, lesions=lesions, settings=settings).points["irecist_response"].tolist()[1:]


def test_without_progression_it_is_recist_with_an_i(run):
    assert responses(run, [(0, 40.0), (60, 40.0), (120, 20.0), (180, 0.0)]) == ["iSD", "iPR", "iCR"]


def test_the_first_progression_is_unconfirmed(run):
    assert responses(run, [(0, 40.0), (60, 50.0)]) == ["iUPD"]


def test_five_mm_of_further_growth_confirm_progression(run):
    # "remains iUPD unless iCPD is confirmed on the basis of a further increase ... ≥5 mm"
    assert responses(run, [(0, 40.0), (60, 50.0), (95, 55.0)]) == ["iUPD", "iCPD"]
    assert responses(run, [(0, 40.0), (60, 50.0), (95, 54.9)]) == ["iUPD", "iUPD"]


def test_steps_of_growth_add_up(run):
    scans = [(0, 40.0), (60, 50.0), (95, 53.0), (130, 55.0)]
    assert responses(run, scans) == ["iUPD", "iUPD", "iCPD"]


@pytest.mark.parametrize(
    ("day", "expected"), [(87, "iUPD"), (88, "iCPD"), (116, "iCPD"), (117, "iUPD")]
)
def test_confirmation_falls_into_weeks_four_to_eight(run, day, expected):
    assert responses(run, [(0, 40.0), (60, 50.0), (day, 60.0)]) == ["iUPD", expected]


def test_cohorts_scanned_every_twelve_weeks_can_open_the_window(run):
    scans = [(0, 40.0), (84, 50.0), (168, 60.0)]
    assert responses(run, scans) == ["iUPD", "iUPD"]
    assert responses(run, scans, OPEN_WINDOW) == ["iUPD", "iCPD"]


def test_a_scan_too_early_does_not_confirm_but_the_next_does(run):
    scans = [(0, 40.0), (60, 50.0), (75, 60.0), (100, 60.0)]
    assert responses(run, scans) == ["iUPD", "iUPD", "iCPD"]


@pytest.mark.parametrize(("sum_mm", "reset"), [(45.0, "iSD"), (28.0, "iPR"), (0.0, "iCR")])
def test_iupd_is_reset_by_isd_ipr_or_icr(run, sum_mm, reset):
    scans = [(0, 40.0), (60, 50.0), (95, sum_mm)]
    assert responses(run, scans) == ["iUPD", reset]


def test_after_a_reset_progression_starts_as_iupd_again(run):
    scans = [(0, 40.0), (60, 50.0), (95, 42.0), (130, 60.0), (165, 66.0)]
    assert responses(run, scans) == ["iUPD", "iSD", "iUPD", "iCPD"]


def test_after_icpd_nothing_is_reset(run):
    scans = [(0, 40.0), (60, 50.0), (95, 60.0), (130, 10.0)]
    assert responses(run, scans) == ["iUPD", "iCPD", "iCPD"]


def test_an_assessment_not_evaluable_leaves_the_question_open(run):
    scans = [(0, 40.0), (60, 50.0), (80, None), (95, 60.0)]
    assert responses(run, scans) == ["iUPD", "NE", "iCPD"]


def test_progression_of_another_kind_confirms(run):
    scans = [(0, 40.0), (60, 50.0), (95, 50.0, None, "1")]
    assert responses(run, scans) == ["iUPD", "iCPD"]


CONFIRMS = {"irecist": {"repeated_finding": "confirms"}}


def test_nontarget_progression_read_again_confirms_or_persists(run):
    nontarget = "NON-CR/NON-PD"
    scans = [(0, 40.0, nontarget), (60, 40.0, "PD"), (95, 40.0, "PD")]
    # iRECIST (Seymour 2017): the same finding once more is no further increase
    assert responses(run, scans) == ["iUPD", "iUPD"]
    assert responses(run, scans, CONFIRMS) == ["iUPD", "iCPD"]


def with_new(*new):
    lesions = [(day, "T1", T, 40.0) for day in (0, 60, 95)]
    return lesions + [(day, name, NEW, mm, "present") for day, name, mm in new]


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        # "if no change is seen in new lesions (size or number) ... assignment remains iUPD"
        ([(60, "X1", 10.0), (95, "X1", 14.9)], "iUPD"),
        ([(60, "X1", 10.0), (95, "X1", 15.0)], "iCPD"),
        ([(60, "X1", 10.0), (95, "X1", 10.0), (95, "X2", 10.0)], "iCPD"),
        ([(60, "X1", None), (95, "X1", None)], "iUPD"),
    ],
)
def test_new_lesions_confirm_by_size_or_number(run, new, expected):
    done = run(lesions=with_new(*new))
    assert done.points["irecist_response"].tolist()[1:] == ["iUPD", expected]


def test_new_lesions_that_are_gone_reset(run):
    lesions = [*with_new((60, "X1", 10.0)), (95, "X1", NEW, 0.0, "absent")]
    done = run(lesions=lesions)
    assert done.points["irecist_response"].tolist()[1:] == ["iUPD", "iSD"]
    assert done.patient["pseudoprogression"] == 1


@pytest.mark.parametrize(
    ("scans", "best", "pseudo"),
    [
        ([(60, 50.0), (95, 20.0)], "iPR", 1),
        ([(60, 50.0), (95, 42.0)], "iSD", 1),
        ([(60, 50.0), (95, 60.0), (130, 10.0)], "iCPD", 0),
        ([(60, 50.0)], "iUPD", 0),
        ([(60, 50.0), (95, 51.0)], "iUPD", 0),
        ([(60, 20.0), (120, 50.0), (155, 60.0)], "iPR", 0),
        ([(20, 40.0)], "NE", 0),
        ([(60, None)], "NE", 0),
    ],
)
def test_best_response_and_pseudoprogression(run, scans, best, pseudo):
    done = run([(0, 40.0), *scans])
    assert done.patient["irecist_best_response"] == best
    assert done.patient["pseudoprogression"] == pseudo


def test_pseudoprogression_may_ask_for_a_response(run):
    response = {"irecist": {"pseudoprogression": "response"}}
    assert (
        run([(0, 40.0), (60, 50.0), (95, 42.0)], settings=response).patient["pseudoprogression"]
        == 0
    )
    assert (
        run([(0, 40.0), (60, 50.0), (95, 20.0)], settings=response).patient["pseudoprogression"]
        == 1
    )


def test_a_response_on_a_later_therapy_is_no_pseudoprogression(run):
    therapy = [{"start_day": 70, "category": "systemic", "kind": "braf_mek"}]
    done = run([(0, 40.0), (60, 50.0), (95, 20.0)], therapies=therapy)
    assert done.patient["irecist_best_response"] == "iUPD"
    assert done.patient["pseudoprogression"] == 0


def test_progression_as_read_alone_is_confirmed_by_a_second_reading(run):
    scans = [(0, 40.0), (60, 40.0, None, None, "PD"), (95, 40.0, None, None, "PD")]
    assert responses(run, scans, CONFIRMS) == ["iUPD", "iCPD"]
    assert responses(run, scans) == ["iUPD", "iUPD"]
