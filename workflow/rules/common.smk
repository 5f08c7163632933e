"""What every chapter shares: checked configuration, paths, and the modules that a job runs."""

import os
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError

ROOT = Path(workflow.basedir)
SOURCES = ROOT / "src"

# The package is used from its sources, with this Python, here and in every script. Numerical
# libraries stay on one thread, so that no sum depends on the number of cores. Memory that one step
# frees is kept for the next (glibc), which spares large cohorts a fifth of their time.
sys.path.insert(0, str(SOURCES))
os.environ.update(
    PATH=os.pathsep.join([str(Path(sys.executable).parent), *os.get_exec_path()]),
    PYTHONPATH=str(SOURCES),
    MPLBACKEND="Agg",
    OMP_NUM_THREADS="1",
    OPENBLAS_NUM_THREADS="1",
    MKL_NUM_THREADS="1",
    MALLOC_MMAP_MAX_="0",
    MALLOC_TRIM_THRESHOLD_=str(1 << 36),
)

from pd1_dynamics import configuration
from pd1_dynamics.problems import InputError

try:
    configuration.check(config, ROOT)
except InputError as error:
    raise WorkflowError(str(error)) from None

COHORT = config["cohort"]
TABLES = configuration.table_names(ROOT)
TABLE_FORMATS = ("csv", "html", "docx")
FIGURES = configuration.figure_names(ROOT)
FIGURE_FORMATS = ("svg", "pdf", "png")

in_results = configuration.in_results
package = configuration.Sources(ROOT).of


wildcard_constraints:
    cohort=r"[A-Za-z0-9][A-Za-z0-9_-]*",
    figure=r"[A-Za-z0-9]+",
