"""The committed cohort is what its description, the ledger and its seed make, and says so."""

from pathlib import Path

import pytest

from calibrated_cohort.making import generate, write
from calibrated_cohort.study import load_study

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data" / "synthetic"
QUICK = {"moves": 4000, "rounds": 0}


@pytest.fixture(scope="module")
def study():
    return load_study(ROOT)


def made(study, folder, seed, **effort):
    found = generate(study, seed, study.targets, **effort)
    folder.mkdir()
    write(found.tables, folder, study.cohort.contract)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_dictionary_says_synthetic_in_its_first_line():
    assert "synthetic" in (DATA / "README.md").read_text(encoding="utf-8").splitlines()[0]


def test_committed_tables_are_small():
    assert sum(path.stat().st_size for path in DATA.iterdir()) < 5e6


def test_the_seed_makes_the_committed_bytes(study, tmp_path):
    for name, content in made(study, tmp_path / "made", study.description["seed"]).items():
        assert content == (DATA / name).read_bytes(), name


def test_one_seed_makes_one_cohort_and_another_seed_another(study, tmp_path):
    first, again, other = (
        made(study, tmp_path / name, seed, **QUICK)
        for name, seed in (("first", 1), ("again", 1), ("other", 2))
    )
    assert first == again
    assert first["patients.csv"] != other["patients.csv"]
