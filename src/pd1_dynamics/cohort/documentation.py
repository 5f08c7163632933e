"""The columns of the data contract as documentation: written from the schemas that check them.

``python -m pd1_dynamics.cohort.documentation`` renews the part of ``docs/columns.md`` between its
two marks.
"""

from pathlib import Path

from pd1_dynamics.contract.codebook import load_codebook
from pd1_dynamics.contract.columns import (
    CHOICE,
    DATE,
    DURATION,
    FLAG,
    KEYS,
    TEXT,
    Column,
    with_covariates,
)
from pd1_dynamics.contract.places import CONFIG

PAGE = Path(__file__).parents[3] / "docs" / "columns.md"
START, END = "<!-- columns: start -->", "<!-- columns: end -->"

CONTRACT = with_covariates(load_codebook(CONFIG / "variables.yaml").covariates)
"""Columns of the tables of the melanoma study."""

ONE_ROW = {
    "patients": "one row a patient",
    "assessments": "one row a patient, imaging date and reader",
    "lesions": "one row a lesion, imaging date and reader",
    "labs": "one row a patient, date and test",
    "therapies": "one row a therapy after anti-PD-1",
}


def columns_as_markdown() -> str:
    """A table of columns for each table of the data contract."""
    return "\n".join(line for table in CONTRACT for line in _table(table)) + "\n"


def _table(table: str) -> list[str]:
    key = f" (each {', '.join(KEYS[table])} once)" if table in KEYS else ""
    lines = [f"**{table}**, {ONE_ROW[table]}{key}", "", "| column | values | meaning |"]
    lines.append("| --- | --- | --- |")
    for name, column in CONTRACT[table].items():
        needed = name == "treatment_start" or column.required or column.needed
        shown = f"**{name}**" if needed else name
        lines.append(f"| {shown} | {_values(column)} | {column.description} |")
    return [*lines, ""]


def _values(column: Column) -> str:
    if column.kind == CHOICE:
        return ", ".join(column.levels)
    if column.kind == FLAG:
        return "0, 1"
    if column.kind == DURATION:
        return "days or months (`units`)"
    return {TEXT: "text", DATE: "date or day"}.get(column.kind, column.expected)


def renewed(page: str) -> str:
    """A page of documentation with the part between its marks written anew."""
    before, rest = page.split(START)
    _, after = rest.split(END)
    return f"{before}{START}\n{columns_as_markdown()}{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
