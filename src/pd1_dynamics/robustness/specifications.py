"""A finding under every sensible combination of choices, and what chance alone would give.

References
----------
Simonsohn U, Simmons JP, Nelson LD. Specification curve analysis. Nat Hum Behav 2020;4:1208-14.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr

from pd1_dynamics.analyses.data import Sample, StudyData
from pd1_dynamics.analyses.design import complete, design
from pd1_dynamics.contract.declarations import Declarations
from pd1_dynamics.contract.definitions import merge
from pd1_dynamics.derive.chain import Derived
from pd1_dynamics.robustness.material import table, too_many
from pd1_dynamics.robustness.rules import Derivations
from pd1_dynamics.statistics.cox_engine import fit_cox
from pd1_dynamics.statistics.design import LARGEST_EFFECT

RULE = "rule"
HAZARD_RATIO, MONTHS = "hazard_ratio", "months"
"""What a specification estimates: a ratio, or a difference of restricted means."""

_Z = 1.959963984540054
_SIGNIFICANT = 0.05


@dataclass(frozen=True)
class _Data:
    """One derivation as a finding sees it: arrays over all patients of the cohort."""

    sample: Sample
    time: np.ndarray
    event: np.ndarray
    term: np.ndarray  # NaN where it is not known
    lacking: str  # why there is nothing to ask
    beside: bytes  # values of all other variables that some specification uses

    @property
    def signature(self) -> bytes:
        """Equal for derivations that give the finding the same numbers."""
        parts = (self.time, self.event, self.term, self.sample.mask.astype(float))
        return b"".join(np.nan_to_num(part, nan=-1e9).tobytes() for part in parts) + self.beside


@dataclass(frozen=True)
class _Specification:
    """One combination of choices, ready to be fitted."""

    members: np.ndarray  # positions among all patients
    time: np.ndarray
    event: np.ndarray
    design: np.ndarray  # the finding's term first
    strata: np.ndarray | None
    months: float | None  # horizon of a restricted mean


@dataclass(frozen=True)
class _Found:
    """Estimates of one specification: its own first, then those of the permutations.

    Attributes
    ----------
    estimates
        Log hazard ratios, or differences in months, shape (1 + permutations,).
    z
        Estimates in standard errors; above 0 means a higher hazard.
    """

    estimates: np.ndarray
    std_error: float
    z: np.ndarray


@dataclass(frozen=True)
class Curves:
    """What :func:`specifications` gives.

    Attributes
    ----------
    every
        CONTRACT's ``specifications.csv``: one row a specification and finding.
    summary
        One row a finding: how many, median, shares, and the p values of the permutations, which
        are one-sided: toward the article.
    """

    every: pd.DataFrame
    summary: pd.DataFrame


def specifications(
    derivations: Derivations,
    declared: Declarations,
    asked: Mapping[str, Any],
    directions: Mapping[str, str],
) -> Curves:
    """Every declared combination of choices for each headline finding.

    Parameters
    ----------
    derivations
        The clean tables of a cohort, and its definitions.
    declared
        Codebook and populations.
    asked
        ``config/robustness.yaml``.
    directions
        Side of no effect on which the article's estimate lies, by finding: ``above`` or ``below``.

    Returns
    -------
    Curves
        ``every`` has ``finding``, one column a choice, ``n``, ``events``, ``quantity``
        (``hazard_ratio``, or ``months`` for a difference of restricted means), ``estimate``,
        ``ci_low``, ``ci_high``, ``p_value``, ``z`` (above 0: a higher hazard), ``combinations``,
        ``not_estimable``. Choices that lead to the same patients and values are one specification,
        named by the first of them; ``combinations`` counts them.
    """
    plan = asked["specifications"]
    made = [
        _curve(name, finding, derivations, declared, asked, directions.get(name, ""))
        for name, finding in plan["findings"].items()
    ]
    choices = [RULE, *plan["derivation"], "population", "adjustment", "model"]
    columns = (
        f"finding {' '.join(choices)} n events quantity estimate ci_low ci_high p_value z "
        "combinations not_estimable"
    )
    every = table((row for rows, _ in made for row in rows), columns)
    every[choices] = every[choices].fillna("")
    columns = (
        "finding direction combinations specifications estimable permutations "
        "median_hazard_ratio lower_quartile upper_quartile share_same_direction "
        "share_significant p_median p_share p_stouffer not_estimable"
    )
    whole = "combinations specifications estimable permutations"
    summary = table((row for _, row in made), columns, whole)
    return Curves(every, summary)


def _curve(
    name: str,
    finding: Mapping[str, Any],
    derivations: Derivations,
    declared: Declarations,
    asked: Mapping[str, Any],
    direction: str,
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    plan = asked["specifications"]
    rows: list[dict[str, Any]] = []
    found: list[_Found] = []
    data: dict[bytes, _Data] = {}
    numbers: dict[tuple | bytes, int | None] = {}  # row of what was asked before
    permutations = plan["permutations"]
    if why := too_many(len(derivations), asked):
        return [{"finding": name, "not_estimable": why, "combinations": 0}], {
            "finding": name,
            "direction": direction,
            "not_estimable": why,
        }
    worlds = Permutations(asked["seed"], name, permutations, len(derivations))
    for chosen, settings, variable in _derivations(finding, asked):
        one = _data(finding, derivations.under(settings), variable, declared, plan)
        signature = one.signature
        one = data.setdefault(signature, one)
        for choice in product(plan["populations"], plan["adjustments"], plan["models"]):
            place = (signature, *choice)
            if place not in numbers:
                parts = zip(("populations", "adjustments", "models"), choice, strict=True)
                options = {part: plan[part][key] for part, key in parts}
                specification, why = _specified(one, finding, options, asked)
                exact = place if specification is None else _bytes(specification)
                exact = one.lacking.encode() or exact  # what a cohort lacks is told once
                numbers[place] = numbers.get(exact)
                if numbers[place] is None and (why or specification is not None):
                    told: dict[str, Any] = {"not_estimable": why}
                    if specification is not None:
                        told, estimates = _fitted(specification, worlds)
                        found += [estimates] if estimates is not None else []
                    words = dict(zip(("population", "adjustment", "model"), choice, strict=True))
                    rows.append({"finding": name, **chosen, **words, **told, "combinations": 0})
                    numbers[place] = numbers[exact] = len(rows) - 1
            if numbers[place] is not None:
                rows[numbers[place]]["combinations"] += 1
    return rows, _summary(name, rows, found, direction, permutations)


def _derivations(
    finding: Mapping[str, Any], asked: Mapping[str, Any]
) -> Iterator[tuple[dict[str, str], dict[str, Any], str]]:
    """Each combination of choices of derivation: in words, as settings, and the term's variable."""
    plan = asked["specifications"]["derivation"]
    names = [name for name in finding["derivation"] if name != RULE]
    rules = asked["rules"]["alternatives"] if RULE in finding["derivation"] else {"": {}}
    variable = finding["term"].partition("=")[0]
    for rule, options in product(rules.items(), product(*(plan[name].items() for name in names))):
        key, of_rule = rule
        settings: dict[str, Any] = dict(of_rule.get("settings", {}))
        words = {RULE: of_rule["label"]} if key else {}
        for choice, (option, more) in zip(names, options, strict=True):
            words[choice] = option
            settings = merge(settings, more)
        yield words, settings, of_rule.get("variable", variable)


