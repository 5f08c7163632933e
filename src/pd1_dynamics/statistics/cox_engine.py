"""Many Cox models in one compiled call: R's ``survival::coxph`` with Efron's ties, batched.

One pass over the observations, from the last time to the first, gives the partial likelihood with
its two derivatives. One model, and thousands of resamples or permutations, are that same pass.

References
----------
Efron B. The efficiency of Cox's likelihood function for censored data. J Am Stat Assoc
1977;72:557-65. Therneau TM, Grambsch PM. Modeling survival data. Springer 2000, chapter 3.
"""

import math
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from pd1_dynamics.statistics.compiled import njit

FITTED, NO_EVENTS, SINGULAR, RUNS_AWAY, GIVEN_UP = range(5)
"""How a fit ended: found; no event; nobody at risk at an event differs in some covariate, or
covariates determine each other; the likelihood has no maximum (monotone likelihood, separation);
no maximum found."""

_MOST_STEPS = 40  # Newton's method needs five or so where the likelihood has a maximum
_MOST_HALVINGS = 30
_SMALL_STEP = 1e-6  # of standardised covariates: what is left is about its square
_SLACK = 1e-9  # of the log-likelihood, for rounding
_RUNS_AWAY = 30.0  # log hazard ratio of one standard deviation
_DEPENDENT = 1e-11  # of an event's information on a standardised covariate
_LARGEST_EXPONENT = 600.0
_EXPONENT = np.uint64(52)  # bits of a double that come before its exponent
_LEAST_FOR_A_THREAD = 64  # fits


@njit(cache=True, nogil=True)
def _dot(first, second):
    """Sum of products, in four parts that a processor adds side by side."""
    n = len(first)
    a = b = c = d = 0.0
    whole = n - n % 4
    for i in range(0, whole, 4):
        a += first[i] * second[i]
        b += first[i + 1] * second[i + 1]
        c += first[i + 2] * second[i + 2]
        d += first[i + 3] * second[i + 3]
    for i in range(whole, n):
        a += first[i] * second[i]
    return (a + b) + (c + d)


@njit(cache=True, nogil=True)
def _exp(x, power, bits):
    """``exp`` in place, by plain arithmetic, so that a processor computes several side by side.

    ``bits`` is ``power`` seen as whole numbers; both are overwritten.
    """
    for i in range(len(x)):
        whole = np.floor(x[i] * 1.4426950408889634 + 0.5)
        power[i] = whole + 4503599627371519.0  # 2^52 + 1023: its last bits are the exponent
        r = x[i] - whole * 0.6931471803691238 - whole * 1.9082149292705877e-10
        y = r * (1 / 6227020800.0) + 1 / 479001600.0
        y = y * r + 1 / 39916800.0
        y = y * r + 1 / 3628800.0
        y = y * r + 1 / 362880.0
        y = y * r + 1 / 40320.0
        y = y * r + 1 / 5040.0
        y = y * r + 1 / 720.0
        y = y * r + 1 / 120.0
        y = y * r + 1 / 24.0
        y = y * r + 1 / 6.0
        y = y * r + 0.5
        x[i] = (y * r + 1.0) * r + 1.0
    for i in range(len(x)):
        bits[i] = bits[i] << _EXPONENT
    for i in range(len(x)):
        x[i] *= power[i]


