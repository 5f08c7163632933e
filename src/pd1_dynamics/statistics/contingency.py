"""Tests of contingency tables."""

import numpy as np
from numpy.typing import ArrayLike

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
    from scipy.special import gammaln

    table = _counts(table)
    if table.shape[0] > table.shape[1]:
        table = table.T  # few rows, many columns: small states
    table = table[
        :, np.argsort(table.sum(axis=0), kind="stable")
    ]  # the largest column is left over
    columns = table.sum(axis=0)
    log_factorial = gammaln(np.arange(table.sum() + 1) + 1.0)
    # The probability of a filling is a constant times the product of 1 / cell!.
    observed = -log_factorial[table].sum()
    constant = (
        log_factorial[columns].sum()
        + log_factorial[table.sum(axis=1)].sum()
        - log_factorial[table.sum()]
    )
    left = table.sum(axis=1)[None, :]  # what each row still needs, one line a state
    past = np.zeros(1)  # log weight of the columns so far
    ways = np.ones(1)  # how many partial tables a state stands for
    for column in columns[:-1]:
        left, past, ways = _add_column(left, past, ways, column, log_factorial)
        left, past, ways = _merge(left, past, ways)
    past = past - log_factorial[left].sum(axis=1)  # the last column is what is left
    as_extreme = past <= observed + _RELATIVE_ERROR
    p_value = float(np.sum(ways[as_extreme] * np.exp(past[as_extreme] + constant)))
    return TestResult(float("nan"), min(p_value, 1.0), "Fisher's exact test")


def pearson_chi_squared(table: ArrayLike, correct: bool = True) -> TestResult:
    """Pearson's chi-squared test (R: ``chisq.test``), Yates-corrected for 2 × 2 tables if wished.

    Raises
    ------
    NotEstimable
        If fewer than two rows or columns have counts.
    """
    from scipy.stats import chi2_contingency

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


def _add_column(
    left: np.ndarray, past: np.ndarray, ways: np.ndarray, total: int, log_factorial: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every way in which a column with a given total can be filled, from every state."""
    open_ = np.full(len(left), total)
    rows = left.shape[1]
    for row in range(rows):
        room_after = left[:, row + 1 :].sum(axis=1)
        lowest = np.maximum(open_ - room_after, 0)
        choices = np.minimum(left[:, row], open_) - lowest + 1
        if choices.sum() > _TOO_MANY:
            raise NotEstimable("too many categories for Fisher's exact test")
        state = np.repeat(np.arange(len(left)), choices)
        first = np.repeat(np.cumsum(choices) - choices, choices)
        cell = lowest[state] + np.arange(len(state)) - first
        left = left[state]
        left[:, row] -= cell
        open_ = open_[state] - cell
        past = past[state] - log_factorial[cell]
        ways = ways[state]
    return left, past, ways


def _merge(
    left: np.ndarray, past: np.ndarray, ways: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Count states together that leave the same rows (in any order) and weigh the same."""
    left = np.sort(left, axis=1)
    weight = np.round(past * 1e9).astype(np.int64)
    order = np.lexsort((weight, *left.T))
    left, weight, past, ways = left[order], weight[order], past[order], ways[order]
    new = np.append(True, (left[1:] != left[:-1]).any(axis=1) | (weight[1:] != weight[:-1]))
    starts = np.flatnonzero(new)
    return left[starts], past[starts], np.add.reduceat(ways, starts)
