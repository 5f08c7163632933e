"""No page promises what is not there: links, commands and paths of the documentation."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [
        *(*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "data").glob("*.md")),
        *(ROOT / "config").rglob("README.md"),
    ]
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def named(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_somewhere(page):
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for target in LINK.findall(text):
        if target.startswith(("http:", "https:", "mailto:", "#")):
            continue
        path, _, line = target.partition("#L")
        place = (page.parent / path.partition("#")[0]).resolve()
        assert place.exists(), target
        if line:
            assert int(line) <= len(place.read_text(encoding="utf-8").splitlines()), target


def commands():
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        shown = [block for kind, block in FENCE.findall(text) if kind in ("sh", "bash")]
        lines = [line for block in shown for line in block.splitlines()]
        lines += re.findall(r"`((?:make|snakemake) [^`\n]*)`", text)
        for line in dict.fromkeys(line.partition("#")[0].strip() for line in lines):
            if line.startswith(("make ", "snakemake ")):
                yield pytest.param(line, id=f"{named(page)}: {line}")


@pytest.fixture(scope="module")
def flags_of_snakemake():
    command = [sys.executable, "-m", "snakemake", "--help"]
    return subprocess.run(command, capture_output=True, text=True).stdout


@pytest.mark.parametrize("command", list(commands()))
def test_every_command_is_one_that_there_is(command, flags_of_snakemake):
    words = command.split()
    if words[0] == "make":
        makefile = (ROOT / "Makefile").read_text()
        target = next(word for word in words[1:] if "=" not in word)
        assert re.search(rf"^{re.escape(target)}:", makefile, re.MULTILINE), target
        for name in re.findall(r"\b([A-Z]+)=", command):
            used = (f"$({name})", f"$(or $({name})", f"{name} ?=", f"$(if $({name})")
            assert any(text in makefile for text in used), name
        return
    schema = yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text())
    for flag in re.findall(r"(?<!\S)--[a-z-]+", command):
        assert flag in flags_of_snakemake, flag
    settings = command.partition("--config ")[2].split(" --")[0]
    for name in re.findall(r"(\w+)=", settings):
        assert name in schema["properties"], name


def test_every_kind_of_analysis_is_among_the_statistics():
    page = (ROOT / "docs" / "statistics.md").read_text(encoding="utf-8")
    kinds = {path.stem for path in (ROOT / "src/pd1_dynamics/analyses/kinds").glob("[a-z]*.py")}
    assert {kind for kind in kinds if f"`{kind}`" not in page} == set()


def test_every_function_of_r_that_is_named_is_one_that_the_tests_call():
    page = (ROOT / "docs" / "statistics.md").read_text(encoding="utf-8")
    scripts = " ".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.R"))
    rows = [line.split("|")[2] for line in page.splitlines() if line.startswith("| ")]
    for call in re.findall(r"`([\w.:]+)`", " ".join(rows)):
        if call not in ("nrow", "survRM2"):  # counts; a formula that is written out in R
            assert call.rpartition(":")[2] in scripts, call


def test_the_site_is_complete_and_fetches_nothing(tmp_path):
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
    done = subprocess.run(
        [*command, "--site-dir", str(tmp_path / "site")],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    pages = list((tmp_path / "site").rglob("*.html"))
    assert len(pages) > 30
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r'<(?:script|img)[^>]+src="(?:https?:)?//', text), page.name
        assert not re.search(r'<link[^>]+stylesheet[^>]+href="(?:https?:)?//', text), page.name
    shown = {path.relative_to(tmp_path / "site").with_suffix("").as_posix() for path in pages}
    for page in (ROOT / "docs").rglob("*.md"):
        name = page.relative_to(ROOT / "docs").with_suffix("").as_posix()
        assert name.replace("README", "index") in shown, name
