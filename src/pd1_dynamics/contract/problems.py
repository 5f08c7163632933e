"""Problems of an input, worded for clinicians and reported all at once.

A problem says where it is (table, column, row), what was found and what was expected. Rows are
those that a person sees when the file is opened: the header is row 1, the first patient row 2.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input."""

    table: str
    found: str
    expected: str
    column: str = ""
    row: int | None = None

    def __str__(self) -> str:
        place = ", ".join(
            part
            for part in (
                f"table {self.table}",
                f"column {self.column}" if self.column else "",
                f"row {self.row}" if self.row is not None else "",
            )
            if part
        )
        return f"{place}: found {self.found}; expected {self.expected}"


class InputError(Exception):
    """Every problem of an input, in one exception; its text is one line a problem."""

    def __init__(self, problems: list[Problem], heading: str = "The input cannot be used") -> None:
        self.problems = list(problems)
        self.heading = heading
        super().__init__(heading, problems)

    def __str__(self) -> str:
        count = len(self.problems)
        lines = [f"{self.heading}: {count} problem{'s' if count != 1 else ''}."]
        return "\n".join(lines + [f"  {number}. {p}" for number, p in enumerate(self.problems, 1)])


def together(
    *steps: Callable[[], Any], found: Iterable[Problem] = (), heading: str = ""
) -> list[Any]:
    """The results of steps that do not depend on each other; the problems of all at once.

    Parameters
    ----------
    steps
        Each may raise :class:`InputError`.
    found
        Problems that are known already.
    heading
        Of the error; that of the last step that failed if not given.

    Raises
    ------
    InputError
        If there is any problem.
    """
    problems, made, last = list(found), [], "The input cannot be used"
    for step in steps:
        try:
            made.append(step())
        except InputError as error:
            problems += error.problems
            last = error.heading
    if problems:
        raise InputError(problems, heading=heading or last)
    return made
