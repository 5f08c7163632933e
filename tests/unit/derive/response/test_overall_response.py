"""RECIST 1.1, Tables 1 and 2, written out by hand: all 90 combinations."""

import pytest

from pd1_dynamics.derive.response import OVERALL_RESPONSE, overall_response
from pd1_dynamics.derive.rules import as_table

NONTARGET = ("CR", "NON-CR/NON-PD", "PD", "NE", "none")

WITHOUT_NEW_LESION = {
    # target   non-target: CR, NON-CR/NON-PD, PD, NE, none
    "CR": ("CR", "PR", "PD", "PR", "CR"),
    "PR": ("PR", "PR", "PD", "PR", "PR"),
    "SD": ("SD", "SD", "PD", "SD", "SD"),
    "PD": ("PD", "PD", "PD", "PD", "PD"),
    "NE": ("NE", "NE", "PD", "NE", "NE"),
    "none": ("CR", "NON-CR/NON-PD", "PD", "NE", "NE"),
}
COMBINATIONS = [
    (target, nontarget, new, "PD" if new == "1" else expected)
    for target, row in WITHOUT_NEW_LESION.items()
    for nontarget, expected in zip(NONTARGET, row, strict=True)
    for new in ("0", "1", "equivocal")
]


def test_there_are_ninety_combinations():
    assert len(set(COMBINATIONS)) == 90


@pytest.mark.parametrize(("target", "nontarget", "new", "expected"), COMBINATIONS)
def test_overall_response(target, nontarget, new, expected):
    assert overall_response(target, nontarget, new) == expected


@pytest.mark.parametrize("category", ["SD", "NE"])
def test_persistent_nontarget_disease_alone_may_count_otherwise(category):
    assert overall_response("none", "NON-CR/NON-PD", nonmeasurable_stable=category) == category
    assert overall_response("none", "NON-CR/NON-PD", nonmeasurable_stable="NE") == "NE"


def test_the_rules_print_as_a_table_with_their_sources():
    table = as_table(OVERALL_RESPONSE)
    assert len(table) == len(OVERALL_RESPONSE)
    assert table["source"].str.contains("RECIST 1.1").all()
    assert table["when"].iloc[-1] == "otherwise"
