"""Twelve patients of the synthetic cohort, written as other people's systems write patients.

``python tests/examples/writing.py redcap folder`` writes the files of one worked example of
``docs/cohorts``; the tests read them back by the cohort file that its page shows.
"""

import sys
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parents[2]
PATIENTS = 12


def source():
    """Tables of the data contract: the first patients that have target lesions."""
    tables = {
        name: pd.read_csv(ROOT / "data" / "synthetic" / f"{name}.csv", dtype=str)
        for name in ("patients", "assessments", "lesions", "labs")
    }
    measured = tables["lesions"].query("role == 'target'")["patient_id"].drop_duplicates()
    chosen = set(measured.head(PATIENTS))
    return {name: rows[rows["patient_id"].isin(chosen)] for name, rows in tables.items()}


def with_sums(tables):
    """Assessments with the sum of the target diameters, empty where one was not measured."""
    targets = tables["lesions"].query("role == 'target'")
    size = targets["diameter_mm"].astype(float)
    whole = size.notna().groupby([targets["patient_id"], targets["date"]]).all()
    sums = size.groupby([targets["patient_id"], targets["date"]]).sum().where(whole)
    sums = sums.round(1).rename("target_sum_mm").reset_index()
    return tables["assessments"].merge(sums, on=["patient_id", "date"], how="left")


def european(date):
    """2017-03-31 as 31-03-2017."""
    return "" if pd.isna(date) else "-".join(reversed(date.split("-")))


def redcap(folder):
    """One export: a row a patient, and a row for each repeat of the instruments scan and lesion."""
    tables, rows = source(), []
    for patient in tables["patients"].to_dict("records"):
        rows.append(
            {
                "record_id": patient["patient_id"],
                "c1d1": european(patient["treatment_start"]),
                "last_seen": european(patient["last_follow_up"]),
                "vital_status": {"1": "2", "0": "1"}[patient["death"]],
                "mutation___braf": patient["braf_v600"],
                "mutation___nras": patient["nras"],
            }
        )
        own = tables["lesions"].query("patient_id == @patient['patient_id']")
        for number, lesion in enumerate(own.to_dict("records"), 1):
            rows.append(
                {
                    "record_id": patient["patient_id"],
                    "redcap_repeat_instrument": "lesion",
                    "redcap_repeat_instance": number,
                    "scan_date": european(lesion["date"]),
                    "lesion": lesion["lesion_id"],
                    "lesion_kind": {"target": 1, "nontarget": 2, "new": 3}[lesion["role"]],
                    "site_of_lesion": lesion["organ"],
                    "options___node": lesion["node"],
                    "options___notdone": int(lesion["state"] == "not_evaluable"),
                    "finding": lesion["state"],
                    "mm": "-999" if pd.isna(lesion["diameter_mm"]) else lesion["diameter_mm"],
                }
            )
    pd.DataFrame(rows).to_csv(folder / "export.csv", index=False)


def wide(folder):
    """A spreadsheet with one row a patient: three lines of title, scan1_date, scan1_mm, ..."""
    tables, rows = source(), []
    for patient in tables["patients"].to_dict("records"):
        row = {
            "ID": patient["patient_id"],
            "Start": patient["treatment_start"],
            "Last contact": patient["last_follow_up"],
            "Died": {"1": "yes", "0": "no"}[patient["death"]],
        }
        own = with_sums(tables).query("patient_id == @patient['patient_id']").sort_values("date")
        for number, scan in enumerate(own.to_dict("records"), 1):
            row |= {
                f"scan{number}_date": scan["date"],
                f"scan{number}_mm": scan["target_sum_mm"],
                f"scan{number}_new": scan["new_lesion"],
            }
        rows.append(row)
    with pd.ExcelWriter(folder / "study.xlsx") as book:
        pd.DataFrame({"Notes": ["do not edit"]}).to_excel(book, sheet_name="About", index=False)
        pd.DataFrame(rows).to_excel(book, sheet_name="Patients", startrow=2, index=False)


