"""How many changes of the code the tests notice, by room: a seeded sample of what cosmic-ray finds.

``make mutants SAMPLE=40`` tries so many of each room, in a copy of the project, and writes
``results/bench/mutants.csv``: every mutant, and whether a test failed. Equivalent mutants, which no
test can notice, count as survivors; ``tests/mutants/survivors.md`` gives the reasons for those that
were looked at.
"""

import csv
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from cosmic_ray.work_db import WorkDB
from cosmic_ray.work_item import TestOutcome, WorkerOutcome, WorkResult

ROOT = Path(__file__).parents[2]
OUT = ROOT / "results" / "bench" / "mutants.csv"
SEED = 1
ROOMS = {
    "statistics": "tests/by_hand tests/reference/test_against_r.py tests/unit/statistics",
    "derive/response": "tests/unit/derive/response tests/properties",
    "derive/progression": (
        "tests/unit/derive/progression tests/unit/derive/response/test_summary.py"
    ),
    "derive/resistance": "tests/unit/derive/resistance",
    "published": "tests/unit/published tests/generator/test_structure_of_cohort.py",
}
SKIPPED = WorkResult(worker_outcome=WorkerOutcome.SKIPPED)
EQUIVALENT = (
    "core/ReplaceBinaryOperator_BitAnd_Mul",
    "core/ReplaceBinaryOperator_BitOr_Add",
)
"""Changes that are none: masks are boolean arrays, where a product is "and" and a sum is "or"."""
CONFIG = """\
[cosmic-ray]
module-path = "src/pd1_dynamics/{room}"
timeout = 120.0
excluded-modules = ["**/documentation.py", "**/__init__.py"]
test-command = "{python} -m pytest -x -q -p no:cacheprovider {tests}"

[cosmic-ray.distributor]
name = "local"
"""


def main(sample):
    """Try the sample of each room; print the score of each and of all."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        left_out = shutil.ignore_patterns(".git", ".venv", ".snakemake", "results", "__pycache__")
        shutil.copytree(ROOT, copy, ignore=left_out)
        for room, tests in ROOMS.items():
            rows += tried(copy, room, tests, sample)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    with OUT.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["room", "file", "row", "operator", "noticed", "change"])
        out.writerows(rows)
    for room in (*ROOMS, "all"):
        own = [row for row in rows if room in (row[0], "all")]
        noticed = sum(row[4] for row in own)
        print(f"{room}: {noticed} of {len(own)} noticed ({100 * noticed / max(len(own), 1):.0f} %)")


def tried(copy, room, tests, sample):
    """Mutants of one room: file, row, operator, whether noticed, and the change itself."""
    name = room.replace("/", "-")
    config, session = copy / f"{name}.toml", copy / f"{name}.sqlite"
    config.write_text(CONFIG.format(room=room, tests=tests, python=sys.executable))
    environment = os.environ | {"PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1"}

    def cosmic_ray(*arguments):
        command = [sys.executable, "-m", "cosmic_ray.cli", *map(str, arguments)]
        subprocess.run(command, cwd=copy, env=environment, check=True, capture_output=True)

    cosmic_ray("init", config, session)
    database = WorkDB(str(session), WorkDB.Mode.open)
    items = sorted(database.pending_work_items, key=lambda item: item.job_id)
    items.sort(key=lambda item: tuple(map(repr, item.mutations)))
    for item in [item for item in items if item.mutations[0].operator_name in EQUIVALENT]:
        database.set_result(item.job_id, SKIPPED)
        items.remove(item)
    chosen = {item.job_id for item in random.Random(SEED).sample(items, min(sample, len(items)))}
    for item in items:
        if item.job_id not in chosen:
            database.set_result(item.job_id, SKIPPED)
    database.close()
    cosmic_ray("exec", config, session)
    database = WorkDB(str(session), WorkDB.Mode.open)
    found = []
    for item, result in database.completed_work_items:
        if item.job_id not in chosen:
            continue
        mutation = item.mutations[0]
        file = Path(mutation.module_path).relative_to("src/pd1_dynamics")
        noticed = int(result.test_outcome != TestOutcome.SURVIVED)
        row, operator = mutation.start_pos[0], mutation.operator_name
        found.append([room, file, row, operator, noticed, changed_lines(result.diff)])
    database.close()
    return found


def changed_lines(diff):
    """The lines that a mutant changes, old and new."""
    lines = [line.strip() for line in (diff or "").splitlines()]
    return " / ".join(line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---"))


if __name__ == "__main__":
    main(int(sys.argv[1]))
