"""What a run runs in: the commit of the project, and the packages of this Python."""

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_INSTALLED = ".dist-info"


@dataclass(frozen=True)
class Commit:
    """State of the project's files.

    Attributes
    ----------
    id, date
        Of the last commit, the date as ``2026-11-22``; empty where they are not known.
    changed
        Files that differ from the commit, or are new where new ones would matter.
    unknown
        Why there is no commit to name; empty if there is one.
    """

    id: str = ""
    date: str = ""
    changed: int = 0
    unknown: str = ""

    @property
    def words(self) -> str:
        """The commit and whether files differ from it, for a reader."""
        if self.unknown:
            return f"not known: {self.unknown}"
        if not self.changed:
            return f"{self.id}, no file changed"
        return f"{self.id}, and {self.changed} file{'s' * (self.changed > 1)} changed since"


@cache
def commit(root: Path, where_new: tuple[str, ...] = ()) -> Commit:
    """The commit that the files of a folder are from; a folder inside another project has none.

    ``where_new`` are places where a file that git does not follow counts as a change.
    """
    if not (root / ".git").exists():
        return Commit(unknown="the files are not a git checkout")
    try:
        name, date = _git(root, "log", "-1", "--format=%H %cs").split()
        changed = _git(root, "status", "--porcelain", "--untracked-files=no").splitlines()
        if where_new:
            new = ("ls-files", "--others", "--exclude-standard", "--", *where_new)
            changed += _git(root, *new).splitlines()
    except (OSError, subprocess.SubprocessError, ValueError):
        return Commit(unknown="git does not answer here")
    return Commit(name, date, len(changed))


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


@cache
def packages() -> dict[str, str]:
    """Installed packages of this Python with their versions, by name."""
    found: dict[str, str] = {}
    for folder in sys.path:
        if not os.path.isdir(folder):
            continue
        for name in os.listdir(folder):
            if name.endswith(_INSTALLED):
                package, _, version = name.removesuffix(_INSTALLED).partition("-")
                found.setdefault(package.lower().replace("_", "-"), version)
    return dict(sorted(found.items()))


@cache
def digest() -> str:
    """One checksum of Python's version and all packages: a job runs again when they change."""
    lines = [sys.version, *(f"{name} {version}" for name, version in packages().items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
