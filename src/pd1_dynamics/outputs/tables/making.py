"""Filling layouts with estimates. Each kind of layout is a function; none of them computes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics.analyses.estimates import DROPPED
from pd1_dynamics.analyses.selection import ALL, Estimate, Estimates
from pd1_dynamics.contract.codebook import MISSING, Codebook, Variable
from pd1_dynamics.contract.declarations import labels_of_statistics
from pd1_dynamics.outputs.tables.footnotes import Footnotes, spelled_out
from pd1_dynamics.outputs.tables.models import ADJUSTED, Tested, models
from pd1_dynamics.outputs.tables.table import HEADING, LEVEL, ROW, Block, Cell, Line, Table
from pd1_dynamics.statistics import printing as printed

SYNTHETIC = "Synthetic cohort: these numbers show that the pipeline works; they are no evidence."
INFERRED = "Contents inferred from the article, which names this table but does not print it."
NOT_AVAILABLE = "Not available"
INSIDE = "Patients without the value are part of the percentages, as in the article."
EACH = "*"
"""In a layout: each group that the cohort has."""

TESTS = ("fisher_exact", "pearson_chi_squared", "wilcoxon_w", "kruskal_wallis_h")


def make(
    estimates: pd.DataFrame,
    layouts: Mapping[str, Mapping[str, Any]],
    codebook: Codebook,
    synthetic: bool,
    about: str = "",
    tested: Tested | None = None,
) -> list[Table]:
    """All tables of a cohort.

    Parameters
    ----------
    estimates
        ``estimates.csv``.
    layouts
        What :func:`pd1_dynamics.outputs.tables.load` read.
    codebook
        Labels, levels and decimals.
    synthetic
        Whether the cohort is made up; then every table says so.
    about
        A sentence on the patients that every table says first.
    tested
        What was tested of the models beside the estimates; nothing if not given.

    Raises
    ------
    NothingSelectedError
        If a layout asks for an estimate that no analysis gives.
    """
    found = Estimates(estimates)
    first = [SYNTHETIC] if synthetic else []
    first += [about] if about else []
    tested = tested or NOTHING_TESTED
    return [
        _table(name, layout, _Sources(found, codebook, tested, Footnotes()), first)
        for name, layout in layouts.items()
    ]


NOTHING_TESTED = Tested(
    pd.DataFrame(columns=["analysis", "model", "term", "p_value"]),
    pd.DataFrame(columns=["analysis", "term", "tests", *ADJUSTED]),
)


@dataclass(frozen=True)
class _Sources:
    """What the parts of one table are filled from, and its footnotes."""

    estimates: Estimates
    codebook: Codebook
    tested: Tested
    notes: Footnotes


def _table(name: str, layout: Mapping[str, Any], sources: _Sources, first: list[str]) -> Table:
    blocks = [_filled(part, sources) for part in layout["parts"]]
    width = max(len(part_header) for part_header, _, _ in blocks)
    blocks = [_padded(block, width - len(block[0])) for block in blocks]
    header = blocks[0][0]
    lines: list[Line] = []
    notes: list[str] = [*first]
    for part, (part_header, part_lines, part_notes) in zip(layout["parts"], blocks, strict=True):
        if part.get("heading"):
            lines.append(Line(HEADING, (part["heading"], *[""] * (len(header) - 1))))
        if part_header != header:
            lines.append(Line(HEADING, part_header))
        lines += part_lines
        notes += part_notes
    notes += layout.get("notes", [])
    if layout.get("inferred"):
        notes.append(INFERRED)
    notes += sources.notes.listed()
    used = [layout["title"], *header, *notes, *(cell for line in lines for cell in line.cells)]
    notes += spelled_out(used, sources.codebook.all_abbreviations)
    return Table(
        name,
        layout["number"],
        layout["title"],
        header,
        tuple(lines),
        tuple(dict.fromkeys(notes)),
    )


def _filled(part: Mapping[str, Any], sources: _Sources) -> Block:
    """One part; of one whose analysis the cohort's file leaves out, a line that says so."""
    estimates = sources.estimates
    asked = part.get("models", [])
    carried_out = [m for m in asked if not estimates.is_dropped(m["analysis"])]
    if asked and carried_out:
        part = {**part, "models": carried_out}
    names = [m["analysis"] for m in asked] if not carried_out else []
    names += [part[key] for key in ("analysis", "rate", "survival") if key in part]
    if any(map(estimates.is_dropped, names)):
        return (part.get("stub", ""),), [Line(ROW, (f"not estimable: {DROPPED}",))], []
    if part["kind"] == "models":
        block = models(part, estimates, sources.codebook, sources.notes, sources.tested)
    elif part["kind"] == "description":
        block = _description(part, estimates, sources.codebook, sources.notes)
    else:
        block = _KINDS[part["kind"]](part, estimates, sources.codebook)
    header, lines, notes = block
    gone = [m.get("label", m["analysis"]) for m in asked if m not in carried_out]
    return header, lines, [*notes, *(f"{label}: not estimable: {DROPPED}." for label in gone)]


