"""The record of a run: its commit, its packages, and what it read and made."""

import hashlib
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest

from pd1_dynamics.artifact import provenance
from pd1_dynamics.running import environment


def git(folder, *arguments):
    who = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


@pytest.fixture
def project(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    (tmp_path / "made.csv").write_text("1\n")
    return tmp_path


@pytest.fixture
def committed(project):
    git(project, "init", "--quiet")
    git(project, "add", "pyproject.toml")
    git(project, "commit", "--quiet", "-m", "First")
    return project


@pytest.fixture(autouse=True)
def fresh():
    environment.commit.cache_clear()
    yield
    environment.commit.cache_clear()


def test_a_clean_checkout_is_named_by_its_commit(committed):
    found = environment.commit(committed)
    assert len(found.id) == 40
    assert found.words == f"{found.id}, no file changed"  # made.csv is not followed


def test_a_changed_file_is_said(committed):
    (committed / "pyproject.toml").write_text('[project]\nversion = "1.2.4"\n')
    assert environment.commit(committed).words.endswith("and 1 file changed since")


def test_files_that_are_no_checkout_say_so_even_inside_another_project(committed):
    inside = committed / "inside"
    inside.mkdir()
    assert environment.commit(inside).words == "not known: the files are not a git checkout"


def test_packages_are_those_that_python_reports():
    found = environment.packages()
    for name in ("pandas", "numpy", "scipy", "python-docx"):
        assert found[name] == version(name)


def test_the_record_has_checksums_and_no_path_of_the_machine(project):
    made = project / "made.csv"
    found = provenance.record(project, "mine", {"cohort": "mine"}, {"a/b.csv": made}, [made])
    sha = hashlib.sha256(b"1\n").hexdigest()
    assert found["inputs"] == [{"file": "a/b.csv", "bytes": 2, "sha256": sha}]
    assert found["software"]["version"] == "1.2.3"
    assert found["software"]["clean"] is None
    assert found["packages"] == environment.packages()
    assert found["command"] == "snakemake --cores all --config cohort=mine"
    asked = provenance.record(project, "mine.yaml", {}, {}, [], robust=True)["command"]
    assert asked == "snakemake --cores all --config cohort=mine.yaml robustness=True"


def test_files_are_named_from_the_root_and_others_by_name_alone(project):
    paths = ["/home/jane.doe/a/scans.csv", "/home/jane.doe/b/scans.csv", project / "made.csv"]
    paths.append(project / ".." / "shared" / "patients.csv")
    found = provenance.names_of(paths, project)
    assert list(found) == ["scans.csv", "scans.csv (2)", "made.csv", "patients.csv"]
    assert found["scans.csv (2)"] == Path("/home/jane.doe/b/scans.csv")


def test_a_new_file_is_a_change_only_where_it_matters(committed):
    (committed / "config").mkdir()
    (committed / "config" / "mine.yaml").write_text("x: 1\n")
    assert environment.commit(committed).words.endswith("no file changed")
    assert environment.commit(committed, ("config",)).words.endswith("1 file changed since")


def test_versions_of_r_are_told_where_it_is(monkeypatch):
    monkeypatch.setattr(provenance.shutil, "which", lambda name: None)
    assert provenance.r_versions() == {}
