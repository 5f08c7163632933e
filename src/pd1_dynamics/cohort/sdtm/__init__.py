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

from pd1_dynamics.cohort import cdisc
from pd1_dynamics.cohort.cdisc import complete_dates, place, row_in_file
from pd1_dynamics.cohort.intake import Intake
from pd1_dynamics.cohort.observations import Note
from pd1_dynamics.cohort.sdtm.domains import NEEDED, READ_DATES
from pd1_dynamics.cohort.sdtm.results import assessments_of, labs_of
from pd1_dynamics.cohort.sdtm.subjects import patients_and_untreated
from pd1_dynamics.cohort.sdtm.tumors import lesions_of, sums_that_differ
from pd1_dynamics.cohort.sdtm.visits import VISIT_WINDOW_DAYS, one_date_a_visit, several_accepted
from pd1_dynamics.contract.cohort_file import Cohort

__all__ = ["read_sdtm"]


def read_sdtm(cohort: Cohort) -> Intake:
    """Read the domains of a cohort and put them in the words of the data contract."""
    domains, problems = cdisc.read_data_sets(cohort, NEEDED)
    intake = Intake({}, "date", frozenset({"patients"}), problems=problems, place=place)
    if "DM" not in domains:
        if not problems:
            expected = (
                "DM, with the subjects and their first exposure; files are named after domains"
            )
            problems.append(cdisc.absent(cohort, "DM", expected))
        return intake
    for name, rows in domains.items():
        if name == "LB":
            rows = rows[rows["LBTESTCD"].str.upper() == "LDH"]
        domains[name], found, notes = complete_dates(
            rows, name, READ_DATES[name], cohort.partial_dates, keep_rows=name == "DM"
        )
        problems += found
        intake.notes += notes
    intake.notes += cdisc.ignored_files(cohort)
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
            intake.texts[table] = cdisc.as_text(rows, cohort.contract[table])
    return intake
