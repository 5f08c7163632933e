"""Incomplete ISO dates, and what a cohort's file says they mean."""

import calendar
import re

ERROR, FIRST, MIDDLE, LAST, DROP = "error", "first", "middle", "last", "drop"
RULES = (ERROR, FIRST, MIDDLE, LAST, DROP)
WORDS = {
    FIRST: "incomplete dates count as the first day that they can mean",
    MIDDLE: "incomplete dates count as the 15th of their month, or July 1 of their year",
    LAST: "incomplete dates count as the last day that they can mean",
    DROP: "rows with an incomplete date are left out",
}

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-{1,3}|-UNK?)?(?:T.*)?", re.ASCII)


def complete(text: str, rule: str) -> str | None:
    """An incomplete date completed by a rule; None if it stays as it is, "" to leave it out.

    Examples
    --------
    >>> [complete(text, "last") for text in ("2016-02", "2016", "2016-02-03", "soon")]
    ['2016-02-29', '2016-12-31', None, None]
    >>> complete("2016-02", "middle"), complete("2016", "middle"), complete("2016", "drop")
    ('2016-02-15', '2016-07-01', '')
    """
    found = _PARTIAL.fullmatch(text)
    if rule == ERROR or not found:
        return None
    year, month = int(found[1]), int(found[2]) if found[2] else None
    if not year or (month is not None and not 1 <= month <= 12):
        return None
    if rule == DROP:
        return ""
    if rule == MIDDLE:
        return f"{year:04}-{month or 7:02}-{15 if month else 1:02}"
    month = month or {FIRST: 1, LAST: 12}[rule]
    day = 1 if rule == FIRST else calendar.monthrange(year, month)[1]
    return f"{year:04}-{month:02}-{day:02}"
