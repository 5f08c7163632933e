"""A cohort that gives back published numbers: targets from a ledger, and the search for them.

:mod:`~pd1_dynamics.calibration.targets` turns claims into statistics and intervals,
:mod:`~pd1_dynamics.calibration.search` changes patients until they are met, and
:mod:`~pd1_dynamics.calibration.table` does both for a published survival table.
"""
