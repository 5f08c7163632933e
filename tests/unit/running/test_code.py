"""A rule's sources are all that its script runs: read from the code, checked by an import."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from pd1_dynamics.running.code import SOURCES, closure

ROOT = Path(__file__).parents[3]
SCRIPTS = sorted((ROOT / "workflow" / "scripts").glob("*.py"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_everything_that_an_import_loads_is_in_the_closure(script):
    program = (
        "import runpy, sys\n"
        f"runpy.run_path({str(script)!r}, run_name='imported')\n"
        "for name, module in list(sys.modules.items()):\n"
        "    if name.startswith(('pd1_dynamics', 'calibrated_cohort')):\n"
        "        print(getattr(module, '__file__', None) or '')\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = {Path(line) for line in answer.stdout.split()}
    assert loaded
    assert loaded <= set(closure(script))


def test_no_module_is_imported_by_a_name_that_the_code_does_not_show():
    for file in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if file.parent.name != "kinds":  # whose folder counts whole
                    assert name not in ("import_module", "__import__"), file


def test_templates_and_schemas_count():
    names = {path.name for path in closure(ROOT / "workflow" / "scripts" / "write_report.py")}
    assert {"report.html.jinja", "definitions.schema.yaml", "page.py", "write_report.py"} <= names


def test_every_rule_tells_its_own_script_what_it_depends_on():
    import re

    for file in sorted((ROOT / "workflow" / "rules").glob("*.smk")):
        text = file.read_text(encoding="utf-8")
        for block in re.split(r"\n(?:use )?rule ", text)[1:]:
            script = re.search(r'script:\s+"\.\./scripts/(\w+)\.py"', block)
            if not script:
                continue
            assert f'src=code("{script[1]}")' in block, (file.name, script[1])
            assert re.search(rf'contents\(\s*"{script[1]}"', block), (file.name, script[1])


# Inputs that a script reads without their path: through the cohort's file, or for the order alone.
UNREAD = {
    "check_cohort": {"tables", "variables"},
    "clean_cohort": {"tables", "variables", "checked"},
    "estimate": {"analyses", "own", "layouts", "robustness"},
    "question_models": {"analyses", "own", "layouts", "robustness"},
    "show_robustness": {"analyses", "own", "robustness"},
    "resample_models": {"analyses", "own", "robustness"},
    "write_report": {"analyses", "own"},
    "pack_crate": {"code", "made", "provenance", "report"},
    "vary_choices": {"analyses", "own", "robustness"},
    "make_tables": {"analyses", "layouts", "own"},
    "draw_figures": {"analyses", "figures", "own"},
    "write_review": {"analyses", "own"},
    "make_synthetic_cohort": {"variables", "analyses", "definitions", "published"},
}


def test_every_input_of_a_rule_is_read_by_its_script():
    import re

    for file in sorted((ROOT / "workflow" / "rules").glob("*.smk")):
        text = file.read_text(encoding="utf-8")
        for block in re.split(r"\nrule ", text)[1:]:
            script = re.search(r'script:\s+"\.\./scripts/(\w+)\.py"', block)
            inputs = block.split("    input:\n")[1].split("    output:\n")[0]
            declared = set(re.findall(r"^        (\w+)=", inputs, re.MULTILINE)) - {"src"}
            code = (ROOT / "workflow" / "scripts" / f"{script[1]}.py").read_text(encoding="utf-8")
            read = set(re.findall(r"snakemake\.input\.(\w+)", code))
            assert declared - UNREAD.get(script[1], set()) == read, (file.name, script[1])


def test_no_script_looks_for_files_that_its_rule_does_not_name():
    for script in SCRIPTS:
        text = script.read_text(encoding="utf-8")
        for words in ('"config', "'config", '"results', '"data/', "__file__", "cwd"):
            assert words not in text, script.name
