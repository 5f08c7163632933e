"""Several readings of the same thing on one day: an error, or settled by a stated rule."""

import pandas as pd

from pd1_dynamics.cohort import checking
from pd1_dynamics.problems import Problem

READINGS = ("assessments", "lesions")
"""Tables in which a setting may settle repeated readings; elsewhere they are an error."""


def settle(
    parsed: pd.DataFrame, table: str, key: list[str], rule: str
) -> tuple[pd.DataFrame, list[Problem], list[dict]]:
    """Leave one row a key.

    Parameters
    ----------
    parsed
        The parsed table, its index the row numbers.
    key
        What a row is known by.
    rule
        ``error``; or which reading counts of several by one reader on one day: the ``first`` or
        ``last`` in the file, the ``largest``, or their ``mean``. Of text, the first one counts.

    Returns
    -------
    table, problems, notes
        Notes count the rows that a rule took together.
    """
    named = parsed.dropna(subset=[name for name in key if name not in ("reader", "kind")])
    repeated = named.duplicated(key, keep=False)
    if not repeated.any():
        return parsed, [], []
    if rule == "error" or table not in READINGS:
        return parsed, checking.duplicates(named, table, key), []
    together = named[repeated]
    numbers = together.select_dtypes("number").columns.difference(key)
    how = {
        name: _HOW[rule] if name in numbers else "first"
        for name in parsed.columns
        if name not in key
    }
    row = (
        together.index.to_series()
        .groupby([together[name] for name in key], dropna=False)
        .transform("first")
    )
    settled = together.assign(_row=row).groupby("_row").agg({**dict.fromkeys(key, "first"), **how})
    kept = pd.concat([parsed.drop(together.index), settled[parsed.columns]]).sort_index()
    kept = kept.astype(parsed.dtypes.to_dict())
    disagree = together.groupby(row)[list(numbers)].nunique().max(axis=1) > 1
    words = (
        f"{len(settled)} times several readings of one day, in {int(disagree.sum())} of them "
        f"different: {_WORDS[rule]}."
    )
    example = disagree.idxmax() if disagree.any() else settled.index[0]
    note = {
        "table": table,
        "rule": f"duplicate readings: {rule}",
        "rows": int(repeated.sum()),
        "example_row": int(example),
        "note": words,
    }
    return kept, [], [note]


_HOW = {"first": "first", "last": "last", "largest": "max", "mean": "mean"}
_WORDS = {
    "first": "the first one in the file counts",
    "last": "the last one in the file counts",
    "largest": "the largest one counts",
    "mean": "their mean counts",
}
