"""What tests and models give back."""

from dataclasses import dataclass, field

import pandas as pd
from scipy.special import chdtrc, fdtrc


@dataclass(frozen=True)
class TestResult:
    """A hypothesis test.

    Attributes
    ----------
    statistic
        Value of the test statistic; NaN where the test has none (Fisher's exact test).
    p_value
        Two-sided p value.
    method
        Name of the test, with its variant (exact or not, continuity correction).
    df
        Degrees of freedom, where the test has them.
    estimate
        What the test is about, where that is one number (Spearman's rho).
    """

    __test__ = False  # not a test case, whatever its name

    statistic: float
    p_value: float
    method: str
    df: float | None = None
    estimate: float = float("nan")


@dataclass(frozen=True)
class ModelResult:
    """A fitted regression model.

    Attributes
    ----------
    table
        One row a coefficient: ``term``, ``coefficient``, ``std_err``, ``estimate`` (hazard ratio,
        odds ratio or the coefficient itself), ``ci_low``, ``ci_high``, ``statistic`` (z or t),
        ``p_value``.
    n, events
        Observations, and those with the event (None for a linear model).
    method
        Name of the model, with its variant.
    log_likelihood
        At the maximum (partial for a Cox model).
    df_residual, residual_sum_of_squares
        Of a linear model.
    tests
        Tests of the whole model by name, for example ``likelihood_ratio``.
    """

    table: pd.DataFrame
    n: int
    events: int | None
    method: str
    log_likelihood: float
    df_residual: int | None = None
    residual_sum_of_squares: float | None = None
    tests: dict[str, TestResult] = field(default_factory=dict)


def likelihood_ratio(full: ModelResult, reduced: ModelResult) -> TestResult:
    """Likelihood ratio test of nested models on the same data (R: ``anova(reduced, full)``)."""
    df = len(full.table) - len(reduced.table)
    statistic = 2 * (full.log_likelihood - reduced.log_likelihood)
    return TestResult(
        statistic=statistic,
        p_value=float(chdtrc(df, statistic)),
        method="likelihood ratio test",
        df=df,
    )


def f_test(full: ModelResult, reduced: ModelResult) -> TestResult:
    """F test of nested linear models on the same data (R: ``anova(reduced, full)``)."""
    df = len(full.table) - len(reduced.table)
    mean_square = full.residual_sum_of_squares / full.df_residual
    gain = reduced.residual_sum_of_squares - full.residual_sum_of_squares
    statistic = gain / df / mean_square
    return TestResult(
        statistic=statistic,
        p_value=float(fdtrc(df, full.df_residual, statistic)),
        method="F test",
        df=df,
    )
