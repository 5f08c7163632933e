"""The synthetic cohort: exact in its structure, calibrated to the numbers that the study prints.

:func:`load_study` reads what it is made from, :func:`generate` makes it, :func:`write` writes it
with its dictionary. Structure is allocated first (:mod:`.structure`, :mod:`.courses`,
:mod:`.assembly`, :mod:`.traits`), then the search of the room ``calibration`` changes patients
(:mod:`.world`, :mod:`.moves`) until the pipeline finds the targets in them.
"""

from calibrated_cohort.making import Made, generate, report_progress, write
from calibrated_cohort.study import Study, load_study

TABLES = ("patients", "assessments", "lesions", "labs", "therapies")

__all__ = ["TABLES", "Made", "Study", "generate", "load_study", "report_progress", "write"]
