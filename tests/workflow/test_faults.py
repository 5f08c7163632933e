"""Runs that are killed, run twice, run on damaged or backdated files, elsewhere, or out of
space."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import time

import pytest
import yaml

pytestmark = pytest.mark.slow

NUMBERS = "results/synthetic/estimates.csv"
TABLES = "results/synthetic/tables/table1.csv"
CLEAN = "results/synthetic/cohort/notes.csv"


def said_by(answer):
    return answer.stdout + answer.stderr


def start(project, *arguments):
    command = [sys.executable, "-m", "snakemake", "--cores", "2", *arguments]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    return subprocess.Popen(
        command,
        cwd=project.folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def wait_for(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.05)


def under_an_old_time(path, change):
    """Change a file's content and give it back the times that it had."""
    before = path.stat()
    change(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.fixture(scope="module")
def made(project):
    answer = project.run("--", NUMBERS, TABLES)
    assert answer.returncode == 0, said_by(answer)[-3000:]
    return project


def planned(project, *arguments):
    """Rules that a dry run would carry out."""
    answer = project.run("--dry-run", *arguments, "--", NUMBERS, TABLES)
    assert answer.returncode == 0, said_by(answer)[-3000:]
    lines = said_by(answer).splitlines()
    return {line.split()[0] for line in lines if len(line.split()) == 2 and line[-1].isdigit()}


def test_nothing_that_the_default_targets_reach_writes_a_tracked_file(project):
    answer = project.run("--summary")
    rows = [line.split("\t") for line in answer.stdout.splitlines() if "\t" in line]
    outputs = [row[0] for row in rows[1:]]
    assert len(outputs) > 50
    assert all(path.startswith("results/") for path in outputs)
    forced = said_by(project.run("--dry-run", "--forceall"))
    assert "draw_figures" in forced
    assert "make_family_member" not in forced


def test_no_rule_writes_outside_results(project):
    for file in sorted((project.folder / "workflow" / "rules").glob("*.smk")):
        for part in file.read_text().split("    output:\n")[1:]:
            block = part.split("\n    log:")[0].split("\n    params:")[0]
            assert "project(" not in block, file.name
            assert '"data/' not in block, file.name


def test_a_second_run_of_the_same_cohort_says_so_and_another_cohort_runs(made):
    first = start(made, "--forceall", "--", NUMBERS)
    try:
        log = made.folder / "results" / "synthetic" / "logs" / "estimate.log"
        checked = made.folder / "results" / "synthetic" / "logs" / "checked.csv"
        wait_for(lambda: not checked.exists() or first.poll() is not None)
        os.kill(first.pid, signal.SIGSTOP)  # it has its turn, and all the time that this test takes
        second = made.run("--forceall", "--", CLEAN)
        assert second.returncode != 0
        last = said_by(second).strip().splitlines()[-1]
        assert last.startswith("Cohort synthetic is being made by another run")
        assert "Traceback" not in said_by(second)
        described = yaml.safe_load((made.folder / "config/cohorts/synthetic.yaml").read_text())
        described["name"] = "other"
        (made.folder / "config/cohorts/other.yaml").write_text(yaml.safe_dump(described))
        other = made.run("--config", "cohort=other", "--", "results/other/cohort/notes.csv")
        assert other.returncode == 0, said_by(other)[-3000:]
    finally:
        os.kill(first.pid, signal.SIGCONT)
        words, _ = first.communicate(timeout=300)
    assert first.returncode == 0, words[-3000:]
    assert log.exists()


@pytest.mark.parametrize("moment", [0.2, 2.0, 6.0])
def test_a_run_that_was_killed_is_finished_by_the_next(made, moment):
    before = made.contents("synthetic/estimates.csv", "synthetic/derived/*", "synthetic/tables/*")
    running = start(made, "--forceall", "--", NUMBERS, TABLES)
    wait_for(lambda: (made.folder / ".snakemake" / "incomplete").is_dir())
    checked = made.folder / "results" / "synthetic" / "logs" / "checked.csv"
    wait_for(lambda: not checked.exists() or running.poll() is not None)
    time.sleep(moment)
    os.killpg(running.pid, signal.SIGKILL)
    running.communicate()
    answer = made.run("--", NUMBERS, TABLES)
    assert answer.returncode == 0, said_by(answer)[-3000:]
    after = made.contents("synthetic/estimates.csv", "synthetic/derived/*", "synthetic/tables/*")
    assert after == before
    assert not list((made.folder / "results").rglob("*.unfinished"))


def test_a_run_whose_jobs_outlive_it_is_finished_by_the_next(made):
    before = made.contents("synthetic/estimates.csv", "synthetic/derived/*")
    running = start(made, "--forceall", "--", NUMBERS)
    checked = made.folder / "results" / "synthetic" / "logs" / "checked.csv"
    wait_for(lambda: not checked.exists() or running.poll() is not None)
    time.sleep(1)
    os.kill(running.pid, signal.SIGKILL)  # its job goes on
    answer = made.run("--", NUMBERS)
    running.communicate()
    assert answer.returncode == 0, said_by(answer)[-3000:]
    assert made.contents("synthetic/estimates.csv", "synthetic/derived/*") == before


def test_nothing_is_done_while_nothing_changes(made):
    assert not planned(made)


@pytest.mark.parametrize(
    ("file", "old", "new", "rules"),
    [
        ("data/synthetic/patients.csv", "SYN-001,MGH", "SYN-001,UKE", {"check_cohort"}),
        ("config/definitions.yaml", "confirm_days: 28", "confirm_days: 29", {"derive"}),
        ("workflow/schemas/cohort.schema.yaml", "description", "description ", {"check_cohort"}),
        ("src/pd1_dynamics/statistics/cox.py", '"""', '""" ', {"estimate"}),
        ("config/cohorts/synthetic.yaml", "no real patient", "no real person", {"make_tables"}),
    ],
)
def test_content_that_changes_under_an_old_time_is_noticed(made, file, old, new, rules):
    path = made.folder / file
    kept = path.read_text()
    assert old in kept
    under_an_old_time(path, lambda path: path.write_text(kept.replace(old, new, 1)))
    try:
        assert rules <= planned(made)
    finally:
        under_an_old_time(path, lambda path: path.write_text(kept))
    assert not planned(made)


def test_a_damaged_result_is_made_again_once(made):
    path = made.folder / TABLES
    whole = path.read_bytes()
    under_an_old_time(path, lambda path: path.write_bytes(whole[:100]))
    assert planned(made) == {"make_tables", "total"}
    assert made.run("--", NUMBERS, TABLES).returncode == 0
    assert path.read_bytes() == whole
    assert not planned(made)


def test_the_workflow_runs_in_another_folder(made, tmp_path):
    answer = made.run("--directory", str(tmp_path), "--", CLEAN)
    assert answer.returncode == 0, said_by(answer)[-3000:]
    here, there = made.folder / CLEAN, tmp_path / CLEAN
    assert here.read_bytes() == there.read_bytes()


def test_the_workflow_is_a_module_of_another(made, tmp_path):
    (tmp_path / "Snakefile").write_text(
        f'module pd1:\n    snakefile: "{made.folder}/Snakefile"\n'
        '    config: {"cohort": "synthetic"}\n\nuse rule * from pd1 as pd1_*\n'
    )
    command = [sys.executable, "-m", "snakemake", "--cores", "2", "--", CLEAN]
    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert answer.returncode == 0, said_by(answer)[-3000:]
    assert (tmp_path / CLEAN).read_bytes() == (made.folder / CLEAN).read_bytes()


def test_a_full_disk_ends_in_one_sentence_and_leaves_no_rubbish(made, tmp_path):
    shutil.copytree(made.folder, tmp_path / "project", ignore=shutil.ignore_patterns("results"))
    command = [sys.executable, "-m", "snakemake", "--cores", "2", "--", CLEAN]

    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (33_000, 33_000))

    answer = subprocess.run(
        command, cwd=tmp_path / "project", capture_output=True, text=True, preexec_fn=small_files
    )
    assert answer.returncode != 0
    assert "could not write its results: the disk is full" in said_by(answer).splitlines()[-1]
    assert "Traceback" not in said_by(answer)
    results = tmp_path / "project" / "results"
    assert not list(results.rglob("*.unfinished"))
    assert not list(results.rglob("*.parquet"))


