"""Best overall response: one patient, overall responses by day as a reader called them."""

import pandas as pd
import pytest


def ladder(*visits):
    """Scans with a baseline, then (day, overall response as read)."""
    return [(0, 20.0), *[(day, 20.0, None, None, overall) for day, overall in visits]]


def best(run, *visits, **settings):
    done = run(ladder(*visits), settings={"best_response": settings} if settings else None)
    return done.patient["best_response"], done.patient["best_response_confirmed"]


@pytest.mark.parametrize(
    ("visits", "unconfirmed", "confirmed"),
    [
        # RECIST 1.1, Table 3, each pair at 12 and 20 weeks
        ([(84, "CR"), (140, "CR")], "CR", "CR"),
        ([(84, "CR"), (140, "PR")], "CR", "PR"),
        ([(84, "CR"), (140, "SD")], "CR", "SD"),
        ([(84, "CR"), (140, "PD")], "CR", "SD"),
        ([(84, "CR"), (140, "NE")], "CR", "SD"),
        ([(84, "PR"), (140, "CR")], "CR", "PR"),
        ([(84, "PR"), (140, "PR")], "PR", "PR"),
        ([(84, "PR"), (140, "SD")], "PR", "SD"),
        ([(84, "PR"), (140, "PD")], "PR", "SD"),
        ([(84, "PR"), (140, "NE")], "PR", "SD"),
        ([(84, "NE"), (140, "NE")], "NE", "NE"),
        # the same before six weeks: SD has not lasted long enough
        ([(28, "CR"), (41, "PD")], "CR", "PD"),
        ([(28, "PR"), (41, "NE")], "PR", "NE"),
        ([(28, "SD"), (41, "PD")], "PD", "PD"),
        ([(28, "SD")], "NE", "NE"),
        # what is better later
        ([(84, "SD"), (140, "PR"), (196, "PR")], "PR", "PR"),
        ([(84, "PR"), (140, "SD"), (196, "PR")], "PR", "SD"),
        ([(84, "PR"), (140, "CR"), (196, "CR")], "CR", "CR"),
        # nothing after the first PD
        ([(84, "PD"), (140, "CR"), (196, "CR")], "PD", "PD"),
        ([(84, "SD"), (140, "PD"), (196, "PR"), (252, "PR")], "SD", "SD"),
    ],
)
def test_best_response_of_pairs(run, visits, unconfirmed, confirmed):
    assert best(run, *visits) == (unconfirmed, confirmed)


def test_sd_counts_from_day_42_on(run):
    assert best(run, (41, "SD")) == ("NE", "NE")
    assert best(run, (42, "SD")) == ("SD", "SD")
    assert best(run, (42, "SD"), sd_minimum_days=56) == ("NE", "NE")


def test_confirmation_needs_28_days(run):
    assert best(run, (84, "PR"), (111, "PR")) == ("PR", "SD")
    assert best(run, (84, "PR"), (112, "PR")) == ("PR", "PR")
    assert best(run, (84, "PR"), (105, "PR"), confirm_days=21) == ("PR", "PR")


def test_an_assessment_too_early_to_confirm_does_not_stand_in_the_way(run):
    assert best(run, (84, "PR"), (98, "PR"), (126, "PR")) == ("PR", "PR")


def test_one_assessment_not_evaluable_may_lie_between(run):
    assert best(run, (84, "PR"), (112, "NE"), (140, "PR")) == ("PR", "PR")
    assert best(run, (84, "PR"), (98, "NE"), (112, "NE"), (140, "PR")) == ("PR", "SD")
    two = [(84, "PR"), (98, "NE"), (112, "NE"), (140, "PR")]
    assert best(run, *two, max_not_evaluable_between=2) == ("PR", "PR")
    one = [(84, "PR"), (112, "NE"), (140, "PR")]
    assert best(run, *one, max_not_evaluable_between=0) == ("PR", "SD")


def test_one_sd_between_two_pr_is_accepted_on_request(run):
    visits = [(84, "PR"), (112, "SD"), (140, "PR")]
    assert best(run, *visits) == ("PR", "SD")
    assert best(run, *visits, accept_stable_between=True) == ("PR", "PR")
    twice = [(84, "PR"), (112, "SD"), (140, "SD"), (168, "PR")]
    assert best(run, *twice, accept_stable_between=True) == ("PR", "SD")


def test_cr_is_not_confirmed_across_a_pr(run):
    assert best(run, (84, "CR"), (112, "PR"), (140, "CR")) == ("CR", "PR")


def test_a_second_pair_confirms_what_the_first_did_not(run):
    assert best(run, (84, "CR"), (112, "SD"), (140, "CR"), (168, "CR")) == ("CR", "CR")


def test_the_first_of_equals_dates_the_best_response(run):
    done = run(ladder((84, "SD"), (140, "PR"), (196, "PR")))
    assert done.response.loc[0, "best_response_day"] == 140


def test_patients_do_not_confirm_each_other(run):
    scans = pd.DataFrame(
        [("A", 0, 20.0, None), ("A", 84, 20.0, "PR"), ("B", 0, 20.0, None), ("B", 140, 20.0, "PR")],
        columns=["patient_id", "day", "target_sum_mm", "overall_response"],
    )
    done = run(scans, patients=pd.DataFrame({"patient_id": ["A", "B"]}))
    assert done.patients["best_response_confirmed"].tolist() == ["SD", "SD"]


@pytest.mark.parametrize(("start", "expected"), [(84, "PR"), (100, "PR"), (83, "NE")])
def test_nothing_after_the_start_of_a_later_systemic_therapy_counts(run, start, expected):
    therapy = [{"start_day": start, "category": "systemic", "kind": "braf_mek"}]
    done = run(ladder((84, "PR"), (140, "CR")), therapies=therapy)
    assert done.patient["best_response"] == expected


def test_a_local_therapy_ends_assessment_only_on_request(run):
    therapy = [{"start_day": 100, "category": "local", "kind": "surgery"}]
    scans = ladder((84, "PR"), (140, "CR"))
    assert run(scans, therapies=therapy).patient["best_response"] == "CR"
    any_ = {"later_therapy_ends_assessment": "any"}
    assert run(scans, therapies=therapy, settings=any_).patient["best_response"] == "PR"


def test_a_later_therapy_counts_for_nothing_on_request(run):
    therapy = [{"start_day": 50, "category": "systemic", "kind": "braf_mek"}]
    none = {"later_therapy_ends_assessment": "none"}
    done = run(ladder((84, "PR")), therapies=therapy, settings=none)
    assert done.patient["best_response"] == "PR"
