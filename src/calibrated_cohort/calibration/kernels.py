"""Statistics compiled for the search: as in ``pd1_dynamics.statistics``, 0.1 ms each.

Each function reads a block of a problem (its arrays are set up by :mod:`.search`) and
writes its outputs. ``order`` is the order of the block's members when it was last evaluated; a
change of one patient leaves it nearly sorted, so that an insertion sort mends it in linear time.
Ratios and p values are given as logarithms.
"""

import math

import numpy as np
from numba import njit

Z = 1.959963984540054  # of a 95 % interval
TINY = 1e-300
UNKNOWN = 1e9  # what cannot be estimated: far from every target
MEDIAN, LOWER, UPPER, LEAST, LEAST_LOWER, LEAST_UPPER, SHARE, SHARE_LOWER, SHARE_UPPER = range(9)
"""Outputs of a Kaplan-Meier block: the median and its limits, the smallest survival of the curve
and of its limits, and survival at one time with its limits."""
PER_COEFFICIENT, ERROR = 5, 4
"""Outputs of a model for each coefficient, and the place of its standard error among them."""
_AT_LEVEL = 1.5e-8  # R's quantile.survfit: tolerance for "equal to one half"


@njit
def sort(order, values):
    """Sort ``order`` so that ``values[order]`` ascends; stable."""
    for i in range(1, len(order)):
        moved = order[i]
        key = values[moved]
        j = i - 1
        while j >= 0 and values[order[j]] > key:
            order[j + 1] = order[j]
            j -= 1
        order[j + 1] = moved


@njit
def invert(matrix):
    """Inverse of a symmetric positive definite matrix, by Cholesky; zeros if it is not.

    Written out, because a library's rounding differs between processors. After millions of
    decisions of the search, such differences would lead to another cohort.
    """
    n = len(matrix)
    lower, inverse = np.zeros((n, n)), np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            total = matrix[i, j]
            for k in range(j):
                total -= lower[i, k] * lower[j, k]
            if i == j:
                if not total > 0:
                    return inverse
                lower[i, i] = math.sqrt(total)
            else:
                lower[i, j] = total / lower[j, j]
    root = np.zeros((n, n))  # inverse of the lower triangle
    for j in range(n):
        root[j, j] = 1 / lower[j, j]
        for i in range(j + 1, n):
            total = 0.0
            for k in range(j, i):
                total -= lower[i, k] * root[k, j]
            root[i, j] = total / lower[i, i]
    for i in range(n):
        for j in range(i + 1):
            total = 0.0
            for k in range(i, n):
                total += root[k, i] * root[k, j]
            inverse[i, j] = total
            inverse[j, i] = total
    return inverse


@njit
def _times(matrix, vector):
    """Product of a matrix and a vector."""
    n = len(vector)
    found = np.zeros(n)
    for i in range(n):
        for j in range(n):
            found[i] += matrix[i, j] * vector[j]
    return found


@njit
def _product(first, second):
    """Sum of the products of two vectors."""
    total = 0.0
    for i in range(len(first)):
        total += first[i] * second[i]
    return total


@njit
def log_p_of_normal(z):
    """Logarithm of the two-sided p value of a normal deviate."""
    return math.log(max(math.erfc(abs(z) / math.sqrt(2.0)), TINY))


@njit
def log_p_of_chi_squared(x, df):
    """Logarithm of the upper tail of chi-squared with 1, 2 or 3 degrees of freedom."""
    if df == 1:
        p = math.erfc(math.sqrt(max(x, 0.0) / 2))
    elif df == 2:
        p = math.exp(-x / 2)
    else:
        p = math.erfc(math.sqrt(x / 2)) + math.sqrt(2 * x / math.pi) * math.exp(-x / 2)
    return math.log(max(p, TINY))


@njit
def log_p_of_t(t, df):
    """Logarithm of the two-sided p value of Student's t, by its incomplete beta function."""
    return math.log(max(_beta_tail(df / 2.0, 0.5, df / (df + t * t)), TINY))


