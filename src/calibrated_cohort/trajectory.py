"""One patient's target sums from scan to scan, in whole tenths of a millimetre and whole days."""

from dataclasses import dataclass

import numpy as np

from calibrated_cohort.world import NODE
from pd1_dynamics.contract.vocabulary import CR, PD, PR, SD

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
    day_range
        First and last day on which the last scan may lie.
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
    day_range: tuple[float, float] = (0, np.inf)
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

    def responses(self) -> list[str]:
        """Target response at each evaluation before progression."""
        nadir, found = self.sums[0], []
        for size in self.sums[1 : len(self.sums) - self.kind.progressed]:
            found.append(self._response(size, nadir))
            nadir = min(nadir, size)
        return found

    def _response(self, size: int, nadir: int) -> str:
        if size == 0 or (self.kind.nodal and size < NODE):
            return CR
        if 5 * size >= 6 * nadir and size - nadir >= 50:
            return PD
        return PR if 10 * size <= 7 * self.sums[0] else SD
