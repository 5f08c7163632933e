"""A table that is ready to be printed."""

from dataclasses import dataclass, field

HEADING, ROW, LEVEL = "heading", "row", "level"


@dataclass(frozen=True)
class Line:
    """One line: what it is (``heading``, ``row`` or ``level`` of the row above), and its cells."""

    role: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table in print: title, header, lines, and notes below.

    Attributes
    ----------
    name
        File name without suffix (``tableS1``).
    number
        As printed (``Supplemental table 1``).
    """

    name: str
    number: str
    title: str
    header: tuple[str, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = field(default_factory=tuple)


Block = tuple[tuple[str, ...], list[Line], list[str]]
"""Header, lines and unmarked notes of one part of a table."""