@njit
def _beta_tail(a, b, x):
    """Regularised incomplete beta function, by its continued fraction (Lentz)."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    if x > (a + 1) / (a + b + 2):
        return 1.0 - _beta_tail(b, a, 1 - x)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
        + a * math.log(x) + b * math.log(1 - x)
    ) / a  # fmt: skip
    f, c, d = 1.0, 1.0, 0.0
    for i in range(300):
        m = i // 2
        if i == 0:
            numerator = 1.0
        elif i % 2 == 0:
            numerator = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        else:
            numerator = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 + numerator * d
        d = 1 / (d if abs(d) > 1e-30 else 1e-30)
        c = 1 + numerator / (c if abs(c) > 1e-30 else 1e-30)
        f *= c * d
        if abs(1 - c * d) < 1e-13:
            break
    return front * (f - 1)


@njit
def quantiles(values, order, out):
    """Median, smallest and largest of the members' values."""
    sort(order, values)
    n = len(order)
    half = n // 2
    if n % 2:
        out[0] = values[order[half]]
    else:
        out[0] = (values[order[half - 1]] + values[order[half]]) / 2
    out[1] = values[order[0]]
    out[2] = values[order[n - 1]]


@njit
def kaplan_meier(time, event, order, at, out):
    """Kaplan-Meier median and survival at a time, limits on the log scale (R's ``survfit``).

    As in R, the median is the midpoint of the interval where the curve equals one half. A limit may
    rise again after it fell below one half; then the step nearest below one half counts.
    """
    sort(order, time)
    n = len(order)
    curve = np.empty(3)
    least = np.ones(3)
    reached, passed = np.full(3, -1.0), np.full(3, -1.0)  # times: at one half, and below it
    at_most, below = np.full(3, -1.0), np.full(3, -1.0)  # the curve at these times
    survival, greenwood = 1.0, 0.0
    share = np.full(3, UNKNOWN)
    last = time[order[n - 1]]
    if at <= last:
        share[:] = 1.0
    limits = 3
    i = 0
    while i < n:
        t = time[order[i]]
        at_risk = n - i
        deaths = 0
        while i < n and time[order[i]] == t:
            deaths += event[order[i]] > 0
            i += 1
        if deaths == 0:
            continue
        survival *= 1 - deaths / at_risk
        curve[0] = survival
        if deaths < at_risk:
            greenwood += deaths / (at_risk * (at_risk - deaths))
            width = Z * math.sqrt(greenwood)
            curve[1] = survival * math.exp(-width)
            curve[2] = min(survival * math.exp(width), 1.0)
        else:
            limits = 1  # the curve has reached 0, and has no limits there
        for k in range(limits):
            least[k] = min(least[k], curve[k])
            if at_most[k] < curve[k] <= 0.5 + _AT_LEVEL:
                reached[k], at_most[k] = t, curve[k]
            if below[k] < curve[k] < 0.5 - _AT_LEVEL:
                passed[k], below[k] = t, curve[k]
            if t <= at and at <= last:
                share[k] = curve[k]
        if limits == 1 and t <= at and at <= last:
            share[1], share[2] = UNKNOWN, UNKNOWN
    for k in range(3):
        end = passed[k] if passed[k] >= 0 else last
        if reached[k] >= 0:
            out[k] = (reached[k] + end) / 2
        else:
            out[k] = last * (1 + 4 * (least[k] - 0.5))
        out[LEAST + k] = least[k]
        out[SHARE + k] = 100 * share[k]


@njit
def log_rank(time, event, group, order, groups, out):
    """Log-rank p value of up to four groups."""
    sort(order, time)
    n = len(order)
    at_risk = np.zeros(groups)
    for i in range(n):
        at_risk[group[order[i]]] += 1
    excess = np.zeros(groups - 1)
    variance = np.zeros((groups - 1, groups - 1))
    leaving = np.zeros(groups)
    i = 0
    while i < n:
        t = time[order[i]]
        total = float(n - i)
        deaths = 0.0
        leaving[:] = 0
        while i < n and time[order[i]] == t:
            g = group[order[i]]
            leaving[g] += 1
            if event[order[i]] > 0:
                deaths += 1
                if g < groups - 1:
                    excess[g] += 1
            i += 1
        if deaths > 0:
            spread = deaths * (total - deaths) / max(total - 1, 1.0)
            for g in range(groups - 1):
                share = at_risk[g] / total
                excess[g] -= deaths * share
                variance[g, g] += spread * share
                for h in range(groups - 1):
                    variance[g, h] -= spread * share * at_risk[h] / total
        for g in range(groups):
            at_risk[g] -= leaving[g]
    statistic = _product(excess, _times(invert(variance), excess))
    out[0] = log_p_of_chi_squared(statistic, groups - 1)


