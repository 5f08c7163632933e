"""From printed numbers to a problem for the search.

A target is a claim of the ledger: the selector names the analysis that must give the number, and
the analyses' own declarations say which patients, outcome and covariates that takes. So nothing
here knows a study; it knows the kinds of analyses.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from calibrated_cohort.calibration import kernels
from pd1_dynamics.analyses.data import Sample, StudyData
from pd1_dynamics.analyses.design import complete, design
from pd1_dynamics.analyses.groups import groups_of
from pd1_dynamics.contract.declarations import BIVARIATE, PATIENTS, Analysis
from pd1_dynamics.published.compare import SMALLEST_P
from pd1_dynamics.published.ledger import SELECTOR, SEVERAL, selectors
from pd1_dynamics.published.printed import possible_values

SAFETY = (
    0.98  # share of the rounding interval that is used: rounding errors change no printed digit
)
EDGE = 0.9 * (1 / SAFETY - 1)  # units: a miss up to this still rounds to the printed number
ON_EDGE = 1e-6  # the same where the target reaches the rounding limit: floating-point error only
ONE_SIDED = 0.1  # width that stands for a one-sided bound's unit, on its own scale
ABOVE_HALF = 0.005  # survival above one half of a curve that shall not reach its median
SELECTED = 0.02  # factor on an upper bound of p in models to which selection adds covariates
COARSE = ("median_survival", "survival", "spearman_rho", "min", "max")  # met early: see Target
INSISTENCE = 3.0  # divides a coarse target's unit: its misses weigh more, as many patients move it
REVERSED = "not "  # prefix of the censoring indicator, the event of a reverse Kaplan-Meier curve

(
    QUANTILES, KAPLAN_MEIER, LOG_RANK, WILCOXON, KRUSKAL_WALLIS, SPEARMAN,
    COX_MODEL, LINEAR_MODEL, LOGISTIC_MODEL,
) = range(9)  # fmt: skip
MODELS = {"cox": COX_MODEL, "linear": LINEAR_MODEL, "logistic": LOGISTIC_MODEL}
_ORDER = {"median": 0, "min": 1, "max": 2}
_RATIO = {"estimate": 0, "ci_low": 1, "ci_high": 2, "p_value": 3}


@dataclass(frozen=True)
class Target:
    """One printed number: a block's output, and the values that round to it.

    ``unit`` is half a unit of the last digit, on the output's scale (ratios and p values:
    logarithm), divided by :data:`INSISTENCE` if coarse; misses are counted in it.
    """

    claim: str
    output: int
    low: float
    high: float
    unit: float
    coarse: bool = False  # moves in steps, or sets the scale of others: to be met early
    edge: float = EDGE  # a miss that still rounds to the printed number


@dataclass
class Block:
    """One statistic of some patients: the rows of values that it reads and its targets.

    ``groups`` is the group number of each patient (shape of the cohort), where the kind needs one.
    """

    kind: int
    members: np.ndarray
    time: str = ""
    event: str = ""
    rows: tuple[str, ...] = ()
    groups: np.ndarray | None = None
    at: float = -1.0
    targets: list[Target] = field(default_factory=list)

    @property
    def outputs(self) -> int:
        """How many numbers the block gives."""
        if self.kind in MODELS.values():
            return kernels.PER_COEFFICIENT * (len(self.rows) + (self.kind == LOGISTIC_MODEL))
        return {QUANTILES: 3, KAPLAN_MEIER: 9, SPEARMAN: 2}.get(self.kind, 1)

    @property
    def needs(self) -> tuple[str, ...]:
        """Every row of values that the block reads."""
        return tuple(name for name in (self.time, self.event, *self.rows) if name)


def blocks(
    claims: pd.DataFrame, study: StudyData, table: str = PATIENTS
) -> tuple[list[Block], list[str]]:
    """The statistics of all targets in a table, and the claims that no search of it can move.

    Parameters
    ----------
    claims
        Rows of the ledger that are targets.
    study
        A cohort that has the structure already: its populations and groups are those of the target.
    table
        The table whose rows the search will change: patients or therapies.

    Returns
    -------
    blocks
        One for each distinct statistic, cheap ones first.
    fixed
        Claims that depend on the structure alone (counts), or on another table.
    """
    found: dict[tuple, Block] = {}
    fixed: list[str] = []
    for claim in _one_by_one(claims):
        placed = _place(claim, study, table)
        if placed is None:
            fixed.append(claim.claim_id)
            continue
        key, make, output = placed
        if key not in found:
            found[key] = make()
        others_join = "select" in study.declared.analyses[claim.analysis].settings
        found[key].targets.append(_target(claim, output, SELECTED if others_join else 1.0))
    for block in found.values():
        if block.kind in MODELS.values():
            block.targets += _errors(block)
    cost = (QUANTILES, KAPLAN_MEIER, LOG_RANK, WILCOXON, KRUSKAL_WALLIS, SPEARMAN)
    return sorted(
        found.values(),
        key=lambda b: (cost.index(b.kind) if b.kind in cost else 9, len(b.rows)),
    ), fixed


def _one_by_one(claims: pd.DataFrame) -> Iterator[Any]:
    """Claims, those that cover several estimates once for each."""
    for claim in claims.itertuples(index=False):
        if SEVERAL not in claim.analysis + claim.term:
            yield claim
            continue
        for selector in selectors(claim):
            yield claim._replace(**dict(zip(SELECTOR, selector, strict=True)))


def _target(claim, output: int, stricter: float = 1.0) -> Target:
    """A claim as an interval; a one-sided bound is made ``stricter`` by a factor."""
    logarithmic = claim.field != "estimate" or claim.estimate_statistic in (
        "hazard_ratio", "odds_ratio",
    )  # fmt: skip
    if claim.estimate_statistic in ("median_survival", "survival"):
        logarithmic = False
    if claim.estimate_statistic == "spearman_rho" and claim.field == "estimate":
        logarithmic = False
    if claim.comparator == "not reached":
        least = 0.5 + ABOVE_HALF
        return Target(claim.claim_id, output + kernels.LEAST, least, 2.0, ABOVE_HALF, True, 0.95)
    allowed = possible_values(claim.value, int(claim.decimals), claim.comparator)
    low, high = allowed.low, allowed.high
    coarse = claim.field != "p_value" and claim.estimate_statistic in COARSE
    if claim.comparator == "=":
        # Printing rounds half away from zero, so that the limit nearer to zero still rounds to the
        # printed number and the other does not: a coarse target may lie on the former. A p value
        # below 0.001 is printed as such.
        middle, half = (low + high) / 2, SAFETY * (high - low) / 2
        inner = low if middle > 0 else high
        low, high = middle - half, middle + half
        if coarse and middle > 0:
            low = inner
        elif coarse and middle < 0:
            high = inner
        if claim.field == "p_value":
            low = max(low, SMALLEST_P * (2 - SAFETY)) if high > SMALLEST_P else low
    elif math.isfinite(high):
        high *= SAFETY * stricter
    if logarithmic:
        low = math.log(low) if low > 0 else -math.inf
        high = math.log(high) if math.isfinite(high) else math.inf
    bounded = math.isfinite(low) and math.isfinite(high)
    unit = (high - low) / 2 if bounded else ONE_SIDED
    if coarse:
        unit /= INSISTENCE
        return Target(claim.claim_id, output, low, high, unit, True, ON_EDGE)
    return Target(claim.claim_id, output, low, high, unit)


def statements(study: StudyData, said: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """What a text says without numbers, as claims: bounds on the p values of an analysis.

    Parameters
    ----------
    said
        ``analysis``, perhaps one ``term`` of it, and ``p_above`` or ``p_below``.
    """
    rows = []
    for each in said:
        analysis = study.declared.analyses[each["analysis"]]
        sample = study.sample(analysis.population)
        variables = [each["term"]] if "term" in each else analysis["terms"]
        above = "p_above" in each
        for variable in sample.codebook.expand(variables):
            for term in design(sample.where(complete(sample, [variable])), [variable]).columns:
                rows.append(
                    {
                        "claim_id": f"{analysis.id}: {term.term}",
                        "analysis": analysis.id,
                        "term": term.term,
                        "field": "p_value",
                        "estimate_group": "all",
                        "estimate_statistic": "",
                        "comparator": ">" if above else "<",
                        "value": each["p_above"] if above else each["p_below"],
                        "decimals": 2,
                    }
                )
    return pd.DataFrame(rows)


def _errors(block: Block) -> list[Target]:
    """Standard errors that follow from both limits: they depend on who died; met early."""
    by_output = {target.output: target for target in block.targets}
    found = []
    for first in range(0, block.outputs, kernels.PER_COEFFICIENT):
        low, high = by_output.get(first + 1), by_output.get(first + 2)
        if low is None or high is None:
            continue
        least = math.log((high.low - low.high) / (2 * kernels.Z))
        most = math.log((high.high - low.low) / (2 * kernels.Z))
        name = f"{low.claim} to {high.claim}"
        at = first + kernels.ERROR
        found.append(Target(name, at, least, most, (most - least) / 2, coarse=True))
    return found


def _place(claim, study: StudyData, table: str):
    """Block and output of a claim: its key, how to make it, and the number of the output."""
    analysis = study.declared.analyses[claim.analysis]
    population = study.declared.populations.get(analysis.population)
    if population is None or population.table != table:
        return None
    sample = study.sample(analysis.population)
    variable = claim.term.partition("=")[0]
    if analysis.kind == "description":
        return _described(claim, analysis, sample, variable)
    if analysis.kind == "kaplan_meier":
        return _curve(claim, analysis, sample)
    if analysis.kind in MODELS:
        return _model(claim, analysis, sample, variable)
    if analysis.kind == "log_rank":
        time, event = _outcome(analysis, sample)
        groups, members = _groups(sample, analysis["by"], [time, event])
        key = (LOG_RANK, time, analysis["by"], members.tobytes())
        return key, lambda: Block(LOG_RANK, members, time, event, groups=groups), 0
    if analysis.kind in ("wilcoxon", "kruskal_wallis"):
        return _compared(analysis.kind, sample, analysis["by"], variable)
    if analysis.kind == "spearman":
        members = _known(sample, analysis["variables"])
        rows = tuple(analysis["variables"])
        output = 1 if claim.field == "p_value" else 0
        return (SPEARMAN, rows), lambda: Block(SPEARMAN, members, rows=rows), output
    return None


def _described(claim, analysis: Analysis, sample: Sample, variable: str):
    codebook = sample.codebook
    if variable not in codebook.variables or not codebook.variables[variable].is_continuous:
        return None
    if claim.field == "p_value":
        test = analysis["tests"]["continuous"]
        return _compared(test, sample, analysis["by"], variable)
    if claim.estimate_statistic not in _ORDER:
        return None
    members = _known(_group(sample, analysis, claim.estimate_group), [variable])
    output = _ORDER[claim.estimate_statistic]
    key = (QUANTILES, variable, members.tobytes())
    return key, lambda: Block(QUANTILES, members, rows=(variable,)), output


def _compared(test: str, sample: Sample, by: str, variable: str):
    groups, members = _groups(sample, by, [variable])
    kind = WILCOXON if test == "wilcoxon" else KRUSKAL_WALLIS
    key = (kind, variable, by, members.tobytes())
    return key, lambda: Block(kind, members, rows=(variable,), groups=groups), 0


def _curve(claim, analysis: Analysis, sample: Sample):
    time, event = _outcome(analysis, sample)
    if analysis.get("reverse"):
        event = REVERSED + event
    members = _known(_group(sample, analysis, claim.estimate_group), [time])
    at, base = -1.0, kernels.MEDIAN
    if claim.estimate_statistic == "survival":
        at, base = float(claim.term.partition("=")[2]), kernels.SHARE
    elif claim.estimate_statistic != "median_survival":
        return None
    output = base + ("estimate", "ci_low", "ci_high").index(claim.field)
    key = (KAPLAN_MEIER, time, event, members.tobytes(), at)
    return key, lambda: Block(KAPLAN_MEIER, members, time, event, at=at), output


def _model(claim, analysis: Analysis, sample: Sample, variable: str):
    codebook = sample.codebook
    wanted = codebook.expand(
        [*analysis.get("adjust", []), *analysis.get("adjust_where_available", [])]
    )
    adjust = [name for name in wanted if not sample.lacks(name)]
    terms = codebook.expand(analysis.get("terms", []))
    if analysis["mode"] == BIVARIATE or "select" in analysis.settings:
        terms = [variable]
    variables = list(dict.fromkeys([*terms, *adjust]))
    mask = complete(sample, variables)
    kind = MODELS[analysis.kind]
    if kind == COX_MODEL:
        time, event = _outcome(analysis, sample)
        mask &= ~np.isnan(sample.numbers(time) + sample.numbers(event))
    else:
        time, event = analysis["outcome"], ""
        mask &= complete(sample, [time.partition("=")[0]])
    chosen = sample.where(mask)
    rows = tuple(column.term for column in design(chosen, variables).columns)
    output = kernels.PER_COEFFICIENT * rows.index(claim.term) + _RATIO[claim.field]
    members = np.flatnonzero(chosen.mask)
    key = (kind, time, rows, members.tobytes())
    return key, lambda: Block(kind, members, time, event, rows), output


def _group(sample: Sample, analysis: Analysis, group: str) -> Sample:
    return next(members for name, members in groups_of(sample, analysis) if name == group)


def _outcome(analysis: Analysis, sample: Sample) -> tuple[str, str]:
    outcome = sample.codebook.outcomes[analysis["outcome"]]
    return outcome.time, outcome.event


def _known(sample: Sample, columns: Sequence[str]) -> np.ndarray:
    """Patients of a sample who have a value in every column."""
    values = sum(sample.table.numbers(column) for column in columns)
    return np.flatnonzero(sample.mask & ~np.isnan(values))


def _groups(sample: Sample, by: str, columns: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Group number of every patient of the cohort, and the members who are in one."""
    levels = sample.compared_levels(by)
    found = sample.table.levels(by)
    groups = np.full(len(found), -1, dtype=np.int64)
    for number, level in enumerate(levels):
        groups[found == level] = number
    members = _known(sample, columns)
    return groups, members[groups[members] >= 0]


def values_of(study: StudyData, name: str, table: str = PATIENTS) -> np.ndarray:
    """A row of values as the pipeline has it: a number, an indicator of a level, or a reverse."""
    found = study.tables[table]
    if name.startswith(REVERSED):
        return 1 - found.numbers(name.removeprefix(REVERSED))
    variable, _, level = name.partition("=")
    if not level:
        return found.numbers(name)
    levels = found.levels(variable)
    return np.where(pd.isna(levels), np.nan, levels == level).astype(float)
