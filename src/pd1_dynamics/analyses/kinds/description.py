"""Kind ``description``."""

from __future__ import annotations

from dataclasses import replace

from pd1_dynamics.analyses.between_groups import categorical_test, continuous_test
from pd1_dynamics.analyses.estimates import Estimate
from pd1_dynamics.analyses.formula import each
from pd1_dynamics.analyses.groups import groups_of
from pd1_dynamics.analyses.kind import (
    ANY,
    EACH_GROUP,
    OVERALL,
    Setting,
    Statistic,
    by,
    kind,
    names,
)
from pd1_dynamics.analyses.run import Run
from pd1_dynamics.analyses.summaries import frequencies, summary
from pd1_dynamics.contract.codebook import Codebook
from pd1_dynamics.contract.declarations import Analysis

LEVELS_OF = "`variable=level`, `variable=missing`"
TESTED = {"outcome": "the `by` variable", "term": "variable"}


def _formula(analysis: Analysis, codebook: Codebook) -> str:
    names = codebook.described(analysis["variables"])
    numbers = [name for name in names if codebook.variables[name].is_continuous]
    levels = [name for name in names if name not in numbers]
    by, tests = analysis.get("by"), analysis.get("tests", {})
    calls = []
    if levels:
        missing = ', useNA = "ifany"' if analysis.get("missing", "level") == "level" else ""
        calls.append(f"table({each(levels)}{f', {by}' if by else ''}{missing})")
    if numbers:
        values = each(numbers)
        calls.append(f"tapply({values}, {by}, summary)" if by else f"summary({values})")
    compared = [name for name in levels if name != by]
    if "categorical" in tests and compared:
        missing = ', useNA = "ifany"' if tests.get("missing") == "level" else ""
        counts = f"table({each(compared)}, {by}{missing})"
        if tests["categorical"] == "fisher_exact":
            calls.append(f"fisher.test({counts})")
        else:
            corrected = tests.get("continuity_correction", True)
            calls.append(f"chisq.test({counts}{'' if corrected else ', correct = FALSE'})")
    if "continuous" in tests and numbers:
        function = {"wilcoxon": "wilcox.test", "kruskal_wallis": "kruskal.test"}
        calls.append(f"{function[tests['continuous']]}({each(numbers)} ~ {by})")
    return f"with({analysis.population}, {{{'; '.join(calls)}}})"


@kind(
    "description",
    settings={
        "variables": names(
            "Variables that are described, or sets of them (of a grouped variable of a set what it "
            "groups).",
            ANY,
            sets=True,
        ),
        "by": by(),
        "overall": OVERALL,
        "missing": Setting(
            {
                "description": "Whether missing values count in the denominator (level, default) "
                "or not.",
                "enum": ["level", "exclude"],
            }
        ),
        "tests": Setting(
            {
                "description": "Test of each variable between the groups of `by`.",
                "type": "object",
                "additionalProperties": False,
                "minProperties": 1,
                "properties": {
                    "categorical": {"enum": ["fisher_exact", "pearson_chi_squared"]},
                    "continuous": {"enum": ["wilcoxon", "kruskal_wallis"]},
                    "missing": {
                        "description": "A missing value is a level of the tested table, or is "
                        "left out (default).",
                        "enum": ["level", "exclude"],
                    },
                    "continuity_correction": {
                        "description": "Yates' correction of Pearson's test of a 2 × 2 table "
                        "(default true, as R).",
                        "type": "boolean",
                    },
                },
            }
        ),
    },
    statistics={
        "n": Statistic("Patients", term=f"{LEVELS_OF}; variable", group=EACH_GROUP, decimals=0),
        "percent": Statistic("Percent", term=LEVELS_OF, group=EACH_GROUP),
        "n_missing": Statistic("Missing", term="variable", group=EACH_GROUP, decimals=0),
        **{
            name: Statistic(label, term="continuous variable", group=EACH_GROUP)
            for name, label in {
                "mean": "Mean",
                "median": "Median",
                "min": "Minimum",
                "max": "Maximum",
                "q1": "First quartile",
                "q3": "Third quartile",
            }.items()
        },
        "fisher_exact": Statistic("Fisher's exact test", **TESTED),
        "pearson_chi_squared": Statistic("Pearson's chi-squared test", **TESTED),
        "wilcoxon_w": Statistic("Wilcoxon rank-sum test", **TESTED),
        "kruskal_wallis_h": Statistic("Kruskal–Wallis test", **TESTED),
    },
    methods="Categorical variables are described by numbers and percents, continuous ones by "
    "medians and ranges; groups were compared by the tests that each table names.",
    formula=_formula,
)
def description(analysis: Analysis, run: Run) -> list[Estimate]:
    """Frequencies of categorical and summaries of continuous variables, and their tests."""
    sample = run.study.sample(analysis.population)
    base = Estimate(analysis=analysis.id, population=analysis.population)
    groups = list(groups_of(sample, analysis))
    rows = []
    for name in sample.codebook.described(analysis["variables"]):
        continuous = sample.codebook.variables[name].is_continuous
        for group, members in groups:
            own = replace(base, group=group, term=name)
            if continuous:
                rows += summary(name, sample, members, own)
            else:
                rows += frequencies(name, sample, members, own, analysis.get("missing", "level"))
        tests = analysis.get("tests", {})
        wanted = tests.get("continuous" if continuous else "categorical")
        if wanted and "by" in analysis.settings and name != analysis["by"]:
            own = replace(base, term=name, outcome=analysis["by"])
            if continuous:
                rows.append(continuous_test(wanted, name, analysis["by"], sample, own))
            else:
                rows.append(categorical_test(wanted, name, analysis["by"], sample, own, tests))
    return rows
