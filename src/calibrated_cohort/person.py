"""One synthetic patient, from the first draw to the tables.

What the search may change is a row of numbers (:mod:`.world` names its columns and derives from
it); what must hold of the patient is a :class:`Kind`. Everything else about a patient depends on
these two, and nothing is stored twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from calibrated_cohort import world as w
from pd1_dynamics.contract.vocabulary import (
    BOTH,
    CR,
    ELEVATED,
    ENLARGEMENT_ONLY,
    NEW_LESIONS_ONLY,
    NORMAL,
    PD,
    PR,
    SD,
)

if TYPE_CHECKING:
    from calibrated_cohort.images import Images

NO_CHANGE, SHRINKAGE, GROWTH = "none", "shrinkage", "growth"
PATTERNS = (ENLARGEMENT_ONLY, NEW_LESIONS_ONLY, BOTH)
TARGETS = "targets"
PROGRESSED_WITHOUT_TARGETS = "progressed_without_targets"
DIED_WITHOUT_RADIOLOGY = "died_without_radiology"
FOLLOWED_WITHOUT_TARGETS = "followed_without_targets"
NEVER_EVALUATED = "never_evaluated"

# Traits that patients may exchange; those of a bundle go together.
BUNDLES = (
    ("age_years",),
    ("sex=male",),
    ("ecog_1_or_more=1", "ecog"),
    ("prior_immunotherapy=1",),
    ("ldh_at_baseline=elevated",),
    ("braf_v600=1", "nras=1", "prior_targeted_therapy=1"),
    ("ldh_at_progression=elevated",),
    ("organs_at_progression",),
    ("both_patterns=1", "pattern"),
)
TRAITS = tuple(name for bundle in BUNDLES for name in bundle)
WIDTH = w.TRAIT + len(TRAITS)
"""Columns of the state."""

_COLUMN = {name: w.TRAIT + place for place, name in enumerate(TRAITS)}
_CODE_OF_RESPONSE = {CR: w.CR, PR: w.PR, SD: w.SD, PD: w.PD}
_RESPONSE_OF_CODE = {code: response for response, code in _CODE_OF_RESPONSE.items()}
_LIMITS = {None: None, 0: NORMAL, 1: ELEVATED}


@dataclass(frozen=True)
class Kind:
    """What does not change while a patient is searched.

    Attributes
    ----------
    group
        ``targets``, or why there are none to follow: a key of ``others`` in the description.
    responses
        The responses that the patient passes through, in order of time; empty without targets.
    progressed, target_progression, target_seen
        Whether the last scan shows progression; whether the target lesions show it; whether they
        could be assessed there.
    resistance
        Resistance type of those who progressed with radiological data.
    first_change
        ``shrinkage``, ``growth`` or ``none`` at the first evaluation; None if it may be any.
    first_range
        Percent change at the first evaluation: above the first number, up to the second.
    before_six_months
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
        Two patients, one with PD and one with PR as response: the targets shrink much while the
        disease progresses elsewhere.
    single_scan
        Whether there is one evaluation only.
    day_range
        First and last day on which the last scan may lie.
    partial_at, complete_at, ends_at
        Months at which the search begins to place the response and the last scan; 0 for any.
    """

    group: str
    responses: tuple[str, ...] = ()
    progressed: bool = False
    resistance: str | None = None
    target_progression: bool = False
    target_seen: bool = True
    first_change: str | None = None
    first_range: tuple[float, float] = (-np.inf, np.inf)
    before_six_months: bool | None = None
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
        """Best response, as far as targets tell."""
        if self.responses:
            return self.responses[-1]
        return PD if self.progressed else SD


@dataclass(frozen=True)
class LdhPair:
    """Two samples of LDH: the last before progression, and the one at progression.

    Attributes
    ----------
    before, at
        Values, U/L.
    days
        From the first sample to the second.
    """

    before: int
    at: int
    days: int


@dataclass(frozen=True)
class Findings:
    """What is seen at progression: its pattern, and how many organs it is seen in."""

    pattern: str
    organs: int


def _empty_row() -> np.ndarray:
    row = np.zeros(WIDTH)
    row[w.TRAIT :] = np.nan
    return row


@dataclass
class Person:
    """One synthetic patient; days count from the index date, sums are tenths of a millimetre.

    Attributes
    ----------
    kind
        What must hold.
    row
        What the search may change, by the columns of :mod:`.world`.
    characteristics
        What it never changes: subtype, stage, brain metastasis.
    """

    kind: Kind
    row: np.ndarray = field(default_factory=_empty_row)
    characteristics: dict[str, Any] = field(default_factory=dict)
    never_mutated: bool = False
    site: str = ""
    start: date | None = None
    upper_limit: int = 0
    no_earlier_ldh: bool = False
    images: Images | None = None
    therapies: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def with_scans(cls, kind: Kind, days: Sequence[int], sums: Sequence[int] = ()) -> Person:
        """A patient scanned on these days, the baseline first; sums only with targets."""
        person = cls(kind)
        person.set_scans(days, sums)
        return person

    def set_scans(self, days: Sequence[int], sums: Sequence[int] = ()) -> None:
        """Enter all scans; the sum of one that could not be assessed is -1."""
        self.row[w.SCANS] = len(days)
        self.row[w.DAY : w.DAY + len(days)] = days
        self.row[w.SIZE : w.SIZE + len(days)] = sums if len(sums) else -1

    @property
    def has_targets(self) -> bool:
        """Whether there are target lesions to follow."""
        return self.kind.group == TARGETS

    @property
    def days(self) -> list[int]:
        """Days of all scans that the course is made of, the baseline first."""
        return [int(day) for day in self.row[w.DAY : w.DAY + int(self.row[w.SCANS])]]

    @property
    def sums(self) -> list[int]:
        """Target sum at each scan."""
        return [int(size) for size in self.row[w.SIZE : w.SIZE + int(self.row[w.SCANS])]]

    @property
    def last_scan(self) -> int:
        """Day of the last scan that the course is made of; 0 without one on treatment."""
        return max([0, *self.days])

    @property
    def last_follow_up(self) -> int:
        """Day of death or of the last contact."""
        return self.last_scan + int(self.row[w.LATER])

    @last_follow_up.setter
    def last_follow_up(self, day: int) -> None:
        self.row[w.LATER] = day - self.last_scan

    @property
    def death(self) -> bool:
        """Whether follow-up ended in death."""
        return bool(self.row[w.DEATH])

    @death.setter
    def death(self, died: bool) -> None:
        self.row[w.DEATH] = died

    @property
    def ldh(self) -> LdhPair | None:
        """Both samples around progression, or None."""
        before, at, days = (int(self.row[place]) for place in (w.LDH_BEFORE, w.LDH_AT, w.LDH_DAYS))
        return LdhPair(before, at, days) if days else None

    @ldh.setter
    def ldh(self, pair: LdhPair | None) -> None:
        values = (pair.before, pair.at, pair.days) if pair else (0, 0, 0)
        self.row[[w.LDH_BEFORE, w.LDH_AT, w.LDH_DAYS]] = values

    @property
    def findings(self) -> Findings | None:
        """What was seen at progression, or None."""
        pattern, organs = self.trait("pattern"), self.trait("organs_at_progression")
        return None if pattern is None or organs is None else Findings(PATTERNS[pattern], organs)

    @findings.setter
    def findings(self, seen: Findings) -> None:
        self.set_traits(
            {
                "organs_at_progression": seen.organs,
                "both_patterns=1": seen.pattern == BOTH,
                "pattern": PATTERNS.index(seen.pattern),
            }
        )

    @property
    def ldh_baseline(self) -> str | None:
        """Normal or elevated at baseline, None if not measured."""
        return _LIMITS[self.trait("ldh_at_baseline=elevated")]

    @property
    def ldh_at_progression(self) -> str | None:
        """Normal or elevated at progression, None if not measured."""
        return _LIMITS[self.trait("ldh_at_progression=elevated")]

    def trait(self, name: str) -> int | None:
        """One of :data:`TRAITS`, None if not known."""
        value = self.row[_COLUMN[name]]
        return None if np.isnan(value) else int(value)

    def set_traits(self, known: Mapping[str, float | None]) -> None:
        """Enter some of :data:`TRAITS`; None is not known."""
        for name, value in known.items():
            self.row[_COLUMN[name]] = np.nan if value is None else value

    @property
    def baseline(self) -> dict[str, Any]:
        """Baseline characteristics as the table of patients holds them."""
        return {
            "sex": "male" if self.trait("sex=male") else "female",
            "age_years": self.trait("age_years"),
            "melanoma_subtype": self.characteristics["melanoma_subtype"],
            "stage": self.characteristics["stage"],
            "ecog": self.trait("ecog"),
            "brain_metastasis": self.characteristics["brain_metastasis"],
            "braf_v600": self.trait("braf_v600=1"),
            "nras": self.trait("nras=1"),
            "prior_immunotherapy": self.trait("prior_immunotherapy=1"),
            "prior_targeted_therapy": self.trait("prior_targeted_therapy=1"),
        }

    def target_responses(self) -> list[str]:
        """Target response at each evaluation before progression."""
        sums, found = self.sums, []
        nadir = sums[0]
        for size in sums[1 : len(sums) - self.kind.progressed]:
            code = w.target_response(size, nadir, sums[0], self.kind.nodal)
            found.append(_RESPONSE_OF_CODE[code])
            nadir = min(nadir, size)
        return found


def code_of_response(response: str) -> int:
    """The number by which :mod:`.world` calls a response."""
    return _CODE_OF_RESPONSE[response]
