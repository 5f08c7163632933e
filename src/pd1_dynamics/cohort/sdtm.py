"""CDISC SDTM as a second way in: oncology domains to the tables of the data contract.

Read are DM, TU, TR and RS, and DS, EX and LB where present, each a CSV or XPT file named after its
domain (Parquet, TSV and XLSX do too). Rules, where SDTM and the data contract differ:

- Index date: first exposure (DM.RFXSTDTC, else the first EX.EXSTDTC; DM.RFSTDTC in a study that
  has neither). Subjects without one were never treated (screening failures) and are left out, with
  all their rows.
- A date is complete: a partial date (``2017-03``) is an error that names the row, to be completed
  or emptied by someone who knows. Times of day are dropped.
- One time point has one date: rows of one subject, reader and visit take the earliest date of a
  scan of that visit, if it lies at most 21 days from their own.
- Reader: evaluator and its identifier (``INDEPENDENT ASSESSOR RADIOLOGIST 1``), as
  ``settings.reader`` names it. Where an evaluator has accepted readings (--ACPTFL = Y), only those
  count, and the reader is the evaluator alone.
- Last dose: of EX, when DS ends the treatment or the subject died; otherwise treatment goes on.
- Combination: two treatments in EX, placebo aside, make ``monotherapy`` 0.
- Later therapies are in no domain that is read.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from pd1_dynamics.cohort import findings
from pd1_dynamics.cohort.columns import TABLES, plain
from pd1_dynamics.cohort.description import Cohort
from pd1_dynamics.cohort.intake import Intake
from pd1_dynamics.cohort.observations import Note
from pd1_dynamics.cohort.reading import SUFFIXES, read_sheet
from pd1_dynamics.problems import InputError, Problem

DOMAINS = ("DM", "TU", "TR", "RS", "DS", "EX", "LB")
VISIT_WINDOW_DAYS = 21
TOO_SMALL_MM = "5"  # RECIST 1.1, Eisenhauer 2009: the default for a lesion too small to measure

NEEDED = {
    "DM": ["USUBJID"],
    "TU": ["USUBJID", "TULNKID", "TUDTC"],
    "TR": ["USUBJID", "TRLNKID", "TRTESTCD", "TRDTC"],
    "RS": ["USUBJID", "RSTESTCD", "RSDTC"],
    "DS": ["USUBJID", "DSDECOD"],
    "EX": ["USUBJID", "EXSTDTC"],
    "LB": ["USUBJID", "LBTESTCD", "LBDTC"],
}
READ_DATES = {
    "DM": ("RFXSTDTC", "RFXENDTC", "RFSTDTC", "RFENDTC", "RFPENDTC", "DTHDTC"),
    "EX": ("EXSTDTC", "EXENDTC"),
    "DS": ("DSSTDTC",),
    **{domain: (f"{domain}DTC",) for domain in ("TU", "TR", "RS", "LB")},
}
_DATE = r"^(\d{4}-\d{2}-\d{2})(?:T.*)?$"
COMPLETE_DATE = "a complete ISO date, year-month-day, as 2017-03-31"

SEX = {"M": "male", "F": "female"}
ROLES = {"TARGET": "target", "NON-TARGET": "nontarget", "NEW": "new"}
LONG_AXIS = ("LDIAM", "DIAMETER")
SHORT_AXIS = ("SAXIS", "LPERP")
STATES = ("TUMSTATE", "LNSTATE")
LESION_STATE = {
    "PRESENT": "present",
    "PATHOLOGICAL": "present",
    "UNEQUIVOCAL": "present",
    "TOO SMALL TO MEASURE": "present",
    "ABSENT": "absent",
    "NON-PATHOLOGICAL": "absent",
    "NON PATHOLOGICAL": "absent",
    "UNEQUIVOCAL PROGRESSION": "progressed",
    "NOT EVALUABLE": "not_evaluable",
    "NOT ASSESSABLE": "not_evaluable",
    "NE": "not_evaluable",
}
EQUIVOCAL = "EQUIVOCAL"
NEW_LESION = {"Y": "1", "N": "0", "UNEQUIVOCAL": "1", "PD": "1", EQUIVOCAL: "equivocal"}
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
ASSESSMENT_TESTS = {
    "NTRGRESP": "nontarget_response",
    "OVRLRESP": "overall_response",
    "NEWLIND": "new_lesion",
    "NEWLPROG": "new_lesion",
    "SYMPTDTR": "clinical_deterioration",
}
NO_ANSWER = ("", "NA", "ND", "NED", "NOT APPLICABLE")

_DOMAIN_STEP = (
    10**9
)  # a row is known by the place of its domain, from 1, and its number in the file


def domain_files(folder: str | Path) -> dict[str, Path]:
    """Files of the domains in a folder, by domain; names in upper or lower case."""
    folder = Path(folder)
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        domain, suffix = path.stem.upper(), path.suffix.lower()
        if domain in DOMAINS and suffix in SUFFIXES:
            found.setdefault(domain, path)
    return {domain: found[domain] for domain in DOMAINS if domain in found}


def read_sdtm(cohort: Cohort) -> Intake:
    """Read the domains of a cohort and put them in the words of the data contract."""
    domains, problems = _read_domains(cohort)
    intake = Intake({}, "date", frozenset({"patients"}), problems=problems, place=place)
    if "DM" not in domains:
        if not problems:
            expected = "DM, with the subjects and their first exposure"
            problems.append(Problem("DM", f"no such domain in {cohort.folder}", expected))
        return intake
    for name in domains:
        domains[name], found = _complete_dates(domains[name], name)
        problems += found
    patients, untreated = _patients(domains)
    if len(untreated):
        words = "Subjects without a first exposure (screening failures) are left out."
        example = int(untreated[0]) % _DOMAIN_STEP
        intake.notes.append(Note("DM", "not treated", len(untreated), example, words))
    treated = set(patients["patient_id"])
    known = set(domains["DM"]["USUBJID"])
    domains = {
        name: rows[rows["USUBJID"].isin(treated) | ~rows["USUBJID"].isin(known)]
        for name, rows in domains.items()
    }
    moved = _one_date_a_visit(domains)
    if moved:
        words = f"Rows of one visit take its earliest scan date, within {VISIT_WINDOW_DAYS} days."
        intake.notes.append(Note("TR", "one date a visit", moved, None, words))
    lesions, equivocal, found = _lesions(domains)
    problems += found
    tables = {
        "patients": patients,
        "assessments": _assessments(domains, equivocal),
        "lesions": lesions,
        "labs": _labs(domains),
    }
    for table, rows in tables.items():
        if len(rows):
            intake.texts[table] = _as_text(rows, table)
    return intake


def place(table: str, row: int) -> tuple[str, int]:
    """Domain and row in its file, of a row of a table made from it."""
    domain, number = divmod(row, _DOMAIN_STEP)
    return (f"{table} (domain {DOMAINS[domain - 1]})", number) if domain else (table, row)


def _read_domains(cohort: Cohort) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    domains, problems = {}, []
    folder = cohort.resolve(cohort.folder)
    if not folder.is_dir():
        expected = "the folder of the SDTM domains"
        return {}, [Problem("sdtm", f"no folder {cohort.folder}", expected)]
    for name, path in domain_files(folder).items():
        try:
            sheet = read_sheet(path, name, str(Path(cohort.folder) / path.name))
        except InputError as error:
            problems += error.problems
            continue
        problems += sheet.problems
        index = sheet.rows + (DOMAINS.index(name) + 1) * _DOMAIN_STEP
        rows = pd.DataFrame(
            {column.upper(): cells.astype(object) for column, cells in sheet.columns.items()},
            index=index,
        )
        rows = rows.mask(rows.isin(list(cohort.missing)), "")
        lacking = [column for column in NEEDED[name] if column not in rows]
        problems += [
            Problem(name, "no such column", f"column {column}", column=column) for column in lacking
        ]
        empty = rows.get("USUBJID", pd.Series("x", rows.index)) == ""
        number = pd.Series(empty.to_numpy(), index=sheet.rows)
        found, expected = "an empty cell", "a subject in every row"
        problems += findings.where(name, "USUBJID", number, found, expected)
        if not lacking:
            domains[name] = rows[~empty]
    return domains, problems


def _complete_dates(rows: pd.DataFrame, domain: str) -> tuple[pd.DataFrame, list[Problem]]:
    """The rows that are read, without those whose date is not complete, which are problems."""
    if domain == "LB":
        rows = rows[rows["LBTESTCD"].str.upper() == "LDH"]
    problems, partial = [], np.zeros(len(rows), dtype=bool)
    for column in [name for name in rows if name in READ_DATES[domain]]:
        wrong = rows[column].str.extract(_DATE, expand=False).isna() & (rows[column] != "")
        wrong.index = rows.index % _DOMAIN_STEP
        cells = rows[column].set_axis(wrong.index)
        problems += findings.where(domain, column, wrong, cells, COMPLETE_DATE)
        partial |= wrong.to_numpy()
    return (rows if domain == "DM" else rows[~partial]), problems


def _dates(rows: pd.DataFrame, *columns: str) -> pd.Series:
    """The first complete date of several columns in each row, "" for none."""
    found = pd.Series("", index=rows.index, dtype=object)
    for column in columns:
        if column in rows:
            dates = rows[column].str.extract(_DATE, expand=False)
            found = found.where(found != "", dates.fillna(""))
    return found


def _column(rows: pd.DataFrame, *names: str) -> pd.Series:
    """The first non-empty cell of several columns, in upper case; "" where there is none."""
    found = pd.Series("", index=rows.index, dtype=object)
    for name in names:
        if name in rows:
            found = found.where(found != "", rows[name])
    return found.str.upper()


def _of_subjects(ids: pd.Series, by_subject: pd.Series) -> pd.Series:
    return ids.map(by_subject).fillna("").astype(object)


def _extreme(rows: pd.DataFrame, dates: pd.Series, last: bool) -> pd.Series:
    """First or last date of each subject."""
    known = dates[dates != ""]
    grouped = known.groupby(rows.loc[known.index, "USUBJID"])
    return grouped.max() if last else grouped.min()


def _patients(domains: dict[str, pd.DataFrame]) -> tuple[pd.DataFrame, np.ndarray]:
    """One row a treated subject, and the rows of the others."""
    dm = domains["DM"]
    ids = dm["USUBJID"]
    exposure = domains.get("EX", pd.DataFrame(columns=["USUBJID", "EXSTDTC"], dtype=object))
    dose = pd.to_numeric(_column(exposure, "EXDOSE"), errors="coerce")
    exposure = exposure[~(dose <= 0)]
    starts, ends = _dates(exposure, "EXSTDTC"), _dates(exposure, "EXENDTC", "EXSTDTC")
    start = _dates(dm, "RFXSTDTC")
    start = start.where(start != "", _of_subjects(ids, _extreme(exposure, starts, last=False)))
    if "RFXSTDTC" not in dm and "EX" not in domains:
        start = _dates(dm, "RFSTDTC")
    died = (_column(dm, "DTHFL") == "Y") | (_dates(dm, "DTHDTC") != "")
    disposition = _end_of_treatment(domains.get("DS"))
    reason = _of_subjects(ids, disposition)
    last_dose = _of_subjects(ids, _extreme(exposure, ends, last=True))
    last_dose = last_dose.where(last_dose != "", _dates(dm, "RFXENDTC"))
    ended = (reason != "") | died if "DS" in domains else last_dose != ""
    reason = reason.mask(~ended, "ongoing")
    contacts = [_dates(dm, "RFPENDTC"), _dates(dm, "RFENDTC")]
    if "DS" in domains:
        ds = domains["DS"]
        contacts.append(_of_subjects(ids, _extreme(ds, _dates(ds, "DSSTDTC"), last=True)))
    contact = pd.concat(contacts, axis=1).max(axis=1)
    age = pd.to_numeric(_column(dm, "AGE"), errors="coerce")
    age = age.where(_column(dm, "AGEU") != "MONTHS", (age / 12).round(1))
    sex = _column(dm, "SEX")
    patients = pd.DataFrame(
        {
            "patient_id": ids,
            "site": dm.get("SITEID", ""),
            "treatment_start": start,
            "last_dose": last_dose.where(ended, ""),
            "last_follow_up": _dates(dm, "DTHDTC").where(died, contact),
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
    drugs = _column(exposure, "EXTRT")
    real = (drugs != "") & ~drugs.str.contains("PLACEBO")
    number = drugs[real].groupby(exposure.loc[real, "USUBJID"]).nunique()
    return (number == 1).astype(int).astype(str)


def _end_of_treatment(ds: pd.DataFrame | None) -> pd.Series:
    """Why the treatment of each subject ended, by the last record that says so."""
    if ds is None:
        return pd.Series(dtype=object)
    events = ds[_column(ds, "DSCAT").isin(["", "DISPOSITION EVENT"])]
    where = _column(events, "EPOCH") + " " + _column(events, "DSSCAT")
    of_treatment = where.str.contains("TREATMENT")
    events = events[of_treatment if of_treatment.any() else where.notna()]
    decoded = events["DSDECOD"].str.upper()
    reason = decoded.map(REASONS).fillna("other").where(decoded != "", "")
    order = np.argsort(_dates(events, "DSSTDTC").to_numpy(), kind="stable")
    return reason.iloc[order].groupby(events["USUBJID"].iloc[order]).last()


def _best_response(rs: pd.DataFrame | None) -> pd.Series:
    if rs is None:
        return pd.Series(dtype=object)
    best = rs[_column(rs, "RSTESTCD") == "BESTRESP"]
    result = _column(best, "RSSTRESC", "RSORRES")
    return result.mask(result.isin(NO_ANSWER), "").groupby(best["USUBJID"]).first()


def _readers(rows: pd.DataFrame, domain: str) -> tuple[pd.DataFrame, pd.Series]:
    """Rows that count, and who read them: accepted readings where an evaluator has any."""
    evaluator = _column(rows, f"{domain}EVAL")
    accepted = _column(rows, f"{domain}ACPTFL") == "Y"
    settled = evaluator.isin(set(evaluator[accepted]))
    keep = accepted | ~settled
    single = (evaluator + " " + _column(rows, f"{domain}EVALID")).str.strip()
    return rows[keep], evaluator.where(settled, single)[keep]


def _one_date_a_visit(domains: dict[str, pd.DataFrame]) -> int:
    """Give the rows of one visit its earliest scan date, in a column DATE; count what moved."""
    parts = []
    for domain in [name for name in ("TR", "TU", "RS") if name in domains]:
        rows, reader = _readers(domains[domain], domain)
        domains[domain] = rows = rows.assign(READER=reader, DATE=_dates(rows, f"{domain}DTC"))
        visit = _column(rows, "VISITNUM", "VISIT")
        parts.append(
            pd.DataFrame(
                {
                    "subject": rows["USUBJID"],
                    "reader": reader,
                    "visit": visit,
                    "day": pd.to_datetime(rows["DATE"], format="%Y-%m-%d", errors="coerce"),
                    "scan": domain != "RS",
                }
            )
        )
    if not parts:
        return 0
    rows = pd.concat(parts)
    rows = rows[rows["visit"] != ""]
    key = ["subject", "reader", "visit"]
    first = rows.assign(day=rows["day"].where(rows["scan"])).groupby(key)["day"].transform("min")
    apart = (rows["day"] - first).dt.days
    moves = apart.between(1, VISIT_WINDOW_DAYS) | apart.between(-VISIT_WINDOW_DAYS, -1)
    moves |= rows["day"].isna() & first.notna()  # what was not done has no date of its own
    for domain in [name for name in ("TR", "TU", "RS") if name in domains]:
        own = moves.index[moves.to_numpy()].intersection(domains[domain].index)
        domains[domain].loc[own, "DATE"] = first[own].dt.strftime("%Y-%m-%d")
    return int(moves.sum())


def _lesions(
    domains: dict[str, pd.DataFrame],
) -> tuple[pd.DataFrame, pd.DataFrame, list[Problem]]:
    """One row a lesion, date and reader; the rows of equivocal new lesions; problems."""
    empty = pd.DataFrame()
    if "TU" not in domains:
        return empty, empty, []
    tu = domains["TU"]
    result = _column(tu, "TUSTRESC", "TUORRES")
    role = result.str.extract(r"^(NON-TARGET|TARGET|NEW)", expand=False).map(ROLES)
    tu = tu.assign(ROLE=role, ORGAN=_organ(tu))[role.notna()]
    known = tu.drop_duplicates(["USUBJID", "TULNKID"]).set_index(["USUBJID", "TULNKID"])
    tr = domains.get("TR", pd.DataFrame(columns=[*NEEDED["TR"], "READER", "DATE"], dtype=object))
    test = tr["TRTESTCD"].str.upper()
    tr = tr[test.isin([*LONG_AXIS, *SHORT_AXIS, *STATES]) & (tr["TRLNKID"] != "")]
    of_row = pd.MultiIndex.from_frame(tr[["USUBJID", "TRLNKID"]])
    given = of_row.isin(pd.MultiIndex.from_frame(domains["TU"][["USUBJID", "TULNKID"]]))
    wrong = pd.Series(~given, index=tr.index % _DOMAIN_STEP)
    problems = findings.where(
        "TR", "TRLNKID", wrong, "a tumor that TU does not identify", "a TULNKID of this subject"
    )
    inside = of_row.isin(known.index)
    tr, of_row = tr[inside], of_row[inside]
    tr = tr.assign(ROLE=known.loc[of_row, "ROLE"].to_numpy())
    rows = pd.concat([_measured(tr), _only_identified(tu, tr)])
    if rows.empty:
        return empty, empty, problems
    of_row = pd.MultiIndex.from_frame(rows[["patient_id", "lesion_id"]])
    rows["organ"] = known.loc[of_row, "ORGAN"].to_numpy()
    is_node = rows["node"].eq("1").groupby([rows["patient_id"], rows["lesion_id"]]).transform("any")
    rows["node"] = (is_node | (rows["organ"] == "lymph_node")).astype(int).astype(str)
    unsure = (rows["role"] == "new") & (rows["state"] == EQUIVOCAL)
    return rows[~unsure], rows[unsure], problems


def _organ(tu: pd.DataFrame) -> pd.Series:
    return _column(tu, "TULOC").str.lower().str.replace(r"[ ,]+", "_", regex=True)


def _measured(tr: pd.DataFrame) -> pd.DataFrame:
    """Measurements and states of TR, one row a lesion, date and reader."""
    test = tr["TRTESTCD"].str.upper()
    text = _column(tr, "TRSTRESC", "TRORRES")
    size = _millimetres(tr).mask(text == "TOO SMALL TO MEASURE", TOO_SMALL_MM)
    undone = (_column(tr, "TRSTAT") == "NOT DONE") | text.isin(["NOT EVALUABLE", "NE"])
    rows = pd.DataFrame(
        {
            "patient_id": tr["USUBJID"],
            "date": tr["DATE"],
            "lesion_id": tr["TRLNKID"],
            "reader": tr["READER"],
            "role": tr["ROLE"],
            "long": size.where(test.isin(LONG_AXIS) & ~undone, ""),
            "short": size.where(test.isin(SHORT_AXIS) & ~undone, ""),
            "state": text.map(LESION_STATE).fillna(text).where(test.isin(STATES), ""),
            "undone": undone,
        }
    )
    rows["row"] = rows.index
    key = ["patient_id", "date", "lesion_id", "reader"]
    for name in ("long", "short", "state"):
        rows[name] = rows[name].where(rows[name] != "", None)
    one = (
        rows.groupby(key, sort=False)
        .agg(
            role=("role", "first"),
            long=("long", "first"),
            short=("short", "first"),
            state=("state", "first"),
            undone=("undone", "any"),
            row=("row", "first"),
        )
        .reset_index()
    )
    one.index = one.pop("row").to_numpy(dtype=np.int64)
    node = one["short"].notna()
    one["diameter_mm"] = one.pop("short").where(node, one.pop("long"))
    one["node"] = node.astype(int).astype(str)
    unread = one.pop("undone") & one["diameter_mm"].isna() & one["state"].isna()
    one["state"] = one["state"].mask(unread, "not_evaluable")
    one["diameter_mm"] = one["diameter_mm"].mask(one["state"] == "not_evaluable")
    return one.fillna("")


def _millimetres(tr: pd.DataFrame) -> pd.Series:
    """Sizes in mm as text; text in a number stays, to be told later."""
    value = _column(tr, "TRSTRESN", "TRSTRESC", "TRORRES")
    number = pd.to_numeric(value, errors="coerce")
    number = number.where(_column(tr, "TRSTRESU", "TRORRESU") != "CM", number * 10)
    size = number.map(lambda mm: "" if pd.isna(mm) else plain(repr(float(mm))))
    return size.where(number.notna(), value)


def _only_identified(tu: pd.DataFrame, tr: pd.DataFrame) -> pd.DataFrame:
    """Tumors that TU identifies and TR never follows, as new lesions often are."""
    keys = pd.MultiIndex.from_frame(tu[["USUBJID", "TULNKID"]])
    followed = keys.isin(pd.MultiIndex.from_frame(tr[["USUBJID", "TRLNKID"]]))
    alone = tu[~followed & (tu["TULNKID"] != "").to_numpy()]
    alone = alone.drop_duplicates(["USUBJID", "TULNKID", "DATE", "READER"])
    present = alone["ROLE"].map({"target": "not_evaluable"}).fillna("present")
    return pd.DataFrame(
        {
            "patient_id": alone["USUBJID"],
            "date": alone["DATE"],
            "lesion_id": alone["TULNKID"],
            "reader": alone["READER"],
            "role": alone["ROLE"],
            "state": present,
            "diameter_mm": "",
            "node": "0",
        }
    )


def _assessments(domains: dict[str, pd.DataFrame], equivocal: pd.DataFrame) -> pd.DataFrame:
    """One row a subject, date and reader: responses as read, and sums where TR has them alone."""
    parts = []
    if "RS" in domains:
        rs = domains["RS"]
        name = rs["RSTESTCD"].str.upper().map(ASSESSMENT_TESTS)
        rs, name = rs[name.notna()], name[name.notna()]
        result = _column(rs, "RSSTRESC", "RSORRES")
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
        parts.append(_long(sums, name, _millimetres(sums)))
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


def _labs(domains: dict[str, pd.DataFrame]) -> pd.DataFrame:
    if "LB" not in domains:
        return pd.DataFrame()
    lb = domains["LB"]
    lb = lb[lb["LBTESTCD"].str.upper() == "LDH"]
    value = _column(lb, "LBSTRESN", "LBORRES")
    labs = pd.DataFrame(
        {
            "patient_id": lb["USUBJID"],
            "date": _dates(lb, "LBDTC"),
            "test": "ldh",
            "value": value,
            "upper_limit": _column(lb, "LBSTNRHI", "LBORNRHI"),
        }
    )
    return labs[(value != "") & (labs["date"] != "")]


def _as_text(rows: pd.DataFrame, table: str) -> pd.DataFrame:
    """Categoricals of text in the order of the data contract, missing where a cell is empty."""
    names: Iterable[str] = (name for name in TABLES[table] if name in rows)
    cells = {name: rows[name].where(rows[name] != "", None) for name in names}
    return pd.DataFrame({name: column.astype("category") for name, column in cells.items()})
