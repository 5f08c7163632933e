"""From claim to code: each headline claim of the article, as a page in Markdown."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from pd1_dynamics.analyses import kinds as kinds  # registers them
from pd1_dynamics.analyses.kind import KINDS
from pd1_dynamics.analyses.selection import Estimate, Estimates
from pd1_dynamics.contract.declarations import Declarations
from pd1_dynamics.published.ledger import selectors

HEADLINE = "abstract"
"""Section of the article whose claims are its headlines; those of the findings are too."""
_ESTIMATE_RULE = ("estimate", "workflow/rules/analyses.smk")
_TABLE_RULE = ("make_tables", "workflow/rules/tables.smk")
_FIGURE_RULE = ("draw_figures", "workflow/rules/figures.smk")


def headlines(claims: pd.DataFrame, findings: Mapping[str, Any]) -> pd.DataFrame:
    """Claims of the abstract and those of the findings, in the order of the ledger."""
    named = {
        claim
        for entry in findings.values()
        for key, claim in entry["article"].items()
        if key != "adjusted_for"
    }
    return claims[(claims["section"] == HEADLINE) | claims["claim_id"].isin(named)]


def rows_of(claim: Any, estimates: Estimates) -> list[tuple[tuple[str, ...], list[Estimate]]]:
    """Each selector of a claim, and the estimates that it finds."""
    found = []
    for selector in selectors(claim):
        analysis, population, outcome, term, group, statistic, _ = selector
        rows = estimates.rows(analysis, term=term, group=group, statistic=statistic)
        rows = [r for r in rows if r.population == population and outcome in ("", r.outcome)]
        found.append((selector, rows))
    return found


def lines_of(claims: pd.DataFrame, estimates: Estimates) -> dict[str, tuple[int, ...]]:
    """Lines of ``estimates.csv`` that answer each claim, by its id."""
    return {
        claim.claim_id: estimates.lines(*(r for _, rows in rows_of(claim, estimates) for r in rows))
        for claim in claims.itertuples(index=False)
    }


def page(
    title: str,
    results: str,
    claims: pd.DataFrame,
    comparison: pd.DataFrame,
    estimates: Estimates,
    declared: Declarations,
    places: Mapping[str, str],
    sources: pd.DataFrame,
    captions: Mapping[str, Sequence[Mapping[str, Any]]],
) -> str:
    """The page, as Markdown.

    Parameters
    ----------
    title
        What the results are of, in words.
    results
        Folder of the results, from the project's root.
    claims
        Rows of the ledger that are traced (:func:`headlines`).
    comparison
        ``published/comparison.csv``.
    estimates, declared, places
        The cohort's estimates, the declared analyses, and file and line of each.
    sources
        ``tables/sources.csv``.
    captions
        By name of the figure, the ``sources`` of its caption (``figures/captions/*.json``).
    """
    verdicts = comparison.fillna("").astype(str).set_index("claim_id")
    shown = _Shown(sources, captions, results)
    parts = [
        _claim(claim, verdicts.loc[claim.claim_id], estimates, declared, places, shown, results)
        for claim in claims.itertuples(index=False)
    ]
    counts = verdicts.loc[list(claims["claim_id"]), "verdict"].value_counts()
    said = ", ".join(f"{number} {verdict}" for verdict, number in counts.items())
    return "\n".join(
        [
            "# From claim to code",
            "",
            f"{len(claims)} headline claims of the article: those of its abstract, and those that",
            "the findings in `config/findings.yaml` rest on. Each with its verdict, the estimate",
            "behind it, where the analysis is declared, the code and the rule that carry it out,",
            "and where the number is shown. Every other printed number has its verdict in",
            f"`{results}/published/comparison.csv`.",
            "",
            f"{title}: {said}.",
            "",
            f"Made by the rule `write_report` as `{results}/published/claims.md`; a test keeps",
            "`docs/claims.md` equal to that of the default cohort. The header of `estimates.csv`",
            "is its line 1.",
            "",
            *parts,
        ]
    )


class _Shown:
    """Where each line of the estimates is shown, in words."""

    def __init__(
        self,
        sources: pd.DataFrame,
        captions: Mapping[str, Sequence[Mapping[str, Any]]],
        results: str,
    ) -> None:
        self._places: dict[int, list[str]] = {}
        for cell in sources.fillna("").astype(str).itertuples(index=False):
            row = f"row “{cell.row}”, " if cell.row else ""
            words = f"`{results}/tables/{cell.table}.html`, {row}column “{cell.column}”"
            self._add(cell.lines.split(), words)
        for name, caption in captions.items():
            words = f"`{results}/figures/{name}.svg`, in its caption"
            for source in caption:
                self._add(source["lines"], words)

    def _add(self, lines: Iterable[Any], words: str) -> None:
        for line in lines:
            self._places.setdefault(int(line), []).append(words)

    def of(self, lines: Sequence[int]) -> list[str]:
        """Places of some lines, each once, in order."""
        return list(dict.fromkeys(place for line in lines for place in self._places.get(line, [])))


def _claim(
    claim: Any,
    verdict: pd.Series,
    estimates: Estimates,
    declared: Declarations,
    places: Mapping[str, str],
    shown: _Shown,
    results: str,
) -> str:
    unit = {"%": "%"}.get(claim.unit, f" {claim.unit}" if claim.unit else "")
    lines = [
        f"## {claim.claim_id}",
        "",
        f"> “{claim.quote}” ({claim.section}, {claim.location})",
        "",
        f"- **Claim**: {claim.sentence}; {claim.statistic.replace('_', ' ')} {claim.printed}{unit}",
        f"- **Verdict**: {verdict['verdict']}"
        + (f", found {verdict['recomputed']}" if verdict["recomputed"] else "")
        + (f"; evidence: {verdict['evidence']}" if verdict["evidence"] else "")
        + (f"; {verdict['reason']}" if verdict["reason"] else ""),
    ]
    chosen = rows_of(claim, estimates)
    analyses: list[str] = []
    every: list[int] = []
    for (analysis, population, outcome, term, group, statistic, field), rows in chosen:
        found = estimates.lines(*rows)
        every += found
        key = ", ".join(part for part in (analysis, population, outcome, term, group) if part)
        where = f"line {found[0]} of `{results}/estimates.csv`" if found else "no such row"
        lines.append(f"- **Estimate**: `{statistic}` ({key}), column `{field}`: {where}")
        analyses.append(analysis)
    for name in dict.fromkeys(analyses):
        entry = declared.analyses[name]
        kind = KINDS[entry.kind]
        file, _, line = places[name].partition(", line ")
        module = f"src/{kind.carry_out.__module__.replace('.', '/')}.py"
        rule, rules = _ESTIMATE_RULE
        lines += [
            f"- **Analysis**: [`{name}`](../{file}#L{line}), {places[name]}:",
            f"  `{kind.formula(entry, declared.codebook)}`",
            f"- **Code**: [`{module}`](../{module}), by the rule [`{rule}`](../{rules})",
        ]
    for place in shown.of(list(dict.fromkeys(every))):
        rule, rules = _TABLE_RULE if "/tables/" in place else _FIGURE_RULE
        lines.append(f"- **Shown**: {place} (rule [`{rule}`](../{rules}))")
    if chosen and not shown.of(every):
        report = "among the printed numbers of the report"
        lines.append(f"- **Shown**: `{results}/report.html#claim-{claim.claim_id}`, {report}")
    return "\n".join([*lines, ""])
