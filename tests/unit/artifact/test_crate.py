"""A run as a Workflow Run RO-Crate: valid for its validator, and without patients."""

import json
import zipfile

import pytest

from pd1_dynamics.artifact import crate
from pd1_dynamics.contract import schemas
from pd1_dynamics.contract.places import CONFIG

PROVENANCE = {
    "software": {
        "name": "pd1-dynamics",
        "version": "1.2.3",
        "commit": "c0ffee, no file changed",
        "commit_id": "c0ffee",
        "commit_date": "2026-11-22",
    },
    "command": "snakemake --cores all --config cohort=mine",
    "platform": {"system": "Linux", "machine": "x86_64", "python": "3.11.7"},
    "packages": {"snakemake": "9.27.1"},
    "inputs": [{"file": "center/patients.csv", "bytes": 9, "sha256": "ab" * 32}],
    "outputs": [{"file": "results/mine/estimates.csv", "bytes": 2, "sha256": "cd" * 32}],
}


@pytest.fixture
def folder(tmp_path):
    for name in ("estimates.csv", "code/Snakefile", "code/README.md"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("1\n")
    return tmp_path


def described():
    return crate.describe(
        PROVENANCE, "Mine", "A cohort", ["estimates.csv"], ["center/patients.csv"]
    )


def test_the_crate_is_valid(folder, problems):
    (folder / crate.METADATA).write_text(crate.text(crate.timed(described(), folder)))
    assert problems(folder) == []


def test_the_validator_would_notice(folder, problems):
    metadata = described()
    root = next(entity for entity in metadata["@graph"] if entity["@id"] == "./")
    del root["mainEntity"], root["datePublished"]
    (folder / crate.METADATA).write_text(crate.text(metadata))
    assert problems(folder)


def test_a_result_has_its_checksum_and_an_input_only_its_name_and_checksum():
    entities = {entity["@id"]: entity for entity in described()["@graph"]}
    assert entities["estimates.csv"]["sha256"] == "cd" * 32
    left = entities["#input-center/patients.csv"]
    assert left["@type"] == "CreativeWork"
    assert left["sha256"] == "ab" * 32
    assert "center/patients.csv" not in entities
    run = entities["#run"]
    assert run["instrument"] == {"@id": "code/Snakefile"}
    assert run["result"] == [{"@id": "estimates.csv"}]


def test_the_same_run_is_described_by_the_same_bytes():
    assert crate.text(described()) == crate.text(described())
    assert "endTime" not in crate.text(described())


def test_the_zip_holds_what_the_metadata_name_and_no_more(folder, tmp_path):
    (folder / "patients.csv").write_text("P1\n")
    metadata = described()
    path = tmp_path / "crate.zip"
    crate.pack(crate.timed(metadata, folder), crate.files_of(metadata, folder), path)
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        packed = json.loads(archive.read(crate.METADATA))
    assert sorted(names) == sorted(
        [crate.METADATA, "estimates.csv", "code/Snakefile", "code/README.md"]
    )
    run = next(entity for entity in packed["@graph"] if entity["@id"] == "#run")
    assert run["startTime"] <= run["endTime"]


@pytest.mark.parametrize(
    ("path", "of_patients"),
    [
        ("derived/patients.csv", True),
        ("derived/response.csv", True),
        ("cohort/lesions.parquet", True),
        ("cohort/notes.csv", False),
        ("review.html", True),
        ("figures/data/swimmer.csv", True),
        ("figures/data/figure2a.csv", True),
        ("figures/data/figure2d.csv", False),
        ("figures/figure2a.svg", True),
        ("figures/figure2a.pdf", True),
        ("figures/figure2a.png", False),
        ("figures/figure2d.svg", False),
        ("figures/data/of_its_own.csv", True),
        ("figures/captions/figure2a.json", False),
        ("tables/table3.csv", False),
        ("estimates.csv", False),
    ],
)
def test_what_has_a_row_for_each_patient_is_known(path, of_patients):
    figures = schemas.load(CONFIG / "figures.yaml", "figures")["figures"]
    assert crate.is_of_patients(path, figures) is of_patients
