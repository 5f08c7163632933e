"""Filling layouts with estimates. Each kind of layout is a function; none of them computes."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics.analyses.estimates import DROPPED
from pd1_dynamics.analyses.selection import ALL, Estimate, Estimates
from pd1_dynamics.contract.codebook import BINARY, MISSING, Codebook, Variable
from pd1_dynamics.contract.declarations import labels_of_statistics
from pd1_dynamics.outputs.tables.table import HEADING, LEVEL, ROW, Line, Table
from pd1_dynamics.statistics import printing as printed

SYNTHETIC = "Synthetic cohort: these numbers show that the pipeline works; they are no evidence."
INFERRED = "Contents inferred from the article, which names this table but does not print it."
EACH = "*"
"""In a layout: each group that the cohort has."""

RATIOS = ("hazard_ratio", "odds_ratio", "coefficient")
JOINT = ("likelihood_ratio_chi_squared", "f_statistic")
TESTS = ("fisher_exact", "pearson_chi_squared", "wilcoxon_w", "kruskal_wallis_h")
Block = tuple[tuple[str, ...], list[Line], list[str]]
"""Header, lines and notes of one part of a table."""


def make(
    estimates: pd.DataFrame,
    layouts: Mapping[str, Mapping[str, Any]],
    codebook: Codebook,
    synthetic: bool,
    about: str = "",
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

    Raises
    ------
    NothingSelectedError
        If a layout asks for an estimate that no analysis gives.
    """
    found = Estimates(estimates)
    first = [SYNTHETIC] if synthetic else []
    first += [about] if about else []
    return [_table(name, layout, found, codebook, first) for name, layout in layouts.items()]


def _table(
    name: str,
    layout: Mapping[str, Any],
    estimates: Estimates,
    codebook: Codebook,
    first: list[str],
) -> Table:
    blocks = [_filled(part, estimates, codebook) for part in layout["parts"]]
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
    return Table(
        name,
        layout["number"],
        layout["title"],
        header,
        tuple(lines),
        tuple(dict.fromkeys(notes)),
    )


def _filled(part: Mapping[str, Any], estimates: Estimates, codebook: Codebook) -> Block:
    """One part; of one whose analysis the cohort's file leaves out, a line that says so."""
    models = part.get("models", [])
    carried_out = [m for m in models if not estimates.is_dropped(m["analysis"])]
    if models and carried_out:
        part = {**part, "models": carried_out}
    names = [m["analysis"] for m in models] if not carried_out else []
    names += [part[key] for key in ("analysis", "rate", "survival") if key in part]
    if any(map(estimates.is_dropped, names)):
        return (part.get("stub", ""),), [Line(ROW, (f"not estimable: {DROPPED}",))], []
    header, lines, notes = _KINDS[part["kind"]](part, estimates, codebook)
    gone = [m.get("label", m["analysis"]) for m in models if m not in carried_out]
    return header, lines, [*notes, *(f"{label}: not estimable: {DROPPED}." for label in gone)]


def _spelled_out(codebook: Codebook, names: Iterable[str]) -> list[str]:
    """A note that spells out the abbreviations of the variables of a part."""
    found = {k: v for name in names for k, v in codebook.variables[name].abbreviations.items()}
    return ["; ".join(f"{short}, {words}" for short, words in sorted(found.items())) + "."] * bool(
        found
    )


def _padded(block: Block, columns: int) -> Block:
    """A block made wider by empty columns."""
    header, lines, notes = block
    more = ("",) * columns
    return (*header, *more), [Line(line.role, (*line.cells, *more)) for line in lines], notes


# --- frequencies, medians and ranges --------------------------------------------------------------


