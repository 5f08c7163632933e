"""Filling the template of the report."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

PACKAGES = ("pandas", "numpy", "scipy", "lifelines", "statsmodels", "matplotlib", "snakemake")


@dataclass(frozen=True)
class Picture:
    """A figure for the page: an SVG file, and its caption."""

    name: str
    path: Path
    title: str
    caption: str

    @property
    def source(self) -> str:
        """The picture itself, as a data URI."""
        return "data:image/svg+xml;base64," + base64.b64encode(self.path.read_bytes()).decode()


def make(
    cohort: Mapping[str, Any],
    estimates: pd.DataFrame,
    tables: Sequence[Mapping[str, str]],
    figures: Sequence[Picture],
    notes: pd.DataFrame,
    definitions: Mapping[str, Any],
    sources: Sequence[tuple[str, str]],
) -> str:
    """The page, as text.

    Parameters
    ----------
    cohort
        ``name``, ``title``, ``source`` and ``synthetic``.
    estimates
        ``estimates.csv``.
    tables
        For each table its ``name``, ``title`` and ``html`` (a part of a page).
    figures
        The figures in order.
    notes
        ``cohort/notes.csv``: what was settled while cleaning.
    definitions
        The definitions as the cohort's settings leave them.
    sources
        File name and SHA-256 of each input file.

    Returns
    -------
    str
        A complete HTML page: styles and pictures are in it, nothing is fetched.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    from pd1_dynamics.tables.writing import STYLE

    return environment.get_template("report.html.jinja").render(
        cohort=cohort,
        summary=_summary(estimates),
        gaps=_gaps(estimates),
        tables=tables,
        figures=figures,
        notes=notes.fillna("").to_dict("records"),
        definitions=yaml.safe_dump(dict(definitions), sort_keys=False, allow_unicode=True),
        versions=[(name, version(name)) for name in PACKAGES],
        sources=sources,
        table_style=STYLE,
    )


def _summary(estimates: pd.DataFrame) -> list[tuple[str, str]]:
    """Sizes of the populations, in the order of the analyses."""
    sizes = estimates[(estimates["analysis"] == "cohort_flow") & (estimates["statistic"] == "n")]
    wanted = {
        "all": "patients",
        "response": "with a measurable baseline and an evaluation",
        "progressed": "with progression or death",
        "progression": "with progression on radiological record",
    }
    rows = sizes[sizes["population"].isin(list(wanted))].drop_duplicates("population")
    return [
        (_whole(row.estimate, row.not_estimable), wanted[row.population])
        for row in rows.itertuples(index=False)
    ]


def _whole(number: float, gap: object) -> str:
    if isinstance(gap, str) and gap:
        return "none"
    return f"{number:,.0f}"


def _gaps(estimates: pd.DataFrame) -> list[tuple[str, int, list[str]]]:
    """What is missing, how many estimates it costs, and in which analyses; most costly first."""
    missing = estimates[estimates["not_estimable"].fillna("") != ""]
    found = [
        (str(reason), len(rows), list(dict.fromkeys(rows["analysis"])))
        for reason, rows in missing.groupby("not_estimable", sort=True)
    ]
    return sorted(found, key=lambda gap: -gap[1])