def _padded(block: Block, columns: int) -> Block:
    """A block made wider by empty columns."""
    header, lines, notes = block
    more = ("",) * columns
    return (*header, *more), [Line(line.role, (*line.cells, *more)) for line in lines], notes


# --- frequencies, medians and ranges --------------------------------------------------------------


def _description(
    part: Mapping[str, Any], estimates: Estimates, codebook: Codebook, notes: Footnotes
) -> Block:
    """Variables by lines and groups by columns, with the p value of a test."""
    analysis, with_p = part["analysis"], part.get("p_value", False)
    groups = _groups(part, estimates)
    columns = [_group_header(group, part, estimates, codebook) for group in groups]
    header = (part.get("stub", "Characteristic"), *columns, *(["P value"] if with_p else []))
    lines: list[Line] = []
    for name in codebook.described(part["variables"]):
        if name == part.get("by"):
            continue
        variable = codebook.variables[name]
        tail = [_test(estimates, analysis, variable, notes)] if with_p else []
        if estimates.find(analysis, "median", name) or variable.is_continuous:
            lines += _of_numbers(variable, analysis, groups, estimates, tail)
        else:
            lines += _of_levels(variable, analysis, groups, estimates, tail, notes)
    return header, lines, ["Values are n (%) or median (minimum to maximum)."]


def _labelled(variable: Variable) -> str:
    return variable.label + (f" ({variable.unit})" if variable.unit else "")


def _of_numbers(
    variable: Variable, analysis: str, groups: list[str], estimates: Estimates, tail: list[str]
) -> list[Line]:
    """Lines of a continuous variable: median and range, and how many lack it."""
    name = variable.id
    cells = [_median(estimates, analysis, name, group, variable.decimals) for group in groups]
    lines = [Line(ROW, (_labelled(variable), *cells, *tail))]
    absent = _missing_line(name, analysis, groups, estimates, len(tail))
    gap = any(cell.startswith("not estimable") for cell in cells)
    return lines if gap else [*lines, *absent]


def _missing_line(
    name: str, analysis: str, groups: list[str], estimates: Estimates, empty: int
) -> list[Line]:
    """How many of each group lack a value, where anybody does; outside of all percents."""
    rows = [estimates.find(analysis, "n_missing", name, group) for group in groups]
    if not any(row and row.estimate > 0 for row in rows):
        return []
    cells = [
        printed.DASH if row is None else Cell(printed.number(row.estimate, 0), estimates.lines(row))
        for row in rows
    ]
    return [Line(LEVEL, (NOT_AVAILABLE, *cells, *[""] * empty))]


def _of_levels(
    variable: Variable,
    analysis: str,
    groups: list[str],
    estimates: Estimates,
    tail: list[str],
    notes: Footnotes,
) -> list[Line]:
    """Lines of a variable with levels: one each, and how many lack a value."""
    name, label = variable.id, _labelled(variable)
    blank = [""] * (len(groups) - 1)
    levels = _levels(estimates, analysis, name)
    if not levels:
        row = estimates.find(analysis, "n", name) or estimates.find(analysis, "n_missing", name)
        return [Line(ROW, (label, _why(row, estimates, analysis), *blank, *tail))]
    first = estimates.find(analysis, "n", f"{name}={levels[0]}", groups[0])
    if first is not None and first.not_estimable:
        why = f"not estimable: {first.not_estimable}"
        return [Line(ROW, (label, why, *blank, *tail))]
    lines = []
    shown = [level for level in levels if level != MISSING]
    if set(shown) <= {"0", "1"}:
        cells = [_count(estimates, analysis, f"{name}=1", group) for group in groups]
        lines.append(Line(ROW, (label, *cells, *tail)))
    else:
        lines.append(Line(ROW, (label, *[""] * len(groups), *tail)))
        for level in shown:
            cells = [_count(estimates, analysis, f"{name}={level}", group) for group in groups]
            lines.append(Line(LEVEL, (variable.level_label(level), *cells, *[""] * len(tail))))
    if MISSING not in levels:
        return [*lines, *_missing_line(name, analysis, groups, estimates, len(tail))]
    everyone = estimates.find(analysis, "n", f"{name}={MISSING}")
    if everyone is None or everyone.estimate == 0:
        return lines
    cells = [_count(estimates, analysis, f"{name}={MISSING}", group) for group in groups]
    marked = NOT_AVAILABLE + notes.mark(INSIDE)
    return [*lines, Line(LEVEL, (marked, *cells, *[""] * len(tail)))]


