"""Restricted cubic splines."""

import numpy as np


def restricted_cubic_spline(values: np.ndarray, knots: np.ndarray) -> np.ndarray:
    """Non-linear columns of a restricted cubic spline: linear beyond the outer knots.

    R: ``Hmisc::rcspline.eval(x, knots, norm = 2)``.

    Parameters
    ----------
    values
        Shape (n,).
    knots
        Three or more, ascending, shape (k,).

    Returns
    -------
    ndarray
        Shape (n, k − 2); with the values themselves, the k − 1 columns of the spline.

    References
    ----------
    Harrell FE. Regression modeling strategies. 2nd ed. Springer 2015, section 2.4.5.
    """
    last, before = knots[-1], knots[-2]
    size = (last - knots[0]) ** 2

    def cubed(knot: float) -> np.ndarray:
        return np.maximum(values - knot, 0) ** 3 / size

    return np.column_stack(
        [
            cubed(knot)
            - cubed(before) * (last - knot) / (last - before)
            + cubed(last) * (before - knot) / (last - before)
            for knot in knots[:-2]
        ]
    )
