"""Small counts kept back: a number of patients below a bound, and what it would follow from.

The setting ``publish.smallest_cell`` names the bound. Kept back are counts from 1 to one below it
with
their percents, estimates from so few patients, and numbers of events that are so small. Where a
whole
is known, one part that is kept back would follow from the others: then the smallest of the others
is kept back too, over levels of a variable and over groups.
"""

from dataclasses import replace

from pd1_dynamics.analyses.estimates import ALL, Row

WHY = "fewer than {bound} patients"
_PARTS = ("n", "n_missing")


def keep_back(rows: list[Row], bound: int) -> list[Row]:
    """The rows with small numbers kept back; all of them where the bound is 0.

    Parameters
    ----------
    bound
        Least number of patients that may be shown, above 0.
    """
    if not bound:
        return rows
    hidden = _hidden_cells(rows, bound)
    return [_published(row, place in hidden, bound) for place, row in enumerate(rows)]


def _small(number: float | None, bound: int) -> bool:
    return number is not None and 0 < number < bound


def _published(row: Row, hidden: bool, bound: int) -> Row:
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


def _hidden_cells(rows: list[Row], bound: int) -> set[int]:
    """Places of counts, and of the percents beside them, that are kept back."""
    hidden: set[int] = set()
    tables: dict[tuple[str, str, str], dict[tuple[str, str], int]] = {}
    percents: dict[tuple, int] = {}
    for place, row in enumerate(rows):
        variable, equals, level = row.term.partition("=")
        cell = (row.analysis, row.population, row.outcome, variable), (level, row.group)
        if row.statistic == "percent":
            percents[cell] = place
        elif row.statistic in _PARTS and (equals or row.statistic == "n_missing"):
            name = level if row.statistic == "n" else "(missing)"
            tables.setdefault(cell[0], {})[name, row.group] = place
        elif row.statistic == "n" and not variable and _small(row.estimate, bound):
            hidden.add(place)
    for key, cells in tables.items():
        counts = {cell: rows[place].estimate for cell, place in cells.items()}
        for cell in _with_complements(counts, bound):
            hidden.add(cells[cell])
            if (key, cell) in percents:
                hidden.add(percents[key, cell])
    return hidden | _sizes(rows, bound)


def _sizes(rows: list[Row], bound: int) -> set[int]:
    """Sizes of populations that are small; their percents go with them."""
    return {
        place
        for place, row in enumerate(rows)
        if row.statistic == "percent" and not row.term and _small_share(row, bound)
    }


def _small_share(row: Row, bound: int) -> bool:
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
