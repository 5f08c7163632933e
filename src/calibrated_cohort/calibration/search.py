"""The search, by simulated annealing: change one or two patients until every target is met.

Targets start wide enough for the first state to meet nearly all of them, and shrink together to
their printed width; then the temperature falls.
Only the statistics that a change affects are computed again, cheap ones first, and only until it is
clear that the change is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numba import njit

from calibrated_cohort.calibration import kernels, targets
from calibrated_cohort.calibration.targets import Block

WIDEST = 2000.0  # units: a target that is missed by more does not start any wider
REOPENED = 20.0  # units that targets are widened by in a further round, but for the coarse ones
SHRINKING = 0.75  # share of the moves in which targets shrink to their printed width
COLD = 0.95  # share of the moves after which the temperature stays low
GUIDED = 0.7  # share of the moves that change a patient who matters to a target that is open
REFRESH = 500  # moves between two looks at the widths

_QUANTILES, _KAPLAN_MEIER, _LOG_RANK = targets.QUANTILES, targets.KAPLAN_MEIER, targets.LOG_RANK
_WILCOXON, _KRUSKAL, _SPEARMAN = targets.WILCOXON, targets.KRUSKAL_WALLIS, targets.SPEARMAN
_COX, _LINEAR = targets.COX_MODEL, targets.LINEAR_MODEL


class Problem(NamedTuple):
    """Blocks and targets as arrays; ``…_start`` gives where a block's part of a flat array is."""

    kind: np.ndarray
    time: np.ndarray
    event: np.ndarray
    at: np.ndarray
    row_start: np.ndarray
    row: np.ndarray
    reads: np.ndarray  # rows of values that a block reads, (blocks, rows)
    member_start: np.ndarray
    is_member: np.ndarray  # (blocks, patients)
    group: np.ndarray  # (blocks, patients)
    groups: np.ndarray
    output_start: np.ndarray
    target_start: np.ndarray
    output: np.ndarray
    low: np.ndarray
    high: np.ndarray
    unit: np.ndarray
    edge: np.ndarray  # misses that still round to the printed number
    haste: np.ndarray  # how much sooner a target shrinks
    order: np.ndarray  # changes: members in the order of their values
    beta: np.ndarray  # changes: coefficients of the last fit
    value: np.ndarray  # changes: outputs
    ranks: np.ndarray


def problem(blocks: Sequence[Block], names: Sequence[str], patients: int) -> Problem:
    """Blocks as arrays; ``names`` are those of the rows of values."""
    place = {name: number for number, name in enumerate(names)}

    def starts(sizes) -> np.ndarray:
        return np.append(0, np.cumsum(list(sizes))).astype(np.int64)

    reads = np.zeros((len(blocks), len(names)), dtype=bool)
    is_member = np.zeros((len(blocks), patients), dtype=bool)
    group = np.full((len(blocks), patients), -1, dtype=np.int64)
    for number, block in enumerate(blocks):
        reads[number, [place[name] for name in block.needs]] = True
        is_member[number, block.members] = True
        if block.groups is not None:
            group[number] = block.groups
    output_start = starts(block.outputs for block in blocks)
    flat = [
        (output_start[b] + t.output, t) for b, block in enumerate(blocks) for t in block.targets
    ]
    return Problem(
        kind=np.array([block.kind for block in blocks]),
        time=np.array([place.get(block.time, -1) for block in blocks]),
        event=np.array([place.get(block.event, -1) for block in blocks]),
        at=np.array([block.at for block in blocks]),
        row_start=starts(len(block.rows) for block in blocks),
        row=np.array([place[name] for b in blocks for name in b.rows], dtype=np.int64),
        reads=reads,
        member_start=starts(len(block.members) for block in blocks),
        is_member=is_member,
        group=group,
        groups=group.max(axis=1) + 1,
        output_start=output_start,
        target_start=starts(len(block.targets) for block in blocks),
        output=np.array([output for output, _ in flat]),
        low=np.array([target.low for _, target in flat]),
        high=np.array([target.high for _, target in flat]),
        unit=np.array([target.unit for _, target in flat]),
        edge=np.array([target.edge for _, target in flat]),
        haste=np.array([2.0 if target.coarse else 1.0 for _, target in flat]),
        order=np.concatenate([block.members for block in blocks]).astype(np.int64),
        beta=np.zeros(int(output_start[-1])),
        value=np.zeros(int(output_start[-1])),
        ranks=np.zeros((2, patients)),
    )


