"""Kind ``kruskal_wallis``."""

from pd1_dynamics.analyses.between_groups import each_variable
from pd1_dynamics.analyses.estimates import Estimate
from pd1_dynamics.analyses.kind import NUMBER, Statistic, by, kind, names
from pd1_dynamics.analyses.run import Run
from pd1_dynamics.contract.declarations import Analysis


@kind(
    "kruskal_wallis",
    settings={"variables": names("Variables that are compared.", NUMBER), "by": by(required=True)},
    statistics={
        "kruskal_wallis_h": Statistic(
            "Kruskal–Wallis test", outcome="the `by` variable", term="variable"
        )
    },
)
def kruskal_wallis(analysis: Analysis, run: Run) -> list[Estimate]:
    """Kruskal–Wallis test of continuous variables between the groups of `by`."""
    return each_variable(analysis, run)
