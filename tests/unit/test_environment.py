"""The three descriptions of the environment agree: pyproject, lock and conda file."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.fixture(scope="module")
def locked():
    text = (ROOT / "requirements.lock").read_text()
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", text, re.MULTILINE))


@pytest.fixture(scope="module")
def environment():
    return yaml.safe_load((ROOT / "environment.yml").read_text())


def required(project):
    """Requirements of the base and of every extra, but for the project itself."""
    extras = project["project"]["optional-dependencies"].values()
    lines = [*project["project"]["dependencies"], *(line for extra in extras for line in extra)]
    return sorted({line for line in lines if not line.startswith(project["project"]["name"])})


def test_lock_satisfies_every_requirement_of_the_project(project, locked):
    for line in required(project) + project["dependency-groups"]["dev"]:
        requirement = Requirement(line)
        assert requirement.name in locked
        assert requirement.specifier.contains(locked[requirement.name], prereleases=True)


def test_environment_pins_the_locked_versions_of_just_the_project_requirements(
    project, locked, environment
):
    pins = dict(pin.split("==") for pin in environment["dependencies"][-1]["pip"])
    names = {Requirement(line).name for line in required(project)}
    assert pins == {name: locked[name] for name in names}


def test_environment_and_project_name_the_same_python(project, environment):
    assert environment["dependencies"][0] == "python=3.11"
    assert project["project"]["requires-python"] == ">=3.11"


def test_lock_pins_every_package_by_hash_and_names_no_registry(locked):
    text = (ROOT / "requirements.lock").read_text()
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert len(blocks) == len(locked)
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text
