"""Pictures of the robustness tables: residuals over time, curves of specifications, rules."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd

from pd1_dynamics.contract.codebook import Codebook
from pd1_dynamics.outputs.figures import style
from pd1_dynamics.outputs.figures.drawing import finish
from pd1_dynamics.outputs.figures.placeholder import placeholder
from pd1_dynamics.outputs.figures.ratios import Ratio, forest
from pd1_dynamics.statistics.printing import number, p_text
from pd1_dynamics.statistics.rounding import fixed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_TOWARD, _AGAINST = "#0072B2", "#D55E00"
_ACROSS = 3  # panels of residuals beside each other


def draw_all(
    tables: Mapping[str, pd.DataFrame],
    codebook: Codebook,
    titles: Mapping[str, str],
    synthetic: bool,
) -> dict[str, tuple["Figure", dict[str, str]]]:
    """Every picture of a cohort's robustness, by the name of its file.

    Parameters
    ----------
    tables
        The tables of ``robustness/`` by name.
    codebook
        Labels.
    titles
        The headline findings in words, by their name; each has a curve.
    synthetic
        Whether the cohort is made up; then each picture says so.
    """
    wanted: dict[str, tuple[str, Callable[[], tuple[Figure, str]]]] = {
        "schoenfeld": (
            "Scaled Schoenfeld residuals: hazard ratios over time",
            lambda: schoenfeld(tables["schoenfeld"], codebook),
        ),
        "martingale": (
            "Martingale residuals: the shape of an effect",
            lambda: martingale(tables["martingale"], codebook),
        ),
        "rules": (
            "Survival after progression by each rule of resistance",
            lambda: rules(tables["rules"]),
        ),
    }
    every, summary = tables["specifications"], tables["specification_curves"].set_index("finding")
    for name, words in titles.items():
        rows, whole = every[every["finding"] == name], summary.loc[name]
        wanted[f"specifications_{name}"] = (
            f"Specification curve: {words[:1].lower()}{words[1:]}",
            lambda rows=rows, whole=whole: curve(rows, whole),
        )
    made = {}
    for name, (title, picture) in wanted.items():
        with mpl.rc_context(style.SETTINGS):
            figure, words = picture()
            made[name] = figure, finish(figure, title, words, synthetic)
    return made


# --- residuals ------------------------------------------------------------------------------------


def schoenfeld(table: pd.DataFrame, codebook: Codebook) -> tuple["Figure", str]:
    """Residuals of each model over time, a smooth with its band, and the model's own ratio."""
    there = table[table["not_estimable"].fillna("") == ""]
    if there.empty:
        reason = str(table["not_estimable"].iloc[0]) if len(table) else "no models"
        return placeholder("Scaled Schoenfeld residuals", reason), f"Not estimable: {reason}."
    parts = list(there.groupby(["analysis", "term"], sort=False))
    down = -(-len(parts) // _ACROSS)
    figure = style.new_figure(style.DOUBLE, (4 + 48 * down) * style.MM)
    panels = figure.subplots(down, _ACROSS, squeeze=False).ravel()
    for axes, (_, rows) in zip(panels, parts, strict=False):
        _residuals(axes, rows)
        axes.set_title(_model_words(rows.iloc[0], codebook), fontsize=6.5)
    for axes in panels[len(parts) :]:
        axes.set_axis_off()
    panels[0].set_ylabel("Log hazard ratio at an event")
    return figure, (
        "Dots: scaled Schoenfeld residuals, one an event; line with band: a restricted cubic "
        "spline "
        "with its 95% band; dashed: the model's log hazard ratio, which proportional hazards "
        "keep at "
        "all times; dotted: no effect."
    )


def _model_words(row: pd.Series, codebook: Codebook) -> str:
    covariate = codebook.label(str(row["term"]).partition("=")[0])
    outcome = codebook.outcomes[row["outcome"]]
    how = "adjusted" if row["covariates"] > 1 else "alone"
    return f"{covariate}\non {outcome.short}, {how}"


def _residuals(axes: "Axes", rows: pd.DataFrame) -> None:
    time = rows["time"]
    axes.plot(time, rows["residual"], ".", color=style.FAINT, ms=3, label="residual")
    axes.fill_between(time, rows["low"], rows["high"], color=_TOWARD, alpha=0.2, linewidth=0)
    axes.plot(time, rows["smooth"], color=_TOWARD, lw=1.2, label="smooth")
    axes.axhline(rows["average"].iloc[0], color=style.INK, lw=0.8, ls="--")
    axes.axhline(0, color=style.SOFT, lw=0.7, ls=":")
    low, high = rows["residual"].quantile([0.02, 0.98])
    low, high = min(low, rows["low"].quantile(0.05)), max(high, rows["high"].quantile(0.95))
    axes.set_ylim(low - 0.05 * (high - low), high + 0.05 * (high - low))
    axes.set_xlabel("Months")


def martingale(table: pd.DataFrame, codebook: Codebook) -> tuple["Figure", str]:
    """Residuals of models without a covariate, over its values, with a smooth."""
    there = table[table["not_estimable"].fillna("") == ""]
    if there.empty:
        gaps = table["not_estimable"].dropna()
        reason = str(gaps.iloc[0]) if len(gaps) else "no continuous covariate"
        return placeholder("Martingale residuals", reason), f"Not estimable: {reason}."
    parts = list(there.groupby(["analysis", "term"], sort=False))
    down = -(-len(parts) // _ACROSS)
    figure = style.new_figure(style.DOUBLE, (4 + 48 * down) * style.MM)
    panels = figure.subplots(down, _ACROSS, squeeze=False).ravel()
    for axes, (_, rows) in zip(panels, parts, strict=False):
        axes.plot(rows["value"], rows["residual"], ".", color=style.FAINT, ms=3, label="residual")
        axes.plot(rows["value"], rows["smooth"], color=_TOWARD, lw=1.2, label="smooth")
        axes.axhline(0, color=style.SOFT, lw=0.7, ls=":")
        axes.set_title(_model_words(rows.iloc[0], codebook), fontsize=6.5)
        variable = codebook.variables[rows["term"].iloc[0]]
        axes.set_xlabel(variable.label + (f" ({variable.unit})" if variable.unit else ""))
        low, high = rows["value"].quantile([0.01, 0.99])
        axes.set_xlim(low - 0.05 * (high - low), high + 0.05 * (high - low))
    for axes in panels[len(parts) :]:
        axes.set_axis_off()
    panels[0].set_ylabel("Martingale residual without it")
    return figure, (
        "Dots: martingale residuals of the model without the covariate, one a patient; line: a "
        "smooth (lowess). A straight smooth speaks for a straight effect."
    )


# --- rules of resistance --------------------------------------------------------------------------


def rules(table: pd.DataFrame) -> tuple["Figure", str]:
    """Hazard ratio of secondary against primary resistance by each rule, and whom it moves."""
    table = table.assign(not_estimable=table["not_estimable"].fillna(""))
    if (table["not_estimable"] != "").all():
        reason = str(table["not_estimable"].iloc[0])
        return placeholder("Rules of resistance", reason), f"Not estimable: {reason}."
    lines = []
    for (_, label), rows in table.groupby(["rule", "label"], sort=False):
        for row in rows.to_dict("records"):
            adjusted = row["adjusted_for"] if isinstance(row["adjusted_for"], str) else ""
            name = f"{label}, adjusted" if adjusted else label
            if row["not_estimable"]:
                lines.append(Ratio(name, gap=row["not_estimable"]))
                continue
            counts = (fixed(row["secondary"]), fixed(row["moved"]), fixed(row["not_classified"]))
            values = (row["estimate"], row["ci_low"], row["ci_high"])
            lines.append(Ratio(name, counts, values, row["p_value"], hollow=bool(adjusted)))
    columns = ("Rule", "Secondary", "Moved", "No type", "Hazard ratio (95% CI)")
    figure = forest([lines], columns, "Hazard ratio of death after progression")
    adjusted = table["adjusted_for"].dropna()
    words = next((text.lower() for text in adjusted if text), "")
    return figure, (
        "Secondary against primary resistance. Moved: patients whose type is another than by the "
        "first rule; no type: patients to whom only the first rule gives one. "
        + (f"Open squares: adjusted for {words}." if words else "")
    )


# --- specification curves -------------------------------------------------------------------------


def curve(every: pd.DataFrame, summary: Mapping[str, Any]) -> tuple["Figure", str]:
    """Estimates of all specifications in order, above the choices that each of them makes.

    Parameters
    ----------
    every
        Rows of ``specifications.csv`` of one finding.
    summary
        Its row of ``specification_curves.csv``.
    """
    gap = summary["not_estimable"]
    if isinstance(gap, str) and gap:
        return placeholder("Specification curve", gap), f"Not estimable: {gap}."
    there = every[every["z"].notna()].sort_values(["z", "estimate"], ignore_index=True)
    choices = _choices(every)
    options = [(choice, option) for choice, found in choices.items() for option in found]
    height = 58 + 3.1 * len(options) + 2.2 * len(choices)
    figure = style.new_figure(style.DOUBLE, height * style.MM)
    top, middle, below = figure.subplots(
        3, 1, sharex=True, height_ratios=(1.6, 0.8, 0.085 * len(options) + 0.06 * len(choices))
    )
    x = np.arange(len(there))
    ratios = (there["quantity"] == "hazard_ratio").to_numpy()
    toward = there["z"] < 0 if summary["direction"] == "below" else there["z"] > 0
    strong = (there["p_value"] < 0.05).to_numpy()
    _estimates(top, there, x, ratios, strong)
    colors = np.where(toward, _TOWARD, _AGAINST)
    middle.scatter(x, there["z"], s=2, c=colors, linewidths=0, label="z", rasterized=True)
    for line in (-1.96, 0, 1.96):
        middle.axhline(line, color=style.SOFT, lw=0.6, ls=":" if line else "-")
    middle.set_ylabel("z")
    _dashboard(below, there, choices)
    top.set_xlim(-0.01 * len(there) - 1, 1.01 * len(there))
    p_values = "; ".join(
        f"{words} {p_text(summary[key])}"
        for key, words in (
            ("p_median", "median effect"),
            ("p_share", "share of significant ones"),
            ("p_stouffer", "combined z"),
        )
        if not np.isnan(summary[key])
    )
    return figure, (
        f"{fixed(len(there))} distinct specifications, in the order of their effect (z; below 0 "
        f"is a "
        "lower hazard). Above: hazard ratios with 95% intervals, dark where p<0.05; differences of "
        "restricted means are shown by z alone. Blue: on the article's side. Below: a mark where a "
        f"specification makes the choice. Median hazard ratio "
        f"{number(summary['median_hazard_ratio'], 3)}; "
        f"{number(summary['share_same_direction'], 0)}% on the article's side, "
        f"{number(summary['share_significant'], 0)}% significantly so. Under the null "
        f"({fixed(summary['permutations'])} permutations): {p_values}."
    )


def _choices(every: pd.DataFrame) -> dict[str, list[str]]:
    """Choices that differ between specifications, with their options in declared order."""
    columns = list(every.columns)
    names = columns[columns.index("finding") + 1 : columns.index("n")]
    there = every[every["z"].notna()]
    found = {
        name: [v for v in every[name].dropna().unique() if v and (there[name] == v).any()]
        for name in names
    }
    return {name: values for name, values in found.items() if len(values) > 1}


def _estimates(
    axes: "Axes", there: pd.DataFrame, x: np.ndarray, ratios: np.ndarray, strong: np.ndarray
) -> None:
    if not ratios.any():
        axes.set_axis_off()
        return
    values = there["estimate"].to_numpy()
    low, high = there["ci_low"].to_numpy(), there["ci_high"].to_numpy()
    for chosen, color in ((ratios & ~strong, style.FAINT), (ratios & strong, style.INK)):
        at = x[chosen]
        bars = axes.vlines(at, low[chosen], high[chosen], color=style.FAINT, lw=0.4, alpha=0.5)
        marks = axes.scatter(at, values[chosen], s=2.5, c=color, linewidths=0, zorder=3)
        marks.set_label("hazard ratio")
        for artist in (bars, marks):  # thousands of marks are a picture, even in a drawing
            artist.set_rasterized(True)
    axes.set_yscale("log")
    bounds = np.quantile(low[ratios], 0.02), np.quantile(high[ratios], 0.98)
    axes.set_ylim(min(bounds[0], 0.97), max(bounds[1], 1.03))
    shown = axes.get_ylim()
    steps = (0.1, 0.2, 0.5, 1, 2, 5) if shown[1] / shown[0] > 1.5 else np.arange(0.8, 1.3, 0.02)
    ticks = [tick for tick in steps if shown[0] <= tick <= shown[1]]
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.axhline(1, color=style.SOFT, lw=0.7)
    axes.set_ylabel("Hazard ratio")


def _dashboard(axes: "Axes", there: pd.DataFrame, choices: Mapping[str, list[str]]) -> None:
    y, ticks, labels = 0.0, [], []
    x = np.arange(len(there))
    for choice, options in choices.items():
        heading = choice.replace("_", " ")
        axes.text(
            -0.008,
            y,
            f"{heading[:1].upper()}{heading[1:]}",
            transform=axes.get_yaxis_transform(),
            ha="right",
            va="center",
            fontsize=5.8,
            weight="bold",
        )
        y += 1
        for option in options:
            made = (there[choice] == option).to_numpy()
            height = np.full(made.sum(), y)
            (marks,) = axes.plot(x[made], height, "|", ms=3.2, mew=0.25, color=style.INK)
            marks.set(label=option, rasterized=True)
            ticks.append(y)
            labels.append(option)
            y += 1
        y += 0.2
    axes.set_ylim(y - 0.3, -0.7)
    axes.set_yticks(ticks, labels, fontsize=5.8)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("Specifications, in the order of their effect")
    axes.spines["left"].set_visible(False)
