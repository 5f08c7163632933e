"""A ledger by claim: what is printed, and what may stand behind it."""

import pandas as pd

from pd1_dynamics.published.printed import Interval, possible_values


class View:
    """Look up claims by id; a number in the place of an id stands for itself, exactly."""

    def __init__(self, claims: pd.DataFrame) -> None:
        self.claims = claims
        self._rows = {row.claim_id: row for row in claims.itertuples(index=False)}

    def __contains__(self, claim_id: str) -> bool:
        return claim_id in self._rows

    def __getitem__(self, claim_id: str):
        return self._rows[claim_id]

    def value(self, claim: str | float) -> float:
        """The number as printed."""
        return self[claim].value if isinstance(claim, str) else float(claim)

    def count(self, claim: str | int) -> int:
        """A count."""
        return round(self.value(claim))

    def allowed(self, claim: str | float) -> Interval:
        """Every value that may have been printed like this; a count is exact."""
        if not isinstance(claim, str):
            return Interval(claim, claim)
        row = self[claim]
        if row.statistic == "n":
            return Interval(row.value, row.value)
        return possible_values(row.value, int(row.decimals), row.comparator)

    def text(self, claim: str | float) -> str:
        """The number as the paper prints it, with its unit where that is a percent."""
        if not isinstance(claim, str):
            return f"{claim:g}"
        row = self[claim]
        return row.printed + ("%" if row.unit == "%" else "")

    def reached(self, claim: str) -> bool:
        """Whether the claim exists and has a number."""
        return claim in self and not pd.isna(self[claim].value)
