"""Where a shown number comes from: the lines of ``estimates.csv`` behind it.

A table's cell knows its lines (:class:`pd1_dynamics.outputs.tables.table.Cell`). In a sentence,
such as the caption of a figure, marks around the number say them until the sentence is finished
(:func:`finished`). Pages link both to the row of the report's list (:func:`linked`).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

_OPEN, _BETWEEN, _CLOSE = "\ue000", "\ue001", "\ue002"  # letters that no text has
_MARKED = re.compile(f"{_OPEN}([^{_BETWEEN}]*){_BETWEEN}([^{_CLOSE}]*){_CLOSE}")
REPORT = "../report.html"
"""The report, from the folder of a table."""


def anchor(line: int) -> str:
    """Name of the report's row for a line of ``estimates.csv``."""
    return f"estimate-{line}"


def linked(html: str, lines: Sequence[int], page: str = REPORT) -> str:
    """A link from a number, already HTML, to its first row; the number itself if it has none."""
    if not lines:
        return html
    every = " ".join(map(str, lines))
    return f'<a class="number" href="{page}#{anchor(lines[0])}" data-lines="{every}">{html}</a>'


def marked(text: str, lines: Iterable[int]) -> str:
    """A number in a sentence, marked with its lines."""
    every = " ".join(map(str, lines))
    return f"{_OPEN}{every}{_BETWEEN}{text}{_CLOSE}" if every else text


def finished(text: str) -> tuple[str, list[dict[str, Any]]]:
    """A sentence without marks, and what they said: ``start``, ``end`` and ``lines`` of each.

    >>> finished("Patients (n=" + marked("254", (2, 3)) + ").")
    ('Patients (n=254).', [{'start': 12, 'end': 15, 'lines': [2, 3]}])
    """
    plain, found, last = "", [], 0
    for match in _MARKED.finditer(text):
        plain += text[last : match.start()]
        lines = [int(line) for line in match[1].split()]
        found.append({"start": len(plain), "end": len(plain) + len(match[2]), "lines": lines})
        plain += match[2]
        last = match.end()
    return plain + text[last:], found


def as_html(text: str, sources: Iterable[Mapping[str, Any]], page: str = "") -> str:
    """A finished sentence as HTML, its numbers linked."""
    html, last = "", 0
    for source in sources:
        html += escape(text[last : source["start"]])
        number = escape(text[source["start"] : source["end"]])
        html += linked(number, source["lines"], page)
        last = source["end"]
    return html + escape(text[last:])
