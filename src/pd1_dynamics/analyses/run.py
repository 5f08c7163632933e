"""One pass over the analyses of a cohort; each is carried out once, when first asked for."""

from pd1_dynamics.analyses.data import StudyData
from pd1_dynamics.analyses.estimates import DROPPED, Estimate
from pd1_dynamics.analyses.kind import KINDS


class Run:
    """The data of a cohort, and the rows of its analyses as far as they are known."""

    def __init__(self, study: StudyData) -> None:
        self.study = study
        self._rows: dict[str, list[Estimate]] = {}

    def rows(self, name: str) -> list[Estimate]:
        """Rows of an analysis by its id."""
        if name not in self._rows:
            analysis = self.study.declared.analyses[name]
            if analysis.dropped:
                self._rows[name] = [
                    Estimate(name, population=analysis.population, not_estimable=DROPPED)
                ]
            else:
                self._rows[name] = list(KINDS[analysis.kind].carry_out(analysis, self))
        return self._rows[name]
