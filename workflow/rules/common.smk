"""What every rule file shares: checked configuration, paths, and the modules that a rule runs."""

import os
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError

ROOT = Path(workflow.basedir)
PACKAGE = ROOT / "src" / "pd1_dynamics"

# The package is used from its sources, here and in every script.
sys.path.insert(0, str(PACKAGE.parent))
os.environ["PYTHONPATH"] = os.pathsep.join(
    filter(None, [str(PACKAGE.parent), os.environ.get("PYTHONPATH")])
)
# One thread for numerical libraries: no sum depends on the number of cores.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
os.environ.setdefault("MPLBACKEND", "Agg")


wildcard_constraints:
    cohort=r"[A-Za-z0-9][A-Za-z0-9_-]*",
    figure=r"[A-Za-z0-9]+",


from pd1_dynamics import configuration
from pd1_dynamics.problems import InputError


def checked(function, *arguments):
    """Call a configuration function; problems end the run with their text alone."""
    try:
        return function(*arguments)
    except InputError as error:
        raise WorkflowError(str(error)) from None


checked(configuration.check, config, ROOT)

COHORT = config["cohort"]
TABLES = configuration.table_names(ROOT)
TABLE_FORMATS = ("csv", "html", "docx")
FIGURES = configuration.figure_names(ROOT)
FIGURE_FORMATS = ("svg", "pdf", "png")


def in_results(path, cohort="{cohort}"):
    """Path of a result of a cohort."""
    return f"results/{cohort}/{path}"


def cohort_tables(wildcards):
    """Files that a cohort reads, those that exist: the absent ones are told by the rule itself."""
    cohort = checked(configuration.load_cohort, wildcards.cohort, ROOT)
    return [path for path in cohort.source_files() if Path(path).is_file()]


def package(*rooms):
    """Source files of rooms of the package, so that an edit there reruns the rule."""
    ground_floor = [PACKAGE / name for name in ("terms.py", "files.py", "job.py", "problems.py")]
    files = [*ground_floor]
    for room in rooms:
        path = PACKAGE / room
        files += sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    return [str(path.relative_to(ROOT)) for path in files]


def where_results_lie(cohort):
    """Closing message of a run."""
    return (
        f"\nResults of cohort {cohort}:\n"
        f"  report   {in_results('report.html', cohort)}\n"
        f"  tables   {in_results('tables/', cohort)}\n"
        f"  figures  {in_results('figures/', cohort)}\n"
        f"  numbers  {in_results('estimates.csv', cohort)}\n"
    )