def _description(part: Mapping[str, Any], estimates: Estimates, codebook: Codebook) -> Block:
    """Variables by lines and groups by columns, with the p value of a test."""
    analysis, with_p = part["analysis"], part.get("p_value", False)
    groups = _groups(part, estimates)
    columns = [_group_header(group, part, estimates, codebook) for group in groups]
    header = (part.get("stub", "Characteristic"), *columns, *(["P value"] if with_p else []))
    lines, notes, tests, missing = [], [], {}, []
    described = [name for name in codebook.described(part["variables"]) if name != part.get("by")]
    for name in described:
        variable = codebook.variables[name]
        label = variable.label + (f" ({variable.unit})" if variable.unit else "")
        tail = [_test(estimates, analysis, variable, tests)] if with_p else []
        if estimates.find(analysis, "median", name) or variable.is_continuous:
            cells = [
                _median(estimates, analysis, name, group, variable.decimals) for group in groups
            ]
            lines.append(Line(ROW, (label, *cells, *tail)))
            absent = estimates.find(analysis, "n_missing", name)
            if absent and absent.estimate > 0:
                missing.append(f"{variable.label} {printed.number(absent.estimate, 0)}")
            continue
        levels = _levels(estimates, analysis, name)
        if not levels:
            row = estimates.find(analysis, "n", name) or estimates.find(analysis, "n_missing", name)
            why = _why(row, estimates, analysis)
            lines.append(Line(ROW, (label, why, *[""] * (len(groups) - 1), *tail)))
            continue
        first = estimates.find(analysis, "n", f"{name}={levels[0]}", groups[0])
        if first is not None and first.not_estimable:
            why = f"not estimable: {first.not_estimable}"
            lines.append(Line(ROW, (label, why, *[""] * (len(groups) - 1), *tail)))
            continue
        binary = set(levels) <= {"0", "1", MISSING}
        if binary:
            cells = [_count(estimates, analysis, f"{name}=1", group) for group in groups]
            lines.append(Line(ROW, (label, *cells, *tail)))
            levels = [MISSING] if MISSING in levels else []
        else:
            lines.append(Line(ROW, (label, *[""] * len(groups), *tail)))
        for level in levels:
            row = estimates.find(analysis, "n", f"{name}={level}")
            if level == MISSING and (row is None or row.estimate == 0):
                continue
            cells = [_count(estimates, analysis, f"{name}={level}", group) for group in groups]
            shown = "Not available" if level == MISSING else variable.level_label(level)
            lines.append(Line(LEVEL, (shown, *cells, *[""] * len(tail))))
    notes.append("Values are n (%) or median (minimum to maximum).")
    notes += _spelled_out(codebook, described)
    if tests:
        notes.append(
            "P values: " + "; ".join(f"{m} for {', '.join(v)}" for m, v in tests.items()) + "."
        )
    if missing:
        notes.append("Not available, number of patients: " + "; ".join(missing) + ".")
    return header, lines, notes


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
        row.n
        for term, found, statistic in estimates.terms(part["analysis"], ("n", "n_missing"))
        if found == group
        for row in [estimates.find(part["analysis"], statistic, term, found)]
        if row and row.n == row.n
    ]
    return f"{label} (n={printed.number(max(sizes), 0)})" if sizes else label


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
        return f"not estimable: {row.not_estimable}"
    share = estimates.find(analysis, "percent", term, group)
    return printed.count(row.estimate, share.estimate if share else None)


def _median(estimates: Estimates, analysis: str, name: str, group: str, decimals: int) -> str:
    middle, low, high = (
        estimates.find(analysis, statistic, name, group) for statistic in ("median", "min", "max")
    )
    if middle is None:
        return printed.DASH
    if middle.not_estimable:
        return f"not estimable: {middle.not_estimable}"
    return printed.median_range(middle.estimate, low.estimate, high.estimate, decimals)


def _test(
    estimates: Estimates, analysis: str, variable: Variable, tests: dict[str, list[str]]
) -> str:
    """P value of a variable, and its test noted with the others of the table."""
    for statistic in TESTS:
        row = estimates.find(analysis, statistic, variable.id)
        if row is not None:
            if row.not_estimable:
                return printed.DASH
            tests.setdefault(row.method, []).append(variable.label)
            return printed.p_value(row.p_value)
    return printed.DASH


# --- models ---------------------------------------------------------------------------------------


def _models(part: Mapping[str, Any], estimates: Estimates, codebook: Codebook) -> Block:
    """Terms by lines; for each model its estimate with interval, and p."""
    models = part["models"]
    fitted = (
        term.partition("=")[0]
        for model in models
        for term, _, _ in estimates.terms(model["analysis"], RATIOS)
    )
    names = list(dict.fromkeys(name for name in fitted if name))
    wanted = codebook.expand(part["terms"]) if "terms" in part else names
    header = [part.get("stub", "Covariate")]
    notes = []
    for model in models:
        label = f"{model['label']}: " if model.get("label") else ""
        header += [label + labels_of_statistics()[model["statistic"]]["label"], "P value"]
    lines = []
    for name in wanted:
        lines += _term_lines(name, models, estimates, codebook)
    for model in models:
        gap = estimates.gap(model["analysis"])
        methods = {
            row.method
            for term, _, statistic in estimates.terms(model["analysis"], RATIOS)
            for row in [estimates.find(model["analysis"], statistic, term)]
            if row and row.method
        }
        label = model.get("label", "Models")
        if gap:
            notes.append(f"{label}: not estimable: {gap}.")
        elif methods:
            notes.append(f"{label}: {'; '.join(sorted(methods))}.")
    if not lines:
        gaps = [estimates.gap(model["analysis"]) for model in models]
        why = f"not estimable: {gaps[0]}" if gaps[0] else "No covariate entered the model"
        lines.append(Line(ROW, (why, *[""] * (len(header) - 1))))
    notes.append("CI, confidence interval; HR, hazard ratio; OR, odds ratio.")
    return tuple(header), lines, [*notes, *_spelled_out(codebook, wanted)]


