"""Kind ``landmark_cox``."""

from dataclasses import replace

import numpy as np

from pd1_dynamics.analyses import regression
from pd1_dynamics.analyses.data import Sample
from pd1_dynamics.analyses.estimates import Estimate
from pd1_dynamics.analyses.formula import covariates, survival
from pd1_dynamics.analyses.kind import Setting, kind, outcome
from pd1_dynamics.analyses.kinds.cox import COX, STATISTICS, STRATA
from pd1_dynamics.analyses.run import Run
from pd1_dynamics.contract.codebook import Codebook, level_text
from pd1_dynamics.contract.declarations import Analysis

LANDMARK = Setting(
    {
        "description": "Time from which follow-up counts, in the outcome's unit. The terms should "
        "be known by then.",
        "type": "number",
        "exclusiveMinimum": 0,
    },
    required=True,
)


def _from_the_landmark(analysis: Analysis, sample: Sample) -> tuple[np.ndarray, ...]:
    """Times from the landmark on, and events; NaN for those no longer at risk then."""
    time, event = sample.times(analysis["outcome"])
    left = time - analysis["landmark"]
    return np.where(left > 0, left, np.nan), event


def _formula(analysis: Analysis, codebook: Codebook) -> str:
    time = codebook.outcomes[analysis["outcome"]].time
    start = level_text(analysis["landmark"])
    response = survival(analysis, codebook).replace(time, f"{time} - {start}")
    model = f"{response} ~ {covariates(analysis, codebook)}"
    return f"coxph({model}, data = {analysis.population}, subset = {time} > {start})"


@kind(
    "landmark_cox",
    settings=regression.settings(outcome(), landmark=LANDMARK, strata=STRATA),
    statistics=STATISTICS,
    methods="Landmark analyses are Cox regressions of the patients still at risk at the "
    "landmark, with follow-up from there.",
    formula=_formula,
)
def landmark_cox(analysis: Analysis, run: Run) -> list[Estimate]:
    """Cox regression of those still at risk at a landmark, with follow-up from there."""
    unit = run.study.declared.codebook.outcomes[analysis["outcome"]].unit
    words = f"{COX.method} from {level_text(analysis['landmark'])} {unit} on"
    model = replace(COX, method=words, outcome=_from_the_landmark)
    return regression.regression(model, analysis, run)
