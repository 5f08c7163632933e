"""Tests that are told together, corrected for their number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from statsmodels.stats.multitest import multipletests

from pd1_dynamics.analyses.disclosure import keep_back
from pd1_dynamics.analyses.run import Run
from pd1_dynamics.robustness.material import table

METHODS = {"bonferroni": "bonferroni", "holm": "holm", "benjamini_hochberg": "fdr_bh"}


def families(run: Run, asked: Mapping[str, Mapping[str, Any]], smallest: int = 0) -> pd.DataFrame:
    """P values of each family beside those corrected for all of it (R: ``p.adjust``).

    Parameters
    ----------
    run
        The analyses of a cohort.
    asked
        ``families`` of ``config/robustness.yaml``.
    smallest
        Setting ``publish.smallest_cell``: tests that may not be shown are no part of a family.

    Returns
    -------
    DataFrame
        ``family``, ``analysis``, ``term`` (a covariate of several levels by its joint test),
        ``tests`` (of the family), ``p_value``, ``bonferroni``, ``holm``, ``benjamini_hochberg``,
        ``not_estimable``.
    """
    rows = []
    for name, family in asked.items():
        analysis = run.study.declared.analyses.get(family["analysis"])
        if analysis is None or analysis.dropped:
            continue
        found: dict[str, tuple[str, float]] = {}
        rows_shown = keep_back(run.rows(analysis.id), smallest)
        for row in rows_shown:
            variable = row.term.partition("=")[0]
            wanted = variable in family.get("terms", [variable]) and row.p_value is not None
            if wanted and (variable not in found or variable == row.term):
                found[variable] = row.term, row.p_value  # a joint test comes after its levels
        base = {"family": name, "analysis": analysis.id}
        if not found:
            reasons = [row.not_estimable for row in rows_shown if row.not_estimable]
            rows.append({**base, "not_estimable": next(iter(reasons), "no tests")})
            continue
        terms, p_values = zip(*found.values(), strict=True)
        adjusted = {key: multipletests(p_values, method=how)[1] for key, how in METHODS.items()}
        for place, term in enumerate(terms):
            corrected = {key: float(values[place]) for key, values in adjusted.items()}
            counts = {"tests": len(terms), "p_value": p_values[place]}
            rows.append({**base, "term": term, **counts, **corrected})
    columns = f"family analysis term tests p_value {' '.join(METHODS)} not_estimable"
    return table(rows, columns, whole="tests")
