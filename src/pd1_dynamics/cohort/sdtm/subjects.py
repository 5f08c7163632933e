"""SDTM DM, EX and DS: the patients."""

import numpy as np
import pandas as pd

from pd1_dynamics.cohort.cdisc import column_of, dates_of
from pd1_dynamics.cohort.sdtm.visits import NO_ANSWER
from pd1_dynamics.contract.columns import plain

SEX = {"M": "male", "F": "female"}
REASONS = {
    "PROGRESSIVE DISEASE": "progression",
    "DISEASE PROGRESSION": "progression",
    "DISEASE RELAPSE": "progression",
    "ADVERSE EVENT": "toxicity",
    "TOXICITY": "toxicity",
    "COMPLETED": "completed",
    "WITHDRAWAL BY SUBJECT": "patient_choice",
    "WITHDRAWAL OF CONSENT": "patient_choice",
}


def patients_and_untreated(domains: dict[str, pd.DataFrame]) -> tuple[pd.DataFrame, np.ndarray]:
    """One row a treated subject, and the rows of the others."""
    dm = domains["DM"]
    ids = dm["USUBJID"]
    exposure = domains.get("EX", pd.DataFrame(columns=["USUBJID", "EXSTDTC"], dtype=object))
    dose = pd.to_numeric(column_of(exposure, "EXDOSE"), errors="coerce")
    exposure = exposure[~(dose <= 0)]
    starts, ends = dates_of(exposure, "EXSTDTC"), dates_of(exposure, "EXENDTC", "EXSTDTC")
    start = dates_of(dm, "RFXSTDTC")
    start = start.where(start != "", _of_subjects(ids, _extreme(exposure, starts, last=False)))
    if "RFXSTDTC" not in dm and "EX" not in domains:
        start = dates_of(dm, "RFSTDTC")
    died = (column_of(dm, "DTHFL") == "Y") | (dates_of(dm, "DTHDTC") != "")
    disposition = _end_of_treatment(domains.get("DS"))
    reason = _of_subjects(ids, disposition)
    last_dose = _of_subjects(ids, _extreme(exposure, ends, last=True))
    last_dose = last_dose.where(last_dose != "", dates_of(dm, "RFXENDTC"))
    ended = (reason != "") | died if "DS" in domains else last_dose != ""
    reason = reason.mask(~ended, "ongoing")
    contacts = [dates_of(dm, "RFPENDTC"), dates_of(dm, "RFENDTC")]
    if "DS" in domains:
        ds = domains["DS"]
        contacts.append(_of_subjects(ids, _extreme(ds, dates_of(ds, "DSSTDTC"), last=True)))
    contact = pd.concat(contacts, axis=1).max(axis=1)
    age = pd.to_numeric(column_of(dm, "AGE"), errors="coerce")
    age = age.where(column_of(dm, "AGEU") != "MONTHS", (age / 12).round(1))
    sex = column_of(dm, "SEX")
    patients = pd.DataFrame(
        {
            "patient_id": ids,
            "site": dm.get("SITEID", ""),
            "treatment_start": start,
            "last_dose": last_dose.where(ended, ""),
            "last_follow_up": dates_of(dm, "DTHDTC").where(died, contact),
            "death": died.astype(int).astype(str),
            "monotherapy": _of_subjects(ids, _monotherapy(exposure)),
            "discontinuation_reason": reason,
            "sex": sex.map(SEX).fillna(sex.mask(sex.isin(["U", "UNDIFFERENTIATED"]), "")),
            "age_years": age.map(lambda years: "" if pd.isna(years) else plain(str(years))),
            "best_response": _of_subjects(ids, _best_response(domains.get("RS"))),
        }
    )
    treated = start != ""
    return patients[treated], dm.index[~treated].to_numpy()


def _monotherapy(exposure: pd.DataFrame) -> pd.Series:
    drugs = column_of(exposure, "EXTRT")
    real = (drugs != "") & ~drugs.str.contains("PLACEBO")
    number = drugs[real].groupby(exposure.loc[real, "USUBJID"]).nunique()
    return (number == 1).astype(int).astype(str)


def _end_of_treatment(ds: pd.DataFrame | None) -> pd.Series:
    """Why the treatment of each subject ended, by the last record that says so."""
    if ds is None:
        return pd.Series(dtype=object)
    events = ds[column_of(ds, "DSCAT").isin(["", "DISPOSITION EVENT"])]
    where = column_of(events, "EPOCH") + " " + column_of(events, "DSSCAT")
    of_treatment = where.str.contains("TREATMENT")
    events = events[of_treatment if of_treatment.any() else where.notna()]
    decoded = events["DSDECOD"].str.upper()
    reason = decoded.map(REASONS).fillna("other").where(decoded != "", "")
    order = np.argsort(dates_of(events, "DSSTDTC").to_numpy(), kind="stable")
    return reason.iloc[order].groupby(events["USUBJID"].iloc[order]).last()


def _best_response(rs: pd.DataFrame | None) -> pd.Series:
    if rs is None:
        return pd.Series(dtype=object)
    best = rs[column_of(rs, "RSTESTCD") == "BESTRESP"]
    result = column_of(best, "RSSTRESC", "RSORRES")
    return result.mask(result.isin(NO_ANSWER), "").groupby(best["USUBJID"]).first()


def _of_subjects(ids: pd.Series, by_subject: pd.Series) -> pd.Series:
    return ids.map(by_subject).fillna("").astype(object)


def _extreme(rows: pd.DataFrame, dates: pd.Series, last: bool) -> pd.Series:
    """First or last date of each subject."""
    known = dates[dates != ""]
    grouped = known.groupby(rows.loc[known.index, "USUBJID"])
    return grouped.max() if last else grouped.min()
