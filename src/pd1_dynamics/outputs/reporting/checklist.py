"""Reporting checklists, filled as far as a run knows."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pd1_dynamics.analyses.selection import Estimates
from pd1_dynamics.contract.cohort_file import Cohort
from pd1_dynamics.contract.study import Study
from pd1_dynamics.outputs.reporting.methods import Section
from pd1_dynamics.statistics.rounding import fixed

RUN, ARTICLE, AUTHOR = "answered by the run", "answered in the article", "for the author"
COLUMNS = ("guideline", "item", "topic", "status", "here", "article", "author")


def facts(
    cohort: Cohort,
    study: Study,
    estimates: pd.DataFrame,
    notes: pd.DataFrame,
    robustness: bool,
    smallest_cell: int = 0,
) -> dict[str, str]:
    """What the answers may quote of a run, by the names in ``config/reporting.yaml``."""
    found = Estimates(estimates)
    size = found.first("cohort_flow", population="all", statistic="n")
    follow_up = found.first("follow_up_reverse_kaplan_meier", statistic="median_survival")
    known = follow_up is not None and follow_up.estimate == follow_up.estimate
    asked = "robustness/ and its section of the report"
    return {
        "patients": "a number not known here" if size is None else f"{size.estimate:,.0f}",
        "follow_up": f"{fixed(follow_up.estimate, 1)} months" if known else "not estimable",
        "analyses": str(sum(not a.dropped for a in study.declared.analyses.values())),
        "left_out": "how many each estimate leaves out is kept back, as small groups are"
        if smallest_cell
        else f"{int((estimates['left_out'].fillna('') != '').sum())} estimates leave patients out "
        "and say how many (estimates.csv, left_out)",
        "gaps": str(int((estimates["not_estimable"].fillna("") != "").sum())),
        "notes": str(len(notes)),
        "source": cohort.source or "not said in the cohort's file",
        "treatment": f"{cohort.treatment}, in {cohort.disease}",
        "robustness": asked if robustness else "",
    }


def filled(
    asked: Mapping[str, Any], known: Mapping[str, str], stands_for_article: bool
) -> pd.DataFrame:
    """One row an item (:data:`COLUMNS`).

    Parameters
    ----------
    asked
        ``config/reporting.yaml``.
    known
        What :func:`facts` gave.
    stands_for_article
        Whether the cohort stands for the article's, so that the article may answer.

    Raises
    ------
    KeyError
        If an answer quotes a fact that no run knows.
    """
    rows = []
    for entry in asked["items"]:
        here = entry.get("here", "").format_map(known)
        article = entry.get("article", "") if stands_for_article else ""
        author = entry.get("author", "")
        if entry.get("here") and not here:
            author = "; ".join(filter(None, ["Ask how robust it is: make robustness", author]))
        if not here and not article and not author:
            author = f"Say it: {entry['topic'].lower()}"
        status = [RUN] * bool(here) + [ARTICLE] * bool(article) + [AUTHOR] * bool(author)
        rows.append(
            (*(entry[name] for name in COLUMNS[:3]), "; ".join(status), here, article, author)
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def sections(
    table: pd.DataFrame, asked: Mapping[str, Any], stands_for_article: bool
) -> list[Section]:
    """The checklists as a page: one section a guideline."""
    last = "What neither can say" if stands_for_article else "For the author"
    names = ["item", "topic", "here", *(["article"] if stands_for_article else []), "author"]
    heads = {"item": "Item", "topic": "Asks for", "here": "This run", "article": "The article"}
    header = tuple(heads.get(name, last) for name in names)
    return [_section(name, entry, table, names, header) for name, entry in _named(asked)]


def _named(asked: Mapping[str, Any]) -> Sequence[tuple[str, Mapping[str, str]]]:
    return list(asked["guidelines"].items())


def _section(
    name: str,
    entry: Mapping[str, str],
    table: pd.DataFrame,
    names: Sequence[str],
    header: tuple[str, ...],
) -> Section:
    rows = table[table["guideline"] == name]
    open_ = int((rows["author"] != "").sum())
    words = (
        f"{entry['title']} (doi {entry['doi']}). {len(rows)} items; {open_} ask something of the "
        "author. What each item asks is told in short, in our words: the checklist itself is the "
        "measure."
    )
    lines = [tuple(row) for row in rows[list(names)].itertuples(index=False)]
    return Section(name, (words,), (header, *lines))
