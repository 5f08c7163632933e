"""The estimates behind the numbers that a report shows, by analysis."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import pandas as pd

from pd1_dynamics.analyses import kinds as kinds  # registers them
from pd1_dynamics.analyses.kind import KINDS
from pd1_dynamics.contract.declarations import Declarations
from pd1_dynamics.outputs.sources import anchor

_LINES = re.compile(r'data-lines="([\d ]+)"')
_DIGITS = 7


def shown(tables: Iterable[Mapping[str, str]], figures: Iterable[Any]) -> set[int]:
    """Lines of ``estimates.csv`` that tables (as HTML) and the captions of figures show."""
    found = {
        int(n) for table in tables for part in _LINES.findall(table["html"]) for n in part.split()
    }
    return found | {n for figure in figures for source in figure.sources for n in source["lines"]}


def listed(
    estimates: pd.DataFrame,
    lines: Collection[int],
    declared: Declarations,
    places: Mapping[str, str],
) -> list[dict[str, Any]]:
    """One entry an analysis, in the order of the estimates, with its rows that are shown.

    Parameters
    ----------
    estimates
        ``estimates.csv``, in its order.
    lines
        Lines of the file that are shown; the header is line 1.
    declared
        The declared analyses.
    places
        File and line of each analysis.
    """
    wanted = estimates.assign(line=range(2, len(estimates) + 2))
    wanted = wanted[wanted["line"].isin(lines)]
    return [
        _analysis(str(name), rows, declared, places)
        for name, rows in wanted.groupby("analysis", sort=False)
    ]


def _analysis(
    name: str, rows: pd.DataFrame, declared: Declarations, places: Mapping[str, str]
) -> dict[str, Any]:
    analysis = declared.analyses[name]
    kind = KINDS[analysis.kind]
    population = declared.populations.get(analysis.population)
    return {
        "id": name,
        "title": analysis.title,
        "formula": kind.formula(analysis, declared.codebook),
        "population": population.label if population else "",
        "place": places.get(name, analysis.file),
        "code": f"src/{kind.carry_out.__module__.replace('.', '/')}.py",
        "rows": [_row(row) for row in rows.to_dict("records")],
    }


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    adjusted = _number(row["p_adjusted"])
    limits = [_number(row["ci_low"]), _number(row["ci_high"])]
    if row["not_estimable"]:
        estimate = f"not estimable: {row['not_estimable']}"
    else:
        estimate = _number(row["estimate"])
    return {
        "anchor": anchor(row["line"]),
        "line": row["line"],
        "statistic": row["statistic"].replace("_", " "),
        "outcome": row["outcome"],
        "term": row["term"],
        "group": row["group"] if row["analysis"] != "cohort_flow" else row["population"],
        "n": _number(row["n"]),
        "events": _number(row["events"]),
        "estimate": estimate,
        "interval": " to ".join(limit or "not reached" for limit in limits) if any(limits) else "",
        "p": _number(row["p_value"]) + (f" (adjusted {adjusted})" if adjusted else ""),
        "method": row["method"],
    }


def _number(value: Any) -> str:
    """A number with seven digits, as far as it has them; nothing where it is missing."""
    return "" if pd.isna(value) else f"{value:.{_DIGITS}g}"
