"""Flow of patients: populations, first responses, and where they led."""

from typing import TYPE_CHECKING, Any

from matplotlib.patches import FancyBboxPatch

from pd1_dynamics.analyses.selection import Estimates
from pd1_dynamics.outputs.figures import style
from pd1_dynamics.outputs.figures.shown import Shown
from pd1_dynamics.statistics.rounding import fixed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ABSENT = "–"  # nothing to count


def draw(estimates: Estimates, shown: Shown, entry: dict[str, Any]) -> tuple["Figure", str]:
    """Boxes joined by arrows; all numbers from the estimates."""
    figure = style.new_figure(style.DOUBLE, 98 * style.MM)
    axes = figure.add_subplot()
    axes.set_axis_off()
    axes.set_xlim(0, 100)
    axes.set_ylim(4.5, 67)

    def level(analysis: str, term: str, group: str = "all") -> str:
        row = estimates.first(analysis, term=term, group=group, statistic="n")
        return _ABSENT if row is None else fixed(row.estimate)

    def size(population: str) -> str:
        row = estimates.first("cohort_flow", population=population, statistic="n")
        return _ABSENT if row is None else fixed(row.estimate)

    _box(axes, 50, 62, 40, f"All patients\nn={size('all')}")
    no_baseline, no_evaluation = size("no_measurable_baseline"), size("no_evaluation")
    _box(
        axes,
        12.5,
        61.5,
        25,
        "Not in the analyses of response:\n"
        f"no measurable baseline, n={no_baseline}\nno evaluation, n={no_evaluation}",
        style.FAINT,
    )
    _arrow(axes, (30, 62), (25.2, 62))
    _box(
        axes,
        87.5,
        61.5,
        25,
        f"Without progression\nor death, n={size('not_progressed')}",
        style.FAINT,
    )
    _arrow(axes, (70, 62), (74.8, 62))
    _box(axes, 27, 50, 44, f"Measurable baseline and evaluation\nn={size('response')}")
    _box(axes, 78, 50, 34, f"Progression or death\nn={size('progressed')}")
    _arrow(axes, (50, 58.7), (27, 53.3))
    _arrow(axes, (50, 58.7), (78, 53.3))

    firsts = {"CR": 6, "PR": 20, "SD": 34, "PD": 48}
    _label(axes, 0.5, 44.5, "First evaluation")
    for response, x in firsts.items():
        n = level("best_response", f"first_response={response}")
        n = n if n != _ABSENT else level("imaging", f"first_response={response}")
        _box(axes, x, 36, 10, f"{response}\nn={n}", style.COLORS[response])
        _arrow(axes, (27, 46.7), (x, 39.3))
    _label(axes, 0.5, 6.5, "Best response")
    for response, x in firsts.items():
        n = level("best_response", f"best_response={response}")
        n = n if n != _ABSENT else level("best_response_reported", f"best_response={response}")
        _box(axes, x, 12, 10, f"{response}\nn={n}", style.COLORS[response])
        _arrow(axes, (x, 32.7), (x, 15.3))
    crossing = {
        ("PR", "CR"): level("best_response", "best_response=CR", "PR"),
        ("SD", "PR"): level("best_response", "best_response=PR", "SD"),
        ("SD", "CR"): level("best_response", "best_response=CR", "SD"),
    }
    for (first, best), n in crossing.items():
        if n in (_ABSENT, "0"):
            continue
        start, end = firsts[first] - 1.5, firsts[best] + 2.5
        _arrow(axes, (start, 32.7), (end, 15.3), style.COLORS[best])
        share = 0.62 if (first, best) == ("SD", "CR") else 0.4
        axes.text(
            start + (end - start) * share,
            32.7 - 17.4 * share,
            n,
            ha="center",
            va="center",
            fontsize=6.5,
            color=style.COLORS[best],
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )
    for response, x in firsts.items():
        stayed = level("best_response", f"best_response={response}", response)
        _label(axes, x + 0.9, 23, stayed, style.COLORS[response])

    without = size("progressed_without_radiology")
    scanned = estimates.first("imaging", term="n_imaging_dates", statistic="n") is not None
    _box(
        axes,
        89,
        36,
        21,
        f"Died without\n{'radiological data' if scanned else 'progression'}\nn={without}",
    )
    _box(
        axes,
        66,
        36,
        21,
        f"Progression {'on' if scanned else 'as'}\n"
        f"{'radiological record' if scanned else 'reported'}\nn={size('progression')}",
    )
    _arrow(axes, (78, 46.7), (66, 40.4))
    _arrow(axes, (78, 46.7), (89, 40.4))
    for resistance, x in (("primary", 66), ("secondary", 89)):
        n = level("progression_patterns", f"resistance={resistance}")
        words = f"{resistance.capitalize()}\nresistance\nn={n}"
        _box(axes, x, 12, 18, words, style.COLORS[resistance])
        _arrow(axes, (66, 31.6), (x, 16.4))
    caption = (
        f"Populations of the study (n={size('all')}), and who is in none of them and why. "
        f"Numbers on arrows: patients who took that "
        "way from the first evaluation to their best response. CR, complete remission; PD, disease "
        "progression; PR, partial remission; SD, stable disease."
    )
    gap = estimates.gap("cohort_flow", population="response")
    if gap:
        caption += f" –, not estimable: {gap}; best responses are those that the cohort reports."
    return figure, caption


def _box(
    axes: "Axes", x: float, y: float, width: float, text: str, color: str | None = None
) -> None:
    height = 2.2 + 2.2 * (text.count("\n") + 1)

    axes.add_patch(
        FancyBboxPatch(
            (x - width / 2, y - height / 2),
            width,
            height,
            boxstyle="round,pad=0,rounding_size=0.8",
            facecolor="white",
            edgecolor=color or style.INK,
            linewidth=1.1 if color else 0.7,
        )
    )
    axes.text(x, y, text, ha="center", va="center", fontsize=6.8)


def _label(axes: "Axes", x: float, y: float, text: str, color: str = style.SOFT) -> None:
    axes.text(x, y, text, ha="left", va="center", fontsize=6.5, color=color)


def _arrow(
    axes: "Axes", start: tuple[float, float], end: tuple[float, float], color: str = style.SOFT
) -> None:
    axes.annotate(
        "",
        end,
        start,
        arrowprops={
            "arrowstyle": "-|>",
            "lw": 0.7,
            "color": color,
            "shrinkA": 0,
            "shrinkB": 0,
            "mutation_scale": 6,
        },
    )
