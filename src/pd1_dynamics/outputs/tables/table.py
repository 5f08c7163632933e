"""A table that is ready to be printed."""

from dataclasses import dataclass, field

HEADING, ROW, LEVEL = "heading", "row", "level"


class Cell(str):
    """Text of a cell, and the lines of ``estimates.csv`` whose numbers it shows."""

    lines: tuple[int, ...]

    def __new__(cls, text: str, lines: tuple[int, ...]) -> "Cell":
        """A cell, by its text and its lines."""
        cell = super().__new__(cls, text)
        cell.lines = lines
        return cell


def lines_of(cell: str) -> tuple[int, ...]:
    """Lines of ``estimates.csv`` behind a cell; none of one that shows no estimate."""
    return cell.lines if isinstance(cell, Cell) else ()


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
