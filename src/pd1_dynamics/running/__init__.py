"""How a run is carried out: what a job depends on, whose turn it is, and what a person is told.

The Snakefile imports this room; nothing in it needs more than the standard library.
"""
