"""Filling the template of the report."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from markupsafe import Markup

from pd1_dynamics.analyses.formula import CODED
from pd1_dynamics.analyses.selection import Estimates
from pd1_dynamics.contract.declarations import Declarations
from pd1_dynamics.contract.vocabulary import VERDICTS
from pd1_dynamics.outputs.claims import lines_of
from pd1_dynamics.outputs.pages import template
from pd1_dynamics.outputs.report import behind, headline, reproduction
from pd1_dynamics.outputs.sources import as_html, linked
from pd1_dynamics.outputs.tables.writing import STYLE

PACKAGES = (
    *("pandas", "numpy", "scipy", "lifelines", "statsmodels", "matplotlib", "snakemake"),
    *("jinja2", "itables"),
)


@dataclass(frozen=True)
class Picture:
    """A figure for the page: an SVG file, its words, and what it says to who does not see it.

    ``sources`` are the lines of ``estimates.csv`` behind the numbers of the caption.
    """

    name: str
    path: Path
    title: str
    caption: str
    alt: str
    sources: Sequence[Mapping[str, Any]] = ()

    @property
    def linked_caption(self) -> Markup:
        """The caption, its numbers linked to their rows."""
        return Markup(as_html(self.caption, self.sources))

    @property
    def source(self) -> str:
        """The picture itself, as a data URI."""
        return "data:image/svg+xml;base64," + base64.b64encode(self.path.read_bytes()).decode()


def make(
    cohort: Mapping[str, Any],
    estimates: pd.DataFrame,
    tables: Sequence[Mapping[str, str]],
    figures: Sequence[Picture],
    comparison: pd.DataFrame,
    audit: pd.DataFrame,
    agreement: Picture,
    notes: pd.DataFrame,
    definitions: Mapping[str, Any],
    provenance: Mapping[str, Any],
    findings: Mapping[str, Any] | None = None,
    replicated: Sequence[str] | None = None,
    robustness: str = "",
    declared: Declarations | None = None,
    places: Mapping[str, str] | None = None,
    ledger: pd.DataFrame | None = None,
) -> str:
    """The page, as text.

    Parameters
    ----------
    cohort
        ``name``, ``title``, ``source``, ``synthetic``, ``disease``, ``treatment``, ``about`` (a
        sentence where the patients are not those of the article) and ``compared``.
    estimates
        ``estimates.csv``.
    tables
        For each table its ``name``, ``title`` and ``html`` (a part of a page).
    figures
        The figures in order.
    comparison, audit
        ``published/comparison.csv`` and ``published/audit.csv``.
    agreement
        The picture of published against recomputed estimates.
    notes
        ``cohort/notes.csv``: what was settled while cleaning.
    definitions
        The definitions as the cohort's settings leave them.
    provenance
        ``provenance.json``.
    findings
        ``config/findings.yaml``: what a cohort of real patients answers first.
    replicated
        What cohorts of real patients say of the findings, as sentences; for a synthetic cohort.
    robustness
        The part of the page on how robust the findings are, where that was asked.
    declared, places
        The declared analyses, and where each is declared (file and line); without them the page
        does not list where its numbers come from.
    ledger
        ``data/published/claims.csv``, which says what answers a claim; without it what was found
        leads nowhere.

    Returns
    -------
    str
        A complete HTML page: styles and pictures are in it, nothing is fetched.
    """
    cohort = {**headline.ARTICLE, "about": "", "compared": True, **cohort}
    found = Estimates(estimates)
    reported = found.first("imaging", term="n_imaging_dates", statistic="n") is None
    real = not cohort["synthetic"] and cohort["compared"]
    lines = lines_of(ledger, found) if ledger is not None and declared else {}
    asked = headline.rows(findings["findings"], comparison, found) if real and findings else []
    comparable = []
    if not cohort["synthetic"]:
        printed = comparison.set_index("claim_id")["published"].to_dict()
        line = (findings or {}).get("line", {})
        comparable = headline.comparable(cohort, found, printed, reported, line)
    linked_to = behind.shown(tables, figures).union(
        *lines.values(), *(row.get("lines", ()) for row in asked)
    )
    return template(Path(__file__).with_name("report.html.jinja")).render(
        cohort=cohort,
        opening=reproduction.opening(comparison, cohort["synthetic"], cohort["compared"]),
        headline=asked,
        comparable=comparable,
        replicated=replicated or [],
        robustness=robustness,
        left_out=_left_out(estimates),
        matrix=reproduction.matrix(comparison),
        verdicts=VERDICTS,
        agreement=agreement,
        replication=reproduction.replication(comparison, lines),
        claims=reproduction.claims(comparison, lines),
        audit=reproduction.audit(audit, comparison),
        table_library=_table_library(),
        summary=_summary(estimates, reported),
        behind=behind.listed(estimates, linked_to, declared, places or {}) if declared else [],
        linked=_linked,
        coded=CODED,
        gaps=_gaps(estimates),
        tables=tables,
        figures=figures,
        notes=notes.fillna("").to_dict("records"),
        definitions=yaml.safe_dump(dict(definitions), sort_keys=False, allow_unicode=True),
        provenance=provenance,
        packages=PACKAGES,
        table_style=STYLE,
    )


def _linked(text: str, lines: Sequence[int]) -> Markup:
    """A number of the page, linked to its rows further down."""
    return Markup(linked(escape(text), lines, ""))


def _table_library() -> str:
    """DataTables, the script that searches and filters the claims, as a data URI."""
    script = files("itables").joinpath("html", "dt_bundle.js").read_bytes()
    return "data:text/javascript;base64," + base64.b64encode(script).decode()


def _summary(estimates: pd.DataFrame, reported: bool) -> list[tuple[str, str]]:
    """Sizes of the populations, in the order of the analyses; absent is not zero."""
    sizes = estimates[(estimates["analysis"] == "cohort_flow") & (estimates["statistic"] == "n")]
    how = "as the cohort reports it" if reported else "on radiological record"
    wanted = {
        "all": "patients",
        "response": "with a measurable baseline and an evaluation",
        "progressed": "with progression or death",
        "progression": f"with progression {how}",
    }
    rows = sizes[sizes["population"].isin(list(wanted))].drop_duplicates("population")
    return [
        (
            "not known" if row.not_estimable else f"{row.estimate:,.0f}",
            wanted[row.population],
        )
        for row in rows.fillna({"not_estimable": ""}).itertuples(index=False)
    ]


def _left_out(estimates: pd.DataFrame) -> list[tuple[str, list[str]]]:
    """Patients whom estimates leave out for a missing value, and the analyses that do."""
    rows = estimates[estimates["left_out"].fillna("") != ""]
    return [
        (str(words), list(dict.fromkeys(part["analysis"])))
        for words, part in rows.groupby("left_out", sort=False)
    ]


def _gaps(estimates: pd.DataFrame) -> list[tuple[str, int, list[str]]]:
    """What is missing, how many estimates it costs, and in which analyses; most costly first."""
    missing = estimates[estimates["not_estimable"].fillna("") != ""]
    found = [
        (str(reason), len(rows), list(dict.fromkeys(rows["analysis"])))
        for reason, rows in missing.groupby("not_estimable", sort=True)
    ]
    return sorted(found, key=lambda gap: -gap[1])
