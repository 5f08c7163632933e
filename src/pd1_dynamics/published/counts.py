"""Counts and percents: GRIM-like checks, sums, and the counts that percents imply."""

import math
from itertools import product

from pd1_dynamics.published.printed import Interval


def percent_fits(count: int, of: int, printed: Interval) -> bool:
    """Whether count / of, in percent, may have been printed like this by some rounding rule.

    >>> from pd1_dynamics.published.printed import possible_values
    >>> [percent_fits(96, 215, possible_values(*printed)) for printed in ((55.7, 1), (45, 0))]
    [False, True]
    """
    return 100.0 * count / of in printed


def implied_counts(of: int, printed: Interval) -> list[int]:
    """Counts of a denominator whose percent may have been printed like this.

    >>> from pd1_dynamics.published.printed import possible_values
    >>> implied_counts(123, possible_values(31, 0))
    [38]
    """
    low = max(math.floor(of * printed.low / 100), 0)
    high = min(math.ceil(of * printed.high / 100), of)
    return [count for count in range(low, high + 1) if percent_fits(count, of, printed)]


def implied_split(
    groups: list[tuple[int, Interval]], total: int | None = None
) -> list[tuple[int, ...]]:
    """Counts of several groups (denominator, percent) that also add up to a printed total."""
    possible = product(*(implied_counts(of, printed) for of, printed in groups))
    return [counts for counts in possible if total is None or sum(counts) == total]


def sum_fits(parts: list[Interval], total: Interval) -> bool:
    """Whether printed parts may add up to a printed total, each rounded by itself."""
    combined = Interval(0.0, 0.0)
    for part in parts:
        combined = combined.plus(part)
    return combined.meets(total)
