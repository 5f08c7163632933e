"""Cohorts in: from anyone's tables, by one YAML file, to clean tables in the project's words."""

from pd1_dynamics.cohort.description import Cohort, Source, load_cohort

__all__ = ["CleanCohort", "Cohort", "Source", "clean", "load_cohort", "write"]


def __getattr__(name: str):
    """Load what reads tables (pandera, pandas) when it is used, not with a cohort's description."""
    if name in ("CleanCohort", "clean", "write"):
        from pd1_dynamics.cohort import cleaning

        return getattr(cleaning, name)
    raise AttributeError(name)
