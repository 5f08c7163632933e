"""``make verify`` says what agrees, and fails when anything does not."""

import json

import pandas as pd
import pytest

from pd1_dynamics.artifact import manifest, verification

TESTS = """
import pytest
def test_agrees(): pass
@pytest.mark.skip(reason="no R")
def test_with_r(): pass
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project whose run makes three small tables."""

    def results(folder):
        published = folder / "results" / "synthetic" / "published"
        published.mkdir(parents=True)
        verdicts = pd.DataFrame({"verdict": ["consistent", "inconsistent"]})
        verdicts.to_csv(published / "audit.csv", index=False)
        pd.DataFrame({"verdict": ["reproduced"]}).to_csv(published / "comparison.csv", index=False)
        (folder / "results" / "synthetic" / "estimates.csv").write_text("estimate\n0.503\n")

    def run(root, folder):
        results(folder)
        return "The default run", True, "carried out in a clean folder"

    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    (tmp_path / "tests" / "reference").mkdir(parents=True)
    (tmp_path / "tests" / "reference" / "test_r.py").write_text(TESTS)
    results(tmp_path / "once")
    manifest.write(tmp_path / "once/results/synthetic", tmp_path / "data" / "manifest", tmp_path)
    monkeypatch.setattr(verification, "_run", run)
    monkeypatch.setattr(verification, "_TESTS", (("Against R", "tests/reference"),))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ended():
    with pytest.raises(SystemExit) as end:
        verification.main()
    return end.value.code


def test_all_agrees(project, capsys):
    assert ended() == 0
    said = capsys.readouterr().out
    assert "agrees   Results against the manifest (SHA-256): 3 same bytes" in said
    assert "1 consistent, 1 inconsistent; 1 reproduced" in said
    assert "1 tests passed, 1 skipped (R or one of its packages is not here)" in said
    page = (project / "results" / "verify" / "verification.html").read_text()
    assert "Everything agrees." in page
    assert "published/audit.csv" in page


def test_a_number_that_moved_is_a_failure(project, capsys):
    path = project / "data" / "manifest" / manifest.TABLE
    table = pd.read_csv(path, keep_default_na=False)
    table.loc[table["file"] == "estimates.csv", ["sha256", "weighted"]] = ["00", 1.0]
    table.to_csv(path, index=False)
    assert ended() == 1
    said = capsys.readouterr().out
    assert "DIFFERS  Results against the manifest (SHA-256): 1 different, 2 same" in said
    page = (project / "results" / "verify" / "verification.html").read_text()
    assert "Something disagrees." in page


def test_another_platform_is_named_where_bytes_differ(project, capsys):
    path = project / "data" / "manifest" / manifest.TABLE
    table = pd.read_csv(path, keep_default_na=False)
    table.loc[table["file"] == "estimates.csv", "sha256"] = "00"
    table.to_csv(path, index=False)
    platform = project / "data" / "manifest" / manifest.PLATFORM
    known = json.loads(platform.read_text())
    platform.write_text(json.dumps(known | {"machine": "other"}))
    assert ended() == 0
    said = capsys.readouterr().out
    assert "1 same numbers" in said
    assert "the platform is another one: machine" in said


def test_a_failed_test_is_a_failure(project, capsys):
    (project / "tests" / "reference" / "test_r.py").write_text("def test_r(): assert 0\n")
    assert ended() == 1
    said = capsys.readouterr().out
    assert "DIFFERS  Against R: 0 tests passed, 1 failed: see reference.xml" in said