def _data(
    finding: Mapping[str, Any],
    made: Derived,
    variable: str,
    declared: Declarations,
    plan: Mapping[str, Any],
) -> _Data:
    study = StudyData(made.patients, made.therapies, declared)
    sample = study.sample(finding["population"])
    outcome = declared.codebook.outcomes[finding["outcome"]]
    level = finding["term"].partition("=")[2]
    if level:
        levels = sample.table.levels(variable)
        compared = sample.compared_levels(variable) if len(sample) else []
        term = np.where(np.isin(levels.astype(str), compared), levels == level, np.nan)
        term = term.astype(float)
    else:
        term = sample.table.numbers(variable)
    numbers, lacking = sample.table.numbers, [sample.lacks_outcome(finding["outcome"])]
    lacking += [sample.lacks(name) for name in (variable, *finding.get("with", []))]
    why = next(filter(None, lacking), "")
    used = [*finding.get("with", []), *_variables_of(plan, declared)]
    beside = [
        sample.table.numbers(name).tobytes()
        if declared.codebook.variables[name].is_continuous
        else "|".join(map(str, sample.table.levels(name))).encode()
        for name in used
    ]
    outcomes = numbers(outcome.time), numbers(outcome.event)
    return _Data(sample, *outcomes, term, why, b"".join(beside))


