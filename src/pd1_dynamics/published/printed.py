"""What a printed number can stand for: every value that rounds to it.

A number printed with d decimals may be any value within half a unit of its last digit, both ends
included, so that no rule for ties (half up, half even) is held against an author.
"""

import math
from dataclasses import dataclass

_SLACK = 1e-9  # for the last bits of floating point


@dataclass(frozen=True)
class Interval:
    """A closed interval of numbers."""

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        slack = _SLACK * max(1.0, abs(value))
        return self.low - slack <= value <= self.high + slack

    def meets(self, other: "Interval") -> bool:
        """Whether the two have a number in common."""
        slack = _SLACK * max(1.0, abs(other.low), abs(other.high))
        return self.low <= other.high + slack and other.low <= self.high + slack

    def plus(self, other: "Interval") -> "Interval":
        """Every sum of a number of each."""
        return Interval(self.low + other.low, self.high + other.high)

    def __str__(self) -> str:
        return f"{self.low:.4g} to {self.high:.4g}"


def possible_values(value: float, decimals: int, comparator: str = "=") -> Interval:
    """Every value that an author may have printed like this.

    ``<`` and ``<=`` reach down without end, ``>`` and ``>=`` up; the bound itself may have been
    rounded only where equality is meant (``<=``, ``>=``). ``about`` allows a unit of the last
    digit that is not zero.

    >>> possible_values(43, 0), possible_values(0.001, 3, "<=").high
    (Interval(low=42.5, high=43.5), 0.0015)
    """
    half = 0.5 * 10.0**-decimals
    if comparator == "=":
        return Interval(value - half, value + half)
    if comparator == "<":
        return Interval(-math.inf, value)
    if comparator == "<=":
        return Interval(-math.inf, value + half)
    if comparator == ">":
        return Interval(value, math.inf)
    if comparator == ">=":
        return Interval(value - half, math.inf)
    if comparator == "about":
        unit = 10.0**-decimals
        while value and abs(value / (unit * 10) - round(value / (unit * 10))) < _SLACK:
            unit *= 10
        return Interval(value - unit, value + unit)
    return Interval(-math.inf, math.inf)
