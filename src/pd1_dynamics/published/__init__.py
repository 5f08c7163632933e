"""The published numbers: their ledger, an audit of them against each other, and the comparison.

Only this room reads the ledger; no analysis depends on it.
"""
