"""How robust the findings are, as a run of the workflow, on a cohort of fourteen patients."""

import shutil

import pandas as pd
import pytest
import yaml

pytestmark = pytest.mark.slow
PATIENTS = 14


@pytest.fixture(scope="module")
def few(project):
    """The first patients of the synthetic cohort, as a cohort of somebody's own."""
    folder = project.folder / "mine"
    folder.mkdir()
    described = yaml.safe_load(
        (project.folder / "config" / "cohorts" / "synthetic.yaml").read_text(encoding="utf-8")
    )
    described["name"], ids = "few", None
    for name, source in described["tables"].items():
        table = pd.read_csv(project.folder / source["path"], dtype=str)
        ids = table["patient_id"].iloc[:PATIENTS].tolist() if ids is None else ids
        table[table["patient_id"].isin(ids)].to_csv(folder / f"{name}.csv", index=False)
        source["path"] = f"{name}.csv"
    path = folder / "few.yaml"
    path.write_text(yaml.safe_dump(described, sort_keys=False), encoding="utf-8")
    return str(path), ids


@pytest.fixture(scope="module")
def asked(project, few):
    path, _ = few
    return project.run("--config", f"cohort={path}", "robustness=True")


@pytest.fixture(scope="module")
def folder(project, asked):
    assert asked.returncode == 0, asked.stdout + asked.stderr
    return project.folder / "results" / "few"


def test_the_report_has_a_section_that_says_what_it_cannot_tell(folder):
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert 'id="robustness"' in page
    assert "too few events" in page


TABLES = ["proportional_hazards", "landmark", "time_dependent", "specifications", "bootstrap"]


@pytest.mark.parametrize("name", TABLES)
def test_tables_have_the_columns_of_the_contract(folder, name):
    columns = {
        "proportional_hazards": "analysis term statistic df p_value",
        "landmark": "analysis landmark_months term n events estimate ci_low ci_high p_value",
        "time_dependent": "analysis term n events estimate ci_low ci_high p_value",
        "specifications": "finding rule population adjustment model n events estimate p_value",
        "bootstrap": "analysis term resamples estimate share_same_sign share_significant",
    }
    table = pd.read_csv(folder / "robustness" / f"{name}.csv")
    assert set(columns[name].split()) <= set(table.columns)
    assert len(table)


def test_nobody_is_named(folder, few):
    _, ids = few
    for path in [*folder.glob("robustness/*.csv"), *folder.glob("figures/data/*.csv")]:
        text = path.read_text(encoding="utf-8")
        assert not any(name in text for name in ids), path.name


def test_again_nothing_is_done_and_the_section_stays(project, few, folder):
    path, _ = few
    for more in ([], ["robustness=True"]):
        same = project.run("-n", "--config", f"cohort={path}", *more)
        assert "Nothing to be done" in same.stdout + same.stderr


def test_one_core_gives_the_same_bytes(project, few, folder):
    path, _ = few
    before = project.contents("few/robustness/**/*")
    assert len(before) > 50
    shutil.rmtree(folder / "robustness")
    again = project.run("--config", f"cohort={path}", "robustness=True", cores=1)
    assert again.returncode == 0, again.stderr
    after = project.contents("few/robustness/**/*")
    assert sorted(after) == sorted(before)
    assert [name for name in before if before[name] != after[name]] == []


def test_not_asked_it_is_not_there(project):
    plain = project.run("-n", "--config", "cohort=synthetic")
    assert "question_models" not in plain.stdout + plain.stderr
    assert "robust the findings" not in plain.stdout + plain.stderr
