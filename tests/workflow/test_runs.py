"""Whole runs: all is made, the same with any number of cores, and bad input harms nothing."""

import hashlib
import json
import re
import shutil

import pandas as pd
import pytest
import yaml

from pd1_dynamics.artifact import crate, manifest

pytestmark = pytest.mark.slow

DETERMINED = "synthetic/**/*"
TIMED = (".log", ".tsv")  # logs and times: all else is determined
FIGURES = (
    *(f"figure{name}" for name in ("1", "2a", "2b", "2c", "2d", "S1", "S2")),
    "swimmer",
    "waterfall",
)
NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
VALUES = ("n", "events", "estimate", "ci_low", "ci_high", "p_value", "p_adjusted")
TABLES = ("1", "2", "3", *(f"S{number}" for number in range(1, 14)))


@pytest.fixture(scope="module")
def first_run(project):
    answer = project.run(cores=2)
    assert answer.returncode == 0, answer.stderr[-3000:]
    return answer


def test_everything_of_the_contract_is_made(project, first_run):
    results = project.folder / "results" / "synthetic"
    for name in ("derived/response.csv", "derived/patients.csv", "estimates.csv", "report.html"):
        assert (results / name).stat().st_size > 0
    for table in TABLES:
        for suffix in ("csv", "html", "docx"):
            assert (results / "tables" / f"table{table}.{suffix}").stat().st_size > 0
    for figure in FIGURES:
        for suffix in ("svg", "pdf", "png"):
            assert (results / "figures" / f"{figure}.{suffix}").stat().st_size > 0


def test_a_run_ends_by_saying_where_its_results_lie(first_run):
    said = first_run.stdout + first_run.stderr
    assert "results/synthetic/report.html" in said
    assert "results/synthetic/tables/" in said


def test_every_printed_number_is_compared(project, first_run):
    folder = project.folder / "results" / "synthetic" / "published"
    comparison = pd.read_csv(folder / "comparison.csv")
    claims = pd.read_csv(project.folder / "data" / "published" / "claims.csv")
    assert comparison["claim_id"].tolist() == claims["claim_id"].tolist()
    assert comparison["verdict"].notna().all()
    assert comparison["reason"].notna().all()
    found = comparison.set_index("claim_id")["cohort_value"].notna() | comparison.set_index(
        "claim_id"
    )["verdict"].isin(["reproduced", "compatible"])
    computable = claims.loc[claims["determined_by"] == "cohort", "claim_id"]
    assert found[computable].mean() >= 0.95
    assert (pd.read_csv(folder / "audit.csv")["arithmetic"].str.len() > 10).all()


def test_every_result_is_that_of_the_manifest(project, first_run):
    """After a change that changes results: make manifest, and look at what changed."""
    expected, _ = manifest.read(project.folder / "data" / "manifest")
    found = manifest.compared(expected, manifest.listed(project.folder / "results" / "synthetic"))
    wrong = found[~found["result"].isin(manifest.AGREES)]
    assert len(found) > 150
    assert wrong.to_dict("records") == []


def test_the_page_from_claim_to_code_is_that_of_the_default_run(project, first_run):
    made = project.folder / "results" / "synthetic" / "published" / "claims.md"
    kept = project.folder / "docs" / "claims.md"
    assert made.read_text(encoding="utf-8") == kept.read_text(encoding="utf-8")


def test_the_provenance_is_that_of_the_files(project, first_run):
    folder = project.folder / "results" / "synthetic"
    record = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    assert len(record["outputs"]) > 100
    for file in (*record["inputs"], *record["outputs"]):
        content = (project.folder / file["file"]).read_bytes()
        assert file["sha256"] == hashlib.sha256(content).hexdigest()
        assert file["bytes"] == len(content)
    assert record["configuration"]["cohort"] == "synthetic"
    assert str(project.folder) not in json.dumps(record)


def test_the_crate_names_what_is_there_and_holds_the_code_that_ran(project, first_run):
    folder = project.folder / "results" / "synthetic"
    metadata = json.loads((folder / crate.METADATA).read_text(encoding="utf-8"))
    named = crate.files_of(metadata, folder)
    assert all(path.is_file() for path in named.values())
    for name in ("report.html", "derived/patients.csv", "code/Snakefile", "provenance.json"):
        assert name in named
    for name in ("Snakefile", "config/definitions.yaml", "src/pd1_dynamics/statistics/cox.py"):
        assert (folder / "code" / name).read_bytes() == (project.folder / name).read_bytes()


