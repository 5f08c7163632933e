"""Cohorts in: from anyone's tables, by one YAML file, to clean tables in the project's words."""

from pd1_dynamics.cohort.clean_tables import read_clean
from pd1_dynamics.cohort.cleaning import CleanCohort, clean, write
from pd1_dynamics.contract.cohort_file import Cohort, Source, definitions_of, load_cohort

__all__ = [
    "CleanCohort",
    "Cohort",
    "Source",
    "clean",
    "definitions_of",
    "load_cohort",
    "read_clean",
    "write",
]
