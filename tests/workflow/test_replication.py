"""The findings in cohorts of real patients, as a run of the workflow."""

import pandas as pd
import pytest

pytestmark = pytest.mark.slow
PAGE = "results/replication/report.html"


@pytest.fixture(scope="module")
def replicated(project):
    if not (project.folder.parent / "shared" / "cohorts" / "riaz2017.csv").is_file():
        pytest.skip("the files of riaz2017 and liu2019 are not there")
    return project.run("--config", "replication=riaz2017 liu2019", "--", PAGE)


def test_the_cohorts_named_are_asked_and_no_others(replicated, project):
    assert replicated.returncode == 0, replicated.stderr
    folder = project.folder / "results" / "replication"
    assert pd.read_csv(folder / "cohorts.csv")["cohort"].tolist() == ["riaz2017", "liu2019"]
    pooled = pd.read_csv(folder / "pooled.csv").set_index("finding")
    assert pooled.loc["pps_by_resistance", "cohorts"] == 2
    assert "SYNTHETIC" not in (folder / "report.html").read_text(encoding="utf-8")
    assert not (project.folder / "results" / "synthetic").exists()


def test_the_end_of_the_run_names_the_page(replicated):
    assert f"Made:\n  {PAGE}" in replicated.stdout
    assert "synthetic" not in replicated.stdout


def test_again_there_is_nothing_to_do_and_another_choice_is_made(replicated, project):
    same = project.run("-n", "--config", "replication=riaz2017 liu2019", "--", PAGE)
    assert "Nothing to be done" in same.stdout + same.stderr
    other = project.run("-n", "--config", "replication=liu2019", "--", PAGE)
    assert "pool their answers" in other.stdout + other.stderr


def test_nobody_synthetic_is_pooled(project):
    refused = project.run("--config", "replication=liu2019 synthetic", "--", PAGE)
    said = refused.stdout + refused.stderr
    assert refused.returncode != 0
    assert "found 'synthetic'; expected cohorts of real patients" in said
    assert "Traceback" not in said
