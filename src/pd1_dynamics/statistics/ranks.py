"""Rank tests with R's choices between exact and approximate p values."""

from functools import cache
from itertools import combinations, permutations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtr
from scipy.stats import kruskal, mannwhitneyu, rankdata, t

from pd1_dynamics.statistics.adjust import bonferroni
from pd1_dynamics.statistics.errors import NotEstimable
from pd1_dynamics.statistics.results import TestResult

_WILCOXON_EXACT_BELOW = 50  # R: wilcox.test, both samples smaller than this and no ties
_SPEARMAN_EXACT_UP_TO = 1290  # R: cor.test, beyond which the t approximation is used
_SPEARMAN_ENUMERATED_UP_TO = 9  # Algorithm AS 89: all permutations up to here, a series beyond


def wilcoxon_rank_sum(x: ArrayLike, y: ArrayLike) -> TestResult:
    """Wilcoxon rank-sum test of two samples (R: ``wilcox.test(x, y)``).

    Exact without ties and with fewer than 50 values in each sample; otherwise normal with
    continuity correction. The statistic is W of the first sample.

    Raises
    ------
    NotEstimable
        If a sample is empty, or all values are equal.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if not len(x) or not len(y):
        raise NotEstimable("no values in one of the groups")
    pooled = np.concatenate([x, y])
    distinct = len(np.unique(pooled))
    if distinct == 1:
        raise NotEstimable("all values are equal")
    exact = distinct == len(pooled) and max(len(x), len(y)) < _WILCOXON_EXACT_BELOW
    result = mannwhitneyu(x, y, method="exact" if exact else "asymptotic")
    return TestResult(
        statistic=float(result.statistic),
        p_value=float(result.pvalue),
        method=f"Wilcoxon rank-sum test ({'exact' if exact else 'continuity-corrected'})",
    )


def pairwise_wilcoxon(
    values: ArrayLike, groups: ArrayLike, order: list | None = None
) -> pd.DataFrame:
    """Wilcoxon tests of all pairs of groups, Bonferroni-adjusted (R: ``pairwise.wilcox.test``).

    Parameters
    ----------
    values, groups
        Shape (n,), without missing values.
    order
        The groups, in the order in which pairs are named; by default sorted. Groups without a value
        have no pair.

    Returns
    -------
    DataFrame
        ``first``, ``second``, ``statistic``, ``p_value``, ``p_adjusted``, ``method``.
    """
    values, groups = np.asarray(values, dtype=float), np.asarray(groups)
    present = [g for g in (order or sorted(set(groups.tolist()))) if (groups == g).any()]
    if len(present) < 2:
        raise NotEstimable("only one group with values")
    rows = []
    for first, second in combinations(present, 2):
        test = wilcoxon_rank_sum(values[groups == first], values[groups == second])
        rows.append((first, second, test.statistic, test.p_value, test.method))
    pairs = pd.DataFrame(rows, columns=["first", "second", "statistic", "p_value", "method"])
    pairs.insert(4, "p_adjusted", bonferroni(pairs["p_value"]))
    return pairs


def kruskal_wallis(values: ArrayLike, groups: ArrayLike) -> TestResult:
    """Kruskal–Wallis test, tie-corrected (R: ``kruskal.test``).

    Raises
    ------
    NotEstimable
        If there is only one group, or all values are equal.
    """
    values, groups = np.asarray(values, dtype=float), np.asarray(groups)
    present = np.unique(groups)
    if len(present) < 2:
        raise NotEstimable("only one group with values")
    if len(np.unique(values)) == 1:
        raise NotEstimable("all values are equal")
    result = kruskal(*(values[groups == group] for group in present))
    return TestResult(
        float(result.statistic), float(result.pvalue), "Kruskal–Wallis test", df=len(present) - 1
    )


def spearman(x: ArrayLike, y: ArrayLike) -> TestResult:
    """Spearman's rank correlation (R: ``cor.test(x, y, method = "spearman")``).

    Without ties, the p value is that of Algorithm AS 89 (all permutations up to n = 9, an Edgeworth
    series beyond); with ties, or from 1,290 pairs on, that of the t approximation. The statistic is
    S, the sum of squared differences of ranks; ``estimate`` is rho.

    Raises
    ------
    NotEstimable
        If there are fewer than three pairs, or one of the variables is constant.

    References
    ----------
    Best DJ, Roberts DE. Algorithm AS 89: the upper tail probabilities of Spearman's rho. Applied
    Statistics 1975;24:377-9.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    n = len(x)
    if n < 3:
        raise NotEstimable("fewer than three pairs of values")
    ranks_x, ranks_y = rankdata(x), rankdata(y)
    if np.ptp(ranks_x) == 0 or np.ptp(ranks_y) == 0:
        raise NotEstimable("all values are equal")
    rho = float(np.corrcoef(ranks_x, ranks_y)[0, 1])
    statistic = (n**3 - n) * (1 - rho) / 6
    tied = len(np.unique(x)) < n or len(np.unique(y)) < n
    if tied or n > _SPEARMAN_EXACT_UP_TO:
        ratio = rho / np.sqrt((1 - rho**2) / (n - 2)) if abs(rho) < 1 else np.inf
        p_value = 2 * t.sf(abs(ratio), n - 2)
        method = "Spearman's rank correlation (t approximation)"
    else:
        middle = (n**3 - n) / 6
        upper = statistic > middle
        tail = _as89(round(statistic if upper else statistic + 2), n)
        p_value = 2 * (tail if upper else 1 - tail)
        method = "Spearman's rank correlation (AS 89)"
    return TestResult(statistic, float(min(max(p_value, 0), 1)), method, estimate=rho)


def _as89(squares: int, n: int) -> float:
    """Probability that the sum of squared rank differences is at least so large (AS 89)."""
    largest = n * (n * n - 1) // 3
    if squares <= 0:
        return 1.0
    if squares > largest:
        return 0.0
    if n <= _SPEARMAN_ENUMERATED_UP_TO:
        return float(np.mean(_all_sums(n) >= squares))
    b = 1 / n
    x = (6 * (squares - 1) * b / (n * n - 1) - 1) * np.sqrt(n - 1)
    y = x * x
    series = y * (0.0131 - 0.00046 * y) * b
    series = y * b * (0.0879 + 0.0151 * b - y * (0.0072 - 0.0831 * b + series))
    series = -0.0758 + b * (0.1033 + 0.3932 * b) - series
    correction = x * b * (0.2274 + b * (0.2531 + 0.1745 * b) + y * series)
    return float(np.clip(correction / np.exp(y / 2) + ndtr(-x), 0, 1))


@cache
def _all_sums(n: int) -> np.ndarray:
    """Sum of squared rank differences of each permutation of n ranks."""
    orders = np.array(list(permutations(range(n))), dtype=np.int16)
    return ((orders - np.arange(n)) ** 2).sum(axis=1)
