"""Time the pipeline, each figure beside a peer that is measured in the same run.

Run by ``make bench``; writes under ``results/bench``. Times on a shared machine are noisy, so what
counts is the ratio.

- ``rules.csv``: the whole run on the synthetic cohort, rule by rule, and the same numbers and
  figures made by R (``paper.R``), where R with survival, survminer and ggplot2 is installed.
- ``derivation.csv``: clean tables to the files of ``derived/``, beside reading the same Parquet and
  grouping it once in pandas or polars. (Polars is faster still when it may leave out columns that
  its sum does not use, which a derivation does; that time is given, too.)
- ``scale.csv``: the derivation of up to ten million patients, with the memory of a process.
- ``cox.csv``: Cox models of two terms at n = 166 in one call, beside ``coxph``.
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
MILLIONS = (1, 4, 10)
TOGETHER = 100_000  # patients generated at a time
FITS, R_FITS, BLOCKS = 20_000, 500, 5
CORES = 2
MEMORY = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 36)}  # as in common.smk
SCANS, LESIONS, SEED, RUNS = 6, 3, 1, 3


def time_rules():
    """Run the whole workflow from clean, in a copy of the project; seconds of each rule."""
    import pandas as pd

    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        left_out = shutil.ignore_patterns(".git", ".venv", ".snakemake", "results")
        shutil.copytree(ROOT, copy, ignore=left_out)  # compiled modules come along
        command = [sys.executable, "-m", "snakemake", "--cores", str(CORES), "--quiet", "all"]
        start = time.perf_counter()
        subprocess.run(command, cwd=copy, check=True, stdout=subprocess.DEVNULL)
        total = time.perf_counter() - start
        logs = sorted((copy / "results" / "synthetic" / "logs").glob("*.tsv"))
        rows = [
            {"rule": log.stem, "seconds": pd.read_csv(log, sep="\t")["s"].iloc[0]} for log in logs
        ]
        rows.append({"rule": "whole run, wall clock", "seconds": total})
        if shutil.which("Rscript"):
            script = [str(ROOT / "tests" / "bench" / "paper.R"), copy / "results" / "synthetic"]
            start = time.perf_counter()
            ended = subprocess.run(["Rscript", *script, Path(folder) / "r"], capture_output=True)
            if ended.returncode == 0:
                seconds = time.perf_counter() - start
                rows.append({"rule": "the same in R", "seconds": seconds})
                rows.append({"rule": "ratio to R", "seconds": total / seconds})
    return pd.DataFrame(rows).round(2)


def scans(patients, first=0):
    """Target lesions of so many patients, SCANS scans of LESIONS each, as a clean table.

    Each lesion changes by a random factor from scan to scan; scans lie about twelve weeks apart.
    """
    import numpy as np
    import pandas as pd

    rng = np.random.Generator(np.random.PCG64(SEED + first))
    n, shape = patients * SCANS * LESIONS, (patients, SCANS, LESIONS)
    factor = rng.normal(1, 0.2, shape).clip(0.3, 1.8)
    factor[:, 0] = 1
    size = rng.uniform(10, 60, (patients, 1, LESIONS)) * np.cumprod(factor, axis=1)
    apart = rng.integers(-7, 8, (patients, SCANS))
    day = np.arange(SCANS) * 84 + np.where(np.arange(SCANS) > 0, apart, 0)
    day = np.repeat(day.ravel(), LESIONS)

    def each(*words):
        return np.array(words, dtype=object)[np.arange(n) % len(words)]

    ids = np.array([f"{first + number:08d}" for number in range(patients)], dtype=object)
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
    """Clean tables to ``derived/``, as the workflow's rule does it on all cores."""
    from pd1_dynamics.contract import definitions
    from pd1_dynamics.contract.columns import TABLES
    from pd1_dynamics.derive.parts import TABLES as DERIVED
    from pd1_dynamics.derive.parts import derive_files

    folder = Path(folder)
    start = time.perf_counter()
    derive_files(
        {name: folder / f"{name}.parquet" for name in TABLES},
        definitions.load(),
        {name: folder / "derived" / f"{name}.csv" for name in DERIVED},
        workers=CORES,
    )
    seconds = time.perf_counter() - start
    peaks = [
        resource.getrusage(who).ru_maxrss / 2**20
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    return {"seconds": seconds, "peak_gigabytes": max(peaks)}


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


def write_tables(patients, folder):
    """Clean tables of so many patients, written a part at a time."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    from pd1_dynamics.contract.columns import TABLES
    from pd1_dynamics.derive.response.frames import complete
    from pd1_dynamics.files import ROWS_TOGETHER, write_table

    nobody = pd.DataFrame({"patient_id": pd.Series(dtype=object), "day": pd.Series(dtype="Int64")})
    for name in set(TABLES) - {"patients", "lesions"}:
        write_table(complete(nobody, name), folder / f"{name}.parquet")
    everyone, writer = [], None
    for first in range(0, patients, TOGETHER):
        rows = scans(min(TOGETHER, patients - first), first)
        everyone.append(rows["patient_id"].drop_duplicates())
        table = pa.Table.from_pandas(rows, preserve_index=False)
        for place, field in enumerate(table.schema):
            if pa.types.is_null(field.type):
                empty = pa.nulls(len(table), pa.string())
                table = table.set_column(place, field.name, empty)
        writer = writer or pq.ParquetWriter(folder / "lesions.parquet", table.schema)
        writer.write_table(table, row_group_size=ROWS_TOGETHER)
    writer.close()
    ids = pd.DataFrame({"patient_id": pd.concat(everyone, ignore_index=True)})
    write_table(complete(ids, "patients"), folder / "patients.parquet")


def time_derivation(patients):
    """Seconds from lesions to ``derived/``, and those of the peers: the best of three runs each."""
    with tempfile.TemporaryDirectory() as folder:
        measured("write", patients, folder)
        path = Path(folder) / "lesions.parquet"
        peers = {
            name: min(measured(name, path) for _ in range(RUNS))
            for name in ("pandas", "polars", "lazy")
        }
        runs = [measured("derive", folder) for _ in range(RUNS)]
    row = min(runs, key=lambda run: run["seconds"])
    return {
        "patients": patients,
        **row,
        "pandas_seconds": peers["pandas"],
        "polars_seconds": peers["polars"],
        "lazy_polars_seconds": peers["lazy"],
        "ratio_to_peer": row["seconds"] / min(peers["pandas"], peers["polars"]),
        "microseconds_per_patient": 1e6 * row["seconds"] / patients,
    }


def time_scale(millions):
    """Seconds and memory of the derivation of millions of patients."""
    with tempfile.TemporaryDirectory() as folder:
        patients = 1_000_000 * millions
        measured("write", patients, folder)
        row = measured("derive", folder)
    return {"patients": patients, **row}


def fit_cox_models():
    """Microseconds a fit, in one call: resamples, and permuted groups; the best of some blocks."""
    import numpy as np

    from pd1_dynamics.statistics.cox_engine import fit_cox

    time_, event, design = cox_data()
    rng = np.random.Generator(np.random.PCG64(SEED))
    resamples = rng.multinomial(len(time_), [1 / len(time_)] * len(time_), FITS).astype(float)
    permuted = np.repeat(design[None], FITS, axis=0)
    permuted[:, :, 0] = rng.permuted(permuted[:, :, 0], axis=1)
    fit_cox(time_, event, design)  # compiled, or loaded
    best = {"resamples": np.inf, "permutations": np.inf}
    for part in np.array_split(np.arange(FITS), BLOCKS):
        start = time.perf_counter()
        fit_cox(time_, event, design, weights=resamples[part], replicated=True)
        middle = time.perf_counter()
        fit_cox(time_, event, permuted[part])
        end = time.perf_counter()
        for what, seconds in (("resamples", middle - start), ("permutations", end - middle)):
            best[what] = min(best[what], 1e6 * seconds / len(part))
    return best


def cox_data():
    """Times, events and two covariates of 166 patients."""
    import numpy as np

    rng = np.random.Generator(np.random.PCG64(SEED))
    n = 166
    design = np.column_stack([rng.integers(0, 2, n), rng.normal(size=n)]).astype(float)
    time_ = np.round(rng.exponential(20 * np.exp(-design @ [0.5, -0.3])), 1) + 0.1
    return time_, (rng.random(n) < 0.7).astype(float), design


def time_cox():
    """Microseconds a fit of ours and of ``coxph``."""
    import numpy as np
    import pandas as pd

    ours = measured("cox")
    theirs = float("nan")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cox.csv"
        time_, event, design = cox_data()
        table = np.column_stack([time_, event, design])
        pd.DataFrame(table, columns=["time", "event", "x", "z"]).to_csv(path, index=False)
        program = (
            f"library(survival); d <- read.csv('{path}'); n <- {R_FITS // BLOCKS}; "
            "once <- function(i) system.time(for (j in 1:n) "
            "coxph(Surv(time, event) ~ x + z, data = d))[['elapsed']]; "
            f"cat(1e6 * min(sapply(1:{BLOCKS}, once)) / n)"
        )
        if shutil.which("Rscript"):
            answer = subprocess.run(["Rscript", "-e", program], capture_output=True, text=True)
            theirs = float(answer.stdout) if answer.returncode == 0 else theirs
    return pd.DataFrame(
        {
            "what": what,
            "fits": FITS,
            "microseconds_per_fit": own,
            "r_microseconds_per_fit": theirs,
            "ratio": theirs / own,
        }
        for what, own in ours.items()
    )


TASKS = {
    "write": lambda patients, folder: write_tables(int(patients), Path(folder)),
    "derive": derive,
    "pandas": group_in_pandas,
    "polars": group_in_polars,
    "lazy": group_in_lazy_polars,
    "cox": fit_cox_models,
}


def main():
    """All measurements, to files and to the terminal."""
    import pandas as pd

    OUT.mkdir(parents=True, exist_ok=True)
    measurements = {
        "rules": time_rules,
        "cox": time_cox,
        "derivation": lambda: pd.DataFrame([time_derivation(size) for size in SIZES]),
        "scale": lambda: pd.DataFrame([time_scale(size) for size in MILLIONS]),
    }
    for name, measure in measurements.items():
        found = measure().round(2)
        found.to_csv(OUT / f"{name}.csv", index=False)
        print(f"\n{name}\n{found.to_string(index=False)}", flush=True)


if __name__ == "__main__":
    os.environ["OMP_NUM_THREADS"] = "1"
    if len(sys.argv) > 1:
        print(json.dumps(TASKS[sys.argv[1]](*sys.argv[2:])))
    else:
        main()
