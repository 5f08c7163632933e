"""The published numbers: their ledger, an audit of them against each other, and the comparison.

Only this room reads the ledger; no analysis depends on it.
"""

from pd1_dynamics.published.audit import audit, load_checks, load_substitutes
from pd1_dynamics.published.compare import compare
from pd1_dynamics.published.ledger import read_claims

__all__ = ["audit", "compare", "load_checks", "load_substitutes", "read_claims"]
