"""Search for a cohort whose medians and ranges round to printed values.

Every target is an interval: the printed value and half a unit of its last digit to both sides.
The loss is the distance of each statistic from its interval, zero inside. One patient is changed at
a time; a change that would make a patient impossible is never looked at. The search knows nothing
of what the numbers mean: patients say themselves what they measure and what is possible.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

import numpy as np

SAFETY = 0.98  # share of the rounding interval that is used, so that no digit hangs on the last bit


class Patient(Protocol):
    """What the search needs of a patient."""

    def propose(self, rng: np.random.Generator) -> "Patient | None":
        """A changed copy, or None if the change is impossible."""

    def measure(self) -> Mapping[str, float]:
        """Value of each metric; NaN where the patient has none."""


@dataclass(frozen=True)
class Printed:
    """A printed number and the interval of values that round to it."""

    value: float
    half_unit: float

    @classmethod
    def of(cls, text: str) -> "Printed":
        """Read a printed number.

        Examples
        --------
        >>> Printed.of("-69.6")
        Printed(value=-69.6, half_unit=0.05)
        """
        exponent = Decimal(text).as_tuple().exponent
        return cls(float(text), float(Decimal(1).scaleb(exponent) / 2))

    @property
    def low(self) -> float:
        """Smallest value that is sure to round to the printed one."""
        return self.value - SAFETY * self.half_unit

    @property
    def high(self) -> float:
        """Largest value that is sure to round to the printed one."""
        return self.value + SAFETY * self.half_unit

    def miss(self, value: float) -> float:
        """Distance of a value from the interval."""
        return max(self.low - value, value - self.high, 0.0)


@dataclass
class Target:
    """Median and range of one metric in one group of patients, as printed."""

    name: str
    metric: str
    members: np.ndarray
    printed: tuple[Printed | None, Printed | None, Printed | None]

    def loss(self, values: np.ndarray) -> float:
        """Sum of the squared misses of median, minimum and maximum, in units of the spread."""
        known = np.sort(values[self.members])
        known = known[: len(known) - int(np.isnan(known).sum())]
        half = len(known) // 2
        median = known[half] if len(known) % 2 else (known[half - 1] + known[half]) / 2
        spread = max(known[-1] - known[0], 1e-9)
        total = 0.0
        for printed, value in zip(self.printed, (median, known[0], known[-1]), strict=True):
            if printed is not None and (miss := printed.miss(value)) > 0:
                total += (miss / spread) ** 2 + 0.01
        return total


def bounds(targets: Sequence[Target], metric: str, patient: int) -> tuple[float, float]:
    """Range in which a patient's value must lie, by the printed ranges of all its groups."""
    low, high = -np.inf, np.inf
    for target in targets:
        if target.metric == metric and patient in target.members:
            _, minimum, maximum = target.printed
            low = max(low, minimum.low if minimum else -np.inf)
            high = min(high, maximum.high if maximum else np.inf)
    return low, high


def anneal(
    patients: list,
    targets: Sequence[Target],
    rng: np.random.Generator,
    moves: int,
    progress: Callable[[str], None] = lambda text: None,
) -> float:
    """Change patients, in place of the list, until every target is met.

    Parameters
    ----------
    patients
        The patients; entries are replaced by changed copies.
    targets
        What is to be met.
    moves
        How many changes are tried at the most.

    Returns
    -------
    float
        The remaining loss; 0 when every target is met.
    """
    metrics = sorted({target.metric for target in targets})
    values = {metric: np.full(len(patients), np.nan) for metric in metrics}
    for place, patient in enumerate(patients):
        for metric, value in patient.measure().items():
            if metric in values:
                values[metric][place] = value
    of_patient: list[list[int]] = [[] for _ in patients]
    for number, target in enumerate(targets):
        for place in target.members:
            of_patient[place].append(number)
    ranges = [
        {metric: bounds(targets, metric, place) for metric in metrics}
        for place in range(len(patients))
    ]
    losses = np.array([target.loss(values[target.metric]) for target in targets])
    for move in range(moves):
        total = losses.sum()
        if total == 0:
            progress(f"all targets met after {move:,} moves")
            return 0.0
        if move % 20_000 == 0:
            progress(f"{move:,} moves, {int((losses > 0).sum())} targets open")
        temperature = 0.002 * max(0.0, 1 - move / (0.8 * moves)) ** 2
        if rng.random() < 0.7:  # mostly patients who matter to a target that is open
            missed = np.flatnonzero(losses)
            target = targets[missed[rng.integers(len(missed))]]
            place = int(target.members[rng.integers(len(target.members))])
        else:
            place = int(rng.integers(len(patients)))
        changed = patients[place].propose(rng)
        if changed is None:
            continue
        measured = changed.measure()
        if any(
            not ranges[place][metric][0] <= value <= ranges[place][metric][1]
            and ranges[place][metric][0] <= values[metric][place] <= ranges[place][metric][1]
            for metric, value in measured.items()
            if metric in values and value == value
        ):
            continue  # would leave the printed range
        before = {metric: values[metric][place] for metric in metrics}
        touched = [
            number
            for number in of_patient[place]
            if measured.get(targets[number].metric, np.nan) != before[targets[number].metric]
        ]
        for metric in metrics:
            values[metric][place] = measured.get(metric, np.nan)
        new = np.array([targets[number].loss(values[targets[number].metric]) for number in touched])
        gain = losses[touched].sum() - new.sum()
        if gain >= 0 or (temperature > 0 and rng.random() < np.exp(gain / temperature)):
            losses[touched] = new
            patients[place] = changed
        else:
            for metric in metrics:
                values[metric][place] = before[metric]
    return float(losses.sum())
