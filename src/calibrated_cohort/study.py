"""What a synthetic cohort is made from: a description, a ledger, and the analyses between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics.contract import loading, schemas
from pd1_dynamics.contract.cohort_file import Cohort, load_cohort
from pd1_dynamics.contract.declarations import Declarations
from pd1_dynamics.published.audit import audit as audited
from pd1_dynamics.published.audit import load_checks
from pd1_dynamics.published.compare import compare
from pd1_dynamics.published.ledger import read_claims


@dataclass(frozen=True)
class Study:
    """A study of which a cohort is to be made.

    Attributes
    ----------
    description
        Its structure: ``config/synthetic.yaml``.
    claims, audit
        The ledger of its printed numbers, and what they say of each other.
    declared
        The analyses that must give the numbers.
    cohort
        How the tables that will be made are read.
    """

    description: Mapping[str, Any]
    claims: pd.DataFrame
    audit: pd.DataFrame
    declared: Declarations
    cohort: Cohort

    @property
    def targets(self) -> pd.DataFrame:
        """Claims that the cohort is built to have."""
        return self.claims[self.claims["calibration_target"] == 1]

    def targets_without(self, share: float, seed: int) -> pd.DataFrame:
        """Targets except a random share; claims that repeat a left-out number are left out too."""
        rng = np.random.Generator(np.random.PCG64(seed))
        chosen = self.targets
        number = chosen["same_as"].where(chosen["same_as"] != "", chosen["claim_id"])
        distinct = number.unique()
        out = rng.choice(distinct, round(share * len(distinct)), replace=False)
        return chosen[~number.isin(out)]

    def compare(self, estimates: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
        """The ledger beside a cohort's estimates; only the given targets count as calibrated."""
        aimed = self.claims["claim_id"].isin(targets["claim_id"]).astype(int)
        claims = self.claims.assign(calibration_target=aimed)
        return compare(claims, estimates, self.audit, cohort_is_synthetic=True)


def load_study(root: str | Path = ".") -> Study:
    """Read and check everything that the synthetic cohort of a project is made from.

    Raises
    ------
    InputError
        If a file departs from its schema.
    """
    root = Path(root)
    config, ledger = root / "config", root / "data" / "published"
    claims = read_claims(ledger / "claims.csv")
    return Study(
        schemas.load(config / "synthetic.yaml", "synthetic"),
        claims,
        audited(claims, load_checks(ledger / "checks.yaml")),
        loading.load(config / "variables.yaml", config / "analyses"),
        load_cohort(config / "cohorts" / "synthetic.yaml", root),
    )
