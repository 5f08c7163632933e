"""Messages without identifiers: what looks like one in the wrong column is shown by its shape
alone."""

import re
from collections.abc import Collection
from dataclasses import replace

from pd1_dynamics.contract.columns import DATE, NUMBER, TABLES, WHOLE, Contract
from pd1_dynamics.contract.problems import Problem

_QUOTED = re.compile(r"""(?P<mark>['"])(?P<text>(?:(?!(?P=mark))[^\\]|\\.)*)(?P=mark)""")
_PLAIN_DATE = re.compile(r"[\d\s./:TZ+-]{1,25}|\d{1,2}[-. ]?[A-Za-z]{3,9}[-. ,]*\d{2,4}")
_DATE_LIKE = re.compile(r"\b(\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})\b")
_IDENTIFIER_LIKE = re.compile(r"[A-Za-z]+[-_ /.]*\d{3,}|\d{3,}[-_ /.]*[A-Za-z]+|(?:\d[-_ /.]*){6,}")
_PLAIN_NUMBER = re.compile(r"[+-]?\d*\.?\d+(e[+-]?\d+)?", re.IGNORECASE)


def masked(problem: Problem, identifiers: Collection[str], contract: Contract = TABLES) -> Problem:
    """The problem with texts masked that are, or look like, an identifier or a misplaced date.

    Letters become X and digits 9, so that a person can still find the cell by its row.

    Parameters
    ----------
    identifiers
        Identifiers of patients that the tables hold, in lower case.
    contract
        Columns of the tables.
    """
    column = contract.get(problem.table, {}).get(problem.column)
    kind = column.kind if column else ""
    if problem.column.endswith(("DTC", "DT")):  # a date of SDTM or ADaM
        kind = DATE

    def shown(match: re.Match) -> str:
        text = match["text"]
        if not _is_sensitive(text, kind, identifiers):
            return match[0]
        return "'" + re.sub(r"[^\W\d_]", "X", re.sub(r"\d", "9", text)) + "' (masked)"

    return replace(problem, found=_QUOTED.sub(shown, problem.found))


def _is_sensitive(text: str, kind: str, identifiers: Collection[str]) -> bool:
    if text.strip().lower() in identifiers:
        return True
    if kind == DATE and _PLAIN_DATE.fullmatch(text.strip()):
        return False  # a date belongs here, however it is written
    if kind in (NUMBER, WHOLE) and _PLAIN_NUMBER.fullmatch(text.strip()):
        return False
    return bool(_DATE_LIKE.search(text) or _IDENTIFIER_LIKE.search(text))
