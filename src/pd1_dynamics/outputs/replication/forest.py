"""Forest plot of a finding: cohorts, the pooled estimate, and the article apart."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd

from pd1_dynamics.outputs.figures import style
from pd1_dynamics.outputs.figures.drawing import finish
from pd1_dynamics.outputs.figures.placeholder import placeholder
from pd1_dynamics.outputs.replication.printed import decimals, estimate, whole
from pd1_dynamics.statistics.printing import number, p_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROW = 6.5 * style.MM  # height of a line, inches
_POOLED, _ARTICLE = "#1a1a1a", "#0072B2"


def draw(
    entry: Mapping[str, Any],
    answers: pd.DataFrame,
    weights: np.ndarray,
    pooled: Mapping[str, Any],
    titles: Mapping[str, str],
) -> tuple["Figure", dict[str, str]]:
    """One finding.

    Parameters
    ----------
    entry
        Of ``config/findings.yaml``.
    answers
        Rows of the cohorts that are pooled and of those beside them (column ``pooled``), each with
        an estimate.
    weights
        Percent of each pooled one, in the order of the rows that are pooled.
    pooled
        Row of ``pooled.csv``.
    titles
        Printed name of each cohort.

    Returns
    -------
    figure, caption
        The caption is a dictionary with ``title`` and ``caption``.
    """
    with mpl.rc_context(style.SETTINGS):
        if answers.empty:
            figure = placeholder(entry["words"], str(pooled["reason"]))
            caption = f"Not estimable in any cohort: {pooled['reason']}."
        else:
            figure = _forest(entry, answers, weights, pooled, titles)
            caption = _caption(entry, answers, pooled)
        return figure, finish(figure, entry["words"], caption, synthetic=False)


def _forest(
    entry: Mapping[str, Any],
    answers: pd.DataFrame,
    weights: np.ndarray,
    pooled: Mapping[str, Any],
    titles: Mapping[str, str],
) -> "Figure":
    lines = _lines(entry, answers, weights, pooled, titles)
    figure = style.new_figure(style.DOUBLE, (len(lines) + 3.6) * _ROW)
    left, axes, right = figure.subplots(1, 3, width_ratios=(1.4, 1.3, 1.0))
    for panel in (left, axes, right):
        panel.set_ylim(len(lines) - 0.4, -1.4)
        panel.set_yticks([])
    for panel in (left, right):
        panel.set_axis_off()
        panel.set_xlim(0, 1)
    _words(left, (0.0, 0.8, 1.0), ("Cohort", "Patients", "Events"), -1.0, bold=True)
    heading = f"{entry['quantity'][:1].upper()}{entry['quantity'][1:]} (95% CI)"
    _words(right, (0.0, 1.0), (heading, "Weight"), -1.0, bold=True)
    for place, line in enumerate(lines):
        bold = line["bold"]
        _words(left, (0.0, 0.8, 1.0), (line["name"], line["n"], line["events"]), place, bold)
        _words(right, (0.0, 1.0), (line["text"], line["weight"]), place, bold)
        _mark(axes, place, line)
    _scale(axes, entry, lines)
    return figure


def _lines(
    entry: Mapping[str, Any],
    answers: pd.DataFrame,
    weights: np.ndarray,
    pooled: Mapping[str, Any],
    titles: Mapping[str, str],
) -> list[dict[str, Any]]:
    """What stands in each line, from above: cohorts, the pooled estimate, others, the article."""
    places = decimals(entry)

    def line(name: str, row: Mapping[str, Any], shape: str, **more: Any) -> dict[str, Any]:
        values = [row["estimate"], row["ci_low"], row["ci_high"]]
        text = estimate(values, places)
        return {
            "name": name,
            "n": whole(row.get("n"), ""),
            "events": whole(row.get("events"), ""),
            "values": values,
            "text": text,
            "weight": "",
            "shape": shape,
            "bold": False,
            "prediction": None,
            **more,
        }

    found = []
    inside = answers[answers["pooled"]]
    for row, weight in zip(inside.to_dict("records"), weights, strict=True):
        share = f"{number(weight, 1)}%" if len(inside) > 1 else ""
        size = 0.25 + 0.75 * np.sqrt(weight / 100)
        found.append(line(titles[row["cohort"]], row, "square", weight=share, size=size))
    if len(inside) > 1:
        prediction = (pooled["prediction_low"], pooled["prediction_high"])
        known = None if np.isnan(prediction[0]) else prediction
        found.append(line("Pooled, random effects", pooled, "diamond", bold=True, prediction=known))
    for row in answers[~answers["pooled"]].to_dict("records"):
        name = f"{titles[row['cohort']]} (not pooled)"
        found.append(line(name, row, "square", size=0.5, apart=True))
    if not np.isnan(pooled["published"]):
        article = {
            "estimate": pooled["published"],
            "ci_low": pooled["published_low"],
            "ci_high": pooled["published_high"],
        }
        found.append(line("The article (not pooled)", article, "article"))
    return found


def _words(
    panel: "Axes", places: tuple[float, ...], texts: tuple[str, ...], y: float, bold: bool
) -> None:
    for x, text in zip(places, texts, strict=False):
        side = "left" if x == 0.0 else "right"
        panel.text(
            x, y, text, ha=side, va="center", fontsize=6.8, weight="bold" if bold else "normal"
        )


def _mark(axes: "Axes", y: int, line: Mapping[str, Any]) -> None:
    estimate, low, high = line["values"]
    if line["shape"] == "diamond":
        if line["prediction"] is not None:
            axes.plot(line["prediction"], [y, y], color=_POOLED, lw=1.0, ls=(0, (2, 1.5)))
        axes.fill(
            [low, estimate, high, estimate], [y, y - 0.3, y, y + 0.3], color=_POOLED, linewidth=0
        )
        return
    color = _ARTICLE if line["shape"] == "article" else style.INK
    if not np.isnan(low):
        axes.plot([low, high], [y, y], color=color, lw=1.0, solid_capstyle="butt")
    marker, size = ("o", 4.0) if line["shape"] == "article" else ("s", 7.5 * line["size"])
    hollow = line["shape"] == "article" or line.get("apart")
    axes.plot(
        [estimate], [y], marker, ms=size, color=color, markerfacecolor="white" if hollow else color
    )


def _scale(axes: "Axes", entry: Mapping[str, Any], lines: list[dict[str, Any]]) -> None:
    ratio = entry["scale"] == "log"
    ends = np.array([v for line in lines for v in (*line["values"], *(line["prediction"] or ()))])
    ends = ends[np.isfinite(ends)]
    if ratio:
        axes.set_xscale("log")
        low, high = min(ends.min(), 0.95), max(ends.max(), 1.05)
        low, high = max(low / 1.1, 0.02), min(high * 1.1, 50)
        steps = np.array([0.05, 0.1, 0.2, 0.5, 0.8, 0.9, 1, 1.1, 1.25, 2, 5, 10, 20])
        if high / low > 4:
            steps = np.array([0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20])
        elif high / low < 1.2:
            steps = np.round(np.linspace(low, high, 4), 2)
        ticks = steps[(steps >= low) & (steps <= high)]
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.minorticks_off()
    else:
        margin = 0.05 * (ends.max() - ends.min() or 1)
        low, high = ends.min() - margin, ends.max() + margin
        if entry["scale"] == "logit":
            low, high = max(0, low), min(100, high)
        else:
            low, high = min(low, -margin), max(high, margin)
    axes.set_xlim(low, high)
    if entry["direction"] != "rate":
        axes.axvline(1 if ratio else 0, color=style.SOFT, lw=0.7, zorder=0)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.set_xlabel(entry["quantity"] + (" (log scale)" if ratio else ""))


def _caption(entry: Mapping[str, Any], answers: pd.DataFrame, pooled: Mapping[str, Any]) -> str:
    inside = answers[answers["pooled"]]
    parts = [f"Article: {entry['place']}, adjusted for {entry['article']['adjusted_for']}."]
    adjusted = {
        f"{row['cohort']}: {row['adjusted_for'].lower()}" for row in answers.to_dict("records")
    }
    if adjusted:
        parts.append(f"Adjusted for, by cohort: {'; '.join(sorted(adjusted))}.")
    if len(inside) > 1:
        parts.append(
            "Squares: cohorts, larger with more weight; diamond: pooled by random effects "
            "(variance between cohorts by Paule and Mandel, interval by Hartung and Knapp); "
            "dashed: interval of a new cohort, where there are three and more. "
            f"I² {number(pooled['i_squared'], 0)}%, tau² {number(pooled['tau_squared'], 3)}, "
            f"Q {number(pooled['q'], 1)}, "
            f"{p_text(pooled['q_p_value'])}."
        )
    parts.append("Open circle: the article, which is not pooled.")
    if (~answers["pooled"]).any():
        parts.append("Open square: a cohort under another treatment, which is not pooled.")
    return " ".join(parts)
