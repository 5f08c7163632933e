"""One rule for printed digits: R's."""

import math


def r_round(value: float, digits: int = 0) -> float:
    """Round as R 4 does (``round(x, digits)``).

    Of the two neighbours with that many decimals the nearer one is taken, as stored in floating
    point; the even one where both are equally near. Infinite and missing values stay.

    Examples
    --------
    >>> r_round(-69.55, 1), r_round(0.15, 1), r_round(2.5), r_round(0.285, 2)
    (-69.6, 0.1, 2.0, 0.28)
    """
    if not math.isfinite(value) or value == 0:
        return float(value)
    if digits + math.ceil(-math.log10(abs(value))) > 15:  # no digit left to round
        return float(value)
    size = abs(float(value))
    power = 10.0**digits
    scaled = size * power
    below = math.floor(scaled)
    low, high = below / power, math.ceil(scaled) / power
    down, up = size - low, high - size
    nearest = low if down < up or (down == up and below % 2 == 0) else high
    return math.copysign(nearest, value)


def fixed(value: float, digits: int = 0) -> str:
    """A number rounded by :func:`r_round`, with exactly so many decimals and no negative zero.

    Examples
    --------
    >>> fixed(-69.55, 1), fixed(-0.04, 1), fixed(1234.0, 0)
    ('-69.6', '0.0', '1234')
    """
    rounded = r_round(value, digits)
    return f"{rounded + 0.0 if rounded else 0.0:.{digits}f}"