def _variables_of(plan: Mapping[str, Any], declared: Declarations) -> list[str]:
    """Variables that populations, adjustments and models of the plan use."""
    names: list[str] = []
    for part in ("populations", "adjustments", "models"):
        for option in plan[part].values():
            names += [*option.get("where", {}), *option.get("strata", [])]
            names += [*option.get("covariates", []), *filter(None, [option.get("largest")])]
    return declared.codebook.expand(names)


def _specified(
    data: _Data,
    finding: Mapping[str, Any],
    options: Mapping[str, Mapping[str, Any]],
    asked: Mapping[str, Any],
) -> tuple[_Specification | None, str]:
    """The data of one combination; nothing where it makes no sense or the cohort lacks it."""
    population, adjustment, model = (
        options[part] for part in ("populations", "adjustments", "models")
    )
    sample, codebook = data.sample, data.sample.codebook
    if data.lacking:
        return None, data.lacking
    own = finding["term"].partition("=")[0]
    covariates = [c for c in codebook.expand(adjustment.get("covariates", [])) if c != own]
    beside = [c for c in finding.get("with", []) if c not in covariates]
    strata = [*adjustment.get("strata", []), *model.get("strata", [])]
    restricted = model["kind"] == "restricted_mean"
    if model["kind"] == "landmark" and finding.get("known_later"):
        return None, ""  # its values at a landmark are those of landmark.csv
    if restricted and (adjustment or beside or not finding["term"].partition("=")[2]):
        return None, ""
    there = [c for c in covariates if not sample.lacks(c)]
    named = [c for c in adjustment.get("covariates", []) if c in codebook.variables and c != own]
    if not set(named) <= set(there) or any(map(sample.lacks, strata)):
        return None, ""
    if adjustment.get("covariates") and not there:
        return None, ""
    mask = _in_population(data, population)
    if mask is None:
        return None, ""
    table_, used = sample.table, [*beside, *there]
    everyone = Sample(table_, np.ones(len(table_), dtype=bool), "", sample.confined)
    mask = mask & complete(everyone, [*used, *strata])
    mask &= ~np.isnan(data.time + data.event + data.term)
    landmark = model["months"] if model["kind"] == "landmark" else 0
    after = max(population.get("after", 0), landmark)
    time, event = data.time, data.event
    if after:
        mask &= time > after
        time = time - after
    horizon = model.get("months", np.inf) - after  # from the same start, wherever the clock begins
    if model["kind"] == "cox" and np.isfinite(horizon):  # follow-up ends there
        event = np.where(time > horizon, 0.0, event)
        time = np.minimum(time, horizon)
    members = everyone.where(mask)
    if not len(members):
        return None, "nobody with a value in every variable"
    event = event[mask]
    columns = design(members, used).columns
    needed = asked["events_per_coefficient"] * (1 + len(columns))
    if event.sum() < needed:
        return None, f"too few events: {event.sum():.0f}, and {needed} are needed"
    term = data.term[mask]
    if np.ptp(term) == 0:
        return None, "only one group"
    labels = [members.levels(name).astype(str) for name in strata]
    labels = [found for found in labels if len(np.unique(found)) > 1]
    matrix = np.column_stack([term, *(column.data for column in columns)])
    if np.linalg.matrix_rank(matrix - matrix.mean(axis=0)) < matrix.shape[1]:
        return None, "covariates that determine each other"
    return (
        _Specification(
            np.flatnonzero(mask),
            time[mask],
            event,
            matrix,
            np.array([" / ".join(found) for found in zip(*labels, strict=True)])
            if labels
            else None,
            horizon if restricted else None,
        ),
        "",
    )


