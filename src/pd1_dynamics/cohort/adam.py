"""CDISC ADaM as a third way in: analysis data sets to the tables of the data contract.

Read are ADSL and, where present, ADRS, ADTTE and ADTR, each a CSV, XPT or SAS7BDAT file named after
its data set. Rules, where ADaM and the data contract differ:

- Patients are the subjects of ADSL with a first exposure (TRTSDT, the index date). Others were
  never treated and are left out, with all their rows. Covariates are columns of ADSL: AGE and SEX,
  and each variable of the study or cohort whose name, in upper case, is a column there.
- Dates are ISO text or SAS dates; ``partial_dates`` in the cohort's file says how to complete
  incomplete ones. Times of day are dropped.
- ADRS: OVRLRESP is the overall response of a date, NTRGRESP the non-target response, NEWLPROG and
  NEWLIND new lesions; BOR (else BESTRESP, CBOR) is the best response, which counts only for
  subjects without responses by date. Where ANL01FL is there, only rows with Y count.
- ADRS and ADTR: two different results of one subject, date, reader and parameter are an error.
- ADTR: SUMDIAM is the target sum, in mm (AVALU, else the unit in PARAM, says so if anything
  does). Without the baseline's, subjects have no baseline.
- ADTTE: PFS and OS with AVAL in days or months (AVALU, else the word in PARAM); CNSR 0 is an event.
  PFS counts only for subjects without responses by date, as the pipeline derives it from these.
- Reader: the evaluator of ADRS and ADTR (EVAL, else RSEVAL, TREVAL, PARCAT2).
- Later therapies and single lesions are in no data set that is read.
"""

import re

import pandas as pd

from pd1_dynamics.cohort import cdisc, findings
from pd1_dynamics.cohort.cdisc import column_of, dates_of, place
from pd1_dynamics.cohort.intake import Intake
from pd1_dynamics.cohort.observations import Note
from pd1_dynamics.contract.cohort_file import Cohort
from pd1_dynamics.contract.columns import plain
from pd1_dynamics.contract.problems import Problem
from pd1_dynamics.contract.vocabulary import DAYS_PER_MONTH, RESPONSES

NEEDED = {
    "ADSL": ("USUBJID", "TRTSDT"),
    "ADRS": ("USUBJID", "PARAMCD", "AVALC"),
    "ADTTE": ("USUBJID", "PARAMCD", "AVAL", "CNSR"),
    "ADTR": ("USUBJID", "PARAMCD", "AVAL", "ADT"),
}
READ_DATES = {
    "ADSL": ("TRTSDT", "TRTEDT", "LSTALVDT", "DTHDT", "EOSDT"),
    "ADRS": ("ADT",),
    "ADTTE": (),
    "ADTR": ("ADT",),
}
SEX = {"M": "male", "F": "female", "U": "", "UNDIFFERENTIATED": ""}
ASSESSMENTS = {
    "OVRLRESP": "overall_response",
    "NTRGRESP": "nontarget_response",
    "NEWLIND": "new_lesion",
    "NEWLPROG": "new_lesion",
}
BEST = ("BOR", "BESTRESP", "CBOR")
NEW_LESION = {"Y": "1", "N": "0", "UNEQUIVOCAL": "1", "EQUIVOCAL": "equivocal", "PD": "1"}
REASONS = {
    "PROGRESSIVE DISEASE": "progression",
    "DISEASE PROGRESSION": "progression",
    "ADVERSE EVENT": "toxicity",
    "TOXICITY": "toxicity",
    "COMPLETED": "completed",
    "WITHDRAWAL BY SUBJECT": "patient_choice",
}
DAYS = {"DAYS": 1.0, "DAY": 1.0, "MONTHS": DAYS_PER_MONTH, "MONTH": DAYS_PER_MONTH}
"""Days in a unit of AVAL."""
MILLIMETERS = ("", "MM", "MILLIMETER", "MILLIMETERS", "MILLIMETRE", "MILLIMETRES")
"""Units of a target sum, in upper case; none is taken for mm."""


