"""What a synthetic cohort is like: its distributions, trajectories and correlations.

Pictures of the cohort itself, not of the article: nothing in them is an estimate.
"""

from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd

from pd1_dynamics.contract.vocabulary import DAYS_PER_MONTH
from pd1_dynamics.outputs.figures import style
from pd1_dynamics.outputs.figures.drawing import finish

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_RANGES = ("median", "min", "max")
_POPULATION = {"response": "in_response_cohort", "progression": "in_progression_cohort"}
# column, label, population; the ledger's quantities are found by column through the selectors
_HISTOGRAMS = (
    ("baseline_sum_mm", "Baseline target size (mm)", "response"),
    ("change_3_months_pct", "Change at 3 months (%)", "response"),
    ("max_change_pct", "Response depth (%)", "response"),
    ("time_to_nadir_months", "Time to nadir (months)", "response"),
    ("target_sum_at_progression_mm", "Target size at PD (mm)", "progression"),
    ("enlargement_pct_per_month", "Enlargement (% per month)", "progression"),
    ("ldh_change_pct_per_month", "LDH change (% per month)", "progression"),
    ("pps_months", "Survival after PD (months)", "progression"),
)
_CORRELATED = {
    "baseline_sum_mm": "Baseline size",
    "change_3_months_pct": "Change at 3 months",
    "max_change_pct": "Response depth",
    "time_to_nadir_months": "Time to nadir",
    "pfs_months": "PFS",
    "target_sum_at_progression_mm": "Size at PD",
    "enlargement_pct_per_month": "Enlargement per month",
    "organs_at_progression": "Organs at PD",
    "ldh_change_pct_per_month": "LDH change per month",
    "pps_months": "PPS",
    "os_months": "OS",
    "age_years": "Age",
}
_WITHIN, _BEYOND = "#0072B2", "#D55E00"
FIGURES = ("distributions", "trajectories", "correlations", "held_out")


def draw(
    name: str, patients: pd.DataFrame, response: pd.DataFrame, held_out: pd.DataFrame
) -> tuple["Figure", dict[str, str]]:
    """One of :data:`FIGURES`.

    Parameters
    ----------
    patients, response
        ``derived/patients.csv`` and ``derived/response.csv``.
    held_out
        ``data/synthetic/held_out.csv``: numbers that a cohort found though it did not aim at them.

    Returns
    -------
    figure, caption
        The caption is a dictionary with ``title`` and ``caption``.
    """
    with mpl.rc_context(style.SETTINGS):
        figure, title, caption = {
            "distributions": lambda: _distributions(patients),
            "trajectories": lambda: _trajectories(patients, response),
            "correlations": lambda: _correlations(patients),
            "held_out": lambda: _held_out(held_out),
        }[name]()
        return figure, finish(figure, title, caption, synthetic=True)


def _distributions(patients: pd.DataFrame) -> tuple["Figure", str, str]:
    figure = style.new_figure(style.DOUBLE, 80 * style.MM)
    for axes, (column, label, population) in zip(
        figure.subplots(2, 4).ravel(), _HISTOGRAMS, strict=True
    ):
        members = patients[patients[_POPULATION[population]] == 1]
        values = members[column].astype(float).dropna()
        axes.hist(values, bins=24, color=style.FAINT)
        axes.axvline(values.median(), color=_WITHIN, linewidth=1)
        axes.plot([values.min(), values.max()], [0, 0], "|", color=_BEYOND, ms=9, clip_on=False)
        axes.set_xlabel(label)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
    caption = (
        "Patients with targets and an evaluation (top) and with radiological progression (bottom). "
        "Blue: the median; orange: smallest and largest value. The search aims at medians and "
        "ranges, overall and in groups; the shape between them is the generator's own."
    )
    return figure, "Distributions", caption


