"""``make verify``: carry the default run out anew, and say what agrees with what is published here.

One page for a reviewer to keep (``results/verify/verification.html``, and ``.csv``): every result
against the manifest, the statistics against R where R is, and the arithmetic of the ledger. The
exit status is 1 if anything disagrees.
"""

import shutil
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd

from pd1_dynamics.artifact import manifest, provenance
from pd1_dynamics.files import read_table, write_table, write_text
from pd1_dynamics.outputs.pages import template
from pd1_dynamics.running import environment

FOLDER = Path("results") / "verify"
KEPT = Path("data") / "manifest"
_RESULTS = Path("results") / "synthetic"
_TESTS = (
    ("Statistics against R", "tests/reference"),
    ("The ledger and its arithmetic, by their tests", "tests/unit/published"),
)


@dataclass(frozen=True)
class Check:
    """One line of the page: what was checked, whether it agrees, and in numbers."""

    what: str
    agrees: bool
    details: str
    minutes: float


def verify(root: Path) -> list[Check]:
    """Carry out every check, and write what they found."""
    folder = root / FOLDER
    run = folder / "run"
    shutil.rmtree(folder, ignore_errors=True)
    run.mkdir(parents=True)
    checks = [_timed(_run, root, run)]
    expected, platform = manifest.read(root / KEPT)
    found = manifest.compared(expected, manifest.listed(run / _RESULTS))
    checks.append(_timed(_against_manifest, found, platform, manifest.made_on(root)))
    checks.append(_timed(_audited, run / _RESULTS))
    checks += [_timed(_tested, root, folder, *test) for test in _TESTS]
    write_table(found, folder / "files.csv")
    table = pd.DataFrame([vars(check) for check in checks])
    write_table(table.assign(agrees=table["agrees"].map({True: "yes", False: "no"})), _csv(folder))
    page = template(Path(__file__).with_name("verification.html.jinja")).render(
        checks=checks,
        files=found.to_dict("records"),
        platform=platform,
        here=manifest.made_on(root),
        commit=environment.commit(root).words,
        r=provenance.r_versions(),
    )
    write_text(page, folder / "verification.html")
    return checks


def _csv(folder: Path) -> Path:
    return folder / "verification.csv"


def _timed(check: Any, *arguments: Any) -> Check:
    start = time.monotonic()
    what, agrees, details = check(*arguments)
    return Check(what, agrees, details, round((time.monotonic() - start) / 60, 1))


def _run(root: Path, run: Path) -> tuple[str, bool, str]:
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(root / "Snakefile")]
    command += ["--directory", str(run), "--cores", "all"]
    done = subprocess.run(command, capture_output=True, text=True)
    write_text(done.stdout + done.stderr, run / "run.log")
    words = "carried out in a clean folder" if done.returncode == 0 else "failed: see run/run.log"
    return "The default run", done.returncode == 0, words


def _against_manifest(
    found: pd.DataFrame, platform: dict[str, Any], here: dict[str, Any]
) -> tuple[str, bool, str]:
    counts = Counter(found["result"])
    details = ", ".join(f"{count} {result}" for result, count in sorted(counts.items()))
    if counts[manifest.NUMBERS] or counts[manifest.PICTURE]:
        other = [f"{name} {here[name]}" for name in platform if here[name] != platform[name]]
        details += (
            "; the platform is another one: " + ", ".join(other)
            if other
            else ("; versions are those of the manifest: another processor or fonts")
        )
    agrees = bool(len(found)) and set(counts) <= set(manifest.AGREES)
    return "Results against the manifest (SHA-256)", agrees, details


def _audited(results: Path) -> tuple[str, bool, str]:
    """The ledger's arithmetic as the run gave it: every check decided, every claim judged."""
    what = "Arithmetic on the article's printed numbers"
    try:
        audit = read_table(results / "published" / "audit.csv")
        comparison = read_table(results / "published" / "comparison.csv")
    except OSError:
        return what, False, "no result"
    found, judged = Counter(audit["verdict"]), Counter(comparison["verdict"])
    words = "; ".join(
        ", ".join(f"{count} {verdict}" for verdict, count in part.most_common())
        for part in (found, judged)
    )
    return what, bool(len(audit)) and not comparison["verdict"].isna().any(), words


def _tested(root: Path, folder: Path, what: str, tests: str) -> tuple[str, bool, str]:
    report = folder / f"{Path(tests).name}.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider"]
    command += ["-m", "not slow", f"--junitxml={report}", tests]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if not report.is_file():
        return what, False, f"pytest could not run: {done.stderr.strip()[-200:]}"
    suite = ElementTree.parse(report).getroot().find("testsuite")
    counts = {} if suite is None else {name: int(suite.get(name, 0)) for name in _COUNTS}
    passed = counts["tests"] - sum(counts[name] for name in _COUNTS[1:])
    details = f"{passed} tests passed"
    if counts["skipped"]:
        details += f", {counts['skipped']} skipped (R or one of its packages is not here)"
    if failed := counts["failures"] + counts["errors"]:
        details += f", {failed} failed: see {report.name}"
    return what, done.returncode == 0 and passed > 0, details


_COUNTS = ("tests", "failures", "errors", "skipped")


def main() -> None:
    """Verify the project of this folder; one line a check on the terminal."""
    root = Path.cwd()
    checks = verify(root)
    for check in checks:
        mark = "agrees  " if check.agrees else "DIFFERS "
        print(f"{mark} {check.what}: {check.details} ({check.minutes:.1f} min)")
    print(f"One page of it: {FOLDER / 'verification.html'}")
    sys.exit(0 if all(check.agrees for check in checks) else 1)


if __name__ == "__main__":
    main()
