"""LDH before and at progression, in whole U/L and whole days."""

from dataclasses import dataclass, replace

import numpy as np

from pd1_dynamics.terms import DAYS_PER_MONTH

LOWEST, HIGHEST = 95, 2400  # U/L


@dataclass(frozen=True)
class LdhPair:
    """Two samples: the last before progression, and the one at progression.

    Attributes
    ----------
    before, at
        Values, U/L.
    days
        From the first sample to the second.
    upper_limit
        Of normal, U/L.
    elevated
        Whether the second value is above it.
    longest
        Most days that may lie between the two.
    """

    before: int
    at: int
    days: int
    upper_limit: int
    elevated: bool
    longest: int

    def possible(self) -> bool:
        """Whether values are in range and the second one on its side of the limit."""
        return (
            min(self.before, self.at) >= LOWEST
            and max(self.before, self.at) <= HIGHEST
            and (self.at > self.upper_limit) == self.elevated
            and 7 <= self.days <= self.longest
        )

    def measure(self) -> dict[str, float]:
        """Percent change, and percent change per month."""
        change = 100 * (self.at - self.before) / self.before
        return {
            "ldh_change": change,
            "ldh_change_per_month": change / (self.days / DAYS_PER_MONTH),
        }

    def propose(self, rng: np.random.Generator) -> "LdhPair | None":
        """A change of one value or of the days between; None if it is impossible."""
        choice = rng.random()
        if choice < 0.4:
            changed = replace(self, before=_near(self.before, rng))
        elif choice < 0.7:
            changed = replace(self, at=_near(self.at, rng))
        elif choice < 0.8:
            factor = float(np.exp(rng.normal(0, 0.1)))
            changed = replace(self, before=round(self.before * factor), at=round(self.at * factor))
        else:
            changed = replace(self, days=self.days + int(rng.integers(-15, 16)))
        return changed if changed.possible() else None


def draw(upper_limit: int, elevated: bool, longest: int, rng: np.random.Generator) -> LdhPair:
    """A random pair that is possible."""
    while True:
        at = round(upper_limit * (rng.uniform(1.02, 2.2) if elevated else rng.uniform(0.55, 0.98)))
        before = round(at / np.exp(rng.normal(0.08, 0.2)))
        days = int(min(longest, rng.integers(18, 75)))
        pair = LdhPair(before, at, days, upper_limit, elevated, longest)
        if pair.possible():
            return pair


def _near(value: int, rng: np.random.Generator) -> int:
    return round(value * float(np.exp(rng.normal(0, rng.choice([0.01, 0.1, 0.4])))))
