"""Suppression of small cells: counts of patients below a bound, and cells that would reveal them.

The setting ``publish.smallest_cell`` is the bound. Suppressed are counts from 1 to one below it
with their percents, estimates from so few patients, and such small numbers of events. Where a total
is known, a single suppressed part could be calculated from the others. Then the smallest of the
others is suppressed too (secondary suppression), over levels of a variable and over groups.
"""

from dataclasses import replace

from pd1_dynamics.analyses.estimates import ALL, Estimate
from pd1_dynamics.contract.codebook import MISSING

WHY = "fewer than {bound} patients"
_PARTS = ("n", "n_missing")
_KNOWN = "(known)"


def keep_back(rows: list[Estimate], bound: int) -> list[Estimate]:
    """The rows with small numbers suppressed; unchanged if the bound is 0.

    Parameters
    ----------
    bound
        Smallest number of patients that may be shown; 0 turns suppression off.
    """
    if not bound:
        return rows
    hidden, without_n = _hidden_cells(rows, bound)
    kept = [_published(row, place in hidden, bound) for place, row in enumerate(rows)]
    return [replace(row, n=None) if place in without_n else row for place, row in enumerate(kept)]


def _small(number: float | None, bound: int) -> bool:
    return number is not None and 0 < number < bound


def _published(row: Estimate, hidden: bool, bound: int) -> Estimate:
    why = WHY.format(bound=bound)
    counts_patients = row.statistic in (*_PARTS, "percent", "n_at_risk", "n_censored")
    few = _small(row.n, bound) or (
        row.statistic in ("n_at_risk", "n_censored") and _small(row.estimate, bound)
    )
    rate = row.statistic == "rate" and _is_small_part(row.events, row.n, bound)
    if hidden or few or rate:
        return replace(
            row,
            n=None,
            events=None,
            estimate=None,
            ci_low=None,
            ci_high=None,
            p_value=None,
            p_adjusted=None,
            left_out="",
            not_estimable=row.not_estimable or why,
        )
    if not counts_patients and _small(row.events, bound):
        row = replace(row, events=None)
    return replace(row, left_out="") if row.left_out else row


def _is_small_part(part: float | None, whole: float | None, bound: int) -> bool:
    """Whether a part of a whole is small, or what it leaves."""
    if part is None or whole is None:
        return False
    return _small(part, bound) or _small(whole - part, bound)


def _hidden_cells(rows: list[Estimate], bound: int) -> tuple[set[int], set[int]]:
    """Positions of rows to suppress (counts and their percents), and of rows that lose their n.

    The number of missing values is a part of its group like a level; so is the number of known
    values of a variable without levels. Where such a part is suppressed, no row of the variable in
    that group may show its n: the difference from the group size would reveal the part.
    """
    hidden: set[int] = set()
    tables: dict[tuple, dict[tuple[str, str], list[int]]] = {}
    of_variable: dict[tuple, list[int]] = {}
    for place, row in enumerate(rows):
        variable, equals, level = row.term.partition("=")
        key = (row.analysis, row.population, row.outcome, variable)
        of_variable.setdefault((key, row.group), []).append(place)
        if row.statistic not in (*_PARTS, "percent"):
            continue
        if not variable:
            if row.statistic == "n" and _small(row.estimate, bound):
                hidden.add(place)
            continue
        name = level if equals else _KNOWN
        name = MISSING if row.statistic == "n_missing" else name
        tables.setdefault(key, {}).setdefault((name, row.group), []).append(place)
    without_n: set[int] = set()
    for key, cells in tables.items():
        counts = {cell: _count(rows, places) for cell, places in cells.items()}
        for cell in _with_complements(counts, bound):
            hidden.update(cells[cell])
            if cell[0] in (MISSING, _KNOWN):
                without_n.update(of_variable[key, cell[1]])
    return hidden | _sizes(rows, bound), without_n


def _count(rows: list[Estimate], places: list[int]) -> float | None:
    """The number of patients of a cell, of its rows the one that counts."""
    counts = [rows[place].estimate for place in places if rows[place].statistic in _PARTS]
    return next((count for count in counts if count is not None), None)


def _sizes(rows: list[Estimate], bound: int) -> set[int]:
    """Positions of percents without a term (population sizes) that stand for few patients."""
    return {
        place
        for place, row in enumerate(rows)
        if row.statistic == "percent" and not row.term and _small_share(row, bound)
    }


def _small_share(row: Estimate, bound: int) -> bool:
    if row.estimate is None or row.n is None:
        return False
    return _small(round(row.estimate * row.n / 100), bound)


def _with_complements(counts: dict[tuple[str, str], float | None], bound: int) -> set:
    """Cells of a table that are small, and those from which one of them would follow.

    Sums are known over levels in each group, and over groups in each level where everyone together
    (``all``) is a group too.
    """
    hidden = {cell for cell, count in counts.items() if _small(count, bound)}
    levels = {level for level, _ in counts}
    groups = {group for _, group in counts}
    lines = [[(level, group) for level in levels] for group in groups]
    if ALL in groups and len(groups) > 1:
        lines += [[(level, group) for group in groups] for level in levels]
    changed = bool(hidden)
    while changed:
        changed = False
        for line in lines:
            known = [cell for cell in line if counts.get(cell)]
            back = [cell for cell in known if cell in hidden]
            open_ = [cell for cell in known if cell not in hidden]
            if len(back) == 1 and open_:
                parts = [cell for cell in open_ if cell[1] != ALL] or open_
                hidden.add(min(parts, key=lambda cell: (counts[cell], cell)))
                changed = True
    return hidden