@njit(cache=True, nogil=True)
def _moments(data, weight, replicated, moments, sizes, rows):
    """Moments: one for each factor of the partial likelihood; ties are taken in turn (Efron).

    Returns the number of moments, of those at which a part of the tied events has already left the
    risk set, and of observations with tied events.

    Parameters
    ----------
    data
        Event (n,), first row of each group of equal times (g + 1,), and first row of each stratum
        (s + 1,); rows sorted by stratum and time.
    moments
        Shape (3, d), written: first row of the group, and of the next one; then, of the moments at
        which some have left, their number.
    sizes
        Shape (2, d), written: share of the group's dead who have left, weight of the factor.
    rows
        Shape (4, n), written: for each observation the moments up to its time, and those before its
        stratum; then, of those who die together, their row and their group's first moment.
    """
    event, start, ends = data
    number, tied, together, first, stratum = 0, 0, 0, 0, 0
    for g in range(len(start) - 1):
        if start[g] == ends[stratum]:
            first = number
            stratum += 1
        dead, total = 0.0, 0.0
        for i in range(start[g], start[g + 1]):
            if event[i] > 0 and weight[i] > 0:
                dead += weight[i] if replicated else 1.0
                total += weight[i]
        before = number
        for j in range(int(dead)):
            moments[0, number] = start[g]
            moments[1, number] = start[g + 1]
            sizes[0, number] = j / dead
            sizes[1, number] = total / dead
            if j:
                moments[2, tied] = number
                tied += 1
            number += 1
        for i in range(start[g], start[g + 1]):
            rows[0, i] = number
            rows[1, i] = first
            if dead > 1 and event[i] > 0:
                rows[2, together] = i
                rows[3, together] = before
                together += 1
    return number, tied, together


@njit(cache=True, nogil=True)
def _at_risk(event, ends, values, plan, running, out):
    """Sum of the values over those at risk at each moment, shape (d,)."""
    moments, sizes, _, number, tied, _ = plan
    for s in range(len(ends) - 1):
        total = 0.0
        for i in range(ends[s + 1] - 1, ends[s] - 1, -1):
            total += values[i]
            running[i] = total
    for j in range(number):
        out[j] = running[moments[0, j]]
    dying, held = 0.0, -1
    for t in range(tied):
        j = moments[2, t]
        if moments[0, j] != held:
            held, dying = moments[0, j], 0.0
            for i in range(held, moments[1, j]):
                if event[i] > 0:
                    dying += values[i]
        out[j] -= sizes[0, j] * dying


@njit(cache=True, nogil=True)
def _partial_likelihood(data, weight, plan, design, beta, score, information, room):
    """Log partial likelihood; writes its score (p,) and information (p, p).

    The score sums covariates times martingale residuals. The information sums products of
    covariates, weighted by expected events, less the products of the means at risk.

    Parameters
    ----------
    data
        Event (n,), first row of each group of equal times, and first row of each stratum (s + 1,);
        rows sorted by stratum and time.
    weight, design
        Shapes (n,) and (p, n).
    plan
        What :func:`_moments` wrote and gave.
    room
        Shape (7 + p, at least n + 1 and d + 1), overwritten.
    """
    event, _, ends = data
    _, sizes, rows, number, _, together = plan
    p, n = design.shape
    w, hazard, died, product = room[0, :n], room[1, :n], room[2, :n], room[3, :n]
    running, lived, sums, means = room[4], room[5], room[6], room[7:]
    for i in range(n):
        w[i] = 0.0
        died[i] = weight[i] * event[i]
    for k in range(p):
        for i in range(n):
            w[i] += beta[k] * design[k, i]
    likelihood = _dot(died, w)
    for i in range(n):
        w[i] = min(max(w[i], -_LARGEST_EXPONENT), _LARGEST_EXPONENT)
    _exp(w, product, product.view(np.uint64))
    for i in range(n):
        w[i] *= weight[i]
    _at_risk(event, ends, w, plan, running, sums)
    factor = 1.0  # sums at risk multiplied, so that few logarithms are taken
    for j in range(number):
        if sizes[1, j] == 1:
            factor *= sums[j]
            if not 1e-100 < factor < 1e100:
                likelihood -= math.log(factor)
                factor = 1.0
        else:
            likelihood -= sizes[1, j] * math.log(sums[j])
    likelihood -= math.log(factor)
    for j in range(number):
        sums[j] = 1 / sums[j]
    lived[0] = 0.0
    for j in range(number):
        lived[j + 1] = lived[j] + sizes[1, j] * sums[j]
    for i in range(n):
        hazard[i] = w[i] * (lived[rows[0, i]] - lived[rows[1, i]])
    for t in range(together):
        i = rows[2, t]
        hazard_before = lived[rows[3, t]] - lived[rows[1, i]]
        for j in range(rows[3, t], rows[0, i]):
            hazard_before += sizes[1, j] * sums[j] * (1 - sizes[0, j])
        hazard[i] = w[i] * hazard_before
    for i in range(n):
        died[i] -= hazard[i]
    for k in range(p):
        score[k] = _dot(died, design[k])
    for k in range(p):
        for i in range(n):
            product[i] = w[i] * design[k, i]
        _at_risk(event, ends, product, plan, running, means[k])
        for j in range(number):
            means[k, j] *= sums[j]
    for k in range(p):
        for i in range(n):
            product[i] = hazard[i] * design[k, i]
        for j in range(number):
            sums[j] = sizes[1, j] * means[k, j]
        for h in range(k + 1):
            value = _dot(product, design[h]) - _dot(sums[:number], means[h, :number])
            information[k, h] = value
            information[h, k] = value
    return likelihood


