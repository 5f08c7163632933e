"""SDTM RS and LB: responses as read, and samples."""

import numpy as np
import pandas as pd

from pd1_dynamics.cohort.cdisc import column_of, dates_of
from pd1_dynamics.cohort.sdtm.tumors import EQUIVOCAL, millimetres
from pd1_dynamics.cohort.sdtm.visits import NO_ANSWER

ASSESSMENT_TESTS = {
    "NTRGRESP": "nontarget_response",
    "OVRLRESP": "overall_response",
    "NEWLIND": "new_lesion",
    "NEWLPROG": "new_lesion",
    "SYMPTDTR": "clinical_deterioration",
}
NEW_LESION = {"Y": "1", "N": "0", "UNEQUIVOCAL": "1", "PD": "1", EQUIVOCAL: "equivocal"}


def assessments_of(domains: dict[str, pd.DataFrame], equivocal: pd.DataFrame) -> pd.DataFrame:
    """One row a subject, date and reader: responses as read, and sums where TR has them alone."""
    parts = []
    if "RS" in domains:
        rs = domains["RS"]
        name = rs["RSTESTCD"].str.upper().map(ASSESSMENT_TESTS)
        rs, name = rs[name.notna()], name[name.notna()]
        result = column_of(rs, "RSSTRESC", "RSORRES")
        result = result.mask(result.isin(NO_ANSWER), "")
        new = name == "new_lesion"
        result = result.where(~new, result.map(NEW_LESION).fillna(result))
        deterioration = name == "clinical_deterioration"
        result = result.where(~deterioration, result.map({"Y": "1", "N": "0"}).fillna(result))
        parts.append(_long(rs, name, result))
    if "TR" in domains:
        tr = domains["TR"]
        sums = tr[tr["TRTESTCD"].str.upper() == "SUMDIAM"]
        name = pd.Series("target_sum_mm", index=sums.index)
        parts.append(_long(sums, name, millimetres(sums)))
    if len(equivocal):
        unsure = equivocal[["patient_id", "date", "reader"]]
        parts.append(unsure.assign(name="new_lesion", result="equivocal", row=unsure.index))
    rows = pd.concat(parts) if parts else pd.DataFrame(columns=["result"])
    rows = rows[rows["result"] != ""]
    if rows.empty:
        return pd.DataFrame()
    key = ["patient_id", "date", "reader"]
    wide = rows.pivot_table(index=key, columns="name", values="result", aggfunc="first", sort=False)
    first = rows.groupby(key, sort=False)["row"].min()
    wide = wide.join(first).reset_index()
    wide.index = wide.pop("row").to_numpy(dtype=np.int64)
    return wide.fillna("")


def _long(rows: pd.DataFrame, name: pd.Series, result: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "patient_id": rows["USUBJID"],
            "date": rows["DATE"],
            "reader": rows["READER"],
            "name": name,
            "result": result,
            "row": rows.index,
        }
    )


def labs_of(domains: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """One row an LDH sample that has a value."""
    if "LB" not in domains:
        return pd.DataFrame()
    lb = domains["LB"]
    lb = lb[lb["LBTESTCD"].str.upper() == "LDH"]
    value = column_of(lb, "LBSTRESN", "LBORRES")
    labs = pd.DataFrame(
        {
            "patient_id": lb["USUBJID"],
            "date": dates_of(lb, "LBDTC"),
            "test": "ldh",
            "value": value,
            "upper_limit": column_of(lb, "LBSTNRHI", "LBORNRHI"),
        }
    )
    return labs[(value != "") & (labs["date"] != "")]
