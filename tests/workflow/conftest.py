"""A copy of the project in which workflows can run without touching its results."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".snakemake", "results", "__pycache__", ".*_cache"
)


class Project:
    """The copy; :meth:`run` calls Snakemake in it, :meth:`python` Python."""

    def __init__(self, folder):
        self.folder = folder

    def run(self, *arguments, cores=2, **environment_too):
        return self.python("-m", "snakemake", "--cores", str(cores), *arguments, **environment_too)

    def python(self, *arguments, **environment_too):
        command = [sys.executable, *arguments]
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
        environment |= {name: str(value) for name, value in environment_too.items()}
        return subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, env=environment
        )

    def contents(self, *patterns):
        """Bytes of the results that match, by path."""
        results = self.folder / "results"
        files = {path for pattern in patterns for path in results.glob(pattern) if path.is_file()}
        return {str(path.relative_to(results)): path.read_bytes() for path in sorted(files)}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("workflow") / "project"
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
    shared = ROOT.parent / "shared"
    if shared.is_dir():
        (folder.parent / "shared").symlink_to(shared)
    return Project(folder)