def test_every_number_of_a_table_is_that_of_its_line_of_the_estimates(project, first_run):
    """The printed text is made again, from the line alone that the cell names."""
    folder = project.folder / "results" / "synthetic"
    estimates = pd.read_csv(folder / "estimates.csv")
    cells = pd.read_csv(folder / "tables" / "sources.csv", dtype={"lines": str, "text": str})
    checked = 0
    for cell in cells.itertuples():
        rows = [estimates.iloc[int(line) - 2] for line in cell.lines.split()]
        numbers = [float(part.replace(",", "")) for part in NUMBER.findall(printed(cell.text))]
        known = [value for row in rows for value in row[list(VALUES)].dropna().astype(float)]
        if cell.column == "Adjusted P value" or cell.text[:1] in "<>–":
            continue
        for text, number in zip(NUMBER.findall(printed(cell.text)), numbers, strict=True):
            unit = 10.0 ** -len(text.partition(".")[2])
            near = min(abs(number - value) for value in known)
            assert near <= 0.5000001 * unit, (cell.table, cell.row, cell.column, cell.text)
            checked += 1
    assert checked > 1500


def test_no_analysis_reads_the_published_numbers(project, first_run):
    estimates = project.folder / "results" / "synthetic" / "estimates.csv"
    before = estimates.read_bytes()
    ledger, hidden = project.folder / "data" / "published", project.folder / "data" / "hidden"
    ledger.rename(hidden)
    try:
        answer = project.run("--forceall", "--", "results/synthetic/estimates.csv")
    finally:
        hidden.rename(ledger)
    assert answer.returncode == 0, answer.stderr[-3000:]
    assert estimates.read_bytes() == before


def test_snakemake_writes_its_own_report_with_captions(project, first_run):
    path = project.folder / "results" / "workflow.html"
    answer = project.run("--report", str(path))
    assert answer.returncode == 0, answer.stderr[-3000:]
    page = path.read_text(encoding="utf-8")
    for caption in ("printed numbers against each other", "drawn from cohort", "of the article or"):
        assert caption in page, caption


def test_a_second_run_has_nothing_to_do(project, first_run):
    answer = project.run("--dry-run")
    assert "Nothing to be done" in answer.stdout + answer.stderr


def test_one_core_gives_the_same_bytes(project, first_run):
    before = determined(project)
    assert len(before) > 100
    shutil.rmtree(project.folder / "results")
    assert project.run(cores=1).returncode == 0
    after = determined(project)
    assert sorted(after) == sorted(before)
    assert [name for name in before if after[name] != before[name]] == []


def test_parts_of_the_patients_give_the_same_bytes(project, first_run):
    before = project.contents("synthetic/derived/*")
    shutil.rmtree(project.folder / "results" / "synthetic" / "derived")
    target = "results/synthetic/derived/patients.csv"
    answer = project.run("--config", "chunks=3", "--", target)
    assert answer.returncode == 0, answer.stderr[-3000:]
    assert "derive_part" in answer.stdout + answer.stderr
    assert project.contents("synthetic/derived/*") == before
    assert project.contents("synthetic/parts/*/*") == {}


DRAWN = ("figure2c", "waterfall")
DRAW = """
import runpy, sys
from pathlib import Path
derived, config = Path("results/synthetic/derived"), Path("config")
runpy.run_path("workflow/scripts/draw_figures.py")["main"](
    config / "cohorts/synthetic.yaml", config / "definitions.yaml", config,
    "results/synthetic/estimates.csv", derived / "patients.csv", derived / "response.csv",
    sys.argv[1:],
)
"""


def test_figures_keep_their_bytes_over_ten_runs(project, first_run):
    """Memory addresses differ from run to run; no figure may depend on them."""
    pattern = "figures/{}.*"
    before = project.contents(*(f"synthetic/{pattern.format(name)}" for name in DRAWN))
    assert len(before) == 3 * len(DRAWN)
    for number in range(10):
        folder = project.folder / "results" / f"drawn{number}" / "figures"
        for part in ("captions", "data"):
            (folder / part).mkdir(parents=True)
        captions = [str(folder / "captions" / f"{name}.json") for name in DRAWN]
        answer = project.python("-c", DRAW, *captions, PYTHONPATH="src", PYTHONHASHSEED=number)
        assert answer.returncode == 0, answer.stderr
        again = project.contents(*(f"drawn{number}/{pattern.format(name)}" for name in DRAWN))
        assert list(again.values()) == list(before.values())
        shutil.rmtree(folder.parent)


