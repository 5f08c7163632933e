"""Asking the statistics for a number that the data may not determine."""

from collections.abc import Callable
from typing import Any

import numpy as np

from pd1_dynamics.statistics.errors import NotEstimable

UNDETERMINED = "the data do not determine it"


def attempt(function: Callable, *arguments: Any, **settings: Any) -> tuple[Any, str]:
    """Result of a statistic and no reason, or None and the reason why it cannot be estimated."""
    try:
        return function(*arguments, **settings), ""
    except NotEstimable as reason:
        return None, str(reason)
    except np.linalg.LinAlgError:  # a singular matrix that no check foresaw
        return None, UNDETERMINED