@njit
def _ranks(values, order, ranks):
    """Mid-ranks of the members, by patient; returns the sum of t³ - t over ties."""
    sort(order, values)
    n = len(order)
    ties = 0.0
    i = 0
    while i < n:
        j = i
        while j < n and values[order[j]] == values[order[i]]:
            j += 1
        for k in range(i, j):
            ranks[order[k]] = (i + j + 1) / 2
        size = float(j - i)
        ties += size**3 - size
        i = j
    return ties


@njit
def wilcoxon(values, group, order, ranks, out):
    """Two-sided p value of the rank-sum test, normal with continuity correction."""
    ties = _ranks(values, order, ranks)
    n = len(order)
    total, first = 0.0, 0
    for i in order:
        if group[i] == 0:
            total += ranks[i]
            first += 1
    second = n - first
    u = total - first * (first + 1) / 2
    spread = first * second / 12.0 * (n + 1 - ties / (n * (n - 1.0)))
    z = max(abs(u - first * second / 2) - 0.5, 0.0) / math.sqrt(spread)
    out[0] = log_p_of_normal(z)


@njit
def kruskal_wallis(values, group, order, groups, ranks, out):
    """p value of the Kruskal-Wallis test of up to four groups."""
    ties = _ranks(values, order, ranks)
    n = len(order)
    total, size = np.zeros(groups), np.zeros(groups)
    for i in order:
        total[group[i]] += ranks[i]
        size[group[i]] += 1
    h = 0.0
    for g in range(groups):
        h += total[g] ** 2 / size[g]
    h = (12.0 / (n * (n + 1.0)) * h - 3 * (n + 1)) / (1 - ties / (float(n) ** 3 - n))
    out[0] = log_p_of_chi_squared(h, groups - 1)


@njit
def spearman(x, y, order, ranks_x, ranks_y, out):
    """Spearman's rho, and its p value by the t approximation."""
    _ranks(x, order, ranks_x)
    _ranks(y, order, ranks_y)
    n = len(order)
    middle = (n + 1) / 2
    xx = yy = xy = 0.0
    for i in order:
        a, b = ranks_x[i] - middle, ranks_y[i] - middle
        xx += a * a
        yy += b * b
        xy += a * b
    rho = xy / math.sqrt(xx * yy)
    out[0] = rho
    out[1] = log_p_of_t(rho * math.sqrt((n - 2) / (1 - rho * rho)), n - 2.0)


@njit
def _coefficients(beta, information, out):
    """Log ratio, its limits, log p value and log standard error of each coefficient."""
    p = len(beta)
    inverse = invert(information)
    for k in range(p):
        error = math.sqrt(max(inverse[k, k], TINY))
        at = PER_COEFFICIENT * k
        out[at] = beta[k]
        out[at + 1] = beta[k] - Z * error
        out[at + 2] = beta[k] + Z * error
        out[at + 3] = log_p_of_normal(beta[k] / error)
        out[at + ERROR] = math.log(error)


@njit
def _step(beta, score, information, scale):
    """One step of Newton's method, in place; its size in standard deviations of the covariates."""
    step = _times(invert(information), score)
    size = 0.0
    for k in range(len(beta)):
        size = max(size, abs(step[k]) * scale[k])
    if size > 1.5:
        step *= 1.5 / size
    beta += step
    return size


