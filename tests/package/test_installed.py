"""The package by itself: a wheel in a fresh environment, without the repository."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")
MOST_MEGABYTES = 600

pytestmark = pytest.mark.slow


def run(*command, **settings):
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, check=False, **settings
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Python of an environment with the wheel and what its base needs, at the locked versions."""
    if not UV.is_file():
        pytest.skip("uv is not installed beside this Python")
    folder = tmp_path_factory.mktemp("package")
    tree = folder / "tree"
    kept = ("src", "config", "workflow", "pyproject.toml", "README.md", "LICENSE")
    for name in kept:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, tree / name) if tree.is_dir() else (tree.mkdir(), copy(source, tree / name))
    build = "from hatchling.build import build_wheel; print(build_wheel('..'))"
    wheel = run(sys.executable, "-c", build, cwd=tree).split()[-1]
    run(UV, "venv", "--quiet", "--python", sys.executable, folder / "env")
    python = folder / "env" / "bin" / "python"
    options = ("--quiet", "--python", python, "--constraint", ROOT / "requirements.lock")
    done = subprocess.run(
        list(map(str, (UV, "pip", "install", *options, folder / wheel))),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode and "hash" in done.stderr:
        pytest.fail(done.stderr)
    if done.returncode:
        pytest.skip(f"no packages can be installed here: {done.stderr.strip().splitlines()[-1]}")
    return python


def test_the_tour_of_the_documentation_runs(installed, tmp_path):
    run(installed, "-m", "doctest", ROOT / "docs" / "api.md", cwd=tmp_path)


def test_the_base_is_small_and_has_no_workflow(installed):
    packages = next((installed.parents[1] / "lib").glob("python*/site-packages"))
    size = sum(file.stat().st_size for file in packages.rglob("*") if file.is_file())
    assert size < MOST_MEGABYTES * 1e6
    for name in ("snakemake", "numba", "playwright", "matplotlib", "duckdb", "polars"):
        assert not (packages / name).exists(), name


def test_without_a_compiler_the_numbers_are_the_same(installed, tmp_path):
    program = (
        "import numpy as np, pandas as pd\n"
        "from pd1_dynamics.statistics.cox import cox\n"
        "rng = np.random.default_rng(3)\n"
        "x = pd.DataFrame({'a': rng.integers(0, 2, 150), 'b': rng.normal(size=150)})\n"
        "t, e = np.round(rng.exponential(9, 150), 1) + 0.1, rng.random(150) < 0.6\n"
        "print(cox(t, e, x).table[['estimate', 'p_value']].to_numpy().ravel().tolist())\n"
    )
    bare = run(installed, "-c", program, cwd=tmp_path)
    compiled = run(sys.executable, "-c", program, cwd=tmp_path)
    assert json.loads(bare) == pytest.approx(json.loads(compiled), rel=1e-10)


def test_what_an_extra_would_read_is_said(installed, tmp_path):
    (tmp_path / "s.xlsx").write_bytes(b"x")
    (tmp_path / "mine.yaml").write_text(
        "name: mine\ntables: {lesions: {path: s.xlsx}}\ntime: day\n"
    )
    program = (
        "import pd1_dynamics\n"
        "try:\n    pd1_dynamics.run('mine.yaml')\n"
        "except Exception as error:\n    print(error)\n"
    )
    message = run(installed, "-c", program, cwd=tmp_path)
    assert "openpyxl is not installed; expected the extra `formats`" in message
