"""A cohort that gives back published numbers: targets from a ledger, and the search for them.

:mod:`~calibrated_cohort.calibration.targets` turns claims into statistics and intervals,
:mod:`~calibrated_cohort.calibration.search` changes patients until they are met, and
:mod:`~calibrated_cohort.calibration.survival_table` does both for a published survival table.
"""
