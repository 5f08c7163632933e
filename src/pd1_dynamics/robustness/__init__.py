"""How robust the findings are: assumptions, time, choices, resamples and missing values.

Analyses made from the declared analyses, for any cohort, as ``config/robustness.yaml`` says. Each
module answers one of a reviewer's questions with one table of ``results/<cohort>/robustness/``.
"""
