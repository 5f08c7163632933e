"""One row a patient and imaging date: sums, nadir, and response at each time point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from pd1_dynamics import arrays
from pd1_dynamics.contract.vocabulary import (
    CR,
    DAYS_PER_MONTH,
    IRECIST_RESPONSES,
    NE,
    NEW_LESION,
    NON_CR_NON_PD,
    NONE,
    NONTARGET_RESPONSES,
    PD,
    RESPONSES,
    TARGET_RESPONSES,
)
from pd1_dynamics.derive.response import lesions as lesion_rules
from pd1_dynamics.derive.response.millimetres import percent_change, to_mm
from pd1_dynamics.derive.response.readings import (
    NONTARGET_ROLE,
    Assessments,
    Lesions,
)
from pd1_dynamics.derive.response.recist import (
    NEW,
    NONTARGET,
    OVERALL,
    OVERALL_OF_RULE,
    OVERALL_RESPONSE,
    TARGET_OF_RULE,
    TARGET_RULES,
    overall_rule,
    target_rule,
)

_LARGE = np.int64(1) << 60
_TARGET_REASONS = tuple(reason for _, reason in TARGET_RULES)
_OVERALL_REASONS = (
    *(f"{rule.reason} ({rule.source})" for rule in OVERALL_RESPONSE),
    "as read by the radiologist",
)


@dataclass
class Visits:
    """Visits of all patients as arrays, sorted by patient and day.

    ``starts``, ``counts``: first visit and number of visits of each patient. ``sum`` complete
    target sum, ``measured`` sum of what was measured, ``baseline``, ``nadir`` (smallest complete
    sum before): whole units, -1 missing. ``evaluation``: after the first dose and after the
    baseline. ``target``, ``nontarget``, ``new``, ``overall``: positions in the vocabulary, -1 where
    a visit is no evaluation; ``target_rule`` and ``overall_rule``: which rule decided, likewise.
    ``new_number``, ``new_measured``: new lesions with rows, ``new_given``
    whether any. ``baseline_row``: visit of each patient's baseline, -1 for none.
    """

    patient: np.ndarray
    day: np.ndarray
    date: pd.Categorical
    starts: np.ndarray
    counts: np.ndarray
    sum: np.ndarray
    measured: np.ndarray
    gone: np.ndarray
    largest: np.ndarray
    baseline_row: np.ndarray
    baseline: np.ndarray
    nadir: np.ndarray
    evaluation: np.ndarray
    target: np.ndarray
    nontarget: np.ndarray
    new: np.ndarray
    overall: np.ndarray
    target_rule: np.ndarray
    overall_rule: np.ndarray
    new_given: np.ndarray
    new_number: np.ndarray
    new_measured: np.ndarray
    read_overall: np.ndarray

    def __len__(self) -> int:
        return len(self.patient)


def read_visits(read: Assessments, rows: Lesions, n: int, definitions: Mapping[str, Any]) -> Visits:
    """Visits of n patients, with every time point's response, from settled readings.

    Decisions, in order:

    - A visit is a date with an assessment row or a lesion row.
    - Target sum: from the lesions where the visit has a target row, otherwise ``target_sum_mm`` (CR
      only if it is 0, as a sum does not show which lesions are nodes).
    - Baseline: the last visit up to ``baseline.latest_day`` with a complete target sum. Evaluations
      are the visits after it and after day 0.
    - A patient without any target row or target sum, or with a baseline sum of 0, has no target
      lesions (target response ``none``).
    - Non-target response: as read, otherwise from the lesions, otherwise NE for a patient with
      non-target disease at another visit, otherwise ``none``.
    - New lesion: the worse of what was read and what the lesions show. If the
      next unequivocal reading confirms an equivocal one as a new lesion, the lesion and progression
      date from the equivocal reading, even if the reader gave another overall response that day.
    - Overall response: as read by the reader, otherwise by RECIST 1.1.
    - After an overall CR (by measurement, and not denied by the reader), disease that is seen again
      is PD: target lesions that are not gone, or non-target disease (nodes only if they
      progressed).
    """
    patient, day, date, of_read, of_row = _visits(read, rows)
    n_visits = len(patient)
    starts, counts = arrays.find_runs(patient, n)

    up_to_baseline = day <= definitions["baseline"]["latest_day"]
    sums = _target_sums(read, rows, of_read, of_row, patient, up_to_baseline, n)
    baseline = arrays.take(sums.sum, sums.baseline_row, -1).astype(np.int64)[patient]
    baseline_day = arrays.take(day, sums.baseline_row, np.nan)
    evaluation = (day > 0) & ~(day <= baseline_day[patient])  # also without a baseline
    nadir = _nadir(sums.sum, day >= baseline_day[patient], starts, counts)

    nontarget_code, seen_nontarget = _nontarget(
        read, of_read, rows, of_row, patient, up_to_baseline, n
    )
    new = lesion_rules.new_lesions(rows, of_row, n_visits)
    new_code, backdated = _new_lesion(read, of_read, new, patient, evaluation)

    without_targets = ~sums.has_targets[patient]
    overall_read = _spread(read.overall, of_read, n_visits, -1)
    overall_read[backdated] = -1

    def respond(
        at: np.ndarray | slice, back: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """At some visits, as the measurements say: the rule that decides the target response, the
        non-target response, and the rule that decides the overall response."""
        by_rule = target_rule(
            sums.measured[at],
            sums.complete[at],
            sums.gone[at],
            baseline[at],
            nadir[at],
            without_targets[at],
            reappeared=back,
        )
        nontarget = np.where(back & seen_nontarget[at], NONTARGET[PD], nontarget_code[at])
        target = TARGET_OF_RULE[by_rule]
        return by_rule, nontarget, overall_rule(target, nontarget, new_code[at], definitions)

    of_target, nontarget_code, of_overall = respond(slice(None), np.zeros(n_visits, dtype=bool))
    complete_response = evaluation & (OVERALL_OF_RULE[of_overall] == OVERALL[CR])
    complete_response &= (overall_read < 0) | (overall_read == OVERALL[CR])
    after = np.flatnonzero(_earlier(complete_response, starts, counts))
    back = np.ones(len(after), dtype=bool)
    of_target[after], nontarget_code[after], of_overall[after] = respond(after, back)
    target = TARGET_OF_RULE[of_target]
    overall = np.where(overall_read >= 0, overall_read, OVERALL_OF_RULE[of_overall])
    of_overall[overall_read >= 0] = len(OVERALL_RESPONSE)
    for codes in (target, overall, of_target, of_overall):
        codes[~evaluation] = -1
    return Visits(
        patient=patient,
        day=day,
        date=date,
        starts=starts,
        counts=counts,
        sum=sums.sum,
        measured=sums.measured,
        gone=sums.gone,
        largest=sums.largest,
        baseline_row=sums.baseline_row,
        baseline=baseline,
        nadir=nadir,
        evaluation=evaluation,
        target=target,
        nontarget=nontarget_code,
        new=new_code,
        overall=overall.astype(np.int8),
        target_rule=of_target,
        overall_rule=of_overall,
        new_given=new.state >= 0,
        new_number=new.number,
        new_measured=new.measured,
        read_overall=overall_read,
    )


class _TargetSums(NamedTuple):
    """Target lesions at each visit, and the baseline of each patient; as in :class:`Visits`."""

    sum: np.ndarray
    measured: np.ndarray
    complete: np.ndarray
    gone: np.ndarray
    largest: np.ndarray
    baseline_row: np.ndarray
    has_targets: np.ndarray


def _target_sums(
    read: Assessments,
    rows: Lesions,
    of_read: np.ndarray,
    of_row: np.ndarray,
    patient: np.ndarray,
    up_to_baseline: np.ndarray,
    n: int,
) -> _TargetSums:
    """Sums of the visits, from lesions where there are any; which visit is the baseline."""
    n_visits = len(patient)
    # At first on their own: is the visit complete, could it be the baseline?
    given, complete = lesion_rules.complete_alone(rows, of_row, n_visits)
    read_sum = _spread(read.target_sum, of_read, n_visits, -1)
    usable = up_to_baseline & np.where(given, complete, read_sum >= 0)
    baseline_row = arrays.find_last(usable, patient, n)
    reference = np.where(arrays.take(given, baseline_row, False), baseline_row, -1)
    found = lesion_rules.targets(rows, of_row, n_visits, reference, patient)
    measured = np.where(given, found.measured, read_sum)
    complete = np.where(given, found.complete, read_sum >= 0)
    sum_ = np.where(complete, measured, -1)
    has_targets = np.zeros(n, dtype=bool)
    has_targets[patient[given | (read_sum > 0)]] = True
    has_targets &= arrays.take(sum_, baseline_row, -1).astype(np.int64) != 0
    return _TargetSums(
        sum=sum_,
        measured=measured,
        complete=complete,
        gone=np.where(given, found.gone, read_sum == 0),
        largest=found.largest,
        baseline_row=baseline_row,
        has_targets=has_targets,
    )


def time_point_table(
    patients: pd.DataFrame, visits: Visits, irecist: np.ndarray, counted: np.ndarray
) -> pd.DataFrame:
    """The visits as the table ``derived/response.csv``.

    ``irecist`` are positions in ``terms.IRECIST_RESPONSES``, ``counted`` says whether a visit
    counts for best response and nadir. Before and at the baseline there is no response; percent
    changes start with 0 at the baseline.
    """
    baseline_day = arrays.take(visits.day, visits.baseline_row)[visits.patient]
    since_baseline = visits.day >= baseline_day
    baseline = np.where(since_baseline, visits.baseline, -1)
    nadir = np.where(visits.day > baseline_day, visits.nadir, -1)
    known = (visits.sum >= 0) & (nadir >= 0)
    return arrays.make_table(
        {
            "patient_id": patients["patient_id"].to_numpy(dtype=object)[visits.patient],
            "date": visits.date,
            "day": visits.day,
            "month": visits.day / DAYS_PER_MONTH,
            "target_sum_mm": to_mm(visits.sum),
            "baseline_sum_mm": to_mm(baseline),
            "nadir_sum_mm": to_mm(nadir),
            "change_from_baseline_pct": percent_change(visits.sum, baseline),
            "change_from_nadir_pct": percent_change(visits.sum, nadir),
            "change_from_nadir_mm": _difference_mm(visits.sum, nadir, known),
            "target_response": arrays.as_categories(TARGET_RESPONSES, visits.target),
            "nontarget_response": arrays.as_categories(NONTARGET_RESPONSES, visits.nontarget),
            "new_lesion": arrays.as_categories(NEW_LESION, visits.new),
            "overall_response": arrays.as_categories(RESPONSES, visits.overall),
            "irecist_response": arrays.as_categories(IRECIST_RESPONSES, irecist),
            "counted": counted.astype(np.int64),
            "target_rule": arrays.as_categories(_TARGET_REASONS, visits.target_rule),
            "overall_rule": arrays.as_categories(_OVERALL_REASONS, visits.overall_rule),
        }
    )


def _difference_mm(value: np.ndarray, reference: np.ndarray, known: np.ndarray) -> np.ndarray:
    difference = value - reference
    sign = np.sign(difference)
    return np.where(known, sign * to_mm(np.abs(difference)), np.nan)


def _visits(
    read: Assessments, rows: Lesions
) -> tuple[np.ndarray, np.ndarray, pd.Categorical, np.ndarray, np.ndarray]:
    """Patient, day and date of each visit; visit of each assessment row and of each lesion row."""
    if not len(read) and not len(rows):
        empty = np.empty(0, dtype=np.int64)
        return empty, empty, pd.Categorical([]), empty, empty
    days = [day for day in (read.day, rows.day) if len(day)]
    earliest = int(min(day.min() for day in days))
    span = int(max(day.max() for day in days)) - earliest + 1
    read_key = read.patient.astype(np.int64) * span + (read.day - earliest)
    row_key = rows.patient.astype(np.int64) * span + (rows.day - earliest)
    row_starts = arrays.find_run_starts(row_key)
    keys = np.sort(np.concatenate([read_key, row_key[row_starts]]), kind="stable")
    keys = keys[arrays.find_run_starts(keys)]
    of_read = np.searchsorted(keys, read_key)
    of_run = np.searchsorted(keys, row_key[row_starts])
    of_row = np.repeat(of_run, np.diff(np.append(row_starts, len(row_key))))
    date = _dates(rows.date[row_starts], of_run, read.date, of_read, len(keys))
    patient, day = np.divmod(keys, span)
    return patient, day + earliest, date, of_read, of_row


def _dates(
    of_rows: np.ndarray | pd.Categorical,
    of_run: np.ndarray,
    of_reads: np.ndarray | pd.Categorical,
    of_read: np.ndarray,
    n_visits: int,
) -> pd.Categorical:
    """Date of each visit, as the assessments write it, otherwise as the lesions do."""
    written = [pd.Categorical(dates) for dates in (of_rows, of_reads)]
    both = union_categoricals([dates for dates in written if len(dates)])
    place = np.empty(n_visits, dtype=np.int64)
    place[of_run] = np.arange(len(of_rows))
    place[of_read] = len(of_rows) + np.arange(len(of_reads))
    return both[place]


def _spread(values: np.ndarray, of_row: np.ndarray, n_visits: int, missing: int) -> np.ndarray:
    """Values of rows at their visits."""
    spread = np.full(n_visits, missing, dtype=np.int64)
    spread[of_row] = values
    return spread


def _nadir(
    sum_: np.ndarray, since_baseline: np.ndarray, starts: np.ndarray, counts: np.ndarray
) -> np.ndarray:
    """Smallest complete sum before each visit, from the baseline on; -1 for none."""
    smallest = np.full(len(starts), _LARGE)
    before = np.full(len(sum_), _LARGE)
    usable = np.where(since_baseline & (sum_ >= 0), sum_, _LARGE)
    for patients, rows in arrays.step_along(starts, counts):
        before[rows] = smallest[patients]
        smallest[patients] = np.minimum(smallest[patients], usable[rows])
    return np.where(before == _LARGE, -1, before)


def _earlier(flags: np.ndarray, starts: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Whether the flag was set at an earlier visit of the patient."""
    if not len(flags):
        return flags
    through = np.cumsum(flags)
    before_patient = np.repeat((through - flags)[starts[counts > 0]], counts[counts > 0])
    return through - flags - before_patient > 0


