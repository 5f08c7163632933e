"""How the disease progressed: enlargement or new lesions, how many organs, how fast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics import arrays
from pd1_dynamics.contract.vocabulary import (
    BOTH,
    DAYS_PER_MONTH,
    ENLARGEMENT_ONLY,
    NEW_LESIONS_ONLY,
    PD,
)
from pd1_dynamics.derive.response.lesions import is_gone
from pd1_dynamics.derive.response.millimetres import PER_MM, percent_change, to_mm
from pd1_dynamics.derive.response.readings import (
    ABSENT,
    NEW_ROLE,
    NOT_EVALUABLE,
    PROGRESSED,
    TARGET_ROLE,
    Assessments,
    Lesions,
)
from pd1_dynamics.derive.response.recist import NEW, NONTARGET, TARGET
from pd1_dynamics.derive.response.visits import Visits

_LARGE = np.int64(1) << 60


def pattern(visits: Visits, progression_day: np.ndarray) -> pd.DataFrame:
    """Progression pattern and growth at progression, one row a patient.

    ``progression_date`` is the date of the scan as the cohort writes it.

    Enlargement: the target or the non-target lesions are PD at the date of progression (an existing
    lesion grew, or came back after a CR). New lesions: a new lesion is PD. Neither (progression as
    read by the reader alone) leaves the pattern empty.

    ``enlargement_pct`` compares the target sum at progression with that of the evaluation just
    before it, the baseline included; empty when either was not evaluable or the earlier is 0. Per
    month: divided by the months between the two scans.
    """
    n = len(progression_day)
    is_progression = visits.day == progression_day[visits.patient]
    at_progression = arrays.find_first(is_progression, visits.patient, n)
    before = np.where(at_progression > visits.starts, at_progression - 1, -1)

    targets = arrays.take(visits.target == TARGET[PD], at_progression, False)
    enlarged = targets | arrays.take(visits.nontarget == NONTARGET[PD], at_progression, False)
    new = arrays.take(visits.new == NEW["1"], at_progression, False)
    text = np.select(
        [enlarged & new, enlarged, new], [BOTH, ENLARGEMENT_ONLY, NEW_LESIONS_ONLY], default=""
    ).astype(object)
    text[text == ""] = None

    size = arrays.take(visits.sum, at_progression, -1).astype(np.int64)
    previous = arrays.take(visits.sum, before, -1).astype(np.int64)
    change = percent_change(size, previous)
    dates = np.full(n, None, dtype=object)
    found = at_progression >= 0
    dates[found] = np.asarray(visits.date[at_progression[found]], dtype=object)
    months = (arrays.take(visits.day, at_progression) - arrays.take(visits.day, before)) / (
        DAYS_PER_MONTH
    )
    return arrays.make_table(
        {
            "progression_date": dates,
            "progression_pattern": text,
            "target_sum_at_progression_mm": to_mm(size),
            "enlargement_pct": change,
            "enlargement_pct_per_month": change / months,
        }
    )


def progressing(
    read: Assessments,
    rows: Lesions,
    progression_day: np.ndarray,
    definitions: Mapping[str, Any],
) -> pd.DataFrame:
    """What progressed at progression, one row a patient.

    Progressing are, on the day of progression: new lesions that are seen; non-target lesions that
    progressed; target lesions that grew by ``organ_enlargement`` (both its percent and its
    millimetres) or came back from 0. If none of these shows it (many small growths), the target
    lesions larger than before.

    Parameters
    ----------
    read, rows
        Assessments and lesions, in their settled order.
    progression_day
        Of each patient, NaN for none.
    definitions
        Part ``organ_enlargement`` is used.

    Returns
    -------
    DataFrame
        ``organs_at_progression``: as read (``organs_progressing``) where given, otherwise the
        number of organs of progressing lesions. ``progressing_lesions``: their number.
        ``nodal_only_progression``: 1 if all of them are lymph nodes. Missing where nothing tells.
    """
    n = len(progression_day)
    as_read = arrays.take(
        read.organs, arrays.find_first(read.day == progression_day[read.patient], read.patient, n)
    )
    settings = definitions["organ_enlargement"]
    is_today = rows.day == progression_day[rows.patient]
    before = rows.day < progression_day[rows.patient]
    columns = ("patient", "day", "lesion", "role", "state", "diameter", "node", "organ")
    today = rows.rows(is_today, *columns)
    reference = _reference_diameter(
        today, rows.rows(before & (rows.role == TARGET_ROLE), *columns), settings["against"]
    )
    growth = today.diameter - reference
    known = (today.role == TARGET_ROLE) & (today.diameter >= 0) & (reference >= 0)
    larger = known & (growth > 0) & ~is_gone(today)
    grown = (
        larger
        & (growth * 100 >= settings["relative_pct"] * reference)
        & (growth >= settings["absolute_mm"] * PER_MM)
    )
    seen_new = (
        (today.role == NEW_ROLE)
        & (today.state != NOT_EVALUABLE)
        & (today.state != ABSENT)
        & (today.diameter != 0)
    )
    clear = grown | seen_new | ((today.role != TARGET_ROLE) & (today.state == PROGRESSED))
    is_clear = np.bincount(today.patient[clear], minlength=n) > 0
    counted = clear | (larger & ~is_clear[today.patient])

    number = np.bincount(today.patient[counted], minlength=n)
    outside_nodes = np.bincount(today.patient[counted & ~today.node], minlength=n)
    organs = _distinct_organs(today, counted & (today.organ >= 0), n).astype(float)
    organs[organs == 0] = np.nan
    return arrays.make_table(
        {
            "organs_at_progression": arrays.as_whole(np.where(np.isnan(as_read), organs, as_read)),
            "progressing_lesions": arrays.as_whole(np.where(number > 0, number, np.nan)),
            "nodal_only_progression": arrays.as_whole(
                np.where(number > 0, outside_nodes == 0, np.nan)
            ),
        }
    )


def _distinct_organs(rows: Lesions, keep: np.ndarray, n: int) -> np.ndarray:
    n_organs = max(len(rows.organs), 1)
    pairs = np.unique(rows.patient[keep].astype(np.int64) * n_organs + rows.organ[keep])
    return np.bincount(pairs // n_organs, minlength=n)


def _reference_diameter(today: Lesions, before: Lesions, against: str) -> np.ndarray:
    """Diameter of the same lesion before: smallest ever, or the one measured last; -1 for none.

    Both tables ascend by patient; a patient's rows of ``before`` ascend by day.
    """
    n_names = max(len(today.names), 1)
    pair = today.patient.astype(np.int64) * n_names + today.lesion
    order = np.argsort(pair, kind="stable")
    pairs = pair[order]
    earlier = before.patient.astype(np.int64) * n_names + before.lesion
    place = np.searchsorted(pairs, earlier)
    same = place < len(pairs)
    same &= pairs[np.minimum(place, len(pairs) - 1)] == earlier if len(pairs) else False
    same &= before.diameter >= 0
    place, diameter = place[same], before.diameter[same]
    held = np.full(len(pairs), _LARGE)
    if against == "nadir":
        np.minimum.at(held, place, diameter)
    else:
        held[place] = diameter
    reference = np.empty(len(pairs), dtype=np.int64)
    reference[order] = np.where(held == _LARGE, -1, held)
    return reference