@njit
def cox(time, event, rows, values, order, beta, out):
    """Cox model with Efron's ties: ``values[rows]`` are the covariates.

    ``beta`` holds the starting values (the last fit), and afterwards the coefficients.
    """
    sort(order, time)
    n, p = len(order), len(rows)
    design = np.empty((n, p))
    mean = np.zeros(p)
    scale = np.zeros(p)
    for k in range(p):
        row = values[rows[k]]
        for i in range(n):
            design[i, k] = row[order[i]]
            mean[k] += design[i, k]
        mean[k] /= n
        for i in range(n):
            design[i, k] -= mean[k]
            scale[k] += design[i, k] ** 2
        scale[k] = math.sqrt(scale[k] / n)
    information = np.empty((p, p))
    s1, d1, m = np.empty(p), np.empty(p), np.empty(p)
    s2, d2 = np.empty((p, p)), np.empty((p, p))
    score = np.empty(p)
    for _ in range(12):
        information[:] = 0
        score[:] = 0
        s0 = 0.0
        s1[:] = 0
        s2[:] = 0
        i = n - 1
        while i >= 0:
            t = time[order[i]]
            deaths = 0
            d0 = 0.0
            while i >= 0 and time[order[i]] == t:
                eta = 0.0
                for k in range(p):
                    eta += beta[k] * design[i, k]
                w = math.exp(min(eta, 50.0))
                died = event[order[i]] > 0
                if died and deaths == 0:
                    d0 = 0.0
                    d1[:] = 0
                    d2[:] = 0
                s0 += w
                for k in range(p):
                    wx = w * design[i, k]
                    s1[k] += wx
                    for h in range(k + 1):
                        s2[k, h] += wx * design[i, h]
                    if died:
                        score[k] += design[i, k]
                        d1[k] += wx
                        for h in range(k + 1):
                            d2[k, h] += wx * design[i, h]
                if died:
                    d0 += w
                    deaths += 1
                i -= 1
            for j in range(deaths):
                part = j / deaths
                z0 = s0 - part * d0
                for k in range(p):
                    m[k] = (s1[k] - part * d1[k]) / z0
                    score[k] -= m[k]
                    for h in range(k + 1):
                        information[k, h] += (s2[k, h] - part * d2[k, h]) / z0 - m[k] * m[h]
        for k in range(p):
            for h in range(k):
                information[h, k] = information[k, h]
            if not information[k, k] > 0:
                beta[:] = 0
                out[: PER_COEFFICIENT * p] = UNKNOWN
                return
        if _step(beta, score, information, scale) < 1e-5:
            break
    _coefficients(beta, information, out)


@njit
def logistic(outcome, rows, values, order, beta, out):
    """Logistic regression; ``beta`` holds the intercept last."""
    n, p = len(order), len(rows) + 1
    design = np.ones(p)
    information = np.empty((p, p))
    score = np.empty(p)
    scale = np.ones(p)
    for k in range(p - 1):
        mean = square = 0.0
        for i in order:
            mean += values[rows[k], i] / n
            square += values[rows[k], i] ** 2 / n
        scale[k] = math.sqrt(max(square - mean**2, TINY))
    for _ in range(15):
        information[:] = 0
        score[:] = 0
        for i in order:
            eta = beta[p - 1]
            for k in range(p - 1):
                design[k] = values[rows[k], i]
                eta += beta[k] * design[k]
            share = 1 / (1 + math.exp(-min(max(eta, -40.0), 40.0)))
            w = share * (1 - share)
            for k in range(p):
                score[k] += design[k] * (outcome[i] - share)
                for h in range(p):
                    information[k, h] += w * design[k] * design[h]
        for k in range(p):
            if not information[k, k] > 1e-12:
                beta[:] = 0
                out[: PER_COEFFICIENT * p] = UNKNOWN
                return
        if _step(beta, score, information, scale) < 1e-6:
            break
    _coefficients(beta, information, out)


@njit
def linear(outcome, rows, values, order, out):
    """Linear regression by the normal equations; log p values of Student's t."""
    n, p = len(order), len(rows) + 1
    design, mean = np.ones(p), np.zeros(p)
    for k in range(p - 1):
        for i in order:
            mean[k] += values[rows[k], i] / n
    information, score, total = np.zeros((p, p)), np.zeros(p), 0.0
    for i in order:
        for k in range(p - 1):
            design[k] = values[rows[k], i] - mean[k]
        total += outcome[i] ** 2
        for k in range(p):
            score[k] += design[k] * outcome[i]
            for h in range(p):
                information[k, h] += design[k] * design[h]
    inverse = invert(information)
    beta = _times(inverse, score)
    variance = max(total - _product(beta, score), TINY) / (n - p)
    for k in range(p - 1):
        error = math.sqrt(max(variance * inverse[k, k], TINY))
        at = PER_COEFFICIENT * k
        out[at] = beta[k]
        out[at + 3] = log_p_of_t(beta[k] / error, float(n - p))
        out[at + ERROR] = math.log(error)
