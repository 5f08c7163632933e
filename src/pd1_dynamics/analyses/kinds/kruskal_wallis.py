"""Kind ``kruskal_wallis``."""

from pd1_dynamics.analyses.between_groups import each_variable
from pd1_dynamics.analyses.estimates import Estimate
from pd1_dynamics.analyses.formula import each, grouped
from pd1_dynamics.analyses.kind import NUMBER, Statistic, by, kind, names
from pd1_dynamics.analyses.run import Run
from pd1_dynamics.contract.codebook import Codebook
from pd1_dynamics.contract.declarations import Analysis


def _formula(analysis: Analysis, _: Codebook) -> str:
    model = f"{each(analysis['variables'])} ~ {grouped(analysis)}"
    return f"kruskal.test({model}, data = {analysis.population})"


@kind(
    "kruskal_wallis",
    settings={"variables": names("Variables that are compared.", NUMBER), "by": by(required=True)},
    statistics={
        "kruskal_wallis_h": Statistic(
            "Kruskal–Wallis test", outcome="the `by` variable", term="variable"
        )
    },
    methods="Continuous variables of several groups were compared by the Kruskal–Wallis test.",
    formula=_formula,
)
def kruskal_wallis(analysis: Analysis, run: Run) -> list[Estimate]:
    """Kruskal–Wallis test of continuous variables between the groups of `by`."""
    return each_variable(analysis, run)
