"""Time the pipeline: each rule on the synthetic cohort, and the derivation of large cohorts.

Run by ``make bench``; writes ``rules.csv`` and ``derivation.csv`` under ``results/bench``. Times on
a shared machine are noisy, so each derivation is also given as a ratio to a peer measured in the
same run: reading the same lesions from Parquet and grouping them once.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
OUT = ROOT / "results" / "bench"
SIZES = (10_000, 100_000, 1_000_000)
CORES = 2
TABLES = ("patients", "assessments", "lesions", "labs", "therapies")


def time_rules():
    """Run the whole workflow from clean, in a copy of the project; seconds of each rule."""
    import pandas as pd

    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        left_out = shutil.ignore_patterns(".git", ".venv", ".snakemake", "results", "__pycache__")
        shutil.copytree(ROOT, copy, ignore=left_out)
        command = [sys.executable, "-m", "snakemake", "--cores", str(CORES), "--quiet", "all"]
        start = time.perf_counter()
        subprocess.run(command, cwd=copy, check=True, stdout=subprocess.DEVNULL)
        total = time.perf_counter() - start
        logs = sorted((copy / "results" / "synthetic" / "logs").glob("*.tsv"))
        rows = [
            {"rule": log.stem, "seconds": pd.read_csv(log, sep="\t")["s"].iloc[0]} for log in logs
        ]
    rows.append({"rule": "whole run, wall clock", "seconds": total})
    return pd.DataFrame(rows).round(2)


def time_derivation(patients):
    """Seconds of the derivation of an enlarged synthetic cohort and of its peer, and peak memory.

    In a process of its own, so that the peak is its own.
    """
    command = [sys.executable, __file__, "--derive", str(patients)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    answer = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return json.loads(answer.stdout.splitlines()[-1])


def derive(patients):
    """Derive one enlarged cohort from memory; print times as JSON."""
    import pandas as pd

    from pd1_dynamics import cohort, definitions, progression, resistance, response, synthetic

    settings = definitions.load()
    small = cohort.clean(cohort.load_cohort(ROOT / "config" / "cohorts" / "synthetic.yaml")).tables
    clean = [synthetic.enlarge(small, patients)[name] for name in TABLES]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lesions.parquet"
        clean[2].to_parquet(path, index=False)
        start = time.perf_counter()
        lesions = pd.read_parquet(path)
        lesions.groupby(["patient_id", "day"], sort=False)["diameter_mm"].sum()
        peer = time.perf_counter() - start
        del lesions
    start = time.perf_counter()
    everyone, assessments, lesions, _, therapies = clean
    points, by_response = response.derive(everyone, assessments, lesions, therapies, settings)
    by_progression, _ = progression.derive(*clean, points, by_response, settings)
    final = resistance.derive(everyone, assessments, points, by_response, by_progression, settings)
    seconds = time.perf_counter() - start
    row = {
        "patients": len(final),
        "scans": len(points),
        "lesions": len(clean[2]),
        "seconds": round(seconds, 2),
        "peer_seconds": round(peer, 2),
        "ratio_to_peer": round(seconds / peer, 2),
        "microseconds_per_patient": round(1e6 * seconds / len(final), 1),
        "peak_gigabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
    }
    print(json.dumps(row))


def main():
    """Both measurements, to files and to the terminal."""
    import pandas as pd

    OUT.mkdir(parents=True, exist_ok=True)
    rules = time_rules()
    rules.to_csv(OUT / "rules.csv", index=False)
    print(rules.to_string(index=False), flush=True)
    sizes = pd.DataFrame([time_derivation(size) for size in SIZES])
    sizes.to_csv(OUT / "derivation.csv", index=False)
    print(sizes.to_string(index=False))


if __name__ == "__main__":
    os.environ["OMP_NUM_THREADS"] = "1"
    if sys.argv[1:2] == ["--derive"]:
        derive(int(sys.argv[2]))
    else:
        main()
