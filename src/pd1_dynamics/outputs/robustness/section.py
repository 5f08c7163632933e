"""The part of the report on robustness: paragraphs, pictures and tables."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics.contract.codebook import Codebook
from pd1_dynamics.outputs.pages import template
from pd1_dynamics.outputs.report.page import Picture
from pd1_dynamics.statistics.printing import DASH, interval, number, p_value
from pd1_dynamics.statistics.rounding import fixed

_LONG = 40  # rows of a table that are shown at most; the file has all


@dataclass(frozen=True)
class Listed:
    """One table of the section."""

    file: str
    title: str
    note: str
    header: tuple[str, ...]
    rows: list[tuple[str, ...]]
    left_out: int = 0


def make(
    tables: Mapping[str, pd.DataFrame],
    said: pd.DataFrame,
    pictures: Sequence[Picture],
    codebook: Codebook,
    synthetic: bool,
) -> str:
    """The section, as a part of an HTML page.

    Parameters
    ----------
    tables
        The tables of ``robustness/`` by name.
    said
        What :func:`pd1_dynamics.outputs.robustness.statements.statements` gave.
    pictures
        The pictures in order.
    codebook
        Labels.
    synthetic
        Whether the cohort is made up.
    """
    return template(Path(__file__).with_name("section.html.jinja")).render(
        paragraphs=said.to_dict("records"),
        pictures=pictures,
        tables=list(_listed(tables, codebook)),
        synthetic=synthetic,
    )


def _listed(tables: Mapping[str, pd.DataFrame], codebook: Codebook) -> Iterator[Listed]:
    for file, (title, note, columns) in _TABLES.items():
        table = tables[file]
        gaps = table.get("not_estimable", pd.Series("", index=table.index)).fillna("")
        rows = []
        for row, gap in zip(table.to_dict("records"), gaps, strict=True):
            cells = [shown(row, codebook) for _, shown in columns]
            if gap:
                known = [c if c != DASH else "" for c in cells]
                place = next((i for i, c in enumerate(known) if not c), len(known) - 1)
                cells = [*known[:place], f"not estimable: {gap}", *[""] * (len(known) - place - 1)]
            rows.append(tuple(cells))
        header = tuple(name for name, _ in columns)
        yield Listed(file, title, note, header, rows[:_LONG], max(len(rows) - _LONG, 0))


# --- how columns are shown ------------------------------------------------------------------------

Shown = Callable[[Mapping[str, Any], Codebook], str]


def _missing(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value))


def _text(name: str) -> Shown:
    def shown(row: Mapping[str, Any], _: Codebook) -> str:
        return "" if _missing(row[name]) else str(row[name]).replace("_", " ")

    return shown


def _term(row: Mapping[str, Any], codebook: Codebook) -> str:
    if _missing(row["term"]) or not row["term"]:
        return ""
    name, _, level = str(row["term"]).partition("=")
    if name not in codebook.variables:
        return "all together" if name == "GLOBAL" else name
    variable = codebook.variables[name]
    plain = not level or variable.kind == "binary"
    return variable.label if plain else f"{variable.label}: {variable.level_label(level)}"


def _count(name: str) -> Shown:
    return lambda row, _: DASH if _missing(row[name]) else fixed(row[name])


def _number(name: str, decimals: int) -> Shown:
    return lambda row, _: DASH if _missing(row[name]) else number(row[name], decimals)


def _p(name: str = "p_value") -> Shown:
    return lambda row, _: DASH if _missing(row[name]) else p_value(row[name])


def _ratio(estimate: str = "estimate", low: str = "ci_low", high: str = "ci_high") -> Shown:
    def shown(row: Mapping[str, Any], _: Codebook) -> str:
        values = [row[name] for name in (estimate, low, high)]
        if _missing(values[0]):
            return DASH
        middle, lowest, highest = values
        near = not _missing(lowest) and lowest > 0 and highest / lowest < 1.3
        return interval(middle, lowest, highest, 3 if near else 2)

    return shown


_MODEL: tuple[tuple[str, Shown], ...] = (("Analysis", _text("analysis")), ("Covariate", _term))
_COUNTS: tuple[tuple[str, Shown], ...] = (("n", _count("n")), ("Events", _count("events")))

_TABLES: dict[str, tuple[str, str, tuple[tuple[str, Shown], ...]]] = {
    "proportional_hazards": (
        "Proportional hazards",
        "Score test of each covariate against time (R: cox.zph); a small p speaks against "
        "proportional hazards.",
        (
            *_MODEL,
            *_COUNTS,
            ("Chi-squared", _number("statistic", 2)),
            ("df", _count("df")),
            ("P", _p()),
        ),
    ),
    "functional_form": (
        "Straight lines",
        "Restricted cubic spline with four knots against a straight line, likelihood ratio test.",
        (
            *_MODEL,
            *_COUNTS,
            ("Chi-squared", _number("statistic", 2)),
            ("df", _count("df")),
            ("P", _p()),
        ),
    ),
    "influence": (
        "Influence of single patients",
        "Hazard ratio, its range without any one patient, share of patients whose dfbetas is "
        "beyond "
        "2/√n, and share of the most influential ones without whom the fitted sign turns.",
        (
            *_MODEL,
            *_COUNTS,
            ("Hazard ratio", _number("estimate", 3)),
            ("Lowest without one", _number("without_one_low", 3)),
            ("Highest", _number("without_one_high", 3)),
            ("Influential (%)", _number("share_influential", 1)),
            ("To turn the sign (%)", _number("share_to_change_sign", 1)),
        ),
    ),
    "collinearity": (
        "Covariates that share a clock",
        "Hazard ratio of each alone and of all together, in the patients who have all; a variance "
        "inflation above 5 makes a model's coefficients hard to tell apart.",
        (
            *_MODEL,
            *_COUNTS,
            ("Alone", _number("alone", 3)),
            ("P alone", _p("p_alone")),
            ("Together", _number("together", 3)),
            ("P together", _p("p_together")),
            ("Variance inflation", _number("variance_inflation", 1)),
            (
                "Sign",
                lambda row, _: (
                    DASH
                    if _missing(row["sign_changes"])
                    else ("changes" if row["sign_changes"] else "the same")
                ),
            ),
        ),
    ),
    "landmark": (
        "Landmarks",
        "What was known at a landmark, in those still at risk then, with follow-up from there. "
        "Lost: "
        "the event or the end of follow-up came before, or no scan had told.",
        (
            ("Analysis", _text("analysis")),
            ("Month", _count("landmark_months")),
            ("Covariate", _term),
            *_COUNTS,
            ("Hazard ratio (95% CI)", _ratio()),
            ("P", _p()),
            ("Had the event", _count("had_event")),
            ("Censored", _count("censored")),
            ("Not known", _count("not_known")),
        ),
    ),
    "time_dependent": (
        "Covariates that change",
        "Counting process, values as of the last scan; beside it the ratio as if the final value "
        "had "
        "been known at the start.",
        (
            *_MODEL,
            *_COUNTS,
            ("Hazard ratio (95% CI)", _ratio()),
            ("P", _p()),
            ("As if known at the start", _number("estimate_as_fixed", 3)),
        ),
    ),
    "restricted_mean": (
        "Restricted mean survival",
        "Differences in months up to a horizon, with 95% intervals; no assumption of proportional "
        "hazards.",
        (
            ("Comparison", _text("analysis")),
            ("Horizon (months)", _count("months")),
            *_COUNTS,
            (
                "Difference (95% CI)",
                lambda row, _: (
                    DASH
                    if _missing(row["estimate"])
                    else interval(row["estimate"], row["ci_low"], row["ci_high"], 1)
                ),
            ),
            ("P", _p()),
        ),
    ),
    "visit_schedule": (
        "What the visit schedule does",
        "PFS at detection (Kaplan–Meier, 95% interval), and with progression anywhere between two "
        "scans: Turnbull's lowest and highest estimate, and a Weibull model.",
        (
            ("Quantity", _text("quantity")),
            ("Month", _count("months")),
            *_COUNTS,
            ("At detection", _number("at_detection", 1)),
            ("Low", _number("ci_low", 1)),
            ("High", _number("ci_high", 1)),
            ("Turnbull, lowest", _number("turnbull_low", 1)),
            ("Highest", _number("turnbull_high", 1)),
            ("Weibull", _number("weibull", 1)),
        ),
    ),
    "agreement": (
        "Agreement of the rules of resistance",
        "Patients whom both rules type, those with the same type, and Cohen's kappa.",
        (
            ("Rule", _text("rule")),
            ("Other rule", _text("other")),
            ("n", _count("n")),
            ("Agree", _count("agree")),
            ("Kappa (95% CI)", _ratio("kappa")),
        ),
    ),
    "bootstrap": (
        "Resamples",
        "Percentile and BCa limits, share of resamples with the same sign and with p<0.05, and "
        "Harrell's C corrected for optimism.",
        (
            *_MODEL,
            *_COUNTS,
            (
                "Hazard ratio (percentile limits)",
                _ratio("estimate", "percentile_low", "percentile_high"),
            ),
            ("BCa limits", lambda row, codebook: _limits(row)),
            ("Same sign (%)", _number("share_same_sign", 0)),
            ("p<0.05 (%)", _number("share_significant", 0)),
            ("C", _number("concordance", 3)),
            ("C corrected", _number("concordance_corrected", 3)),
        ),
    ),
    "selections": (
        "Covariates that are selected",
        "Share of resamples in which a covariate is selected (p<0.10) for the multivariate model.",
        (
            *_MODEL,
            ("n", _count("n")),
            (
                "Selected here",
                lambda row, _: (
                    DASH if _missing(row["selected"]) else ("yes" if row["selected"] else "no")
                ),
            ),
            ("Selected (%)", _number("share_selected", 0)),
            ("Same sign (%)", _number("share_same_sign", 0)),
        ),
    ),
    "comparisons": (
        "Secondary less primary resistance (table 2)",
        "Differences of medians, or of percentage points, with percentile limits of resamples.",
        (
            *_MODEL,
            ("n", _count("n")),
            (
                "Difference (limits)",
                lambda row, _: (
                    DASH
                    if _missing(row["estimate"])
                    else interval(row["estimate"], row["percentile_low"], row["percentile_high"], 1)
                ),
            ),
            ("Same sign (%)", _number("share_same_sign", 0)),
        ),
    ),
    "missing_values": (
        "Missing values",
        "Complete cases beside multiple imputation, and the lowest and highest ratio that "
        "plausible "
        "values of the covariate could give.",
        (
            *_MODEL,
            ("n complete", _count("n")),
            ("Complete (95% CI)", _ratio()),
            ("n imputed", _count("n_imputed")),
            ("Without it", _count("missing")),
            ("Imputed (95% CI)", _ratio("imputed", "imputed_low", "imputed_high")),
            ("P", _p("imputed_p_value")),
            ("Lowest", _number("lowest", 3)),
            ("Highest", _number("highest", 3)),
        ),
    ),
    "multiplicity": (
        "Tests that are told together",
        "P values corrected for all tests of a table.",
        (
            ("Family", _text("family")),
            ("Covariate", _term),
            ("Tests", _count("tests")),
            ("P", _p()),
            ("Bonferroni", _p("bonferroni")),
            ("Holm", _p("holm")),
            ("Benjamini–Hochberg", _p("benjamini_hochberg")),
        ),
    ),
    "e_values": (
        "Unmeasured confounding",
        "E-value: least risk ratio that a confounder needs with both exposure and outcome to "
        "explain "
        "the estimate, or its interval, away.",
        (
            *_MODEL,
            ("Contrast", _text("contrast")),
            ("Hazard ratio (95% CI)", _ratio()),
            ("E-value", _number("e_value", 2)),
            ("Of the limit", _number("e_value_limit", 2)),
        ),
    ),
    "centers": (
        "Centers",
        "Hazard ratio as the analysis says, with a hazard of its own for each center, and the test "
        "whether it differs between them.",
        (
            *_MODEL,
            *_COUNTS,
            ("Centers", _count("centers")),
            ("As is (95% CI)", _ratio()),
            ("Stratified (95% CI)", _ratio("stratified", "stratified_low", "stratified_high")),
            ("P", _p("stratified_p_value")),
            ("P, differs between centers", _p("p_interaction")),
        ),
    ),
}


def _limits(row: Mapping[str, Any]) -> str:
    if _missing(row["bca_low"]):
        return DASH
    decimals = 3 if row["bca_high"] / row["bca_low"] < 1.3 else 2
    return f"{number(row['bca_low'], decimals)} to {number(row['bca_high'], decimals)}"