def determined(project):
    """Every file of the results but logs and times."""
    found = project.contents(DETERMINED)
    return {name: content for name, content in found.items() if not name.endswith(TIMED)}


def printed(text):
    """A cell's numbers: without the name of its group, and with the sign that computers read."""
    return (
        text[text.find("(n=") :].replace("\u2212", "-")
        if "(n=" in text
        else (text.replace("\u2212", "-"))
    )


def bad_copy(project, name):
    """The synthetic cohort under another name, with its patients table to spoil."""
    folder = project.folder / "data" / name
    shutil.copytree(project.folder / "data" / "synthetic", folder, dirs_exist_ok=True)
    described = yaml.safe_load((project.folder / "config/cohorts/synthetic.yaml").read_text())
    described["name"] = name
    for table in described["tables"].values():
        table["path"] = table["path"].replace("data/synthetic", f"data/{name}")
    (project.folder / f"config/cohorts/{name}.yaml").write_text(yaml.safe_dump(described))
    return folder


def test_bad_input_is_told_whole_and_leaves_earlier_results_alone(project, first_run):
    folder = bad_copy(project, "spoiled")
    wanted = "results/spoiled/derived/patients.csv"
    target = ("--config", "cohort=spoiled", "--", wanted)
    assert project.run(*target).returncode == 0
    before = project.contents("spoiled/derived/*", "spoiled/cohort/*", "spoiled/*/*.parquet")
    assert before

    patients = pd.read_csv(folder / "patients.csv", dtype=str, keep_default_na=False)
    patients.loc[3, "sex"] = "diverse-ish"
    patients.loc[5, "age_years"] = "sixty"
    patients.to_csv(folder / "patients.csv", index=False)
    lesions = pd.read_csv(folder / "lesions.csv", dtype=str, keep_default_na=False)
    measured = lesions.index[lesions["diameter_mm"] != ""][0]
    lesions.loc[measured, "diameter_mm"] = "-3"
    lesions.to_csv(folder / "lesions.csv", index=False)

    for _ in range(2):  # the second time as well: nothing counts as done
        answer = project.run(*target)
        said = answer.stdout + answer.stderr
        assert answer.returncode != 0
        assert "Traceback" not in said
        for words in ("diverse-ish", "row 5", "sixty", "row 7", "-3", f"row {measured + 2}"):
            assert words in said, words
        assert "SYN-" not in said
        after = project.contents("spoiled/derived/*", "spoiled/cohort/*", "spoiled/*/*.parquet")
        assert after == before


def test_an_unknown_key_of_the_configuration_is_named_before_any_rule_runs(project):
    path = project.folder / "config" / "figures.yaml"
    kept = path.read_text()
    path.write_text(kept.replace("    kind: flow\n", "    kind: flow\n    colour: blue\n"))
    answer = project.run("--dry-run")
    path.write_text(kept)
    said = answer.stdout + answer.stderr
    assert answer.returncode != 0
    assert "unknown key 'colour'" in said
    assert "Traceback" not in said


def test_an_unknown_cohort_is_told_with_those_that_exist(project):
    answer = project.run("--dry-run", "--config", "cohort=nobody")
    said = answer.stdout + answer.stderr
    assert answer.returncode != 0
    assert "nobody" in said
    assert "liu2019" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("name", ["liu2019", "laleh2022"])
def test_real_cohorts_end_with_a_report_and_honest_gaps(project, name):
    path = project.folder.parent / "shared" / "cohorts"
    if not path.is_dir():
        pytest.skip("the tables of the real cohorts are not here")
    answer = project.run("--config", f"cohort={name}")
    assert answer.returncode == 0, answer.stderr[-3000:]
    estimates = pd.read_csv(project.folder / "results" / name / "estimates.csv")
    assert estimates["not_estimable"].notna().any()
    assert estimates["estimate"].notna().sum() > 100
    page = (project.folder / "results" / name / "report.html").read_text(encoding="utf-8")
    assert "What is not estimable" in page
    assert "Synthetic cohort" not in page
