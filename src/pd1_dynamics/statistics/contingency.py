"""Tests of contingency tables."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln
from scipy.stats import chi2_contingency

from pd1_dynamics.statistics.errors import NotEstimable
from pd1_dynamics.statistics.results import TestResult

_RELATIVE_ERROR = 1e-7  # R: fisher.test, tables this near to the observed one count as equal
_TOO_MANY = 20_000_000  # states; beyond, the test is refused rather than left to run for hours


def fisher_exact(table: ArrayLike) -> TestResult:
    """Fisher's exact test of an r × c table (R: ``fisher.test``).

    The p value is the probability, under the margins, of all tables that are no more probable than
    the one observed. Columns are added one by one; partial tables that leave the same margins and
    are equally probable are counted together.

    Parameters
    ----------
    table
        Counts, shape (r, c); empty rows and columns are left out.

    Raises
    ------
    NotEstimable
        If fewer than two rows or columns remain, or the table has too many possible fillings.
    """
    table = _counts(table)
    if table.shape[0] > table.shape[1]:
        table = table.T  # few rows, many columns: small states
    table = table[
        :, np.argsort(table.sum(axis=0), kind="stable")
    ]  # the largest column comes last: the others determine it
    columns = table.sum(axis=0)
    log_factorial = gammaln(np.arange(table.sum() + 1) + 1.0)
    # The probability of a filling is a constant times the product of 1 / cell!.
    observed = -log_factorial[table].sum()
    constant = (
        log_factorial[columns].sum()
        + log_factorial[table.sum(axis=1)].sum()
        - log_factorial[table.sum()]
    )
    p_value = _tail(table.sum(axis=1), columns, observed + _RELATIVE_ERROR, constant, log_factorial)
    return TestResult(float("nan"), min(p_value, 1.0), "Fisher's exact test")


def pearson_chi_squared(table: ArrayLike, correct: bool = True) -> TestResult:
    """Pearson's chi-squared test (R: ``chisq.test``), Yates-corrected for 2 × 2 tables if wished.

    Raises
    ------
    NotEstimable
        If fewer than two rows or columns have counts.
    """
    table = _counts(table)
    corrected = correct and table.shape == (2, 2)
    result = chi2_contingency(table, correction=corrected)
    name = "Pearson's chi-squared test" + (" (continuity-corrected)" if corrected else "")
    return TestResult(float(result.statistic), float(result.pvalue), name, df=int(result.dof))


def _counts(table: ArrayLike) -> np.ndarray:
    table = np.asarray(table, dtype=int)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(table.shape, default=0) < 2:
        raise NotEstimable("only one group or one category with patients")
    return table


def _tail(
    rows: np.ndarray,
    columns: np.ndarray,
    bound: float,
    constant: float,
    log_factorial: np.ndarray,
) -> float:
    """Probability of all tables with a log weight up to a bound.

    Network algorithm (Mehta and Patel 1983): a node holds the row totals that are still to be
    filled. A partial table is not followed further if all of its completions count, or none.
    """
    stages = _network(rows, columns, log_factorial)
    longest = shortest = -log_factorial[stages[-1].nodes].sum(axis=1)  # the last column
    bounds = [(longest, shortest)]
    for stage in reversed(stages[:-1]):
        longest = np.maximum.reduceat(stage.weight + longest[stage.target], stage.first)
        shortest = np.minimum.reduceat(stage.weight + shortest[stage.target], stage.first)
        bounds.insert(0, (longest, shortest))
    node, past, ways = np.zeros(1, int), np.zeros(1), np.ones(1)
    p_value = 0.0
    for place, (stage, (longest, shortest)) in enumerate(zip(stages, bounds, strict=True)):
        # All completions of a node together weigh N! / (product of row! and of column!).
        still = stage.nodes[node]
        together = log_factorial[columns[place:].sum()] - log_factorial[columns[place:]].sum()
        together = together - log_factorial[still].sum(axis=1)
        all_count = past + longest[node] <= bound
        p_value += np.sum((ways * np.exp(past + together + constant))[all_count])
        open_ = ~all_count & (past + shortest[node] <= bound)
        if place == len(stages) - 1 or not open_.any():
            break
        node, past, ways = _follow(stage, node[open_], past[open_], ways[open_])
    return float(p_value)


@dataclass(frozen=True)
class _Stage:
    """Nodes before a column is filled, shape (m, r), and the ways to fill it, node by node."""

    nodes: np.ndarray
    first: np.ndarray | None = None
    count: np.ndarray | None = None
    target: np.ndarray | None = None
    weight: np.ndarray | None = None


def _network(rows: np.ndarray, columns: np.ndarray, log_factorial: np.ndarray) -> list[_Stage]:
    if (int(rows.sum()) + 1) ** (len(rows) - 1) > np.iinfo(np.int64).max:  # keys below
        raise NotEstimable("too many categories for Fisher's exact test")
    nodes = np.sort(rows)[None, :]
    stages = []
    for column in columns[:-1]:
        source, left, weight = _fillings(nodes, column, log_factorial)
        count = np.bincount(source, minlength=len(nodes))
        left = np.sort(left, axis=1)
        key = left[:, :-1] @ (rows.sum() + 1) ** np.arange(len(rows) - 1)  # the last row follows
        _, place, target = np.unique(key, return_index=True, return_inverse=True)
        following = left[place]
        first = np.cumsum(count) - count
        stages.append(_Stage(nodes, first, count, target, weight))
        nodes = following
    return [*stages, _Stage(nodes)]


def _fillings(
    nodes: np.ndarray, total: int, log_factorial: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every way in which a column with a given total can be filled, from every node."""
    source, left = np.arange(len(nodes)), nodes
    open_, weight = np.full(len(nodes), total), np.zeros(len(nodes))
    for row in range(nodes.shape[1]):
        lowest = np.maximum(open_ - left[:, row + 1 :].sum(axis=1), 0)
        choices = np.minimum(left[:, row], open_) - lowest + 1
        state = _repeated(choices)
        cell = lowest[state] + np.arange(len(state)) - (np.cumsum(choices) - choices)[state]
        source, left, open_ = source[state], left[state], open_[state] - cell
        left[:, row] -= cell
        weight = weight[state] - log_factorial[cell]
    return source, left, weight


def _follow(
    stage: _Stage, node: np.ndarray, past: np.ndarray, ways: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Partial tables after the column; those at one node that weigh the same are one."""
    state = _repeated(stage.count[node])
    begin = np.cumsum(stage.count[node]) - stage.count[node]
    edge = stage.first[node][state] + np.arange(len(state)) - begin[state]
    node, past, ways = stage.target[edge], past[state] + stage.weight[edge], ways[state]
    weight = np.round(past * 1e9).astype(np.int64)
    order = np.lexsort((weight, node))
    node, weight, past, ways = node[order], weight[order], past[order], ways[order]
    new = np.append(True, (node[1:] != node[:-1]) | (weight[1:] != weight[:-1]))
    starts = np.flatnonzero(new)
    return node[starts], past[starts], np.add.reduceat(ways, starts)


def _repeated(choices: np.ndarray) -> np.ndarray:
    """Each position as often as it has choices."""
    if choices.sum() > _TOO_MANY:
        raise NotEstimable("too many categories for Fisher's exact test")
    return np.repeat(np.arange(len(choices)), choices)