def reported():
    """What the pipeline derives of the patients, as a cohort would report it."""
    from pd1_dynamics.cohort import cleaning
    from pd1_dynamics.contract import definitions
    from pd1_dynamics.contract.cohort_file import load_cohort
    from pd1_dynamics.derive import derive

    cohort = load_cohort(ROOT / "config" / "cohorts" / "synthetic.yaml")
    chosen = set(source()["patients"]["patient_id"])
    clean = {
        name: table[table["patient_id"].isin(chosen)].reset_index(drop=True)
        for name, table in cleaning.clean(cohort).tables.items()
    }
    return derive(clean, definitions.load(settings=cohort.settings))


def portal(folder):
    """A clinical file of a cancer genomics portal: comments, a tab, months and worded status."""
    patients = reported().patients
    rows = pd.DataFrame(
        {
            "PATIENT_ID": patients["patient_id"],
            "SEX": patients["sex"].str.capitalize(),
            "AGE": patients["age_years"],
            "TREATMENT": "Pembrolizumab",
            "BEST_RESPONSE": patients["best_response"],
            "PFS_MONTHS": patients["pfs_months"].map("{:.6f}".format),
            "PFS_STATUS": patients["pfs_event"].map({1: "1:PROGRESSION", 0: "0:CENSORED"}),
            "OS_MONTHS": patients["os_months"].map("{:.6f}".format),
            "OS_STATUS": patients["os_event"].map({1: "1:DECEASED", 0: "0:LIVING"}),
        }
    )
    other = rows.head(1).assign(PATIENT_ID="OTHER-1", TREATMENT="Ipilimumab")
    header = "".join(f"#{line}\n" for line in ("Names", "Descriptions", "Types", "Priority"))
    text = pd.concat([rows, other]).to_csv(index=False, sep="\t", na_rep="NA")
    (folder / "data_clinical_patient.txt").write_text(header + text, encoding="utf-8")


def percent(folder):
    """Baseline sizes in one table, percent changes by week in another."""
    made = reported()
    patients, scans = made.patients, made.response
    pd.DataFrame(
        {
            "id": patients["patient_id"],
            "size_mm": patients["baseline_sum_mm"],
            "os_days": (patients["os_months"] * 30.4375).round().astype(int),
            "dead": patients["os_event"],
        }
    ).to_csv(folder / "patients.csv", index=False)
    later = scans[(scans["day"] > 0) & scans["baseline_sum_mm"].notna()]
    change = later["change_from_baseline_pct"].map(lambda x: "" if pd.isna(x) else repr(x))
    pd.DataFrame(
        {
            "id": later["patient_id"],
            "week": later["day"] / 7,
            "change": change,
            "new_lesion": later["new_lesion"].astype(str),
        }
    ).to_csv(folder / "changes.csv", index=False)


