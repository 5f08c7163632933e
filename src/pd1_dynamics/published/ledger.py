"""The ledger of published numbers: one row per number that the article prints."""

from pathlib import Path

import pandas as pd
import pandera.errors
import pandera.pandas as pa

from pd1_dynamics.contract.problems import InputError, Problem

COMPARATORS = ("=", "<", "<=", ">", ">=", "about", "not reached")
DETERMINED_BY = ("cohort", "definition", "narrative")
FIELDS = ("estimate", "ci_low", "ci_high", "p_value", "n")
SELECTOR = (
    "analysis",
    "population_id",
    "outcome",
    "term",
    "estimate_group",
    "estimate_statistic",
    "field",
)
"""Columns that find a claim's counterpart: the key of ``estimates.csv`` and the column there."""

SEVERAL = "; "
"""Between the values of a selector's columns, where a claim covers several estimates."""


def selectors(claim) -> list[tuple[str, ...]]:
    """The estimates that a claim covers: the key of ``estimates.csv`` and the column of each.

    A column with one value gives it to all; the others have one value for each estimate.

    Raises
    ------
    ValueError
        If two columns have different numbers of values.
    """
    if not claim.analysis:
        return []
    parts = [str(getattr(claim, name)).split(SEVERAL) for name in SELECTOR]
    number = max(map(len, parts))
    if {len(part) for part in parts} - {1, number}:
        raise ValueError(f"claim {claim.claim_id}: selectors of different length")
    return list(zip(*(part * number if len(part) == 1 else part for part in parts), strict=True))


COLUMNS = {
    "claim_id": "readable name, never changed",
    "section": "section of the article",
    "location": "paragraph, table row or panel",
    "sentence": "what the sentence is about",
    "quote": "the clause in which the number stands",
    "population": "who was counted",
    "population_n": "how many they are",
    "quantity": "what was counted or measured",
    "group": "the group within the population, or empty",
    "statistic": "n, percent, median, min, max, hazard_ratio, ci_low, ci_high, p_value, …",
    "value": "the number; empty where the article prints that it was not reached",
    "printed": "the exact string",
    "decimals": "decimals printed",
    "comparator": " ".join(COMPARATORS),
    "unit": "unit, or empty",
    "claim_group": "ties an estimate to its interval and p value, a count to its percent",
    "same_as": "claim that prints the same number elsewhere",
    "determined_by": "cohort, definition or narrative",
    "reason": "why there is nothing to recompute; empty where there is",
    "analysis": "selector: analysis in estimates.csv",
    "population_id": "selector: population there",
    "outcome": "selector: outcome there",
    "term": "selector: term there",
    "estimate_group": "selector: group there",
    "estimate_statistic": "selector: statistic there",
    "field": "selector: column there",
    "calibration_target": "1 where the synthetic cohort was built to have this number",
}


def schema():
    """The pandera model of ``claims.csv``."""
    text = {name: pa.Column(str) for name in COLUMNS}
    return pa.DataFrameSchema(
        {
            **text,
            "claim_id": pa.Column(str, pa.Check.str_matches(r"^[a-z][a-z0-9_]*$"), unique=True),
            "printed": pa.Column(str, pa.Check.str_length(min_value=1)),
            "quote": pa.Column(str, pa.Check.str_length(3, 140)),
            "population_n": pa.Column("Int64", pa.Check.gt(0)),
            "value": pa.Column(float, nullable=True),
            "decimals": pa.Column("Int64", pa.Check.in_range(0, 6)),
            "comparator": pa.Column(str, pa.Check.isin(COMPARATORS)),
            "determined_by": pa.Column(str, pa.Check.isin(DETERMINED_BY)),
            "field": pa.Column(str, pa.Check.isin(("", *FIELDS))),
            "calibration_target": pa.Column("Int64", pa.Check.isin([0, 1])),
        },
        checks=[
            pa.Check(
                lambda t: (t["analysis"] != "") ^ (t["reason"] != ""),
                name="has a selector or a reason",
            ),
            pa.Check(
                lambda t: t["value"].isna() == (t["comparator"] == "not reached"),
                name="has a value unless not reached",
            ),
            pa.Check(
                lambda t: t["same_as"].isin(["", *t["claim_id"]]), name="same_as names a claim"
            ),
        ],
        strict=True,
        ordered=True,
    )  # fmt: skip


def read_claims(path: str | Path) -> pd.DataFrame:
    """Read and check the ledger; text columns hold "" for empty.

    Raises
    ------
    InputError
        With every problem, by column and row.
    """
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    missing = [name for name in COLUMNS if name not in table]
    if missing:
        raise InputError(
            [Problem("claims", "no such column", "the column", name) for name in missing]
        )
    for name in ("population_n", "decimals", "calibration_target"):
        table[name] = pd.to_numeric(table[name]).astype("Int64")
    table["value"] = pd.to_numeric(table["value"]).astype(float)
    try:
        return schema().validate(table, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        raise InputError(
            [
                Problem(
                    "claims",
                    str(case.failure_case),
                    str(case.check),
                    str(case.column or ""),
                    None if pd.isna(case.index) else int(case.index) + 2,
                )
                for case in cases.itertuples()
            ]
        ) from None
