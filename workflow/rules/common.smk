"""What every chapter shares: checked configuration, paths, and what a job depends on."""

import os
import sys
from pathlib import Path

ROOT = Path(workflow.current_basedir.get_path_or_uri(secret_free=True)).resolve().parents[1]
SOURCES = ROOT / "src"

# The package is used from its sources, with this Python, here and in every script. Numerical
# libraries stay on one thread, so that no sum depends on the number of cores. Memory that one step
# frees is kept for the next (glibc), which spares large cohorts a fifth of their time. Modules are
# compiled once, for all jobs.
sys.path.insert(0, str(SOURCES))
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ.update(
    PATH=os.pathsep.join([str(Path(sys.executable).parent), *os.get_exec_path()]),
    PYTHONPATH=str(SOURCES),
    PYTHONHASHSEED="0",
    MPLBACKEND="Agg",
    OMP_NUM_THREADS="1",
    OPENBLAS_NUM_THREADS="1",
    MKL_NUM_THREADS="1",
    MALLOC_MMAP_MAX_="0",
    MALLOC_TRIM_THRESHOLD_=str(1 << 36),
)

from snakemake.logging import logger

from pd1_dynamics.contract import configuration
from pd1_dynamics.contract.problems import InputError
from pd1_dynamics.running import code as code_of, contents as contents_of, messages, turn
from pd1_dynamics.running.environment import commit as commit_of

messages.quieten(logger)
try:
    configuration.check(config, ROOT)
    # A name, or the path of a file that may lie anywhere.
    DESCRIBED = configuration.load_cohort(config["cohort"], ROOT)
    STUDY = configuration.study_of(config["cohort"], ROOT)
except InputError as error:
    messages.stop(str(error))

COHORT = DESCRIBED.name
CHUNKS = config.get("chunks", 1)
TABLES = list(STUDY.tables)
TABLE_FORMATS = ("csv", "html", "docx", "tex")
FIGURES = list(STUDY.figures["figures"])
FIGURE_FORMATS = ("svg", "pdf", "png")
CURVES = list(STUDY.robustness["specifications"]["findings"])

in_results = configuration.in_results


def project(path):
    """A file of the project, by its path from the working directory where that is the project."""
    return path if Path.cwd() == ROOT else str(ROOT / path)


DEFINITIONS = project("config/definitions.yaml")
FINDINGS = project("config/findings.yaml")
VARIABLES = project("config/variables.yaml")
ROBUSTNESS = project("config/robustness.yaml")
REPORTING = project("config/reporting.yaml")
FIGURE_LAYOUTS = project("config/figures.yaml")
ANALYSES = [project(path) for path in configuration.analysis_files(ROOT)]
LAYOUTS = [project(path) for path in configuration.layout_files(ROOT)]
PUBLISHED = [
    project(f"data/published/{name}") for name in ("claims.csv", "checks.yaml", "substitutes.yaml")
]
CONFIGURATION = [
    project("config/config.yaml"),
    *(DEFINITIONS, FINDINGS, VARIABLES, ROBUSTNESS, REPORTING, FIGURE_LAYOUTS),
    *(*ANALYSES, *LAYOUTS, *PUBLISHED),
]


def the_code(wildcards):
    """Code and configuration that a crate holds; of the cohorts, a synthetic one that ships."""
    named = wildcards.cohort if described(wildcards.cohort).synthetic else ""
    return [project(path) for path in configuration.code_files(ROOT, named)]


def described(name):
    """A cohort by its name: the one of this run, or one that ships."""
    try:
        return DESCRIBED if name == COHORT else configuration.load_cohort(name, ROOT)
    except InputError as error:
        messages.stop(str(error))


def cohort_file_of(name):
    """File that describes a cohort, by its name."""
    path = described(name).path
    return project(str(path.relative_to(ROOT))) if path.is_relative_to(ROOT) else str(path)


def cohort_file(wildcards):
    """File that describes the cohort of a job."""
    return cohort_file_of(wildcards.cohort)


def cohort_tables(wildcards):
    """Files that a cohort reads."""
    return configuration.source_tables(described(wildcards.cohort))


def own_analyses(wildcards):
    """Files with analyses of a cohort's own."""
    return [str(path) for path in described(wildcards.cohort).own_files()]


def memory(base, per_mb=0):
    """Megabytes that a job needs, from measurement: a base, and so many for each of its inputs."""
    return lambda wildcards, input: int(base + per_mb * input.size_mb)


def code(script):
    """Source files that a script runs, itself first."""
    files = code_of.closure(ROOT / "workflow" / "scripts" / f"{script}.py")
    return [project(str(path.relative_to(ROOT))) for path in files]


def contents(script, *sources, log=None):
    """Parameter of a rule: what its sources hold, and whether what it made is intact."""
    log = log or in_results(f"logs/{script}.log")

    def value(wildcards):
        paths = code(script)
        for source in sources:
            given = source(wildcards) if callable(source) else source.format(**wildcards)
            paths += [path for path in ([given] if isinstance(given, str) else given) if path]
        return contents_of.parameter(log.format(**wildcards), paths)

    return value


wildcard_constraints:
    cohort=r"(?!(?:replication|bench|calibration|verify)/)[A-Za-z0-9][A-Za-z0-9_-]*",
    figure=r"[A-Za-z0-9_]+",


def real_cohorts():
    """Cohorts that are asked: those named, or all real ones whose files are there."""
    try:
        return configuration.real_cohorts(config.get("replication"), ROOT)
    except InputError as error:
        messages.stop(str(error))


def made(wildcards):
    """What a run makes of a cohort: what its provenance lists."""
    tables = expand("tables/{table}.{suffix}", table=TABLES, suffix=TABLE_FORMATS)
    figures = expand("figures/{figure}.{suffix}", figure=FIGURES, suffix=FIGURE_FORMATS)
    names = [
        *("estimates.csv", "README.txt", "cohort/notes.csv"),
        *(f"derived/{table}.csv" for table in ("patients", "therapies", "response")),
        *(f"robustness/{table}.csv" for table in ("proportional_hazards", "multiplicity")),
        *(f"published/{name}" for name in ("comparison.csv", "audit.csv")),
        *(*tables, "tables/sources.csv"),
        *(*figures, *expand("figures/data/{figure}.csv", figure=FIGURES)),
    ]
    return [in_results(name, wildcards.cohort) for name in names] + robust(wildcards)


def robust(wildcards):
    """How robust the findings are, where that was asked: now, or in an earlier run."""
    path = in_results("robustness/section.html", wildcards.cohort)
    return [path] if config.get("robustness") or Path(path).is_file() else []


def replicated(wildcards):
    """What real patients say, for a synthetic cohort, where that was asked."""
    path = "results/replication/pooled.csv"
    return path if described(wildcards.cohort).synthetic and Path(path).is_file() else ""
