"""The replication in two sentences."""

import pandas as pd

from pd1_dynamics.statistics.printing import interval

HEADLINE = "pps_by_resistance"

_OF_SEVERAL = {
    "holds": "hold",
    "points the same way": "point the same way",
    "not shown": "are not shown",
    "contradicted": "are contradicted",
}
"""A verdict as it reads of several findings."""


def sentences(pooled: pd.DataFrame) -> list[str]:
    """What real patients say, for the report of a synthetic cohort.

    Parameters
    ----------
    pooled
        ``results/replication/pooled.csv``.
    """
    counted = pooled[pooled["variant_of"].fillna("") == ""]
    counts = counted["verdict"].value_counts()
    told = ", ".join(
        f"{count} {_OF_SEVERAL[verdict] if count != 1 else verdict}"
        for verdict, count in counts.items()
    )
    several = (counted["cohorts"] > 1).sum()
    words = [
        f"In cohorts of real patients, {len(counted)} findings of the article: {told}. "
        f"Several cohorts answer {several} of them, one alone {(counted['cohorts'] == 1).sum()}."
    ]
    row = pooled.set_index("finding").loc[HEADLINE]
    if not pd.isna(row["estimate"]):
        ratio = interval(row["estimate"], row["ci_low"], row["ci_high"], 2)
        words.append(
            "Survival after progression by resistance type, secondary against primary, unadjusted: "
            f"hazard ratio {ratio} in {int(row['n'])} patients of {int(row['cohorts'])} cohorts."
        )
    return words
