"""The workflow through Slurm's own daemons, on one node: the same bytes as without them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".snakemake", "results", "__pycache__", ".*_cache"
)
LIMIT = 1500  # seconds, on a machine that does other things too
OFTEN = ("--slurm-init-seconds-before-status-checks", "2", "--seconds-between-status-checks", "2")

pytestmark = pytest.mark.slow


def test_a_cluster_gives_the_same_bytes_in_one_piece_and_in_parts(cluster, tmp_path):
    pytest.importorskip("snakemake_executor_plugin_slurm", reason="the Slurm plugin is absent")
    project = tmp_path / "project"
    shutil.copytree(ROOT, project, ignore=LEFT_OUT)

    def run(*arguments):
        command = [sys.executable, "-m", "snakemake", *arguments]
        answer = subprocess.run(
            command, cwd=project, env=cluster, capture_output=True, text=True, timeout=LIMIT
        )
        assert answer.returncode == 0, (answer.stdout + answer.stderr)[-5000:]
        return answer.stdout + answer.stderr

    def made(pattern):
        results = project / "results" / "synthetic"
        return {
            str(path.relative_to(results)): path.read_bytes()
            for path in sorted(results.glob(pattern))
            if path.is_file() and "logs" not in path.parts
        }

    run("--cores", "2")
    here = made("**/*")
    shutil.rmtree(project / "results" / "synthetic")
    profile = ("--profile", "profiles/slurm", *OFTEN)
    said = run(*profile)
    assert "submitted with SLURM jobid" in said
    assert made("**/*") == here
    shutil.rmtree(project / "results" / "synthetic" / "derived")
    target = "results/synthetic/derived/patients.csv"
    said = run(*profile, "--config", "chunks=3", "--", target)
    assert said.count("submitted with SLURM jobid") >= 4
    assert made("derived/*") == {k: v for k, v in here.items() if k.startswith("derived/")}
