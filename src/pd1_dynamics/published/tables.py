"""p values of printed contingency tables, by every procedure that an author might have used."""

from scipy.stats import chi2_contingency, norm

from pd1_dynamics.statistics.contingency import fisher_exact, pearson_chi_squared

MISSING_LEFT_OUT = ", missing level left out"


def p_values(
    table: list[list[int]], missing: int | None = None, rare: bool = False
) -> dict[str, float]:
    """p value by procedure, for a table of counts (rows are groups, columns categories).

    ``missing`` is the column of the missing level: each test is then also made without it. With
    ``rare``, procedures that are seldom used follow: the likelihood-ratio test and, for two
    proportions, the z test with separate variances.
    """
    found = {}
    for suffix, counts in _variants(table, missing):
        if rare:
            found["likelihood-ratio test" + suffix] = _likelihood_ratio(counts)
            if len(counts) == 2 and len(counts[0]) == 2:
                found["z test, variances not pooled" + suffix] = _z_not_pooled(counts)
            continue
        found["Fisher's exact test" + suffix] = fisher_exact(counts).p_value
        plain = "Pearson's test"
        if len(counts) == 2 and len(counts[0]) == 2:
            corrected = pearson_chi_squared(counts, correct=True).p_value
            found["Pearson's test with continuity correction" + suffix] = corrected
            plain += " without continuity correction"
        found[plain + suffix] = pearson_chi_squared(counts, correct=False).p_value
    return found


def _variants(table, missing):
    yield "" if missing is None else ", missing as a level", table
    if missing is not None:
        yield (
            MISSING_LEFT_OUT,
            [[cell for column, cell in enumerate(row) if column != missing] for row in table],
        )


def _likelihood_ratio(table) -> float:
    return float(chi2_contingency(table, correction=False, lambda_="log-likelihood").pvalue)


def _z_not_pooled(table) -> float:
    (a, b), (c, d) = table
    first, second = a / (a + b), c / (c + d)
    variance = first * (1 - first) / (a + b) + second * (1 - second) / (c + d)
    if variance == 0:
        return float("nan")
    return float(2 * norm.sf(abs(first - second) / variance**0.5))