def _groups(part: Mapping[str, Any], estimates: Estimates) -> list[str]:
    """The groups of a part; ``*`` stands for all that the cohort has."""
    found = [group for _, group, _ in estimates.terms(part["analysis"], ("n", "n_missing"))]
    present = [group for group in dict.fromkeys(found) if group not in part["groups"]]
    return [g for group in part["groups"] for g in (present if group == EACH else [group])]


def _group_header(
    group: str, part: Mapping[str, Any], estimates: Estimates, codebook: Codebook
) -> str:
    by = part.get("by", "")
    label = "All" if group == ALL else codebook.variables[by].level_label(group)
    sizes = [
        row
        for term, found, statistic in estimates.terms(part["analysis"], ("n", "n_missing"))
        if found == group
        for row in [estimates.find(part["analysis"], statistic, term, found)]
        if row and row.n == row.n
    ]
    if not sizes:
        return label
    largest = max(sizes, key=lambda row: row.n)
    return Cell(f"{label} (n={printed.number(largest.n, 0)})", estimates.lines(largest))


def _levels(estimates: Estimates, analysis: str, name: str) -> list[str]:
    found = [
        term.partition("=")[2]
        for term, _, _ in estimates.terms(analysis, ("n",))
        if term.startswith(f"{name}=")
    ]
    return list(dict.fromkeys(found))


def _count(estimates: Estimates, analysis: str, term: str, group: str) -> str:
    row = estimates.find(analysis, "n", term, group)
    if row is None:
        return printed.DASH
    if row.not_estimable:
        return Cell(f"not estimable: {row.not_estimable}", estimates.lines(row))
    share = estimates.find(analysis, "percent", term, group)
    text = printed.count(row.estimate, share.estimate if share else None)
    return Cell(text, estimates.lines(row, share))


def _median(estimates: Estimates, analysis: str, name: str, group: str, decimals: int) -> str:
    middle, low, high = (
        estimates.find(analysis, statistic, name, group) for statistic in ("median", "min", "max")
    )
    if middle is None:
        return printed.DASH
    lines = estimates.lines(middle, low, high)
    if middle.not_estimable:
        return Cell(f"not estimable: {middle.not_estimable}", lines)
    return Cell(printed.median_range(middle.estimate, low.estimate, high.estimate, decimals), lines)


def _test(estimates: Estimates, analysis: str, variable: Variable, notes: Footnotes) -> str:
    """P value of a variable, marked with its test."""
    for statistic in TESTS:
        row = estimates.find(analysis, statistic, variable.id)
        if row is not None:
            if row.not_estimable:
                return Cell(printed.DASH, estimates.lines(row))
            method = row.method[:1].upper() + row.method[1:]
            text = printed.p_value(row.p_value) + notes.mark(f"{method}.")
            return Cell(text, estimates.lines(row))
    return printed.DASH


# --- pairs, rates and survival times --------------------------------------------------------------


def _pairs(part: Mapping[str, Any], estimates: Estimates, codebook: Codebook) -> Block:
    """Pairs of groups by lines, with adjusted p values."""
    header = (part.get("stub", "Comparison"), "P value, adjusted")
    lines = []
    for term, group, statistic in estimates.terms(part["analysis"], ("wilcoxon_w",)):
        row = estimates.find(part["analysis"], statistic, term, group)
        why = f"not estimable: {row.not_estimable}"
        cell = why if row.not_estimable else printed.p_value(row.p_adjusted)
        lines.append(Line(ROW, (group, Cell(cell, estimates.lines(row)))))
    notes = ["Pairwise Wilcoxon rank-sum tests, P values adjusted by Bonferroni's method."]
    return header, lines, notes


