"""Time the pipeline: each rule on the synthetic cohort, and the derivation of large cohorts.

Run by ``make bench``. Writes ``results/bench/rules.csv`` and ``results/bench/derivation.csv``. Times
on a shared machine are noisy, so each derivation is also given as a ratio to a peer measured in the
same run: reading the same lesions from Parquet and grouping them once.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parents[2]
OUT = ROOT / "results" / "bench"
SIZES = (10_000, 100_000, 1_000_000)
CORES = 2


def time_rules() -> pd.DataFrame:
    """Run the whole workflow from clean in a copy of the project; seconds of each rule."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        kept_out = shutil.ignore_patterns(".git", ".venv", ".snakemake", "results", "__pycache__")
        shutil.copytree(ROOT, copy, ignore=kept_out)
        command = [sys.executable, "-m", "snakemake", "--cores", str(CORES), "--quiet", "all"]
        start = time.perf_counter()
        subprocess.run(command, cwd=copy, check=True, stdout=subprocess.DEVNULL)
        total = time.perf_counter() - start
        logs = sorted((copy / "results" / "synthetic" / "logs").glob("*.tsv"))
        rules = [
            {"rule": log.stem, "seconds": pd.read_csv(log, sep="\t")["s"].iloc[0]} for log in logs
        ]
    rules.append({"rule": "whole run, wall clock", "seconds": total})
    return pd.DataFrame(rules).round(2)


def derive(tables: dict[str, pd.DataFrame]) -> None:
    """Derive everything that one row a patient and one row a scan needs."""
    from pd1_dynamics import definitions, progression, resistance, response

    settings = definitions.load(ROOT / "config" / "definitions.yaml")
    raise NotImplementedError(settings, progression, resistance, response)


def time_derivation(patients: int, folder: Path) -> dict[str, float]:
    """Seconds and peak memory of the derivation of an enlarged synthetic cohort, and of its peer."""
    raise NotImplementedError


if __name__ == "__main__":
    os.environ["OMP_NUM_THREADS"] = "1"
    OUT.mkdir(parents=True, exist_ok=True)
    rules = time_rules()
    rules.to_csv(OUT / "rules.csv", index=False)
    print(rules.to_string(index=False))
    assert resource
