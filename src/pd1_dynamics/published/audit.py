"""The audit: a paper's printed numbers against each other, without any data of patients.

What follows from the ledger's structure is checked without being told: counts with their percent,
ratios with their interval and p value, medians with their range, intervals with their estimate,
numbers printed twice. What needs knowledge of the paper (which claims are the parts of a whole,
which form a table) is declared in a file of checks. Rounding of both sides is always considered:
only what no true value can explain is inconsistent.
"""

from dataclasses import asdict
from pathlib import Path

import pandas as pd
import yaml

from pd1_dynamics.contract.problems import InputError, Problem
from pd1_dynamics.published import declared, structure
from pd1_dynamics.published.finding import Finding
from pd1_dynamics.published.view import View

COLUMNS = (
    "check", "kind", "verdict", "procedure", "arithmetic", "note", "claims", "judged", "recomputed",
)  # fmt: skip


def load_checks(path: str | Path) -> list[dict]:
    """Read the declared checks of a paper (``checks:`` of a YAML file)."""
    return yaml.safe_load(Path(path).read_text(encoding="utf-8"))["checks"]


def load_substitutes(path: str | Path) -> dict[str, str]:
    """Read which analysis stands in for which (``substitutes:`` of a YAML file)."""
    return yaml.safe_load(Path(path).read_text(encoding="utf-8"))["substitutes"]


def findings(claims: pd.DataFrame, checks: list[dict]) -> list[Finding]:
    """Every finding of the structural and of the declared checks, in the order of the ledger.

    Raises
    ------
    InputError
        If a declared check is of an unknown kind or names a claim that does not exist.
    """
    view = View(claims)
    problems = []
    for check in checks:
        if check.get("kind") not in declared.KINDS:
            known = ", ".join(declared.KINDS)
            problems.append(Problem("checks", f"kind {check.get('kind')!r}", known, check["id"]))
        problems += [
            Problem("checks", f"claim {name!r}", "a claim of the ledger", check["id"])
            for name in declared.named_claims(check)
            if name not in view
        ]
    if problems:
        raise InputError(problems, "The checks cannot be made")
    found = structure.findings(view)
    for check in checks:
        found += declared.KINDS[check["kind"]](view, check)
    return found


def audit(claims: pd.DataFrame, checks: list[dict]) -> pd.DataFrame:
    """The findings as the table ``published/audit.csv``: contradictions first, then the undecided.

    Lists of claims are separated by a semicolon and a space.
    """
    table = pd.DataFrame([asdict(one) for one in findings(claims, checks)])
    if table.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    for name in ("claims", "judged"):
        table[name] = table[name].map("; ".join)
    order = {"inconsistent": 0, "not decidable": 1, "consistent": 2}
    table = table.sort_values("verdict", key=lambda verdict: verdict.map(order), kind="stable")
    return table[list(COLUMNS)].reset_index(drop=True)