@pytest.mark.parametrize("name", ["calibration", "replication", "bench"])
def test_a_cohort_cannot_take_the_name_of_other_results(made, name):
    described = yaml.safe_load((made.folder / "config/cohorts/synthetic.yaml").read_text())
    described["name"] = name
    path = made.folder / f"config/cohorts/{name}.yaml"
    path.write_text(yaml.safe_dump(described))
    answer = made.run("--dry-run", "--config", f"cohort={name}")
    path.unlink()
    assert answer.returncode != 0
    assert "other results" in said_by(answer)
    assert "Traceback" not in said_by(answer)


def test_what_is_wrong_with_the_input_is_said_last(made):
    path = made.folder / "data" / "synthetic" / "patients.csv"
    kept = path.read_text()
    path.write_text(kept.replace(",male,", ",diverse,", 1))
    answer = made.run("--", CLEAN)
    path.write_text(kept)
    assert answer.returncode != 0
    assert "found 'diverse'" in said_by(answer).strip().splitlines()[-1]
    for words in ("RuleException", "pipefail", "WorkflowError", "Traceback", "SystemExit"):
        assert words not in said_by(answer)


def test_a_faulty_configuration_is_told_without_the_engine(made):
    path = made.folder / "config" / "definitions.yaml"
    kept = path.read_text()
    path.write_text(kept.replace("confirm_days: 28", "confirm_days: soon"))
    answer = made.run("--dry-run")
    path.write_text(kept)
    assert answer.returncode != 0
    assert "'soon'" in said_by(answer).strip().splitlines()[-1]
    assert "WorkflowError" not in said_by(answer)