def _nontarget(
    read: Assessments,
    of_read: np.ndarray,
    rows: Lesions,
    of_row: np.ndarray,
    patient: np.ndarray,
    up_to_baseline: np.ndarray,
    n: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Non-target response at each visit, and whether non-target disease other than nodes is
    seen."""
    n_visits = len(patient)
    as_read = _spread(read.nontarget, of_read, n_visits, -1)
    has_rows = np.zeros(n_visits, dtype=bool)
    has_rows[of_row[rows.role == NONTARGET_ROLE]] = True
    last = arrays.find_last(has_rows & up_to_baseline, patient, n)
    reference = np.where(last >= 0, last, arrays.find_first(has_rows, patient, n))
    from_rows, present = lesion_rules.nontarget(rows, of_row, n_visits, reference, patient)
    response = np.where(as_read >= 0, as_read, from_rows)
    has_disease = np.zeros(n, dtype=bool)
    has_disease[patient[(response >= 0) & (response != NONTARGET[NONE])]] = True
    unknown = np.where(has_disease[patient], NONTARGET[NE], NONTARGET[NONE])
    response = np.where(response >= 0, response, unknown).astype(np.int8)
    seen = np.where(as_read >= 0, as_read == NONTARGET[NON_CR_NON_PD], present)
    return response, seen


def _new_lesion(
    read: Assessments,
    of_read: np.ndarray,
    found: lesion_rules.NewLesions,
    patient: np.ndarray,
    evaluation: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """New lesions at each visit, and whether an equivocal one is dated back to this visit."""
    n_visits = len(patient)
    as_read = _spread(read.new, of_read, n_visits, -1)
    severity = np.array([0, 2, 1, -1])  # of "0", "1", "equivocal", missing
    worse = np.where(severity[as_read] >= severity[found.state], as_read, found.state)
    code = np.where(worse < 0, NEW["0"], worse).astype(np.int8)
    # Without rows of new lesions, an equivocal reading is settled by the next that is not
    # equivocal.
    open_ = (as_read == NEW["equivocal"]) & (found.state < 0) & evaluation
    backdated = found.backdated & (as_read != NEW["1"])
    if open_.any():
        decisive = (worse == NEW["0"]) | (worse == NEW["1"])
        position = np.where(decisive, np.arange(n_visits), n_visits)
        following = np.minimum.accumulate(position[::-1])[::-1]
        inside = np.minimum(following, n_visits - 1)
        same_patient = (following < n_visits) & (patient[inside] == patient)
        confirmed = open_ & same_patient & (code[inside] == NEW["1"])
        code[confirmed] = NEW["1"]
        backdated |= confirmed
    return code, backdated
