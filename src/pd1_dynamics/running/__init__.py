"""How a run is carried out: what a job depends on, the lock of a run, and messages to the user.

The Snakefile imports this package; nothing in it needs more than the standard library.
"""