@njit(cache=True, nogil=True)
def _factor(information, scale, lower):
    """Cholesky factor (p, p) of an information; whether it is positive definite.

    ``scale`` is the size of an information that is not singular.
    """
    p = len(lower)
    for j in range(p):
        for k in range(j + 1):
            value = information[j, k]
            for h in range(k):
                value -= lower[j, h] * lower[k, h]
            if j != k:
                lower[j, k] = value / lower[k, k]
            elif value > _DEPENDENT * scale:
                lower[j, j] = math.sqrt(value)
            else:
                return False
    return True


@njit(cache=True, nogil=True)
def _solve(lower, right, x):
    """Solution of ``lower lower' x = right``, shapes (p,)."""
    p = len(x)
    for j in range(p):
        value = right[j]
        for k in range(j):
            value -= lower[j, k] * x[k]
        x[j] = value / lower[j, j]
    for j in range(p - 1, -1, -1):
        value = x[j]
        for k in range(j + 1, p):
            value -= lower[k, j] * x[k]
        x[j] = value / lower[j, j]


@njit(cache=True, nogil=True)
def _newton(data, weight, plan, design, beta, at, lower, room):
    """Newton's method from zero, halving steps that go too far; how it ended.

    ``beta`` (p,), ``at`` (log-likelihood at zero and at the maximum, score statistic) and ``lower``
    (Cholesky factor of the information there, (p, p)) are written; where there is no maximum, those
    of the last step.
    """
    p, number = len(beta), plan[3]
    trial = np.empty((p, p))
    step, new, score, there_score = np.zeros(p), np.zeros(p), np.zeros(p), np.zeros(p)
    information, there_information = np.zeros((p, p)), np.zeros((p, p))
    beta[:] = 0
    here = _partial_likelihood(data, weight, plan, design, beta, score, information, room)
    at[0] = here
    for steps in range(_MOST_STEPS):
        if not _factor(information, number, trial):
            return SINGULAR if steps == 0 else RUNS_AWAY
        lower[:] = trial
        _solve(lower, score, step)
        if steps == 0:
            at[2] = _dot(score, step)
        size = 0.0
        for k in range(p):
            size = max(size, abs(step[k]))
        if size < _SMALL_STEP:  # so near that nothing else changes
            for k in range(p):
                beta[k] += step[k]
            at[1] = here + 0.5 * _dot(score, step)
            return FITTED
        there = -np.inf
        for _ in range(_MOST_HALVINGS):
            for k in range(p):
                new[k] = beta[k] + step[k]
            there = _partial_likelihood(
                data, weight, plan, design, new, there_score, there_information, room
            )
            if there >= here - _SLACK:
                break
            for k in range(p):
                step[k] *= 0.5
        if not there >= here - _SLACK:
            return GIVEN_UP
        largest = 0.0
        for k in range(p):
            beta[k] = new[k]
            score[k] = there_score[k]
            largest = max(largest, abs(beta[k]))
            for h in range(p):
                information[k, h] = there_information[k, h]
        here = there
        at[1] = here
        if largest > _RUNS_AWAY:
            return RUNS_AWAY
    return GIVEN_UP