def _in_population(data: _Data, population: Mapping[str, Any]) -> np.ndarray | None:
    """Mask of a choice of patients; nothing where it cannot be made, or is that of everyone."""
    sample = data.sample
    mask = sample.mask.copy()
    where, largest = population.get("where", {}), population.get("largest")
    if any(map(sample.lacks, [*where, *([largest] if largest else [])])):
        return None
    if largest:
        levels = pd.Series(sample.table.levels(largest)[mask]).dropna()
        mask &= sample.table.levels(largest) == levels.value_counts().sort_index().idxmax()
    mask &= sample.table.fulfil(where)
    if population and not population.get("after") and (mask == sample.mask).all():
        return None
    return mask


def _bytes(one: _Specification) -> bytes:
    strata = b"" if one.strata is None else np.unique(one.strata, return_inverse=True)[1].tobytes()
    parts = (one.members, one.time, one.event, one.design)
    return b"".join(part.tobytes() for part in parts) + strata + str(one.months).encode()


class Permutations:
    """Permutations of all patients of a cohort, and what each is among some of them.

    One permutation is one world without an effect, in which every specification is asked. Among the
    patients of a specification it leads each to the next of them on its cycle: a permutation of
    theirs, as likely as any other, and nearly the same for specifications that share most patients.

    Parameters
    ----------
    seed, name
        Start of the random numbers.
    permutations, n
        How many, and of how many patients.
    """

    def __init__(self, seed: int, name: str, permutations: int, n: int) -> None:
        sequence = np.random.SeedSequence([seed, zlib.crc32(name.encode())])
        keys = np.random.Generator(np.random.PCG64(sequence)).random((permutations, n))
        self.next = np.argsort(keys, axis=1).astype(np.int32)
        self._held: dict[bytes, np.ndarray] = {}

    def among(self, members: np.ndarray) -> np.ndarray:
        """Whose value each member gets, positions among all patients, shape (permutations, m)."""
        key = members.tobytes()
        if key not in self._held:
            if len(self._held) >= _HELD:
                self._held.pop(next(iter(self._held)))
            self._held[key] = self._returned(members)
        return self._held[key]

    def _returned(self, members: np.ndarray) -> np.ndarray:
        inside = np.zeros(self.next.shape[1], dtype=bool)
        inside[members] = True
        found = self.next[:, members]
        world, place = np.nonzero(~inside[found])
        while len(world):
            further = self.next[world, found[world, place]]
            found[world, place] = further
            left = ~inside[further]
            world, place = world[left], place[left]
        return found


_HELD = 48  # sets of patients whose permutations are kept


def _fitted(one: _Specification, worlds: Permutations) -> tuple[dict[str, Any], _Found | None]:
    term = one.design[:, 0]
    everyone = np.full(worlds.next.shape[1], np.nan)
    everyone[one.members] = term
    terms = np.vstack([term[None], everyone[worlds.among(one.members)]])
    counts = {"n": len(term), "events": int(one.event.sum())}
    if one.months is not None:
        estimates, errors = _restricted_means(one, terms)
        z, quantity = -estimates / errors, MONTHS
    else:
        designs = np.repeat(one.design[None], len(terms), axis=0)
        designs[:, :, 0] = terms
        fits = fit_cox(one.time, one.event, designs, strata=one.strata)
        estimates, errors = fits.coefficients[:, 0, 0], fits.std_errors[:, 0, 0]
        away = np.abs(estimates) * term.std() > LARGEST_EFFECT
        estimates = np.where(away, np.nan, estimates)
        z, quantity = estimates / errors, HAZARD_RATIO
    own, error = float(estimates[0]), float(errors[0])
    if not np.isfinite(own) or not error > 0:
        why = (
            "the model does not converge"
            if one.months is None
            else f"a group that is not followed up to {one.months:g} months"
        )
        return {**counts, "quantity": quantity, "not_estimable": why}, None
    shown = np.exp if quantity == HAZARD_RATIO else float
    told = {
        **counts,
        "quantity": quantity,
        "estimate": float(shown(own)),
        "ci_low": float(shown(own - _Z * error)),
        "ci_high": float(shown(own + _Z * error)),
        "p_value": float(2 * ndtr(-abs(z[0]))),
        "z": float(z[0]),
    }
    return told, _Found(np.where(np.isfinite(z), estimates, np.nan), error, z)


