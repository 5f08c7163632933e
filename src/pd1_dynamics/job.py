"""How a workflow script runs: a log, and errors that a clinician can read."""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path

from pd1_dynamics.problems import InputError


@contextmanager
def logged(path_log: str | Path) -> Iterator[None]:
    """Send messages of the block to a log file; end with exit status 1 on a bad input.

    Bad input (:class:`~pd1_dynamics.problems.InputError`) is told in full on the terminal and in
    the log, without a traceback. Any other exception is a fault of the program and keeps its
    traceback, in the log.
    """
    terminal = sys.stderr
    with open(path_log, "w", encoding="utf-8", buffering=1) as log, redirect_stderr(log):
        warnings.simplefilter("default")
        try:
            yield
        except InputError as error:
            print(error, file=log)
            print(error, file=terminal)
            sys.exit(1)
