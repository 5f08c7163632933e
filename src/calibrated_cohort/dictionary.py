"""The data dictionary of the synthetic cohort."""

from collections.abc import Mapping

import pandas as pd

from pd1_dynamics.contract.columns import Contract

_HEAD = """\
**This cohort is synthetic: no row describes a real person, and no clinical claim follows.**

It was made by `make cohort` from `config/synthetic.yaml`, the ledger of published numbers
(`data/published/claims.csv`) and a seed, so that the pipeline, given these tables, finds the
numbers that the cohort study prints (doi 10.1136/jitc-2020-002092): counts, medians, ranges,
survival curves and models. Many other cohorts have the same numbers; what the article does not
print is free, and means nothing. Use it to run, test, review and teach the pipeline; never for a
clinical claim. License: MIT.

`family.csv`: what cohorts of other seeds have in common, and what they leave open. `held_out.csv`:
what a cohort found that was made without a tenth of the numbers. The page
`results/synthetic/fidelity.html` shows both.

Dates are ISO dates; the index date is `treatment_start`, the first dose of anti-PD-1. An empty cell
is a missing value.
"""


def text(tables: Mapping[str, pd.DataFrame], contract: Contract) -> str:
    """The dictionary in Markdown: each table with its columns, values and meaning."""
    parts = [_HEAD]
    for name, table in tables.items():
        parts.append(f"\n## {name}.csv\n\n{len(table):,} rows.\n")
        parts.append("| column | values | meaning |\n| --- | --- | --- |")
        for column in table.columns:
            known = contract[name][column]
            values = ", ".join(known.levels) if known.levels else known.kind
            values = "0, 1" if known.kind == "flag" else values
            parts.append(f"| {column} | {values} | {known.description} |")
    return "\n".join(parts) + "\n"