def _trajectories(patients: pd.DataFrame, response: pd.DataFrame) -> tuple["Figure", str, str]:
    figure = style.new_figure(style.DOUBLE, 62 * style.MM)
    panels = figure.subplots(1, 4, sharey=True)
    points = response.merge(
        patients.loc[patients["in_response_cohort"] == 1, ["patient_id", "best_response"]],
        on="patient_id",
    )
    points = points[points["target_sum_mm"].notna()]
    first = points.sort_values("day").groupby("patient_id")["target_sum_mm"].transform("first")
    points = points.assign(relative=points["target_sum_mm"].clip(lower=1) / first)
    for axes, best in zip(panels, ("CR", "PR", "SD", "PD"), strict=True):
        for _, course in points[points["best_response"] == best].groupby("patient_id"):
            axes.plot(
                course["day"] / DAYS_PER_MONTH, course["relative"],
                color=style.COLORS[best], linewidth=0.5, alpha=0.55,
            )  # fmt: skip
        axes.set_yscale("log")
        axes.set_title(best)
        axes.set_xlabel("Months")
    panels[0].set_ylabel("Target size, share of baseline")
    panels[0].set_yticks(
        [0.05, 0.1, 0.3, 0.7, 1, 2, 4], ["0.05", "0.1", "0.3", "0.7", "1", "2", "4"]
    )
    panels[0].minorticks_off()
    caption = (
        "Every patient's target lesions on a logarithmic scale, on which a sum of decaying and "
        "growing exponentials is convex. A scan may lie above the line between its neighbors only "
        "by a few percent, the error of measurement. Targets that are gone are drawn at 1 mm."
    )
    return figure, "Trajectories", caption


def _correlations(patients: pd.DataFrame) -> tuple["Figure", str, str]:
    table = patients[list(_CORRELATED)].astype(float).corr(method="spearman")
    figure = style.new_figure(style.SINGLE * 1.35, 95 * style.MM)
    axes = figure.subplots()
    image = axes.imshow(table, cmap="RdBu_r", vmin=-1, vmax=1)
    names = list(_CORRELATED.values())
    axes.set_xticks(range(len(names)), names, rotation=90)
    axes.set_yticks(range(len(names)), names)
    axes.spines[["left", "bottom"]].set_visible(False)
    figure.colorbar(image, ax=axes, shrink=0.7, label="Spearman's rho")
    caption = (
        "Rank correlations of all patients with both values. Targets among them are baseline size "
        "with response depth, and what follows from the models of PFS, OS and PPS; the others "
        "emerged."
    )
    return figure, "Correlations", caption


def _held_out(held_out: pd.DataFrame) -> tuple["Figure", str, str]:
    known = held_out.dropna(subset=["published_value", "cohort_value"])
    figure = style.new_figure(style.SINGLE, 80 * style.MM)
    axes = figure.subplots()
    limit = float(np.abs(known[["published_value", "cohort_value"]].to_numpy()).max())
    for verdicts, color, mark, label in (
        (("reproduced",), _WITHIN, "o", "equal at printed precision"),
        (("close",), "#117733", "s", "in the printed interval, or one unit off"),
        (("differs",), _BEYOND, "D", "differs"),
    ):
        part = known[known["cohort_verdict"].isin(verdicts)]
        axes.plot(
            part["published_value"], part["cohort_value"], mark,
            color=color, ms=3.2, mec="white", mew=0.3, label=f"{label} ({len(part)})",
        )  # fmt: skip
    axes.plot([-limit, limit], [-limit, limit], color=style.FAINT, linewidth=0.6, zorder=0)
    ticks = [-100, -10, -1, 0, 1, 10, 100]
    for scale, set_ticks in (
        (axes.set_xscale, axes.set_xticks),
        (axes.set_yscale, axes.set_yticks),
    ):
        scale("symlog", linthresh=1)
        set_ticks(ticks, [str(tick).replace("-", "\u2212") for tick in ticks])
    axes.margins(0.08)
    axes.set_xlabel("Published")
    axes.set_ylabel("Found by a cohort that did not aim at it")
    axes.legend(frameon=False, loc="upper left")
    caption = (
        "Published numbers that were left out of the targets, in cohorts built without them. Near "
        "the line they follow from the other numbers; away from it they are free, and a cohort "
        "that has them has them only because it was told to."
    )
    return figure, "Numbers held out", caption