def _outcomes(part: Mapping[str, Any], estimates: Estimates, codebook: Codebook) -> Block:
    """Therapies by lines: response rate with its exact interval, and median PFS."""
    variable = codebook.variables[part["by"]]
    rates, times = part["rate"], part["survival"]
    header = (
        "Therapy",
        "Evaluable",
        "Objective response",
        "Rate, % (95% CI)",
        "Median PFS, months (95% CI)",
    )
    event = part["event"]
    groups = [g for t, g, s in estimates.terms(times, ("median_survival",)) if g != ALL]
    groups += [g for t, g, s in estimates.terms(rates, ("rate",)) if g != ALL]
    lines = []
    for group in [ALL, *variable.order(list(dict.fromkeys(groups)))]:
        rate = estimates.find(rates, "rate", event, group)
        time = estimates.find(times, "median_survival", "", group)
        label = "All" if group == ALL else variable.level_label(group)
        counts = (None, None) if rate is None or rate.not_estimable else (rate.n, rate.events)
        cells = [
            *(printed.DASH if count is None else printed.number(count, 0) for count in counts),
            _interval(rate, 0),
        ]
        cells = [Cell(text, estimates.lines(rate)) for text in cells]
        cells.append(Cell(_interval(time, 1), estimates.lines(time)))
        lines.append(Line(ROW, (label, *cells)))
    gaps = [g for g in (estimates.gap(rates), estimates.gap(times)) if g]
    notes = [
        "Rates with Clopper–Pearson intervals; median PFS by the Kaplan–Meier method, intervals on "
        "the log scale."
    ]
    notes += [f"Not estimable: {gap}." for gap in dict.fromkeys(gaps)]
    return header, lines, notes


def _estimates(part: Mapping[str, Any], estimates: Estimates, codebook: Codebook) -> Block:
    """Statistics of an analysis by lines and groups by columns, labelled as its kind declares."""
    analysis, labels = part["analysis"], labels_of_statistics()
    there = dict.fromkeys(row.group for row in estimates.rows(analysis) if row.group != ALL)
    groups = [
        g for group in part.get("groups", [ALL]) for g in (there if group == EACH else [group])
    ]
    names = codebook.variables[part["by"]].level_label if "by" in part else str
    columns = ["All" if group == ALL else names(group) for group in groups]
    header = (part.get("stub", "Estimate"), *columns, "P value")
    rows = {}
    for statistic in part["statistics"]:
        for row in estimates.rows(analysis, statistic=statistic):
            rows.setdefault((row.outcome, statistic, row.term), {})[row.group] = row
    lines, gaps = [], []
    several = len({outcome for outcome, _, _ in rows}) > 1
    for (outcome, statistic, term), found in rows.items():
        words = labels[statistic]["label"]
        name, _, level = term.partition("=")
        if name == "time":
            words = words.replace("{time}", f"{level} months")
        elif level:
            words = f"{codebook.label(name)}: {codebook.label(term)}, {words}"
        elif name:
            words = f"{words}, by {codebook.label(name).lower()}"
        if several:
            words = f"{codebook.label(outcome)}: {words}"
        cells = [
            _interval(found.get(group), labels[statistic]["decimals"])
            if found.get(group) is None or not np.isnan(found[group].ci_low)
            else _number(found[group], labels[statistic]["decimals"])
            for group in groups
        ]
        cells = [
            Cell(cell, estimates.lines(found.get(group)))
            for cell, group in zip(cells, groups, strict=True)
        ]
        tested = next((row for row in found.values() if not np.isnan(row.p_value)), None)
        text = printed.DASH if tested is None else printed.p_value(tested.p_value)
        p_value = Cell(text, estimates.lines(tested))
        lines.append(Line(ROW, (words, *cells, p_value)))
        gaps += [row.not_estimable for row in found.values() if row.not_estimable]
    methods = dict.fromkeys(row.method for found in rows.values() for row in found.values())
    notes = ["; ".join(method for method in methods if method) + "."]
    return header, lines, [*notes, *(f"Not estimable: {gap}." for gap in dict.fromkeys(gaps))]


def _number(row: Estimate, decimals: int) -> str:
    """An estimate without limits."""
    if row.not_estimable:
        return f"not estimable: {row.not_estimable}"
    return printed.number(row.estimate, decimals)


def _interval(row: Estimate | None, decimals: int) -> str:
    if row is None:
        return printed.DASH
    if row.not_estimable:
        return f"not estimable: {row.not_estimable}"
    return printed.interval(row.estimate, row.ci_low, row.ci_high, decimals)


def _why(row: Estimate | None, estimates: Estimates, analysis: str) -> str:
    reason = row.not_estimable if row else estimates.gap(analysis)
    return Cell(f"not estimable: {reason}" if reason else printed.DASH, estimates.lines(row))


Kind = Callable[[Mapping[str, Any], Estimates, Codebook], Block]
_KINDS: dict[str, Kind] = {
    "pairs": _pairs,
    "estimates": _estimates,
    "outcomes": _outcomes,
}