@njit
def evaluate(p, b, values, out):
    """Outputs of one block."""
    order = p.order[p.member_start[b] : p.member_start[b + 1]]
    rows = p.row[p.row_start[b] : p.row_start[b + 1]]
    kind = p.kind[b]
    if kind == _QUANTILES:
        kernels.quantiles(values[rows[0]], order, out)
    elif kind == _KAPLAN_MEIER:
        kernels.kaplan_meier(values[p.time[b]], values[p.event[b]], order, p.at[b], out)
    elif kind == _LOG_RANK:
        kernels.log_rank(values[p.time[b]], values[p.event[b]], p.group[b], order, p.groups[b], out)
    elif kind == _WILCOXON:
        kernels.wilcoxon(values[rows[0]], p.group[b], order, p.ranks[0], out)
    elif kind == _KRUSKAL:
        kernels.kruskal_wallis(values[rows[0]], p.group[b], order, p.groups[b], p.ranks[0], out)
    elif kind == _SPEARMAN:
        kernels.spearman(values[rows[0]], values[rows[1]], order, p.ranks[0], p.ranks[1], out)
    elif kind == _COX:
        beta = p.beta[p.output_start[b] : p.output_start[b] + len(rows)]
        kernels.cox(values[p.time[b]], values[p.event[b]], rows, values, order, beta, out)
    elif kind == _LINEAR:
        kernels.linear(values[p.time[b]], rows, values, order, out)
    else:
        beta = p.beta[p.output_start[b] : p.output_start[b] + len(rows) + 1]
        kernels.logistic(values[p.time[b]], rows, values, order, beta, out)


@njit
def miss(p, t, value):
    """Distance of an output from its target's interval, in units."""
    if value < p.low[t]:
        return (p.low[t] - value) / p.unit[t]
    if value > p.high[t]:
        return (value - p.high[t]) / p.unit[t]
    if value == value:
        return 0.0
    return 1e9


@njit
def _loss(p, b, out, width):
    total = 0.0
    for t in range(p.target_start[b], p.target_start[b + 1]):
        far = miss(p, t, out[p.output[t] - p.output_start[b]]) - width[t]
        if far > 0:
            far /= 1 + width[t]
            total += far * far + far
    return min(total, 1e12)


@njit
def _evaluate_all(p, values):
    for b in range(len(p.kind)):
        evaluate(p, b, values, p.value[p.output_start[b] : p.output_start[b + 1]])


@njit
def _misses(p):
    found = np.empty(len(p.low))
    for t in range(len(p.low)):
        found[t] = miss(p, t, p.value[p.output[t]])
    return found


@njit
def _set_seed(seed):
    np.random.seed(seed)


