"""Declared analyses as calls of R: what a statistician would write to get the same estimates.

A data set is called as the population whose patients it has, and its variables are coded as the
codebook says (:data:`CODED`). Each kind of analysis says its own call
(:func:`pd1_dynamics.analyses.kind.kind`); what several have in common is here.
"""

from pd1_dynamics.contract.codebook import Codebook
from pd1_dynamics.contract.declarations import BIVARIATE, Analysis

CODED = (
    "A data set of a call is the population of that name, with variables coded as in "
    "config/variables.yaml: the reference level of a factor comes first, and levels that are set "
    "apart are missing. What stands in < > is taken in turn, or as it says."
)


def survival(analysis: Analysis, codebook: Codebook, event: str = "") -> str:
    """The response of a model of times to an event.

    ``event`` replaces the column of the event where the analysis counts another one.
    """
    outcome = codebook.outcomes[analysis["outcome"]]
    return f"Surv({outcome.time}, {event or outcome.event})"


def covariates(analysis: Analysis, codebook: Codebook) -> str:
    """The right side of a regression: one covariate in turn or all together, and adjustment."""
    if chosen := analysis.get("select"):
        parts = [f"<those of {chosen['from']} with p < {chosen['p_below']:g}>"]
    else:
        names = codebook.expand(analysis["terms"])
        alone = analysis["mode"] == BIVARIATE and len(names) > 1
        parts = [f"<each of {', '.join(names)}>"] if alone else names
    parts += codebook.expand(analysis.get("adjust", []))
    if wanted := codebook.expand(analysis.get("adjust_where_available", [])):
        parts.append(f"<where known: {' + '.join(n for n in wanted if n not in parts)}>")
    parts += [f"strata({name})" for name in analysis.get("strata", [])]
    return " + ".join(dict.fromkeys(parts))


def grouped(analysis: Analysis) -> str:
    """The right side of a comparison: the variable that makes groups, or nothing."""
    return str(analysis.get("by", "1"))


def each(names: list[str]) -> str:
    """One name, or each of several in turn."""
    return names[0] if len(names) == 1 else f"<each of {', '.join(names)}>"
