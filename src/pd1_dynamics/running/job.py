"""How a workflow script runs: a log, errors that a clinician can read, and a seal on its
outputs."""

import errno
import sys
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, suppress
from typing import Any

from pd1_dynamics.contract.problems import InputError
from pd1_dynamics.running.contents import seal

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FULL_IN_WORDS = ("No space left on device", "Disk quota exceeded", "File too large")


@contextmanager
def carried_out(job: Any) -> Iterator[None]:
    """Carry out the block as a job: its messages go to the log, a seal follows a good end.

    Bad input (:class:`~pd1_dynamics.contract.problems.InputError`) and a full disk are told in
    full on the terminal and in the log, without a traceback, and end with exit status 1. Any other
    exception is a fault of the program: the terminal names the log, where its traceback is.

    Parameters
    ----------
    job
        Snakemake's object of a script: ``log``, ``output``, ``params.contents``.
    """
    terminal = sys.stderr
    path_log = job.log[0]
    with open(path_log, "w", encoding="utf-8", buffering=1) as log, redirect_stderr(log):
        warnings.simplefilter("default")
        try:
            yield
            seal(path_log, job.output, job.params.contents)
        except InputError as error:
            _end(str(error), log, terminal)
        except Exception as error:
            if not is_full(error):
                traceback.print_exc(file=log)
                words = (
                    f"{job.rule} failed by a fault of the program; its log tells more: {path_log}"
                )
                _end(words, log, terminal)
            _end(f"{job.rule} could not write its results: the disk is full.", log, terminal)


def is_full(error: BaseException) -> bool:
    """Whether an error, or one that led to it, says that nothing more can be written."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _FULL:
            return True
        if any(words in str(error) for words in _FULL_IN_WORDS):
            return True
        error = error.__cause__ or error.__context__
    return False


def _end(words: str, log: Any, terminal: Any) -> None:
    print(words, file=terminal)
    with suppress(OSError):  # the disk is full
        print(words, file=log)
    sys.exit(1)
