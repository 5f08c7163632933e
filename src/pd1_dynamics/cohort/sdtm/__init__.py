"""CDISC SDTM as a second way in: oncology domains to the tables of the data contract.

Read are DM, TU, TR and RS, and DS, EX and LB where present, each a CSV or XPT file named after its
domain (Parquet, TSV and XLSX do too). Rules, where SDTM and the data contract differ:

- Index date: first exposure (DM.RFXSTDTC, else the first EX.EXSTDTC; DM.RFSTDTC in a study that
  has neither). Subjects without one were never treated (screening failures) and are left out, with
  all their rows.
- Dates must be complete. ``partial_dates`` in the cohort's file says how to complete others
  (``2017-03``); without it they are errors that name the row. Times of day are dropped.
- One time point has one date: rows of one subject, reader and visit take the earliest date of a
  scan of that visit, if it lies at most 21 days from their own.
- Reader: evaluator and its identifier (``INDEPENDENT ASSESSOR RADIOLOGIST 1``), as
  ``settings.reader`` names it. Where an evaluator has accepted readings (--ACPTFL = Y), only those
  count, and the reader is the evaluator alone.
- Last dose: of EX, when DS ends the treatment or the subject died; otherwise treatment goes on.
- Combination: two treatments in EX, placebo aside, make ``monotherapy`` 0.
- Later therapies are in no domain that is read.
"""

import pandas as pd

from pd1_dynamics.cohort.intake import Intake
from pd1_dynamics.cohort.observations import Note
from pd1_dynamics.cohort.sdtm.domains import (
    complete_dates,
    other_files,
    place,
    read_domains,
    row_in_file,
)
from pd1_dynamics.cohort.sdtm.results import assessments_of, labs_of
from pd1_dynamics.cohort.sdtm.subjects import patients_and_untreated
from pd1_dynamics.cohort.sdtm.tumors import lesions_of, sums_that_differ
from pd1_dynamics.cohort.sdtm.visits import VISIT_WINDOW_DAYS, one_date_a_visit, several_accepted
from pd1_dynamics.contract.cohort_file import Cohort
from pd1_dynamics.contract.columns import TABLES
from pd1_dynamics.contract.problems import Problem

__all__ = ["read_sdtm"]


def read_sdtm(cohort: Cohort) -> Intake:
    """Read the domains of a cohort and put them in the words of the data contract."""
    domains, problems = read_domains(cohort)
    intake = Intake({}, "date", frozenset({"patients"}), problems=problems, place=place)
    if "DM" not in domains:
        if not problems:
            expected = (
                "DM, with the subjects and their first exposure; files are named after domains"
            )
            ignored = other_files(cohort.resolve(cohort.folder))
            there = f" (there is {', '.join(ignored)})" if ignored else ""
            problems.append(Problem("DM", f"no such domain in {cohort.folder}{there}", expected))
        return intake
    for name in domains:
        domains[name], found, notes = complete_dates(domains[name], name, cohort.partial_dates)
        problems += found
        intake.notes += notes
    if ignored := other_files(cohort.resolve(cohort.folder)):
        words = f"Files that are not read, as no domain is named so: {', '.join(ignored)}."
        intake.notes.append(Note("SDTM", "files not read", len(ignored), None, words))
    patients, untreated = patients_and_untreated(domains)
    if len(untreated):
        words = "Subjects without a first exposure (screening failures) are left out."
        example = int(row_in_file(untreated)[0])
        intake.notes.append(Note("DM", "not treated", len(untreated), example, words))
    treated = set(patients["patient_id"])
    known = set(domains["DM"]["USUBJID"])
    domains = {
        name: rows[rows["USUBJID"].isin(treated) | ~rows["USUBJID"].isin(known)]
        for name, rows in domains.items()
    }
    if several := several_accepted(domains):
        words = (
            "Subjects whose accepted readings are of more than one reader: what follows the "
            "baseline "
            "may have been read by somebody else."
        )
        intake.notes.append(
            Note("TR", "accepted readings of several readers", several, None, words)
        )
    moved = one_date_a_visit(domains)
    if moved:
        words = f"Rows of one visit take its earliest scan date, within {VISIT_WINDOW_DAYS} days."
        intake.notes.append(Note("TR", "one date a visit", moved, None, words))
    lesions, equivocal, found = lesions_of(domains)
    problems += found
    assessments = assessments_of(domains, equivocal)
    apart = sums_that_differ(lesions, assessments)
    if len(apart):
        words = (
            "Reported sums (SUMDIAM) that are not the sum of the target diameters of that date: "
            "the "
            "diameters count."
        )
        example = int(row_in_file(apart)[0])
        intake.notes.append(Note("TR", "sums that differ", len(apart), example, words))
        assessments.loc[apart, "target_sum_mm"] = ""
    tables = {
        "patients": patients,
        "assessments": assessments,
        "lesions": lesions,
        "labs": labs_of(domains),
    }
    for table, rows in tables.items():
        if len(rows):
            intake.texts[table] = _as_text(rows, table)
    return intake


def _as_text(rows: pd.DataFrame, table: str) -> pd.DataFrame:
    """Categoricals of text in the order of the data contract, missing where a cell is empty."""
    columns = {}
    for name in [name for name in TABLES[table] if name in rows]:
        columns[name] = rows[name].where(rows[name] != "", None).astype("category")
    return pd.DataFrame(columns)