def sdtm(folder):
    """Domains DM, TU, TR and RS."""
    tables = source()
    patients, lesions = tables["patients"], tables["lesions"]
    died = patients["death"] == "1"
    pd.DataFrame(
        {
            "USUBJID": patients["patient_id"],
            "SITEID": patients["site"],
            "RFXSTDTC": patients["treatment_start"],
            "RFPENDTC": patients["last_follow_up"],
            "DTHDTC": patients["last_follow_up"].where(died, ""),
            "DTHFL": died.map({True: "Y", False: ""}),
            "AGE": patients["age_years"],
            "AGEU": "YEARS",
            "SEX": patients["sex"].map({"male": "M", "female": "F"}),
        }
    ).to_csv(folder / "dm.csv", index=False)
    first = lesions.drop_duplicates(["patient_id", "lesion_id"])
    role = {"target": "TARGET", "nontarget": "NON-TARGET", "new": "NEW"}
    pd.DataFrame(
        {
            "USUBJID": first["patient_id"],
            "TULNKID": first["lesion_id"],
            "TUSTRESC": first["role"].map(role),
            "TULOC": first["organ"].str.replace("_", " ").str.upper(),
            "TUDTC": first["date"],
        }
    ).to_csv(folder / "tu.csv", index=False)
    measured = lesions[lesions["role"] != "nontarget"]
    seen = lesions[lesions["role"] == "nontarget"]
    unread = measured["diameter_mm"].isna()
    words = {"present": "PRESENT", "absent": "ABSENT", "progressed": "UNEQUIVOCAL PROGRESSION"}
    sizes = pd.DataFrame(
        {
            "USUBJID": measured["patient_id"],
            "TRLNKID": measured["lesion_id"],
            "TRTESTCD": measured["node"].map({"1": "SAXIS", "0": "LDIAM"}),
            "TRSTRESC": measured["diameter_mm"],
            "TRSTRESN": measured["diameter_mm"],
            "TRSTRESU": "mm",
            "TRSTAT": unread.map({True: "NOT DONE", False: ""}),
            "TRDTC": measured["date"],
        }
    )
    states = pd.DataFrame(
        {
            "USUBJID": seen["patient_id"],
            "TRLNKID": seen["lesion_id"],
            "TRTESTCD": "TUMSTATE",
            "TRSTRESC": seen["state"].map(words),
            "TRDTC": seen["date"],
        }
    )
    pd.concat([sizes, states]).to_csv(folder / "tr.csv", index=False)


def adam(folder):
    """ADSL, ADRS, ADTTE and ADTR."""
    made, tables = reported(), source()
    patients, scans = tables["patients"], made.response
    died = patients["death"] == "1"
    pd.DataFrame(
        {
            "USUBJID": patients["patient_id"],
            "SITEID": patients["site"],
            "AGE": patients["age_years"],
            "SEX": patients["sex"].map({"male": "M", "female": "F"}),
            "ECOG": patients["ecog"],
            "TRTSDT": patients["treatment_start"],
            "TRTEDT": patients["last_dose"],
            "EOTSTT": patients["last_dose"].isna().map({True: "ONGOING", False: "DISCONTINUED"}),
            "LSTALVDT": patients["last_follow_up"],
            "DTHDT": patients["last_follow_up"].where(died, ""),
            "DTHFL": died.map({True: "Y", False: ""}),
        }
    ).to_csv(folder / "adsl.csv", index=False)
    later = scans[scans["day"] > 0]
    overall = later["overall_response"].astype(object)
    responses = pd.DataFrame(
        {
            "USUBJID": later["patient_id"],
            "PARAMCD": "OVRLRESP",
            "AVALC": overall,
            "ADT": later["date"],
            "ANL01FL": "Y",
        }
    )
    by_another = responses.assign(AVALC="PD", ANL01FL="")  # a reading that is not analysed
    pd.concat([responses, by_another]).to_csv(folder / "adrs.csv", index=False)
    sums = scans[scans["target_sum_mm"].notna()]
    pd.DataFrame(
        {
            "USUBJID": sums["patient_id"],
            "PARAMCD": "SUMDIAM",
            "AVAL": sums["target_sum_mm"],
            "ADT": sums["date"],
        }
    ).to_csv(folder / "adtr.csv", index=False)
    times = made.patients
    pd.concat(
        pd.DataFrame(
            {
                "USUBJID": times["patient_id"],
                "PARAMCD": code,
                "PARAM": f"{words} (months)",
                "AVAL": times[f"{code.lower()}_months"],
                "CNSR": 1 - times[f"{code.lower()}_event"],
            }
        )
        for code, words in (("PFS", "Progression-free survival"), ("OS", "Overall survival"))
    ).to_csv(folder / "adtte.csv", index=False)


EXAMPLES = {
    "redcap": redcap,
    "wide_spreadsheet": wide,
    "portal": portal,
    "percent_changes": percent,
    "sdtm": sdtm,
    "adam": adam,
}

if __name__ == "__main__":
    EXAMPLES[sys.argv[1]](Path(sys.argv[2]))
