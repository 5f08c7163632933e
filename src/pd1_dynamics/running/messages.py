"""What a person sees of a run: our sentences last, without the workings of the workflow engine."""

import logging
import sys
from typing import NoReturn

_NOISE = (
    "Using workflow specific profile",
    "Building DAG of jobs",
    "Using shell",
    "Provided cores",
    "Finished jobid",
    "Execute ",
    "Removing temporary output",
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


_ABOUT_THE_ENGINE = (
    "JOB_STARTED",
    "JOB_FINISHED",
    "RESOURCES_INFO",
    "WORKFLOW_STARTED",
    "PROGRESS",
)
"""Events that add nothing to the line that announces each step."""


class _WithoutNoise(logging.Filter):
    """One line a step, in words, with its number and how many there are."""

    def __init__(self) -> None:
        super().__init__()
        self.started = self.total = 0

    def filter(self, record: logging.LogRecord) -> bool:
        event = getattr(getattr(record, "event", None), "name", "")
        if event == "JOB_ERROR":
            return bool(getattr(record, "aux", None))  # of a cluster: where the job's log lies
        if event == "RUN_INFO":
            stats = getattr(record, "stats", None) or {}
            self.total = stats.get("total", 0) - stats.get("all", 0)
        if event == "JOB_INFO":
            words = getattr(record, "rule_msg", None)
            if not words:  # the goal itself, which does nothing
                return False
            self.started += 1
            record.event = None
            record.msg, record.args = f"{self.started} of {self.total}: {words}", ()
            return True
        if event in _ABOUT_THE_ENGINE:
            return False
        text = str(record.getMessage()).lstrip()
        return not text.startswith(_NOISE) or "died with" in text


def stop(words: str) -> NoReturn:
    """End the run with our own words as its last."""
    print(words, file=sys.stderr)
    sys.exit(1)
