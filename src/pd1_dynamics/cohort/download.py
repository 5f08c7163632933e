"""Fetching the files of a cohort from where its authors publish them.

``python -m pd1_dynamics.cohort.download COHORT`` fetches what the cohort's file names under
``download``, and refuses whatever is not, to the last bit, the file that was described there. Only
a person starts it; no run does.
"""

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

from pd1_dynamics.contract import configuration
from pd1_dynamics.contract.cohort_file import Cohort, Download
from pd1_dynamics.contract.places import ROOT
from pd1_dynamics.contract.problems import InputError, Problem
from pd1_dynamics.running.contents import checksum


def download(cohort: Cohort) -> Iterator[str]:
    """Fetch, verify and place the files of a cohort; a line for each that is in its place.

    A file that is there already is verified and left alone. One that cannot be had does not stop
    the others.

    Raises
    ------
    InputError
        If the cohort names no file, another file lies in a place, an address does not answer, or
        what it sends has another checksum (then nothing is kept of it): all problems at once.
    """
    if not cohort.downloads:
        expected = f"its files, by hand: {cohort.source or 'nobody wrote where they are'}"
        raise InputError([Problem(cohort.name, "nothing under download", expected)])
    problems = []
    for file in cohort.downloads:
        target = cohort.resolve(file.path)
        if target.exists():
            if checksum(target) == file.sha256:
                yield f"{file.path} is there already, and is the file described."
            else:
                found = "another file there, or an altered one; it was left as it is"
                problems.append(_problem(cohort, file, found, f"SHA-256 {file.sha256}"))
            continue
        problem = _fetch(cohort, file, target)
        if problem:
            problems.append(problem)
        else:
            yield f"{file.path} was fetched and verified."
    if problems:
        raise InputError(problems, heading=f"Files of cohort {cohort.name} could not be fetched")


def _fetch(cohort: Cohort, file: Download, target: Path) -> Problem | None:
    """Place one file; the problem if that cannot be done."""
    import pooch
    import requests

    pooch.get_logger().setLevel(logging.ERROR)
    try:
        pooch.retrieve(file.url, f"sha256:{file.sha256}", fname=target.name, path=target.parent)
    except ValueError:  # what pooch raises for another checksum
        expected = f"SHA-256 {file.sha256}; nothing was kept"
        return _problem(cohort, file, f"another file at {file.url}", expected)
    except (requests.RequestException, OSError) as error:
        found = f"no file ({_why(error)})"
        return _problem(cohort, file, found, f"the file at {file.url}")
    return None


def _problem(cohort: Cohort, file: Download, found: str, expected: str) -> Problem:
    return Problem(cohort.path.name, found, expected, f"download, path {file.path}")


def _why(error: Exception) -> str:
    """Why an address gave nothing, in a few words."""
    response = getattr(error, "response", None)
    if response is not None:
        return f"the server answered {response.status_code} {response.reason}"
    reason = getattr(error, "strerror", None)
    return reason or f"{type(error).__name__}: is there a connection?"


def main(name: str) -> int:
    """Fetch, and say what was done; 1 if a file could not be had."""
    if not name:
        print("Usage: make download COHORT=name", file=sys.stderr)
        return 1
    try:
        for line in download(configuration.load_cohort(name, ROOT)):
            print(line)
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(next(iter(sys.argv[1:]), "")))
