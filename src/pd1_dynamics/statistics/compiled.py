"""numba's compiler where it is installed; without it the same arithmetic, uncompiled."""

from collections.abc import Callable
from typing import Any

try:
    from numba import njit
except ModuleNotFoundError:  # the base installation: a model takes milliseconds instead of less

    def njit(**_: Any) -> Callable:  # type: ignore[no-redef]
        """The function as it is."""
        return lambda function: function


__all__ = ["njit"]
