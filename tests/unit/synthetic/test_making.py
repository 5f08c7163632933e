"""The committed cohort is what its description and seed make, and says that it is synthetic."""

from pathlib import Path

from pd1_dynamics import synthetic

ROOT = Path(__file__).parents[3]
DATA = ROOT / "data" / "synthetic"


def test_dictionary_says_synthetic_in_its_first_line():
    assert "synthetic" in (DATA / "README.md").read_text(encoding="utf-8").splitlines()[0]


def test_committed_tables_are_small():
    assert sum(path.stat().st_size for path in DATA.iterdir()) < 5e6


def test_the_seed_makes_the_committed_bytes(tmp_path):
    description = synthetic.load(ROOT / "config" / "synthetic.yaml")
    synthetic.write(synthetic.generate(description, description["seed"]), tmp_path)
    for path in DATA.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name