def _restricted_means(one: _Specification, terms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Differences of restricted means (group 1 less group 0) and their errors, for many groupings.

    The formulas of :func:`pd1_dynamics.statistics.restricted_mean.restricted_mean`; NaN where a
    group is not followed up to the horizon.
    """
    order = np.argsort(one.time, kind="stable")
    time, event, groups = one.time[order], one.event[order], terms[:, order] > 0.5
    starts = np.flatnonzero(np.append(True, np.diff(time) > 1e-9))
    horizon = one.months
    means, variances = [], []
    for group in (groups, ~groups):
        there = group.astype(float)
        dead = np.add.reduceat(there * event, starts, axis=1)
        gone = np.cumsum(np.add.reduceat(there, starts, axis=1), axis=1)
        at_risk = there.sum(axis=1, keepdims=True) - np.column_stack(
            [np.zeros(len(gone)), gone[:, :-1]]
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            survival = np.cumprod(np.where(at_risk > 0, 1 - dead / at_risk, 1.0), axis=1)
            step = np.where(at_risk > dead, dead / (at_risk * (at_risk - dead)), 0.0)
        moments = time[starts]
        before = moments <= horizon
        edges = np.append(moments[before], horizon)
        areas = survival[:, before] * np.diff(edges)
        rest = np.cumsum(areas[:, ::-1], axis=1)[:, ::-1]
        means.append(edges[0] + areas.sum(axis=1))
        variances.append((rest**2 * step[:, before]).sum(axis=1))
        last = np.where(there > 0, time, 0).max(axis=1)
        alive = survival[:, -1] > 0
        means[-1] = np.where((last < horizon) & alive, np.nan, means[-1])
    with np.errstate(invalid="ignore"):
        errors = np.sqrt(variances[0] + variances[1])
    return means[0] - means[1], np.where(errors > 0, errors, np.nan)


def _summary(
    name: str,
    rows: list[dict[str, Any]],
    found: list[_Found],
    direction: str,
    permutations: int,
) -> dict[str, Any]:
    """What the whole curve says, and how often chance says as much or more."""
    told: dict[str, Any] = {
        "finding": name,
        "direction": direction,
        "combinations": sum(row["combinations"] for row in rows),
        "specifications": len(rows),
        "estimable": len(found),
        "permutations": permutations,
    }
    if not found:
        reasons = [row["not_estimable"] for row in rows if row.get("not_estimable")]
        return {**told, "not_estimable": next(iter(reasons), "no specification is possible")}
    ratios = [
        np.log(row["estimate"])
        for row in rows
        if row.get("quantity") == HAZARD_RATIO and "z" in row
    ]
    z = np.array([one.z for one in found])
    sign = {"below": -1.0, "above": 1.0}.get(direction) or float(np.sign(np.median(z[:, 0])) or 1)
    toward = sign * z
    quartiles = np.exp(np.quantile(ratios, [0.25, 0.5, 0.75])) if ratios else [np.nan] * 3
    told |= {
        "median_hazard_ratio": float(quartiles[1]),
        "lower_quartile": float(quartiles[0]),
        "upper_quartile": float(quartiles[2]),
        "share_same_direction": float(100 * (toward[:, 0] > 0).mean()),
        "share_significant": float(100 * (toward[:, 0] > _Z).mean()),
    }
    if permutations:
        known = np.isfinite(toward)
        middle = np.nanmedian(toward, axis=0)
        share = ((toward > _Z) & known).sum(axis=0) / known.sum(axis=0)
        stouffer = np.nansum(toward, axis=0) / np.sqrt(known.sum(axis=0))
        for key, value in (("median", middle), ("share", share), ("stouffer", stouffer)):
            # The data are one of the worlds that chance could give: p is never 0.
            at_least = (value[1:] >= value[0] - 1e-12).sum()
            told[f"p_{key}"] = float((1 + at_least) / (1 + permutations))
    return told
