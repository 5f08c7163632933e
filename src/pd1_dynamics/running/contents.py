"""Checksums of what a job reads and of what it made, so that no change goes unnoticed.

Snakemake compares times before contents: a file that changed under an old time (an archive
unpacked, a copy that keeps times, a restored backup) looks unchanged to it. So each rule has a
parameter that says what its files hold and which packages are installed, as Snakemake runs a rule
again when a parameter changes. And each job leaves a seal beside its log: the checksums of its
outputs, by which a damaged result is known.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pd1_dynamics.running import environment

SEAL = ".seal.json"


@cache
def _checksum(path: str, _size: int, _time: int) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def checksum(path: str | Path) -> str:
    """SHA-256 of a file; ``absent`` if there is none."""
    path = Path(path)
    if not path.is_file():
        return "absent"
    found = path.stat()
    return _checksum(str(path), found.st_size, found.st_mtime_ns)


def digest(paths: Iterable[str | Path], *more: str) -> str:
    """One checksum of the names and contents of several files, whatever their order, and more."""
    lines = [*sorted(f"{Path(path).name} {checksum(path)}" for path in paths), *more]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def parameter(path_log: str | Path, sources: Iterable[str | Path]) -> str:
    """What a rule's parameter says: contents of its sources, the installed packages, and whether
    its outputs are intact.

    The second part is the state stored in the seal as long as the existing outputs match their
    checksums, and a new value if one does not. Then the job runs again and stores the new value in
    its next seal, so that it runs only once.

    Parameters
    ----------
    path_log
        Log of the job; the seal lies beside it.
    sources
        Files that no rule makes: configuration, code, tables of a cohort.
    """
    return f"{digest(sources, environment.digest())}:{_state(Path(path_log).with_suffix(SEAL))}"


def seal(path_log: str | Path, outputs: Iterable[str | Path], said: str) -> None:
    """Write the seal of a job that ended well.

    Parameters
    ----------
    outputs
        Files that it made.
    said
        What :func:`parameter` gave for this job.
    """
    content = {
        "state": said.partition(":")[2],
        "outputs": {str(path): checksum(path) for path in outputs},
    }
    path = Path(path_log).with_suffix(SEAL)
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _state(path: Path) -> str:
    content = _read(path)
    if content is None:
        return ""
    found = {name: checksum(name) for name in content["outputs"]}
    damaged = {
        name: now for name, now in found.items() if now not in ("absent", content["outputs"][name])
    }
    if not damaged:
        return content["state"]
    text = json.dumps([content["state"], damaged], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _read(path: Path) -> Mapping[str, Any] | None:
    """The seal, or None where there is none that can be read (a run was killed while writing
    it)."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) and {"state", "outputs"} <= set(content) else None
