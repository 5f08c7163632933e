"""The published numbers: their ledger, an audit of them against each other, and the comparison.

Only this package reads the ledger; no analysis depends on it.
"""
