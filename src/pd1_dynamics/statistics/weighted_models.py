"""Logistic and linear models of many weighted samples at once.

The counterparts of :mod:`pd1_dynamics.statistics.cox_engine` for resamples of the other models.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, expit, fdtrc

_MOST_STEPS = 50
_SMALL_STEP = 1e-9
_RUNS_AWAY = 30.0


@dataclass(frozen=True)
class Fits:
    """Coefficients (r, p) and their covariances (r, p, p); NaN where there is no fit.

    ``df`` is the residual number of degrees of freedom of a linear model.
    """

    coefficients: np.ndarray
    covariance: np.ndarray
    df: int | None = None

    @property
    def std_errors(self) -> np.ndarray:
        """Standard errors, shape (r, p)."""
        return np.sqrt(np.einsum("rjj->rj", self.covariance))

    def wald_p_values(self, places: list[int]) -> np.ndarray:
        """Joint test that some coefficients are 0 in each sample, shape (r,).

        Chi-squared; F in a linear model, where it is that of ``anova``.
        """
        beta = self.coefficients[:, places]
        block = self.covariance[:, places][:, :, places]
        fitted = np.isfinite(beta).all(axis=1) & np.isfinite(block).all(axis=(1, 2))
        # A model that fits without any residual leaves nothing to test against.
        fitted[fitted] = np.linalg.eigvalsh(block[fitted])[:, 0] > 0
        safe = np.where(fitted[:, None, None], block, np.eye(len(places)))
        with np.errstate(invalid="ignore"):
            beta = np.where(fitted[:, None], beta, np.nan)
            size = np.einsum("rj,rj->r", beta, np.linalg.solve(safe, beta[..., None])[..., 0])
        k = len(places)
        return chdtrc(k, size) if self.df is None else fdtrc(k, self.df, size / k)


def linear_fits(outcome: np.ndarray, design: np.ndarray, weights: np.ndarray) -> Fits:
    """Least squares in each sample (R: ``lm`` on the observations drawn); no intercept shown.

    Parameters
    ----------
    outcome, design
        Shapes (n,) and (n, p).
    weights
        How often each observation was drawn, whole numbers, shape (r, n).
    """
    columns, size = _standardised(design)
    products = np.einsum("rn,nj,nk->rjk", weights, columns, columns, optimize=True)
    right = np.einsum("rn,nj,n->rj", weights, columns, outcome, optimize=True)
    inverse, solved = _inverse(products)
    coefficients = np.einsum("rjk,rk->rj", inverse, right)
    residuals = outcome - coefficients @ columns.T
    df = weights.sum(axis=1) - columns.shape[1]
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = (weights * residuals**2).sum(axis=1) / np.where(df > 0, df, np.nan)
    covariance = variance[:, None, None] * inverse
    return _told(coefficients, covariance, solved, size, int(df.max()))


def logistic_fits(outcome: np.ndarray, design: np.ndarray, weights: np.ndarray) -> Fits:
    """Maximum likelihood in each sample (R: ``glm(family = binomial)``); no intercept shown.

    Parameters
    ----------
    outcome
        0/1, shape (n,).
    design, weights
        As for :func:`linear_fits`.
    """
    columns, size = _standardised(design)
    r, k = len(weights), columns.shape[1]
    coefficients = np.zeros((r, k))
    solved = np.ones(r, dtype=bool)
    inverse = np.zeros((r, k, k))
    for _ in range(_MOST_STEPS):
        chance = expit(coefficients @ columns.T)
        spread = weights * chance * (1 - chance)
        products = np.einsum("rn,nj,nk->rjk", spread, columns, columns, optimize=True)
        score = np.einsum("rn,nj->rj", weights * (outcome - chance), columns)
        inverse, possible = _inverse(products)
        solved &= possible & (np.abs(coefficients).max(axis=1) < _RUNS_AWAY)
        step = np.where(solved[:, None], np.einsum("rjk,rk->rj", inverse, score), 0.0)
        coefficients = coefficients + step
        if np.abs(step).max(initial=0) < _SMALL_STEP:
            break
    solved &= np.abs(coefficients).max(axis=1) < _RUNS_AWAY
    return _told(coefficients, inverse, solved, size)


def _standardised(design: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Columns with mean 0 and standard deviation 1 after a column of ones, and their sizes."""
    size = design.std(axis=0)
    centred = (design - design.mean(axis=0)) / size
    return np.column_stack([np.ones(len(design)), centred]), size


def _inverse(products: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Inverses of symmetric matrices (r, k, k), and which have one."""
    smallest = np.linalg.eigvalsh(products)[:, 0]
    possible = smallest > 1e-9 * np.einsum("rjj->r", products)
    safe = np.where(possible[:, None, None], products, np.eye(products.shape[1]))
    return np.linalg.inv(safe), possible


def _told(
    coefficients: np.ndarray,
    covariance: np.ndarray,
    solved: np.ndarray,
    size: np.ndarray,
    df: int | None = None,
) -> Fits:
    """Coefficients without the intercept, in the units of the design."""
    return Fits(
        np.where(solved[:, None], coefficients[:, 1:] / size, np.nan),
        np.where(solved[:, None, None], covariance[:, 1:, 1:] / np.outer(size, size), np.nan),
        df,
    )