@njit(cache=True, nogil=True)
def _standardised(design, order, out, scale):
    """Covariates of the given rows, as (p, m), with mean 0 and standard deviation 1."""
    n, p = len(order), design.shape[1]
    for k in range(p):
        column = out[k]
        for i in range(n):
            column[i] = design[order[i], k]
        mean = column.sum() / n
        for i in range(n):
            column[i] -= mean
        scale[k] = math.sqrt(_dot(column, column) / n)
        if scale[k] == 0:
            scale[k] = 1.0
        for i in range(n):
            column[i] /= scale[k]


@njit(cache=True, nogil=True)
def _kept(observed, order, weight):
    """Observations with a weight, in the given order (by stratum and time).

    Gives their places and weights (m,), and as :func:`_moments` takes them events, first rows of
    groups of equal times and first rows of strata.
    """
    time, event, stratum = observed
    m = 0
    for i in order:
        if weight[i] > 0:
            m += 1
    places, weights, events = np.empty(m, dtype=np.int64), np.empty(m), np.empty(m)
    start, ends = np.empty(m + 1, dtype=np.int64), np.empty(m + 1, dtype=np.int64)
    row, groups, strata, before = 0, 0, 0, -1
    for i in order:
        if weight[i] == 0:
            continue
        if row == 0 or stratum[i] != stratum[before]:
            ends[strata], start[groups] = row, row
            strata, groups = strata + 1, groups + 1
        elif time[i] != time[before]:
            start[groups] = row
            groups += 1
        places[row], weights[row], events[row] = i, weight[i], event[i]
        row, before = row + 1, i
    start[groups], ends[strata] = m, m
    return places, weights, (events, start[: groups + 1].copy(), ends[: strata + 1].copy())


@njit(cache=True, nogil=True)
def _fit(observed, order, weights, replicated, designs, first, last, result):
    """Fits ``first`` to ``last`` of every design with every row of weights; writes ``result``."""
    coefficients, covariance, likelihood, ended = result
    n, p = designs.shape[1:]
    longest = n
    if replicated:
        for row in range(len(weights)):
            longest = max(longest, int(weights[row].sum()))
    moments = np.empty((3, longest), dtype=np.int64)
    rows = np.empty((4, n), dtype=np.int64)
    sizes, room = np.empty((2, longest)), np.empty((7 + p, longest + 1))
    scale = np.empty(p)
    design = np.empty((p, n))
    places, weight, data = _kept(observed, order, weights[first % len(weights)])
    number, tied, together = _moments(data, weight, replicated, moments, sizes, rows)
    held_row = first % len(weights)
    lower, unit, column = np.empty((p, p)), np.zeros(p), np.empty(p)
    for fit in range(first, last):
        model, row = fit // len(weights), fit % len(weights)
        if row != held_row:
            places, weight, data = _kept(observed, order, weights[row])
            number, tied, together = _moments(data, weight, replicated, moments, sizes, rows)
            held_row = row
        if number == 0:
            ended[model, row] = NO_EVENTS
            continue
        if design.shape[1] != len(places):
            design = np.empty((p, len(places)))
        _standardised(designs[model], places, design, scale)
        plan = (moments, sizes, rows, number, tied, together)
        beta = coefficients[model, row]
        ended[model, row] = _newton(
            data, weight, plan, design, beta, likelihood[model, row], lower, room
        )
        if ended[model, row] == SINGULAR:
            continue
        for k in range(p):
            unit[:] = 0
            unit[k] = 1
            _solve(lower, unit, column)
            beta[k] /= scale[k]
            for h in range(p):
                covariance[model, row, h, k] = column[h] / (scale[h] * scale[k])