def read_adam(cohort: Cohort) -> Intake:
    """Read the analysis data sets of a cohort and put them in the words of the data contract."""
    read, problems = cdisc.read_data_sets(cohort, NEEDED)
    intake = Intake({}, "date", frozenset({"patients"}), problems=problems, place=place)
    intake.units = {"patients": {"pfs": "day", "os": "day"}}
    if "ADSL" not in read:
        if not problems:
            expected = "ADSL, with the subjects and their first exposure; files are named after it"
            problems.append(cdisc.absent(cohort, "ADSL", expected))
        return intake
    for name, rows in read.items():
        read[name], found, notes = cdisc.complete_dates(
            rows, name, READ_DATES[name], cohort.partial_dates, keep_rows=name == "ADSL"
        )
        problems += found
        intake.notes += notes
    intake.notes += cdisc.ignored_files(cohort)
    adsl = read["ADSL"]
    untreated = adsl["TRTSDT"] == ""
    if untreated.any():
        words = "Subjects without a first exposure (TRTSDT) are left out."
        example = int(cdisc.row_in_file(adsl.index[untreated])[0])
        intake.notes.append(Note("ADSL", "not treated", int(untreated.sum()), example, words))
    out = set(adsl.loc[untreated, "USUBJID"])
    read = {name: _analysed(rows[~rows["USUBJID"].isin(out)]) for name, rows in read.items()}
    for name in ("ADRS", "ADTR"):
        if name in read:
            problems += _undated(read[name], name)
    if "ADTR" in read:
        problems += _not_mm(read["ADTR"])
    problems += _death_denied(read["ADSL"])
    assessments, found = _assessments(read)
    problems += found
    times, found = _times(read.get("ADTTE"))
    problems += found
    patients = _patients(read["ADSL"], read.get("ADRS"), times, cohort)
    intake.notes += _other_death(patients, times)
    if len(assessments):
        read_by_date = patients["patient_id"].isin(assessments["patient_id"])
        patients.loc[read_by_date, ["best_response", "pfs", "pfs_event"]] = ""
    for table, rows in (("patients", patients), ("assessments", assessments)):
        if len(rows):
            intake.texts[table] = cdisc.as_text(rows, cohort.contract[table])
    return intake


