"""One patient's target sums from scan to scan, in whole tenths of a millimetre and whole days."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from pd1_dynamics.terms import CR, DAYS_PER_MONTH, PD, PR, SD

SIX_MONTHS = 183  # first day on which six months are over
SD_FROM = 42
NODE = 100  # tenths of a millimetre: a node below is no longer pathological
MEASURABLE, MEASURABLE_NODE = 100, 150
SMALLEST = 50  # a lesion too small to measure is given 5 mm (RECIST 1.1); below it is gone
FIRST_SCAN_BY = 126  # days: the "3-month evaluation"
GAPS = (25, 200)  # days between two evaluations
NO_CHANGE, SHRINKAGE, GROWTH = "none", "shrinkage", "growth"


@dataclass(frozen=True)
class Kind:
    """What does not change while a trajectory is searched.

    Attributes
    ----------
    responses
        The responses that the patient passes through, the first evaluation's first.
    progressed, target_progression, target_seen
        Whether the last scan shows progression; whether the target lesions show it; whether they
        could be assessed there.
    first_change
        ``shrinkage``, ``growth`` or ``none`` at the first evaluation; None if it may be any.
    first_range
        Percent change at the first evaluation: above the first number, up to the second.
    early
        Whether the last scan comes before six months (True), later (False), or any time (None).
    nodal
        The only target is a lymph node: it is gone below 10 mm.
    shrinks_later
        Of patients without shrinkage at first: whether they shrink later.
    fixed_baseline
        The baseline sum, where it is given; otherwise 0.
    largest_baseline
        The baseline sum is not larger, in tenths of a millimetre.
    exceptional
        One patient each has targets that shrink much while the disease progresses elsewhere.
    single_scan
        Whether there is one evaluation only.
    partial_at, complete_at, ends_at
        Months at which the search begins to place the response and the last scan; 0 for any.
    """

    course: str
    responses: tuple[str, ...]
    progressed: bool
    resistance: str | None = None
    target_progression: bool = False
    target_seen: bool = True
    first_change: str | None = None
    first_range: tuple[float, float] = (-np.inf, np.inf)
    early: bool | None = None
    nodal: bool = False
    shrinks_later: bool = False
    fixed_baseline: int = 0
    largest_baseline: float = np.inf
    exceptional: bool = False
    single_scan: bool = False
    partial_at: float = 0
    complete_at: float = 0
    ends_at: float = 0

    @property
    def best(self) -> str:
        """Best response."""
        return self.responses[-1]


@dataclass(frozen=True)
class Trajectory:
    """Days and sums: the baseline first; the sum of a scan that could not be assessed is -1."""

    kind: Kind
    days: tuple[int, ...]
    sums: tuple[int, ...]

    def possible(self) -> bool:
        """Whether days are in order and every scan's response is what the kind says."""
        kind, days, sums = self.kind, self.days, self.sums
        least = MEASURABLE_NODE if kind.nodal else MEASURABLE
        if not -28 <= days[0] <= 0 or not least <= sums[0] <= kind.largest_baseline:
            return False
        if any(0 < size < SMALLEST for size in sums):
            return False
        if not (9 if kind.responses[0] == PD else SD_FROM) <= days[1] <= FIRST_SCAN_BY:
            return False
        if any(not GAPS[0] <= later - earlier <= GAPS[1] for earlier, later in pairwise(days[1:])):
            return False
        if kind.early is not None and kind.early != (days[-1] < SIX_MONTHS):
            return False
        return self._first_fits() and self._responses_fit()

    def _first_fits(self) -> bool:
        kind, baseline, first = self.kind, self.sums[0], self.sums[1]
        change = np.sign(first - baseline)
        wanted = {SHRINKAGE: -1, GROWTH: 1, NO_CHANGE: 0}.get(kind.first_change, change)
        if change != wanted:
            return False
        low, high = kind.first_range
        if not low < 100 * (first - baseline) / baseline <= high:
            return False
        if kind.first_change in (GROWTH, NO_CHANGE) and kind.best == SD:
            seen = [s for s in self.sums[1:] if s >= 0]
            return (min(seen) < baseline) == kind.shrinks_later
        return True

    def _responses_fit(self) -> bool:
        kind, baseline = self.kind, self.sums[0]
        nadir, reached = baseline, []
        last = len(self.sums) - 1
        for place, size in enumerate(self.sums[1:], 1):
            at_progression = kind.progressed and place == last
            if size < 0:
                return at_progression and not kind.target_seen and tuple(reached) == kind.responses
            response = self._response(size, nadir)
            if at_progression:
                if (response == PD) != kind.target_progression:
                    return False
                if not kind.exceptional and 100 * size < 55 * self.sums[place - 1]:
                    return False
                if kind.best == SD and 10 * size <= 7 * baseline:
                    return False
                if kind.responses == (PD,):
                    return True
                return tuple(reached) == kind.responses
            if response == PD or (CR in reached and response != CR):
                return False
            grown_a_little = response == SD and reached  # after a partial response
            if response not in reached and not grown_a_little:
                reached.append(response)
            nadir = min(nadir, size)
        return tuple(reached) == kind.responses

    def _response(self, size: int, nadir: int) -> str:
        if size == 0 or (self.kind.nodal and size < NODE):
            return CR
        if 5 * size >= 6 * nadir and size - nadir >= 50:
            return PD
        return PR if 10 * size <= 7 * self.sums[0] else SD

    def responses(self) -> list[str]:
        """Target response at each evaluation before progression."""
        nadir, found = self.sums[0], []
        for size in self.sums[1 : len(self.sums) - self.kind.progressed]:
            found.append(self._response(size, nadir))
            nadir = min(nadir, size)
        return found

    def measure(self) -> dict[str, float]:
        """Metrics of the printed targets; percent, mm and months."""
        baseline, seen = self.sums[0], [s for s in self.sums if s >= 0]
        evaluated = seen[1:]
        deepest = min(evaluated)
        responses = self.responses()
        day_of = {r: self.days[1 + responses.index(r)] for r in (CR, PR) if r in responses}
        first = 100 * (evaluated[0] - baseline) / baseline
        depth = 100 * (deepest - baseline) / baseline
        found = {
            "baseline_mm": baseline / 10,
            "first_change": first,
            "max_change": depth,
            "share_of_depth": 100 * first / depth if depth < 0 else np.nan,
            "nadir_months": self.days[1 + evaluated.index(deepest)] / DAYS_PER_MONTH,
        }
        for response, name in ((CR, "cr_months"), (PR, "pr_months")):
            if response in day_of:
                found[name] = day_of[response] / DAYS_PER_MONTH
        if CR in day_of and PR in day_of:
            found["pr_to_cr_months"] = (day_of[CR] - day_of[PR]) / DAYS_PER_MONTH
        if responses[:1] == [SD] and PR in day_of:
            found["sd_to_pr_months"] = (day_of[PR] - self.days[1]) / DAYS_PER_MONTH
        if self.kind.progressed:
            found["progression_months"] = self.days[-1] / DAYS_PER_MONTH
            if self.kind.target_seen:
                found["progression_mm"] = self.sums[-1] / 10
                if self.sums[-2] > 0:
                    growth = 100 * (self.sums[-1] - self.sums[-2]) / self.sums[-2]
                    months = (self.days[-1] - self.days[-2]) / DAYS_PER_MONTH
                    found["enlargement"] = growth
                    found["enlargement_per_month"] = growth / months
        return found

    def _may_vanish(self) -> bool:
        """Whether the targets may be gone at the first evaluation, though others progressed."""
        return self.kind.exceptional and self.kind.responses == (PD,)

    def propose(self, rng: np.random.Generator) -> "Trajectory | None":
        """A small or large change of one size or date, or of all; None if it is impossible."""
        days, sums = list(self.days), list(self.sums)
        choice = rng.random()
        if choice < 0.35:
            place = int(rng.integers(1, len(sums)))
            if sums[place] <= 0:
                return None
            sums[place] = _near(sums[place], rng)
            if self.kind.first_change == NO_CHANGE and place == 1:
                return None
            if self._may_vanish() and rng.random() < 0.05:
                sums[place] = 0
        elif choice < 0.5:
            if self.kind.fixed_baseline:
                return None
            sums[0] = _near(sums[0], rng)
            if self.kind.first_change == NO_CHANGE:
                sums[1] = sums[0]
        elif choice < 0.7:
            if self.kind.fixed_baseline:
                return None
            factor = float(np.exp(rng.normal(0, 0.4)))
            sums = [s if s <= 0 else max(1, round(s * factor)) for s in sums]
            if self.kind.first_change == NO_CHANGE:
                sums[1] = sums[0]
        elif choice < 0.75:
            days[0] = int(rng.integers(-27, 1))
        elif choice < 0.9:
            place = int(rng.integers(1, len(days)))
            step = int(rng.integers(-12, 13))
            days[place:] = [day + step for day in days[place:]]
        else:
            place = int(rng.integers(1, len(days)))
            days[place] += int(rng.integers(-10, 11))
        changed = replace(self, days=tuple(days), sums=tuple(sums))
        return changed if changed.possible() else None


def _near(size: int, rng: np.random.Generator) -> int:
    """A size nearby: some tenths of a millimetre, some percent, or a good part."""
    scale = rng.choice([0.003, 0.05, 0.3])
    return max(1, round(size * float(np.exp(rng.normal(0, scale)))))