@dataclass(frozen=True)
class CoxFits:
    """Cox models fitted together: m designs by r rows of weights, p coefficients each.

    Attributes
    ----------
    coefficients
        Log hazard ratios, shape (m, r, p); NaN where a fit did not end well.
    covariance
        Their covariance where the fit stopped, shape (m, r, p, p).
    log_likelihood, log_likelihood_at_zero, score_statistic
        Shape (m, r).
    ended
        How each fit ended, shape (m, r): :data:`FITTED`, or why not.
    reached
        The coefficients where Newton's method stopped, however it ended, shape (m, r, p).
    """

    coefficients: np.ndarray
    covariance: np.ndarray
    log_likelihood: np.ndarray
    log_likelihood_at_zero: np.ndarray
    score_statistic: np.ndarray
    ended: np.ndarray
    reached: np.ndarray

    @property
    def std_errors(self) -> np.ndarray:
        """Standard errors of the coefficients, shape (m, r, p)."""
        return np.sqrt(np.einsum("...kk->...k", self.covariance))


def fit_cox(
    time: ArrayLike,
    event: ArrayLike,
    designs: ArrayLike,
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    replicated: bool = False,
    threads: int = 0,
) -> CoxFits:
    """Fit every design with every row of weights (R: ``coxph(..., ties = "efron")``).

    Parameters
    ----------
    time, event
        Follow-up times and 0/1 events, shape (n,).
    designs
        Covariates without missing values, shape (n, p) or (m, n, p). A permutation of group labels
        is a design of its own.
    weights
        Shape (n,) or (r, n), not negative; 1 by default. An observation of weight 0 is left out.
    strata
        Whole numbers or labels, shape (n,): each stratum has its own baseline hazard.
    replicated
        Weights are whole numbers of times that an observation was drawn (a bootstrap resample, as
        if its rows were repeated) rather than R's case weights, which do not tie with themselves.
    threads
        Processor cores to use, 0 for all. The result does not depend on them.

    Raises
    ------
    ValueError
        If a value is missing or not finite, a weight is negative, or shapes disagree.

    Examples
    --------
    >>> fits = fit_cox([1, 2, 3, 4], [1, 1, 0, 1], [[0.0], [1.0], [1.0], [0.0]])
    >>> fits.coefficients.round(4).tolist(), fits.ended.tolist()
    ([[[-0.3466]]], [[0]])
    """
    time = np.asarray(time, dtype=float)
    event = np.asarray(event, dtype=float)
    designs = np.asarray(designs, dtype=float)
    designs = designs[None] if designs.ndim == 2 else designs
    weights = np.atleast_2d(np.ones(len(time)) if weights is None else np.asarray(weights, float))
    stratum = np.zeros(len(time), dtype=np.int64)
    if strata is not None:
        stratum = np.unique(np.asarray(strata), return_inverse=True)[1]
    m, n, p = designs.shape
    if not len(time) == len(event) == len(stratum) == n == weights.shape[1]:
        raise ValueError("times, events, designs, weights and strata have different lengths")
    if not all(np.isfinite(values).all() for values in (time, event, designs, weights)):
        raise ValueError("times, events, covariates and weights must be finite numbers")
    if (weights < 0).any():
        raise ValueError("weights must not be negative")
    order = np.lexsort((time, stratum))
    r = len(weights)
    result = (
        np.full((m, r, p), np.nan),
        np.full((m, r, p, p), np.nan),
        np.full((m, r, 3), np.nan),
        np.zeros((m, r), dtype=np.int64),
    )
    observed = (time, event, stratum)
    held = (
        observed,
        order,
        np.ascontiguousarray(weights),
        replicated,
        np.ascontiguousarray(designs),
    )
    parts = min(threads or os.cpu_count() or 1, max(m * r // _LEAST_FOR_A_THREAD, 1))
    ends = np.linspace(0, m * r, parts + 1).astype(int)
    with ThreadPoolExecutor(parts) as pool:
        running = [pool.submit(_fit, *held, first, last, result) for first, last in pairwise(ends)]
        for part in running:
            part.result()
    reached, covariance, likelihood, ended = result
    zero, maximum, score = np.moveaxis(likelihood, -1, 0)
    coefficients = np.where(ended[..., None] == FITTED, reached, np.nan)
    return CoxFits(coefficients, covariance, maximum, zero, score, ended, reached)


def compiled() -> None:
    """Compile the engine now, and not with the first fit; later processes find it compiled."""
    fit_cox([1, 2, 3], [1, 1, 0], [[0.0], [1.0], [0.5]])