def _analysed(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that are analysed, where the data set flags them."""
    if "ANL01FL" not in rows or not (rows["ANL01FL"] == "Y").any():
        return rows
    return rows[rows["ANL01FL"] == "Y"]


def _patients(
    adsl: pd.DataFrame, adrs: pd.DataFrame | None, times: pd.DataFrame, cohort: Cohort
) -> pd.DataFrame:
    """One row a subject: exposure, vital status, reported times, and covariates."""
    ids = adsl["USUBJID"]
    died = (column_of(adsl, "DTHFL") == "Y") | (dates_of(adsl, "DTHDT") != "")
    ended = dates_of(adsl, "TRTEDT")
    ongoing = column_of(adsl, "EOTSTT") == "ONGOING"
    reason = column_of(adsl, "DCTREAS", "DCSREAS")
    reason = reason.map(REASONS).fillna("other").where(reason != "", "").mask(ongoing, "ongoing")
    contact = dates_of(adsl, "LSTALVDT", "EOSDT")
    covariates = {
        name: adsl[name.upper()]
        for name in cohort.contract["patients"]
        if name.upper() in adsl and name not in ("patient_id", "sex")
    }
    patients = pd.DataFrame(
        {
            **covariates,
            "patient_id": ids,
            "site": adsl.get("SITEID", ""),
            "treatment_start": dates_of(adsl, "TRTSDT"),
            "last_dose": ended.mask(ongoing, ""),
            "last_follow_up": dates_of(adsl, "DTHDT").where(died, contact),
            "death": died.astype(int).astype(str),
            "discontinuation_reason": reason,
            "sex": column_of(adsl, "SEX").replace(SEX),
            "age_years": adsl.get("AGE", pd.Series("", adsl.index)).map(plain),
            "best_response": ids.map(_best(adrs)).fillna(""),
        },
        index=adsl.index,
    )
    for parameter, name in (("PFS", "pfs"), ("OS", "os")):
        of_subject = times[times["parameter"] == parameter].set_index("patient_id")
        patients[name] = ids.map(of_subject["days"]).fillna("")
        event = ids.map(of_subject["event"]).fillna("")
        if name == "pfs":
            patients["pfs_event"] = event
        elif not ({"DTHFL", "DTHDT"} & set(adsl.columns)):
            patients["death"] = event
    if not contact.ne("").any() and not died.any():
        patients["last_follow_up"] = ""
    return patients


def _best(adrs: pd.DataFrame | None) -> pd.Series:
    """Best response of each subject, by the first parameter that the data set has."""
    if adrs is None:
        return pd.Series(dtype=object)
    code = column_of(adrs, "PARAMCD")
    chosen = next((name for name in BEST if (code == name).any()), "")
    best = adrs[code == chosen]
    answer = _response(column_of(best, "AVALC"))
    return answer.groupby(best["USUBJID"]).first()


def _response(answers: pd.Series) -> pd.Series:
    """Responses in our words; no answer is none."""
    known = {answer.upper(): answer for answer in RESPONSES}
    known |= {"MISSING": "", "NA": "", "ND": "", "NOT EVALUABLE": "NE"}
    return answers.map(lambda text: known.get(text, text))


def _assessments(read: dict[str, pd.DataFrame]) -> tuple[pd.DataFrame, list[Problem]]:
    """One row a subject, date and reader: responses as read, and target sums."""
    parts, problems = [], []
    if "ADRS" in read:
        rows = read["ADRS"]
        name = column_of(rows, "PARAMCD").map(ASSESSMENTS)
        rows, name = rows[name.notna()], name[name.notna()]
        answer = _response(column_of(rows, "AVALC"))
        new = name == "new_lesion"
        parts.append(_long(rows, name, answer.mask(new, answer.map(NEW_LESION).fillna(answer))))
        problems += _contradictory(parts[-1], "ADRS", "AVALC")
    if "ADTR" in read:
        rows = read["ADTR"]
        rows = rows[column_of(rows, "PARAMCD") == "SUMDIAM"]
        parts.append(_long(rows, pd.Series("target_sum_mm", rows.index), rows["AVAL"].map(plain)))
        problems += _contradictory(parts[-1], "ADTR", "AVAL")
    long = pd.concat(parts) if parts else pd.DataFrame(columns=["result", "date"])
    long = long[(long["result"] != "") & (long["date"] != "")]  # undated ones are told already
    if long.empty:
        return pd.DataFrame(), problems
    key = ["patient_id", "date", "reader"]
    wide = long.pivot_table(index=key, columns="name", values="result", aggfunc="first", sort=False)
    wide = wide.join(long.groupby(key, sort=False)["row"].min()).reset_index()
    wide.index = wide.pop("row").to_numpy(dtype="int64")
    return wide.fillna(""), problems


def _contradictory(long: pd.DataFrame, data_set: str, column: str) -> list[Problem]:
    """Results that differ from an earlier one of the same subject, date, reader and parameter."""
    told = long[long["result"] != ""]
    first = told.groupby(["patient_id", "date", "reader", "name"], sort=False)["result"]
    wrong = (told["result"] != first.transform("first")).to_numpy()
    expected = "one result of a subject, date and reader (or ANL01FL, which says which counts)"
    rows = cdisc.row_in_file(pd.Index(told["row"]))
    found = "another result of the same parameter and date"
    return findings.where(data_set, column, pd.Series(wrong, index=rows), found, expected)


def _not_mm(adtr: pd.DataFrame) -> list[Problem]:
    """Target sums in another unit than mm."""
    rows = adtr[column_of(adtr, "PARAMCD") == "SUMDIAM"]
    words = column_of(rows, "PARAM").str.extract(
        r"\b(mm|cm|inch|inches)\b", flags=re.I, expand=False
    )
    unit = column_of(rows, "AVALU")
    unit = unit.where(unit != "", words.fillna("")).str.upper()
    numbers = cdisc.row_in_file(rows.index)
    wrong = pd.Series((~unit.isin(MILLIMETERS)).to_numpy(), index=numbers)
    expected = "mm, here or in PARAM"
    return findings.where("ADTR", "AVALU", wrong, unit.set_axis(numbers), expected)


def _death_denied(adsl: pd.DataFrame) -> list[Problem]:
    """Subjects who did not die by DTHFL, and did by DTHDT."""
    wrong = (column_of(adsl, "DTHFL") == "N") & (dates_of(adsl, "DTHDT") != "")
    wrong.index = cdisc.row_in_file(adsl.index)
    return findings.where("ADSL", "DTHFL", wrong, "N beside a date of death", "Y, or no DTHDT")


def _other_death(patients: pd.DataFrame, times: pd.DataFrame) -> list[Note]:
    """Subjects whose death ADSL and ADTTE tell differently."""
    event = times[times["parameter"] == "OS"].set_index("patient_id")["event"]
    told = patients["patient_id"].map(event)
    differ = told.notna() & (told != patients["death"])
    if not differ.any():
        return []
    words = "Deaths that ADTTE (OS, CNSR) tells otherwise than ADSL (DTHFL, DTHDT), which counts."
    example = int(cdisc.row_in_file(patients.index[differ])[0])
    return [Note("ADSL", "another death in ADTTE", int(differ.sum()), example, words)]


def _long(rows: pd.DataFrame, name: pd.Series, result: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "patient_id": rows["USUBJID"],
            "date": dates_of(rows, "ADT"),
            "reader": column_of(rows, "EVAL", "RSEVAL", "TREVAL", "PARCAT2"),
            "name": name,
            "result": result,
            "row": rows.index,
        }
    )


def _undated(rows: pd.DataFrame, name: str) -> list[Problem]:
    """Rows that are read by date and have none."""
    wanted = column_of(rows, "PARAMCD").isin([*ASSESSMENTS, "SUMDIAM"])
    if "ADT" not in rows:
        needed = [Problem(name, "no such column", "column ADT", column="ADT")]
        return needed if wanted.any() else []
    wrong = wanted & (rows["ADT"] == "")
    wrong.index = cdisc.row_in_file(wrong.index)
    return findings.where(name, "ADT", wrong, "an empty cell", cdisc.COMPLETE_DATE)


def _times(adtte: pd.DataFrame | None) -> tuple[pd.DataFrame, list[Problem]]:
    """PFS and OS of each subject in days, as text; ``event`` is 1 where CNSR is 0."""
    if adtte is None:
        return pd.DataFrame(columns=["patient_id", "parameter", "days", "event"]), []
    parameter = column_of(adtte, "PARAMCD")
    rows = adtte[parameter.isin(["PFS", "OS"])]
    numbers = cdisc.row_in_file(rows.index)
    unit = column_of(rows, "AVALU")
    words = column_of(rows, "PARAM").str.extract(r"(DAYS|MONTHS)", expand=False)
    unit = unit.where(unit != "", words.fillna(""))
    value = pd.to_numeric(rows["AVAL"], errors="coerce")
    problems = findings.where(
        "ADTTE",
        "AVALU",
        pd.Series((~unit.isin(DAYS)).to_numpy(), index=numbers),
        unit.set_axis(numbers).replace("", "nothing"),
        "days or months, here or in PARAM",
    )
    problems += findings.where(
        "ADTTE",
        "AVAL",
        pd.Series((value.isna() & (rows["AVAL"] != "")).to_numpy(), index=numbers),
        rows["AVAL"].set_axis(numbers),
        "a number",
    )
    censored = rows["CNSR"].map(plain)
    problems += findings.where(
        "ADTTE",
        "CNSR",
        pd.Series((~censored.str.fullmatch(r"\d+")).to_numpy(), index=numbers),
        rows["CNSR"].set_axis(numbers),
        "0 for an event, 1 or more for censoring",
    )
    key = pd.DataFrame({"USUBJID": rows["USUBJID"], "PARAMCD": parameter[rows.index]})
    twice = key.duplicated().to_numpy()
    problems += findings.where(
        "ADTTE",
        "PARAMCD",
        pd.Series(twice, index=numbers),
        "a second row of the subject for this parameter",
        "one row (or ANL01FL, which says which counts)",
    )
    days = value * unit.map(DAYS)
    return (
        pd.DataFrame(
            {
                "patient_id": rows["USUBJID"],
                "parameter": parameter[rows.index],
                "days": days.map(lambda d: "" if pd.isna(d) else plain(repr(float(d)))),
                "event": (censored == "0").astype(int).astype(str),
            }
        )[~twice],
        problems,
    )
