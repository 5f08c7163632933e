"""The three descriptions of the environment agree: pyproject, lock and conda file."""

import json
import re
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

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


def closure(lines):
    """Packages that some requirements need on this machine, those of others too."""
    found, waiting = set(), [Requirement(line) for line in lines]
    while waiting:
        requirement = waiting.pop()
        name, extras = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if (name, extras) in found:
            continue
        found.add((name, extras))
        for line in distribution(name).requires or []:
            further = Requirement(line)
            wanted = [{"extra": extra} for extra in ("", *extras)]
            if further.marker is None or any(map(further.marker.evaluate, wanted)):
                waiting.append(further)
    return {name for name, _ in found}


def test_environment_pins_every_package_at_its_locked_version(project, locked, environment):
    pins = dict(pin.split("==") for pin in environment["dependencies"][-1]["pip"])
    assert {name: locked.get(name) for name in pins} == pins
    assert closure(required(project)) - set(pins) == set()


def test_environment_pins_nothing_that_only_tests_need(project, environment):
    names = {pin.partition("==")[0] for pin in environment["dependencies"][-1]["pip"]}
    tools = {Requirement(line).name for line in project["dependency-groups"]["dev"]}
    assert tools & names == set()


@pytest.mark.parametrize("file", ["Dockerfile", "Apptainer.def"])
def test_containers_are_built_from_the_lock_by_the_same_command(file, environment):
    """They are not built here: there is no engine. What they rest on is held instead."""
    text = (ROOT / file).read_text()
    python = environment["dependencies"][0].partition("=")[2]
    assert f"python:{python}-" in text
    assert "make environment" in text
    makefile = (ROOT / "Makefile").read_text()
    assert "uv pip sync --compile-bytecode --require-hashes requirements.lock" in makefile
    copied = re.findall(r"^COPY (.+) \S+$", text, re.MULTILINE)
    assert all((ROOT / name).exists() for line in copied for name in line.split())
    assert "pip install" not in text
    assert "Not built by the project's own" in text.replace("\n# ", " ")


def test_citation_and_metadata_agree_with_the_project(project):
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    codemeta = json.loads((ROOT / "codemeta.json").read_text())
    assert citation["version"] == codemeta["version"] == project["project"]["version"]
    assert citation["license"] == project["project"]["license"]
    assert codemeta["license"].endswith(f"/{citation['license']}")
    assert codemeta["name"] == project["project"]["name"]
    assert citation["keywords"] == codemeta["keywords"]
    article = citation["references"][0]
    assert codemeta["referencePublication"][0]["id"].endswith(article["doi"])
    assert codemeta["referencePublication"][0]["name"] == article["title"]
    for key in ("cff-version", "message", "title", "authors"):
        assert citation[key]


def test_the_catalog_of_workflows_finds_what_it_asks_for():
    catalog = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text())
    flags = catalog["usage"]["mandatory-flags"]["flags"]
    assert (ROOT / "config" / "cohorts" / f"{flags.partition('cohort=')[2]}.yaml").is_file()
    assert (ROOT / "config" / "README.md").is_file()


def test_environment_and_project_name_the_same_python(project, environment):
    assert environment["dependencies"][0] == "python=3.11"
    assert project["project"]["requires-python"] == ">=3.11"


def test_lock_pins_every_package_by_hash_and_names_no_registry(locked):
    text = (ROOT / "requirements.lock").read_text()
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert len(blocks) == len(locked)
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text
