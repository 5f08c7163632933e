"""Declared analyses as calls of R."""

import re
import shutil
import subprocess

import pytest

from pd1_dynamics.analyses import kinds as kinds  # registers them
from pd1_dynamics.analyses.kind import KINDS
from pd1_dynamics.contract.declarations import Analysis
from pd1_dynamics.contract.study import load_study, places_of

DECLARED = load_study().declared
FUNCTIONS = {
    *("Surv", "coxph", "survfit", "survdiff", "strata", "cmprsk", "cuminc", "glm", "lm"),
    *("binom.test", "chisq.test", "cor.test", "fisher.test", "kruskal.test", "wilcox.test"),
    *("pairwise.wilcox.test", "nrow", "quantile", "table"),
}
WORDS = {
    *("and", "by", "each", "of", "those", "with", "p", "subset", "family", "binomial"),
    *("bonferroni", "conf.type", "log", "method", "p.adjust.method", "spearman"),
}


def formula(name):
    analysis = DECLARED.analyses[name]
    return KINDS[analysis.kind].formula(analysis, DECLARED.codebook)


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("pps", 'survfit(Surv(pps_months, pps_event) ~ resistance, conf.type = "log")'),
        ("pps_test", "survdiff(Surv(pps_months, pps_event) ~ resistance)"),
        (
            "follow_up_reverse_kaplan_meier",
            'survfit(Surv(os_months, 1 - os_event) ~ 1, conf.type = "log")',
        ),
        (
            "os_on_early_response",
            "coxph(Surv(os_months - 6, os_event) ~ response_within_6_months, "
            "subset = os_months > 6)",
        ),
        (
            "pattern_multivariate",
            'glm(both_patterns == "1" ~ <those of pattern_bivariate with p < 0.1> + '
            "baseline_sum_mm, family = binomial)",
        ),
        ("nadir_by_response", "lm(time_to_nadir_months ~ objective_response)"),
        (
            "baseline_size_and_depth",
            'cor.test(baseline_sum_mm, max_change_pct, method = "spearman")',
        ),
    ],
)
def test_call_is_what_a_statistician_would_write(name, call):
    assert formula(name) == call


def test_an_adjusted_model_names_its_covariates_once():
    analysis = Analysis(
        "x", "cox", "X", "all",
        {
            "outcome": "os", "mode": "multivariate", "terms": ["sex", "age_years"],
            "adjust": ["age_years", "baseline_sum_mm"], "strata": ["site"],
        },
    )  # fmt: skip
    found = KINDS["cox"].formula(analysis, DECLARED.codebook)
    assert (
        found
        == "coxph(Surv(os_months, os_event) ~ sex + age_years + baseline_sum_mm + strata(site))"
    )


@pytest.mark.parametrize("name", sorted(DECLARED.analyses))
def test_every_name_in_a_call_is_a_column_or_a_function(name):
    analysis, codebook = DECLARED.analyses[name], DECLARED.codebook
    known = FUNCTIONS | WORDS | set(codebook.variables) | set(DECLARED.analyses)
    known |= {part for o in codebook.outcomes.values() for part in (o.time, o.event)}
    known |= set(DECLARED.populations)
    without_levels = re.sub(r'"[^"]*"', "", formula(analysis.id))
    assert set(re.findall(r"[A-Za-z_][\w.]*", without_levels)) - known == set()


def test_every_analysis_is_found_where_it_is_declared():
    places = places_of()
    assert set(places) == set(DECLARED.analyses)
    for name, place in places.items():
        file, _, line = place.partition(", line ")
        path = kinds.__file__.rpartition("/src/")[0] + "/" + file
        with open(path, encoding="utf-8") as text:
            assert text.read().splitlines()[int(line) - 1].strip() == f"{name}:"


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_r_can_read_every_call(tmp_path):
    calls = []
    for name in DECLARED.analyses:
        text = re.sub(r"<each of ([\w.]+)[^>]*>", r"\1", formula(name))
        text = re.sub(r'<each of (\w+ == "[^"]*")[^>]*>', r"\1", text)
        text = re.sub(r"<those of [^>]*>", "x", text)
        if text.startswith(("table", "quantile")) or " by " in text:
            continue  # descriptions name their functions and are no single call
        calls.append(text)
    assert len(calls) > 40
    path = tmp_path / "calls.R"
    path.write_text("\n".join(calls))
    done = subprocess.run(
        ["Rscript", "--vanilla", "-e", f'invisible(parse("{path}"))'],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
