"""Turns declared analyses into one tidy table of estimates.

Code here knows kinds of analysis; ``config/variables.yaml`` and ``config/analyses/*.yaml`` know the
study. :mod:`pd1_dynamics.contract.loading` reads and checks the declarations, :mod:`.engine`
carries them out, and :mod:`.estimates` reads the table back for tables, figures and reports.
"""
