"""The calibrated cohort: exact in its structure, built to have the numbers that the study prints.

:func:`.study.load_study` reads what it is made from, :func:`.making.generate` makes it,
:func:`.making.write` writes it with its dictionary. Structure is allocated first
(:mod:`.structure`, :mod:`.courses`, :mod:`.assembly`, :mod:`.traits`), then the search of
:mod:`.calibration` changes patients (:mod:`.world`, :mod:`.moves`) until the pipeline finds the
targets in them. :mod:`.fidelity` shows how far it can be trusted.
"""
