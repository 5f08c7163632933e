"""Small counts are suppressed, and so are the numbers from which they could be derived."""

import pytest

from pd1_dynamics.analyses.disclosure import keep_back
from pd1_dynamics.analyses.estimates import Estimate


def table(counts):
    """Counts of levels by groups, with percents, as a description gives them."""
    rows = []
    for group, levels in counts.items():
        n = sum(levels.values())
        for level, count in levels.items():
            base = Estimate(analysis="a", population="p", n=n, term=f"v={level}", group=group)
            rows.append(Estimate(**{**vars(base), "statistic": "n", "estimate": count}))
            rows.append(
                Estimate(**{**vars(base), "statistic": "percent", "estimate": 100 * count / n})
            )
    return rows


def shown(rows):
    return {(r.group, r.term, r.statistic): r.estimate for r in rows if r.estimate is not None}


def test_nothing_is_kept_back_without_a_bound():
    rows = table({"all": {"x": 1, "y": 40}})
    assert keep_back(rows, 0) is rows


def test_a_small_count_goes_with_its_percent_and_the_next_smallest():
    found = shown(keep_back(table({"all": {"x": 3, "y": 40, "z": 20}}), 5))
    assert found == {("all", "v=y", "n"): 40, ("all", "v=y", "percent"): 100 * 40 / 63}


@pytest.mark.parametrize(("count", "kept"), [(4, False), (5, True), (0, True)])
def test_the_bound_itself_and_none_are_shown(count, kept):
    found = shown(keep_back(table({"all": {"x": count, "y": 40, "z": 20}}), 5))
    assert (("all", "v=x", "n") in found) == kept


def test_no_cell_follows_from_its_row_or_column():
    counts = {
        "all": {"x": 13, "y": 60, "z": 30},
        "primary": {"x": 10, "y": 40, "z": 20},
        "secondary": {"x": 3, "y": 20, "z": 10},
    }
    found = shown(keep_back(table(counts), 5))
    hidden = {
        (group, level)
        for group, levels in counts.items()
        for level in levels
        if (group, f"v={level}", "n") not in found
    }
    assert ("secondary", "x") in hidden
    for group in counts:
        assert len([cell for cell in hidden if cell[0] == group]) != 1
    for level in ("x", "y", "z"):
        assert len([cell for cell in hidden if cell[1] == level]) != 1


def test_estimates_from_few_patients_and_few_events_are_kept_back():
    rows = [
        Estimate(analysis="m", n=4, events=2, term="t", statistic="median", estimate=3.0),
        Estimate(analysis="m", n=50, events=2, term="t", statistic="hazard_ratio", estimate=0.5),
        Estimate(analysis="m", n=50, events=3, term="t", statistic="rate", estimate=6.0),
        Estimate(analysis="m", n=50, events=47, term="t", statistic="rate", estimate=94.0),
        Estimate(analysis="m", n=50, term="time=12", statistic="n_at_risk", estimate=3),
    ]
    first, second, *others = keep_back(rows, 5)
    assert (first.estimate, first.n, first.not_estimable) == (None, None, "fewer than 5 patients")
    assert (second.estimate, second.events) == (0.5, None)
    assert [row.estimate for row in others] == [None] * 3


def test_a_missing_level_and_the_number_missing_are_one_cell():
    rows = table({"all": {"f": 50, "m": 48, "missing": 2}})
    base = Estimate(analysis="a", population="p", n=100, term="v", group="all")
    rows.append(Estimate(**{**vars(base), "statistic": "n_missing", "estimate": 2}))
    found = shown(keep_back(rows, 5))
    assert ("all", "v=missing", "n") not in found
    assert ("all", "v", "n_missing") not in found
    assert len([cell for cell in found if cell[2] == "n"]) <= 1  # f or m alone gives nothing away


def test_no_row_says_of_how_many_it_is_where_the_number_missing_is_kept_back():
    base = Estimate(analysis="a", population="p", n=252, term="age", group="all")
    rows = [
        Estimate(**{**vars(base), "statistic": "n", "estimate": 252}),
        Estimate(**{**vars(base), "statistic": "median", "estimate": 60.0}),
        Estimate(**{**vars(base), "n": 254, "statistic": "n_missing", "estimate": 2}),
    ]
    kept = keep_back(rows, 5)
    assert [row.n for row in kept] == [None, None, None]
    assert [row.estimate for row in kept] == [None, 60.0, None]
