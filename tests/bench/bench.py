"""Time the pipeline: each rule on the synthetic cohort, and the derivation of large cohorts.

Run by ``make bench``; writes ``rules.csv`` and ``derivation.csv`` under ``results/bench``. Times on
a shared machine are noisy, so each derivation, from the clean Parquet to the files of ``derived/``,
is also given as a ratio to a peer measured in the same run: reading the same Parquet and grouping
it once, in pandas or polars, whichever is faster. (Polars is much faster still when it may leave
out columns that its sum does not use, which a derivation does; that time is given, too.)
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
MEMORY = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 36)}  # as in common.smk
SCANS, LESIONS, SEED, RUNS = 6, 3, 1, 3


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


def scans(patients):
    """Target lesions of so many patients, SCANS scans of LESIONS each, as a clean table.

    Each lesion changes by a random factor from scan to scan; scans lie about twelve weeks apart.
    """
    import numpy as np
    import pandas as pd

    rng = np.random.Generator(np.random.PCG64(SEED))
    n, shape = patients * SCANS * LESIONS, (patients, SCANS, LESIONS)
    factor = rng.normal(1, 0.2, shape).clip(0.3, 1.8)
    factor[:, 0] = 1
    size = rng.uniform(10, 60, (patients, 1, LESIONS)) * np.cumprod(factor, axis=1)
    apart = rng.integers(-7, 8, (patients, SCANS))
    day = np.arange(SCANS) * 84 + np.where(np.arange(SCANS) > 0, apart, 0)
    day = np.repeat(day.ravel(), LESIONS)

    def each(*words):
        return np.array(words, dtype=object)[np.arange(n) % len(words)]

    ids = np.array([f"{number:07d}" for number in range(patients)], dtype=object)
    return pd.DataFrame(
        {
            "patient_id": np.repeat(ids, SCANS * LESIONS),
            "date": np.arange(SCANS * 84 + 8).astype(str).astype(object)[day],
            "day": day,
            "lesion_id": each("T1", "T2", "T3"),
            "role": each("target"),
            "organ": each("liver", "lung", "lymph_node"),
            "node": np.arange(n) % LESIONS == 2,
            "diameter_mm": size.ravel().round(1),
            "state": each(None),
            "reader": each(None),
        }
    ).astype({"node": int})


def measured(task, *arguments):
    """A function of this file in a process of its own, so that its peak memory is its own."""
    command = [sys.executable, __file__, task, *map(str, arguments)]
    environment = {**os.environ, **MEMORY, "PYTHONPATH": str(ROOT / "src")}
    answer = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return json.loads(answer.stdout.splitlines()[-1])


def derive(folder):
    """Clean tables to ``derived/``: read, respond, progress, classify, write."""
    from pd1_dynamics.cohort.clean_tables import read_clean
    from pd1_dynamics.contract import definitions
    from pd1_dynamics.derive import chain
    from pd1_dynamics.files import write_table

    settings = definitions.load()
    start = time.perf_counter()
    paths = [Path(folder) / f"{name}.parquet" for name in ("patients", "lesions")]
    patients, lesions = read_clean(paths)
    read = time.perf_counter()
    made = chain.derive({"patients": patients, "lesions": lesions}, settings)
    points, final = made.response, made.patients
    derived = time.perf_counter()
    write_table(points, Path(folder) / "response.csv")
    write_table(final, Path(folder) / "patients.csv")
    end = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {
        "patients": len(final),
        "lesions": len(lesions),
        "seconds": end - start,
        "reading": read - start,
        "writing": end - derived,
        "peak_gigabytes": peak,
    }


def group_in_pandas(path):
    """The peer in pandas: read the same file, sum by patient and date."""
    import pandas as pd

    start = time.perf_counter()
    lesions = pd.read_parquet(path)
    lesions.groupby(["patient_id", "day"], sort=False)["diameter_mm"].sum()
    return time.perf_counter() - start


def group_in_polars(path):
    """The peer in polars."""
    import polars as pl

    start = time.perf_counter()
    lesions = pl.read_parquet(path)
    lesions.group_by(["patient_id", "day"]).agg(pl.col("diameter_mm").sum())
    return time.perf_counter() - start


def group_in_lazy_polars(path):
    """What polars needs when it may leave out the columns that the sum does not use."""
    import polars as pl

    start = time.perf_counter()
    lesions = pl.scan_parquet(path)
    lesions.group_by(["patient_id", "day"]).agg(pl.col("diameter_mm").sum()).collect()
    return time.perf_counter() - start


TASKS = {
    "derive": derive,
    "pandas": group_in_pandas,
    "polars": group_in_polars,
    "lazy": group_in_lazy_polars,
}


def time_derivation(patients):
    """Seconds from lesions to ``derived/``, and those of the peers: the best of three runs each."""
    from pd1_dynamics.derive.response.frames import complete
    from pd1_dynamics.files import write_table

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lesions.parquet"
        lesions = scans(patients)
        write_table(lesions, path)
        everyone = lesions[["patient_id"]].drop_duplicates(ignore_index=True)
        write_table(complete(everyone, "patients"), Path(folder) / "patients.parquet")
        del lesions, everyone
        peers = {
            name: min(measured(name, path) for _ in range(RUNS))
            for name in ("pandas", "polars", "lazy")
        }
        runs = [measured("derive", folder) for _ in range(RUNS)]
    row = min(runs, key=lambda run: run["seconds"])
    peer = min(peers["pandas"], peers["polars"])
    return row | {
        "pandas_seconds": peers["pandas"],
        "polars_seconds": peers["polars"],
        "lazy_polars_seconds": peers["lazy"],
        "ratio_to_peer": row["seconds"] / peer,
        "microseconds_per_patient": 1e6 * row["seconds"] / patients,
    }


def main():
    """Both measurements, to files and to the terminal."""
    import pandas as pd

    OUT.mkdir(parents=True, exist_ok=True)
    rules = time_rules()
    rules.to_csv(OUT / "rules.csv", index=False)
    print(rules.to_string(index=False), flush=True)
    sizes = pd.DataFrame([time_derivation(size) for size in SIZES]).round(2)
    sizes.to_csv(OUT / "derivation.csv", index=False)
    print(sizes.to_string(index=False))


if __name__ == "__main__":
    os.environ["OMP_NUM_THREADS"] = "1"
    if len(sys.argv) > 1:
        print(json.dumps(TASKS[sys.argv[1]](*sys.argv[2:])))
    else:
        main()
