"""Cohorts in: from anyone's tables, by one YAML file, to clean tables in the project's words.

:mod:`.cleaning` reads, checks and settles; :mod:`.clean_tables` reads the result back.
"""
