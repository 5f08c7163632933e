"""Checks of parsed tables: limits of single values, keys, and what tables say of each other."""

import pandas as pd
import pandera.pandas as pa

from pd1_dynamics.cohort import findings
from pd1_dynamics.cohort.columns import TABLES, Column
from pd1_dynamics.problems import Problem


def schema(table: str) -> pa.DataFrameSchema:
    """pandera schema of a parsed table: required values and limits of numbers."""
    columns = {
        name: pa.Column(checks=_limits(column), nullable=not column.required, required=False)
        for name, column in TABLES[table].items()
    }
    return pa.DataFrameSchema(columns, name=table)


def values(parsed: pd.DataFrame, table: str, text: pd.DataFrame) -> list[Problem]:
    """Values outside their limits, and required cells that are empty; all of them, lazily.

    Parameters
    ----------
    parsed
        The parsed table, its index the row numbers.
    text
        The same cells as text: where a cell is not empty but its parsed value is missing, parsing
        has told the problem already.
    """
    try:
        schema(table).validate(parsed, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases
    else:
        return []
    problems = []
    for (name, check), group in cases.groupby(["column", "check"], sort=False):
        rows = pd.Index(group["index"].dropna().astype(int)).sort_values()
        if check == "not_nullable":
            empty = rows[(text.loc[rows, name] == "").to_numpy()] if name in text else rows
            problems += findings.of_rows(
                table, name, empty, "an empty cell", "a value in every row"
            )
        else:
            problems += findings.of_rows(table, name, rows, text.loc[rows, name], check)
    return problems


def duplicates(parsed: pd.DataFrame, table: str, key: list[str]) -> list[Problem]:
    """Rows whose key an earlier row has already."""
    repeated = parsed.duplicated(key, keep="first")
    if not repeated.any():
        return []
    first_row = pd.Series(parsed.index, index=parsed.index).groupby(
        [parsed[name] for name in key], dropna=False
    )
    first = first_row.transform("first")[repeated]
    words = " and ".join(name for name in key)
    found = [f"the same {words} as row {row}" for row in first]
    return [
        Problem(table, text, f"each {words} once", column=key[0], row=int(row))
        for text, row in zip(found[: findings.SHOWN], first.index, strict=False)
    ] + (
        [
            Problem(
                table,
                f"{len(found) - findings.SHOWN:,} more such rows",
                f"each {words} once",
                key[0],
            )
        ]
        if len(found) > findings.SHOWN
        else []
    )


def unknown_patients(parsed: pd.DataFrame, table: str, patients: pd.Series) -> list[Problem]:
    """Rows of a patient who is not in the patients table; the patient is not named."""
    unknown = parsed["patient_id"].notna() & ~parsed["patient_id"].isin(patients)
    return findings.where(
        table, "patient_id", unknown, "an unknown patient", "a patient of the table patients"
    )


def order_of_days(clean: dict[str, pd.DataFrame]) -> list[Problem]:
    """Days that cannot be: before the first dose, after death, or ends before starts.

    Parameters
    ----------
    clean
        Tables with day columns, their index the row numbers.
    """
    problems: list[Problem] = []
    patients = clean.get("patients")
    if patients is None:
        return problems
    for name, words in (
        ("last_follow_up", "death or last contact"),
        ("last_dose", "last dose"),
        ("progression_date", "progression"),
        ("confirmatory_scan_date", "confirmatory scan"),
    ):
        day = patients[_day(name)]
        died = (
            (patients["death"] == 1)
            if name == "last_follow_up"
            else pd.Series(False, patients.index)
        )
        early = day < 0
        problems += findings.where(
            "patients",
            name,
            early & died,
            "a death before the first dose",
            "a date not before treatment_start",
        )
        problems += findings.where(
            "patients",
            name,
            early & ~died,
            f"a {words} before the first dose",
            "a date not before treatment_start",
        )
    last_day = patients["last_follow_up_day"].where(patients["death"] == 1)
    late_dose = patients["last_dose_day"] > last_day
    problems += findings.where(
        "patients", "last_dose", late_dose, "a dose after death", "a date not after last_follow_up"
    )
    dead = pd.Series(last_day.to_numpy(), index=patients["patient_id"].to_numpy())
    dead = dead[~dead.index.duplicated()]
    for table, column, words in (
        ("assessments", "date", "a scan after death"),
        ("lesions", "date", "a scan after death"),
        ("labs", "date", "a sample after death"),
        ("therapies", "start", "a therapy after death"),
    ):
        rows = clean.get(table)
        if rows is None:
            continue
        late = rows[_day(column)] > rows["patient_id"].map(dead).astype(float)
        problems += findings.where(
            table, column, late, words, "a date not after the patient's death"
        )
    therapies = clean.get("therapies")
    if therapies is not None:
        problems += findings.where(
            "therapies",
            "start",
            therapies["start_day"] < 0,
            "a later therapy before the first dose",
            "a date not before treatment_start",
        )
        for column, words in (("end", "an end"), ("progression_date", "a progression")):
            early = therapies[_day(column)] < therapies["start_day"]
            problems += findings.where(
                "therapies", column, early, f"{words} before the start", "a date not before start"
            )
    return problems


def lesion_states(lesions: pd.DataFrame) -> list[Problem]:
    """Target lesions with neither a diameter nor a reason for lacking one."""
    silent = (
        (lesions["role"] == "target")
        & lesions["diameter_mm"].isna()
        & (lesions["state"] != "not_evaluable")
    )
    return findings.where(
        "lesions",
        "diameter_mm",
        silent,
        "an empty cell",
        "a diameter of the target lesion, or state not_evaluable",
    )


def _day(column: str) -> str:
    return "day" if column == "date" else f"{column.removesuffix('_date')}_day"


def _limits(column: Column) -> list[pa.Check]:
    """Limits with the words that a message says after "expected"."""
    checks = []
    if column.minimum is not None and column.maximum is not None:
        words = f"a number from {column.minimum:g} to {column.maximum:g}"
        checks.append(pa.Check.in_range(column.minimum, column.maximum, error=words))
    elif column.minimum is not None:
        checks.append(pa.Check.ge(column.minimum, error=f"a number not below {column.minimum:g}"))
    if column.above is not None:
        checks.append(pa.Check.gt(column.above, error=f"a number above {column.above:g}"))
    return checks