def _term_lines(
    name: str, models: list[Mapping[str, Any]], estimates: Estimates, codebook: Codebook
) -> list[Line]:
    variable = codebook.variables[name]
    label = variable.label + (f" ({variable.unit})" if variable.unit else "")
    terms = list(
        dict.fromkeys(
            term
            for model in models
            for term, _, _ in estimates.terms(model["analysis"], RATIOS)
            if term == name or term.startswith(f"{name}=")
        )
    )
    if not terms:
        return []
    if len(terms) == 1:
        level = variable.level_label(terms[0].partition("=")[2]) if "=" in terms[0] else ""
        if level and not _is_yes_or_no(variable):
            label = f"{label}: {_against(level, terms[0], variable, models, estimates)}"
        return [Line(ROW, (label, *_model_cells(terms[0], models, estimates)))]
    lines = [Line(ROW, (label, *_model_cells(name, models, estimates, joint=True)))]
    for term in terms:
        level = variable.level_label(term.partition("=")[2])
        shown = _against(level, term, variable, models, estimates)
        lines.append(Line(LEVEL, (shown, *_model_cells(term, models, estimates))))
    return lines


def _is_yes_or_no(variable: Variable) -> bool:
    """Whether a variable says only that something is there, so that its name says it all."""
    return variable.kind == BINARY and variable.level_label("1") in ("1", "Yes")


def _against(
    level: str,
    term: str,
    variable: Variable,
    models: list[Mapping[str, Any]],
    estimates: Estimates,
) -> str:
    """A level with the one that it is compared with."""
    for model in models:
        row = estimates.find(model["analysis"], model["statistic"], term)
        if row is not None and row.reference:
            return f"{level} vs {variable.level_label(row.reference)}"
    return level


def _model_cells(
    term: str, models: list[Mapping[str, Any]], estimates: Estimates, joint: bool = False
) -> list[str]:
    cells = []
    for model in models:
        if joint:
            rows = [estimates.find(model["analysis"], s, term) for s in JOINT]
            row = next((r for r in rows if r is not None and not r.not_estimable), None)
            cells += ["", printed.p_value(row.p_value) if row else ""]
            continue
        row = estimates.find(model["analysis"], model["statistic"], term)
        if row is None:
            cells += [printed.DASH, printed.DASH]
        elif row.not_estimable:
            cells += [f"not estimable: {row.not_estimable}", printed.DASH]
        else:
            shown = printed.interval(
                row.estimate, row.ci_low, row.ci_high, model.get("decimals", 3)
            )
            cells += [shown, printed.p_value(row.p_value)]
    return cells


# --- pairs, rates and survival times --------------------------------------------------------------


def _pairs(part: Mapping[str, Any], estimates: Estimates, codebook: Codebook) -> Block:
    """Pairs of groups by lines, with adjusted p values."""
    header = (part.get("stub", "Comparison"), "P value, adjusted")
    lines = []
    for term, group, statistic in estimates.terms(part["analysis"], ("wilcoxon_w",)):
        row = estimates.find(part["analysis"], statistic, term, group)
        why = f"not estimable: {row.not_estimable}"
        cell = why if row.not_estimable else printed.p_value(row.p_adjusted)
        lines.append(Line(ROW, (group, cell)))
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
        cells = [
            printed.DASH if rate is None or rate.not_estimable else printed.number(rate.n, 0),
            printed.DASH if rate is None or rate.not_estimable else printed.number(rate.events, 0),
            _interval(rate, 0),
            _interval(time, 1),
        ]
        lines.append(Line(ROW, (label, *cells)))
    gaps = [g for g in (estimates.gap(rates), estimates.gap(times)) if g]
    notes = [
        "Rates with Clopper–Pearson intervals; median PFS by the Kaplan–Meier method, intervals on "
        "the log scale. CI, confidence interval; NR, not reached; PFS, progression-free survival."
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
        tested = next((row for row in found.values() if not np.isnan(row.p_value)), None)
        p_value = printed.DASH if tested is None else printed.p_value(tested.p_value)
        lines.append(Line(ROW, (words, *cells, p_value)))
        gaps += [row.not_estimable for row in found.values() if row.not_estimable]
    methods = dict.fromkeys(row.method for found in rows.values() for row in found.values())
    notes = ["; ".join(method for method in methods if method) + ". CI, confidence interval."]
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
    return f"not estimable: {reason}" if reason else printed.DASH


Kind = Callable[[Mapping[str, Any], Estimates, Codebook], Block]
_KINDS: dict[str, Kind] = {
    "description": _description,
    "models": _models,
    "pairs": _pairs,
    "estimates": _estimates,
    "outcomes": _outcomes,
}
