"""Dates to days: the index date is the first dose, day 0."""

import numpy as np
import pandas as pd

from pd1_dynamics.cohort.parsing import iso_dates
from pd1_dynamics.contract.columns import DATE, SCANS_AND_SAMPLES, TABLES, clean_name

INDEX_DATE = "treatment_start"


def of_patients(patient_id: pd.Series, patients: pd.DataFrame, values: pd.Series) -> pd.Series:
    """A value of the patients table for each row of another table, NaN for unknown patients.

    Parameters
    ----------
    patient_id
        Patient of each row, categorical.
    patients
        The patients table; of a patient who stands there twice, the first row counts.
    values
        A numeric column of it.
    """
    first = ~patients["patient_id"].duplicated().to_numpy()
    known = pd.Index(patients["patient_id"].astype(object)[first])
    of_label = known.get_indexer(patient_id.cat.categories)
    of_known = np.append(values.to_numpy(dtype=float)[first], np.nan)
    of_row = np.append(of_known[of_label], np.nan)[patient_id.cat.codes.to_numpy()]
    return pd.Series(of_row, index=patient_id.index)


def to_days(
    parsed: dict[str, pd.DataFrame], texts: dict[str, pd.DataFrame], time: str
) -> dict[str, pd.DataFrame]:
    """Tables with the columns of the clean tables: ``day``, ``…_day``, ``…_days``.

    Scans and samples keep their date beside it, as ISO date or as whole number. Without an index
    date (of a patient, or of all) days are missing; checks tell that.
    """
    patients = parsed.get("patients", pd.DataFrame())
    start = patients.get(INDEX_DATE) if "patient_id" in patients else None
    dated = {}
    for table, rows in parsed.items():
        columns = {}
        for name in rows:
            if name not in TABLES[table] or TABLES[table][name].kind != DATE:
                columns[clean_name(table, name)] = rows[name]
            elif name == INDEX_DATE:
                columns[name] = iso_dates(texts[table][name]) if time == "date" else rows[name]
            else:
                if table in SCANS_AND_SAMPLES:
                    columns["date"] = (
                        iso_dates(texts[table][name]) if time == "date" else whole_text(rows[name])
                    )
                columns[clean_name(table, name)] = rows[name]
                if time == "date":
                    columns[clean_name(table, name)] = (
                        rows[name] - of_patients(rows["patient_id"], patients, start)
                        if start is not None and "patient_id" in rows
                        else rows[name] * np.nan
                    )
        dated[table] = pd.DataFrame(columns, index=rows.index, copy=False)
    return dated


def whole_text(days: pd.Series) -> pd.Series:
    """Whole numbers as text, categorical; missing stays missing."""
    codes, distinct = pd.factorize(days)
    texts = [f"{day:.0f}" for day in distinct]
    return pd.Series(pd.Categorical.from_codes(codes, texts), index=days.index)
