"""Filling the review page: what was measured in each patient, and which rules decided."""

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from pd1_dynamics.contract.codebook import Codebook
from pd1_dynamics.outputs.pages import template
from pd1_dynamics.statistics.printing import number

SCAN_COLUMNS = (
    *("date", "day", "target_sum_mm", "nadir_sum_mm", "change_from_baseline_pct"),
    *("change_from_nadir_pct", "change_from_nadir_mm", "target_response", "nontarget_response"),
    *("new_lesion", "overall_response", "irecist_response", "counted"),
    *("target_rule", "overall_rule"),
)
"""Columns of ``derived/response.csv`` that a visit shows."""
PROGRESSION = (
    *("progression_date", "progression_pattern", "organs_at_progression"),
    *("target_sum_at_progression_mm", "enlargement_pct", "ldh_at_progression"),
)
"""Columns of ``derived/patients.csv`` with the findings at progression."""
THERAPY_COLUMNS = ("start_day", "end_day", "category", "kind", "best_response")


def make(
    cohort: Mapping[str, Any],
    patients: pd.DataFrame,
    response: pd.DataFrame,
    lesions: pd.DataFrame,
    given: pd.DataFrame,
    therapies: pd.DataFrame,
    codebook: Codebook,
    thresholds: Mapping[str, float],
    most: int,
) -> str:
    """The page, as text; nothing is fetched.

    Parameters
    ----------
    cohort
        ``title``, ``synthetic``.
    patients, response
        ``derived/patients.csv`` and ``derived/response.csv``.
    lesions, given, therapies
        Clean tables: every lesion as read, patients as given (last dose), later therapies.
    codebook
        Labels of what is shown of a patient, and covariates.
    thresholds
        What is drawn: ``partial_response_pct``, ``progression_pct``, ``progression_mm``.
    most
        Patients on the page at most; of a larger cohort the first by identifier.
    """
    chosen = patients.sort_values("patient_id", kind="stable").head(most)
    records = _records(chosen, response, lesions, given, therapies, codebook)
    here = Path(__file__).parent
    return template(here / "review.html.jinja").render(
        cohort=cohort,
        shown=len(chosen),
        total=len(patients),
        data=_as_script({"patients": records, "rules": dict(thresholds)}),
        script=(here / "review.js.jinja").read_text(encoding="utf-8"),
        library=files("plotly").joinpath("package_data", "plotly.min.js").read_text("utf-8"),
    )


def _as_script(content: Any) -> str:
    """JSON that cannot end the script around it."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _records(
    patients: pd.DataFrame,
    response: pd.DataFrame,
    lesions: pd.DataFrame,
    given: pd.DataFrame,
    therapies: pd.DataFrame,
    codebook: Codebook,
) -> list[dict[str, Any]]:
    scans = _by_patient(response, SCAN_COLUMNS)
    of_lesions = _by_patient(
        lesions, ("lesion_id", "role", "organ", "node", "day", "diameter_mm", "state", "reader")
    )
    later = _by_patient(therapies, THERAPY_COLUMNS)
    doses = given.set_index("patient_id")["last_dose_day"] if len(given) else pd.Series(dtype=float)
    facts = [name for name in (*codebook.covariates, "site", "setting") if name in patients]
    return [
        {
            "id": str(row["patient_id"]),
            "scans": scans.get(row["patient_id"], []),
            "lesions": of_lesions.get(row["patient_id"], []),
            "therapies": later.get(row["patient_id"], []),
            "last_dose": _cell(doses.get(row["patient_id"])),
            "facts": _shown(row, facts, codebook),
            "progression": _shown(row, PROGRESSION, codebook),
            "outcome": {
                name: _cell(row.get(name))
                for name in (
                    *("best_response", "best_response_confirmed", "irecist_best_response"),
                    *("baseline_sum_mm", "max_change_pct", "time_to_nadir_months"),
                    *("progression_date", "pfs_months", "pfs_event", "pfs_end"),
                    *("os_months", "os_event", "pps_months"),
                    *("resistance", "resistance_paper", "resistance_sitc"),
                    *("resistance_sitc_confirmation", "resistance_sitc_reason"),
                    "resistance_sitc_rule",
                )
            },
        }
        for row in patients.to_dict("records")
    ]


def _by_patient(table: pd.DataFrame, columns: tuple[str, ...]) -> dict[Any, list[dict[str, Any]]]:
    """Rows of each patient as records, in the order of the table."""
    names = [name for name in columns if name in table]
    found: dict[Any, list[dict[str, Any]]] = {}
    for patient, *values in table[["patient_id", *names]].itertuples(index=False, name=None):
        record = {name: _cell(value) for name, value in zip(names, values, strict=True)}
        found.setdefault(patient, []).append(
            {name: value for name, value in record.items() if value is not None}
        )
    return found


def _shown(row: Mapping[str, Any], names: Any, codebook: Codebook) -> list[list[str]]:
    """Label and text of each value that is known."""
    shown = []
    for name in names:
        value = _cell(row.get(name))
        if value is None:
            continue
        variable = codebook.variables.get(name)
        if variable is None:
            shown.append([name.replace("_", " ").capitalize(), str(value)])
            continue
        if variable.is_continuous:
            text = number(float(value), variable.decimals)
        else:
            text = variable.level_label(_level(value))
        unit = f" {variable.unit}" if variable.unit else ""
        shown.append([variable.label, text + unit])
    return shown


def _level(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _cell(value: Any) -> Any:
    """A value as JSON holds it: None for missing, whole numbers whole, decimals to six places."""
    if value is None or value is pd.NA or value != value:
        return None
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return int(value) if value.is_integer() else round(value, 6)
    return value
