"""What a person sees of a run: our sentences last, without the workings of the workflow engine."""

import logging
import sys
from typing import NoReturn

_NOISE = (
    "RuleException:\nCalledProcessError",
    "WorkflowError:\nAt least one job did not complete successfully",
    "Shutting down, this might take some time",
    "Exiting because a job execution failed",
    "Assuming unrestricted shared filesystem usage",
    "Conda environments: ignored",
    "Rules claiming more threads will be scaled down",
    "Select jobs to execute",
    "Complete log(s)",
    "Elapsed time",
)
"""How messages of the engine start that say nothing about the data. A job tells itself why it
failed, unless the operating system ended it; that stays."""


def quieten(logger: logging.Logger) -> None:
    """Leave out what the engine says about itself; its errors of other kinds stay."""
    if not any(isinstance(known, _WithoutNoise) for known in logger.filters):
        logger.addFilter(_WithoutNoise())


class _WithoutNoise(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        text = str(record.getMessage()).lstrip()
        if getattr(getattr(record, "event", None), "name", "") == "JOB_ERROR":
            return False
        return not text.startswith(_NOISE) or "died with" in text


def stop(words: str) -> NoReturn:
    """End the run with our own words as its last."""
    print(words, file=sys.stderr)
    sys.exit(1)
