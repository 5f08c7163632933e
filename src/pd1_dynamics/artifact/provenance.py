"""Provenance of the results of a cohort: software, machine, configuration, inputs and outputs."""

import os
import platform
import shutil
import subprocess
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pd1_dynamics.contract.configuration import CODE
from pd1_dynamics.running import environment
from pd1_dynamics.running.contents import checksum

R_PACKAGES = ("survival", "cmprsk", "metafor", "boot", "rms", "mice")
"""Packages of R with which the tests compare the statistics."""


def record(
    root: Path,
    cohort: str,
    configuration: Mapping[str, Any],
    inputs: Mapping[str, Path],
    outputs: Iterable[Path],
    robust: bool = False,
) -> dict[str, Any]:
    """Everything that is known of a run, the same for the same run on the same machine.

    Parameters
    ----------
    root
        The project's root.
    cohort
        As the run was asked for it: a name, or the name of a cohort's file.
    configuration
        As the run resolved it.
    inputs
        Files that were read, by the name that may be shown; patient-level tables are among them,
        as names and checksums.
    outputs
        Files that were made, by path from the root of the results' project.
    robust
        Whether it was asked how robust the findings are.

    Returns
    -------
    dict
        ``software``, ``command``, ``platform``, ``r``, ``packages``, ``configuration``, ``inputs``
        and ``outputs``; the last two with ``file``, ``bytes`` and ``sha256``.
    """
    commit = environment.commit(root, tuple(CODE))
    return {
        "software": {
            "name": "pd1-dynamics",
            "version": version_of(root),
            "commit": commit.words,
            "commit_id": commit.id,
            "commit_date": commit.date,
            "clean": None if commit.unknown else not commit.changed,
        },
        "command": f"snakemake --cores all --config cohort={cohort}" + " robustness=True" * robust,
        "platform": {
            "system": system(),
            "machine": platform.machine(),
            "python": platform.python_version(),
        },
        "r": r_versions(),
        "packages": environment.packages(),
        "configuration": dict(configuration),
        "inputs": [file_of(name, path) for name, path in sorted(inputs.items())],
        "outputs": [file_of(str(path), path) for path in sorted(outputs)],
    }


def version_of(root: Path) -> str:
    """Version of the project, from its own file: it may run without being installed."""
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["project"]["version"])


def names_of(paths: Iterable[str | Path], root: str | Path) -> dict[str, Path]:
    """Files by how they are named to readers: by their path from the project's root.

    Of a file outside, its name alone, as folders may tell of people and machines; of several with
    one name, each with a number.
    """
    top, found = Path(os.path.abspath(root)), {}
    for path in dict.fromkeys(map(Path, paths)):
        whole = Path(os.path.abspath(path))
        name = whole.relative_to(top).as_posix() if whole.is_relative_to(top) else whole.name
        number = 1
        while (unique := f"{name} ({number})" if number > 1 else name) in found:
            number += 1
        found[unique] = path
    return found


def file_of(name: str, path: Path) -> dict[str, Any]:
    """Name, size and checksum of a file."""
    there = Path(path)
    return {"file": name, "bytes": there.stat().st_size, "sha256": checksum(there)}


def system() -> str:
    """The operating system with its version; Linux by the name of its distribution."""
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.platform(aliased=True, terse=True)


def r_versions() -> dict[str, str]:
    """Versions of R and of the packages that the tests use; empty where there is no R."""
    if not (program := shutil.which("Rscript")):
        return {}
    names = ", ".join(f'"{name}"' for name in R_PACKAGES)
    code = (
        f'cat(paste("R", getRversion()), "\\n"); for (name in c({names})) '
        'if (nzchar(system.file(package = name))) cat(name, format(packageVersion(name)), "\\n")'
    )
    command = [program, "--vanilla", "-e", code]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return {}
    return dict(line.split() for line in done.stdout.splitlines() if line.strip())