@njit
def _who_matters(p, b):
    """A patient who may move a block's open targets, and a row of values that would."""
    start, size = p.member_start[b], p.member_start[b + 1] - p.member_start[b]
    first, many = p.row_start[b], p.row_start[b + 1] - p.row_start[b]
    row = p.time[b] if many == 0 else p.row[first + np.random.randint(many)]
    place = np.random.randint(size)
    if p.kind[b] == _QUANTILES and np.random.random() < 0.6:
        t = p.target_start[b] + np.random.randint(p.target_start[b + 1] - p.target_start[b])
        kind = p.output[t] - p.output_start[b]
        if kind == 0:
            place = min(max(size // 2 + np.random.randint(-2, 3), 0), size - 1)
        else:
            place = 0 if kind == 1 else size - 1
    elif many > 0 and p.time[b] >= 0 and np.random.random() < 0.3:
        row = p.time[b]
    return p.order[start + place], row


@njit
def _run(p, world, state, values, propose, derive, first_width, start, moves, hot, cold):
    """A stretch of the search: up to ``moves`` moves.

    ``start`` is the number of moves done so far, and that of the whole round. Returns the number
    done at the end, and how many of this stretch were accepted.
    """
    patients = len(state)
    rows = len(values)
    blocks = len(p.kind)
    kept = state.copy()  # the state before a change that may be refused
    old_values = np.empty((2, rows))
    fresh = np.empty(rows)
    changed = np.zeros(rows, np.bool_)
    touched = np.zeros(2, np.int64)
    out = np.empty_like(p.value)
    loss = np.zeros(blocks)
    fresh_loss = np.zeros(blocks)
    hit = np.zeros(blocks, np.int64)
    open_blocks = np.zeros(blocks, np.int64)
    width = np.zeros(len(p.low))
    done, opened, total = start[0], 0, 0.0
    temperature = hot
    accepted = 0
    for move in range(moves):
        if move % REFRESH == 0:
            share = done / start[1]
            shrunk = min(1.0, share / SHRINKING)
            for t in range(len(width)):
                left = max(0.0, 1 - shrunk * p.haste[t])
                width[t] = (1 + first_width[t]) ** left - 1
            cooled = min(1.0, max(0.0, share - SHRINKING) / (COLD - SHRINKING))
            temperature = hot * (cold / hot) ** cooled
            opened, total = 0, 0.0
            for b in range(blocks):
                loss[b] = _loss(p, b, p.value[p.output_start[b] : p.output_start[b + 1]], width)
                total += loss[b]
                if loss[b] > 0:
                    open_blocks[opened] = b
                    opened += 1
            if total == 0 and shrunk == 1.0:
                return done, accepted
        done += 1
        patient, row = np.random.randint(patients), -1
        if opened > 0 and np.random.random() < GUIDED:
            patient, row = _who_matters(p, open_blocks[np.random.randint(opened)])
        count = propose(world, state, patient, row, touched)
        if count < 0:  # impossible
            for k in range(-count):
                state[touched[k]] = kept[touched[k]]
        if count <= 0:
            continue
        changed[:] = False
        for k in range(count):
            i = touched[k]
            derive(world, state, i, fresh)
            for r in range(rows):
                old_values[k, r] = values[r, i]
                if fresh[r] != values[r, i] and not (
                    fresh[r] != fresh[r] and values[r, i] != values[r, i]
                ):
                    changed[r] = True
                    values[r, i] = fresh[r]
        hits = 0
        before = 0.0
        for b in range(blocks):
            if not (p.is_member[b, touched[0]] or (count == 2 and p.is_member[b, touched[1]])):
                continue
            for r in range(rows):
                if changed[r] and p.reads[b, r]:
                    hit[hits] = b
                    hits += 1
                    before += loss[b]
                    break
        allowed = before - temperature * np.log(np.random.random())
        after = 0.0
        refused = False
        for h in range(hits):
            b = hit[h]
            part = out[p.output_start[b] : p.output_start[b + 1]]
            evaluate(p, b, values, part)
            fresh_loss[h] = _loss(p, b, part, width)
            after += fresh_loss[h]
            if after > allowed:
                refused = True
                break
        if refused:
            for k in range(count):
                state[touched[k]] = kept[touched[k]]
                for r in range(rows):
                    values[r, touched[k]] = old_values[k, r]
            continue
        accepted += 1
        for k in range(count):
            kept[touched[k]] = state[touched[k]]
        for h in range(hits):
            b = hit[h]
            p.value[p.output_start[b] : p.output_start[b + 1]] = out[
                p.output_start[b] : p.output_start[b + 1]
            ]
            loss[b] = fresh_loss[h]
    return done, accepted


class _Best(NamedTuple):
    """The best state so far; rounds go on from it."""

    score: float  # misses of all targets that do not round to the printed number
    state: np.ndarray = np.empty(0)
    values: np.ndarray = np.empty(0)

    def or_this(self, score: float, state: np.ndarray, values: np.ndarray) -> _Best:
        return _Best(score, state.copy(), values.copy()) if score < self.score else self

    def give_back(self, state: np.ndarray, values: np.ndarray) -> None:
        state[:], values[:] = self.state, self.values


def anneal(
    p: Problem,
    world,
    state: np.ndarray,
    values: np.ndarray,
    propose: Callable,
    derive: Callable,
    seed: int,
    moves: int,
    further: int,
    rounds: int,
    hot: float = 0.5,
    cold: float = 0.001,
    progress: Callable[[str], None] = lambda text: None,
    stretch: int = 50_000,
) -> np.ndarray:
    """Change ``state`` and ``values`` in place; returns the misses of the targets, in units."""
    _set_seed(seed)
    _evaluate_all(p, values)
    first_width = np.minimum(_misses(p), WIDEST)
    reopened = np.where(p.haste > 1, 0.0, np.minimum(first_width, REOPENED))
    heats = [(moves, first_width), *[(further, reopened)] * rounds]
    best = _Best(np.inf)
    for number, (length, width) in enumerate(heats):
        done = 0
        while done < length:
            reached = done
            done, taken = _run(
                p, world, state, values, propose, derive, width,
                (done, length), min(stretch, length - done), hot, cold,
            )  # fmt: skip
            found = _misses(p)
            progress(
                f"round {number + 1}: {done:,} of {length:,} moves, "
                f"{taken / max(done - reached, 1):.0%} taken, "
                f"{int((found > p.edge).sum())} of {len(found)} targets open"
            )
            if done - reached < min(stretch, length - reached):
                break
        score = float(np.minimum(found[found > p.edge], 3).sum())
        best = best.or_this(score, state, values)
        best.give_back(state, values)
        _evaluate_all(p, values)
        if best.score == 0:
            break
    return _misses(p)
