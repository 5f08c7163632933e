"""Kind ``sizes``."""

from __future__ import annotations

from dataclasses import replace

from pd1_dynamics.analyses.data import nobody
from pd1_dynamics.analyses.estimates import Estimate
from pd1_dynamics.analyses.formula import each
from pd1_dynamics.analyses.kind import Statistic, kind, names
from pd1_dynamics.analyses.run import Run
from pd1_dynamics.contract.codebook import Codebook
from pd1_dynamics.contract.declarations import Analysis


def _formula(analysis: Analysis, _: Codebook) -> str:
    return f"nrow({each(analysis['populations'])})"


@kind(
    "sizes",
    settings={"populations": names("Populations that are counted.", "population")},
    statistics={
        "n": Statistic("Patients", group="`all`; the population is that of the row", decimals=0),
        "percent": Statistic("Percent", group="`all`; of the population that it is part of"),
    },
    has_population=False,
    methods="Patients were counted in each population.",
    formula=_formula,
)
def sizes(analysis: Analysis, run: Run) -> list[Estimate]:
    """Number of patients in populations, and their share of the parent population."""
    rows = []
    for name in analysis["populations"]:
        sample = run.study.sample(name)
        population = run.study.declared.populations[name]
        parent = run.study.sample(population.of) if population.of else sample
        base = Estimate(analysis=analysis.id, population=name, n=len(parent), method="count")
        if not len(parent) or sample.empty not in ("", nobody(population.label)):
            rows += [
                replace(base, statistic=statistic, not_estimable=sample.empty)
                for statistic in ("n", "percent")
            ]
            continue
        share = 100 * len(sample) / len(parent)
        rows.append(replace(base, statistic="n", estimate=len(sample)))
        rows.append(replace(base, statistic="percent", estimate=share))
    return rows
