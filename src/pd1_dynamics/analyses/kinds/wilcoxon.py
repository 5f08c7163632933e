"""Kind ``wilcoxon``."""

from pd1_dynamics.analyses.between_groups import each_variable
from pd1_dynamics.analyses.estimates import Estimate
from pd1_dynamics.analyses.formula import each, grouped
from pd1_dynamics.analyses.kind import NUMBER, Statistic, by, kind, names
from pd1_dynamics.analyses.run import Run
from pd1_dynamics.contract.codebook import Codebook
from pd1_dynamics.contract.declarations import Analysis


def _formula(analysis: Analysis, _: Codebook) -> str:
    model = f"{each(analysis['variables'])} ~ {grouped(analysis)}"
    return f"wilcox.test({model}, data = {analysis.population})"


@kind(
    "wilcoxon",
    settings={"variables": names("Variables that are compared.", NUMBER), "by": by(required=True)},
    statistics={
        "wilcoxon_w": Statistic(
            "Wilcoxon rank-sum test", outcome="the `by` variable", term="variable"
        )
    },
    methods="Continuous variables of two groups were compared by the Wilcoxon rank-sum test.",
    formula=_formula,
)
def wilcoxon(analysis: Analysis, run: Run) -> list[Estimate]:
    """Wilcoxon rank-sum test of continuous variables between two groups."""
    return each_variable(analysis, run)
