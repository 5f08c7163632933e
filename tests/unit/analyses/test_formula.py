"""Declared analyses as calls of R."""

import re

import pytest

from pd1_dynamics.analyses import kinds as kinds  # registers them
from pd1_dynamics.analyses.kind import KINDS
from pd1_dynamics.contract.declarations import Analysis
from pd1_dynamics.contract.study import load_study, places_of

DECLARED = load_study().declared
FUNCTIONS = {
    *("Surv", "coxph", "survfit", "survdiff", "strata", "cmprsk", "cuminc", "glm", "lm"),
    *("binom.test", "chisq.test", "cor.test", "fisher.test", "kruskal.test", "wilcox.test"),
    *("pairwise.wilcox.test", "nrow", "summary", "table", "tapply", "with", "sum", "is.na"),
    *("ifelse", "as.character"),
}
WORDS = {
    *("by", "each", "of", "those", "with", "p", "where", "known", "TRUE", "FALSE"),
    *("binomial", "cencode", "conf.type", "correct", "data", "family", "group", "method"),
    *("na.rm", "p.adjust.method", "subset", "useNA"),
}


def formula(name):
    analysis = DECLARED.analyses[name]
    return KINDS[analysis.kind].formula(analysis, DECLARED.codebook)


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("pps_test", "survdiff(Surv(pps_months, pps_event) ~ resistance, data = progression)"),
        (
            "follow_up_reverse_kaplan_meier",
            'survfit(Surv(os_months, 1 - os_event) ~ 1, data = all, conf.type = "log")',
        ),
        (
            "os_on_early_response",
            "coxph(Surv(os_months - 6, os_event) ~ response_within_6_months, "
            "data = response, subset = os_months > 6)",
        ),
        (
            "pattern_multivariate",
            'glm(both_patterns == "1" ~ <those of pattern_bivariate with p < 0.1> + '
            "baseline_sum_mm, family = binomial, data = progression)",
        ),
        ("nadir_by_response", "lm(time_to_nadir_months ~ objective_response, data = response)"),
        (
            "baseline_size_and_depth",
            'with(response, cor.test(baseline_sum_mm, max_change_pct, method = "spearman"))',
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
    right = "sex + age_years + baseline_sum_mm + strata(site)"
    assert found == f"coxph(Surv(os_months, os_event) ~ {right}, data = all)"


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


def test_how_missing_values_and_corrections_enter_a_test_is_part_of_the_call():
    uncorrected = formula("later_therapy_pearson")
    assert "resistance), correct = FALSE)" in uncorrected
    assert 'resistance, useNA = "ifany"))' in formula("progression_by_resistance")
    assert "useNA" not in formula("baseline_characteristics")
