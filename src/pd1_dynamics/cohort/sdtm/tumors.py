"""SDTM TU and TR: the lesions."""

import numpy as np
import pandas as pd

from pd1_dynamics.cohort import findings
from pd1_dynamics.cohort.cdisc import column_of, row_in_file
from pd1_dynamics.cohort.sdtm.domains import NEEDED
from pd1_dynamics.contract.columns import plain
from pd1_dynamics.contract.problems import Problem

ROLES = {"TARGET": "target", "NON-TARGET": "nontarget", "NEW": "new"}
LONG_AXIS = ("LDIAM", "DIAMETER")
SHORT_AXIS = ("SAXIS", "LPERP")
NODE = "LYMPH NODE"
SUM_TOLERANCE_MM = 0.5  # a reported sum may differ so much by rounding
STATES = ("TUMSTATE", "LNSTATE")
EQUIVOCAL = "EQUIVOCAL"
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
TOO_SMALL_MM = "5"  # RECIST 1.1, Eisenhauer 2009: the default for a lesion too small to measure


def lesions_of(
    domains: dict[str, pd.DataFrame],
) -> tuple[pd.DataFrame, pd.DataFrame, list[Problem]]:
    """One row a lesion, date and reader; the rows of equivocal new lesions; problems.

    The axis is chosen once for each lesion: the short axis of a lymph node, the longest diameter of
    anything else (RECIST 1.1, 4.1). A node is what TULOC calls one, at any visit and by any reader.
    A lesion without a location is a node if TR gives it a nodal state, or never a longest diameter.
    """
    empty = pd.DataFrame()
    if "TU" not in domains:
        return empty, empty, []
    tu = domains["TU"]
    result = column_of(tu, "TUSTRESC", "TUORRES")
    role = result.str.extract(r"^(NON-TARGET|TARGET|NEW)", expand=False).map(ROLES)
    tu = tu.assign(ROLE=role, ORGAN=_organ(tu))[role.notna()]
    known = tu.drop_duplicates(["USUBJID", "TULNKID"]).set_index(["USUBJID", "TULNKID"])
    tr = domains.get("TR", pd.DataFrame(columns=[*NEEDED["TR"], "READER", "DATE"], dtype=object))
    test = tr["TRTESTCD"].str.upper()
    tr = tr[test.isin([*LONG_AXIS, *SHORT_AXIS, *STATES]) & (tr["TRLNKID"] != "")]
    of_row = pd.MultiIndex.from_frame(tr[["USUBJID", "TRLNKID"]])
    given = of_row.isin(pd.MultiIndex.from_frame(domains["TU"][["USUBJID", "TULNKID"]]))
    wrong = pd.Series(~given, index=row_in_file(tr.index))
    problems = findings.where(
        "TR", "TRLNKID", wrong, "a tumor that TU does not identify", "a TULNKID of this subject"
    )
    inside = of_row.isin(known.index)
    tr, of_row = tr[inside], of_row[inside]
    nodes = _nodes(tu, tr)
    tr = tr.assign(ROLE=known.loc[of_row, "ROLE"].to_numpy(), NODE=of_row.isin(nodes))
    rows = pd.concat([_measured(tr), _only_identified(tu, tr)])
    if rows.empty:
        return empty, empty, problems
    of_row = pd.MultiIndex.from_frame(rows[["patient_id", "lesion_id"]])
    rows["organ"] = known.loc[of_row, "ORGAN"].to_numpy()
    rows["node"] = of_row.isin(nodes).astype(int).astype(str)
    unsure = (rows["role"] == "new") & (rows["state"] == EQUIVOCAL)
    return rows[~unsure], rows[unsure], problems


def _organ(tu: pd.DataFrame) -> pd.Series:
    return column_of(tu, "TULOC").str.lower().str.replace(r"[ ,]+", "_", regex=True)


def _nodes(tu: pd.DataFrame, tr: pd.DataFrame) -> pd.MultiIndex:
    """The lesions that are lymph nodes, by subject and identifier."""
    location = column_of(tu, "TULOC")
    named = pd.MultiIndex.from_frame(tu.loc[location.str.contains(NODE), ["USUBJID", "TULNKID"]])
    located = pd.MultiIndex.from_frame(tu.loc[location != "", ["USUBJID", "TULNKID"]])
    of_row = pd.MultiIndex.from_frame(tr[["USUBJID", "TRLNKID"]])
    test = tr["TRTESTCD"].str.upper()
    nodal, short, long = (
        of_row[test.isin(codes)].unique() for codes in (("LNSTATE",), SHORT_AXIS, LONG_AXIS)
    )
    return named.union(nodal.union(short.difference(long)).difference(located))


def sums_that_differ(lesions: pd.DataFrame, assessments: pd.DataFrame) -> pd.Index:
    """Assessments whose reported sum (SUMDIAM) is not that of the target diameters of that date.

    Only dates on which every target of the subject and reader was measured are compared.
    """
    if not {"target_sum_mm"} <= set(assessments) or lesions.empty:
        return pd.Index([])
    targets = lesions[lesions["role"] == "target"]
    size = pd.to_numeric(targets["diameter_mm"], errors="coerce")
    key = ["patient_id", "date", "reader"]
    sums = size.groupby([targets[name] for name in key]).agg(lambda mm: mm.sum(skipna=False))
    number = targets.groupby(key)["lesion_id"].nunique()
    due = targets.groupby(["patient_id", "reader"])["lesion_id"].nunique()
    reported = pd.to_numeric(assessments["target_sum_mm"], errors="coerce")
    place = pd.MultiIndex.from_frame(assessments[key])
    own = sums.reindex(place).to_numpy()
    complete = number.reindex(place).to_numpy() == due.reindex(place.droplevel(1)).to_numpy()
    apart = ((reported - own).abs() > SUM_TOLERANCE_MM) & complete
    return assessments.index[apart.to_numpy()]


def _measured(tr: pd.DataFrame) -> pd.DataFrame:
    """Measurements and states of TR, one row a lesion, date and reader."""
    test = tr["TRTESTCD"].str.upper()
    text = column_of(tr, "TRSTRESC", "TRORRES")
    size = millimetres(tr).mask(text == "TOO SMALL TO MEASURE", TOO_SMALL_MM)
    counted = _axis_that_counts(tr, test, size)
    undone = (column_of(tr, "TRSTAT") == "NOT DONE") | text.isin(["NOT EVALUABLE", "NE"])
    rows = pd.DataFrame(
        {
            "patient_id": tr["USUBJID"],
            "date": tr["DATE"],
            "lesion_id": tr["TRLNKID"],
            "reader": tr["READER"],
            "role": tr["ROLE"],
            "diameter_mm": size.where(counted & ~undone, ""),
            "state": text.map(LESION_STATE).fillna(text).where(test.isin(STATES), ""),
            "undone": undone,
        }
    )
    rows["row"] = rows.index
    key = ["patient_id", "date", "lesion_id", "reader"]
    for name in ("diameter_mm", "state"):
        rows[name] = rows[name].where(rows[name] != "", None)
    one = (
        rows.groupby(key, sort=False)
        .agg(
            role=("role", "first"),
            diameter_mm=("diameter_mm", "first"),
            state=("state", "first"),
            undone=("undone", "any"),
            row=("row", "first"),
        )
        .reset_index()
    )
    one.index = one.pop("row").to_numpy(dtype=np.int64)
    silent = one["diameter_mm"].isna() & one["state"].isna()
    unread = silent & (one.pop("undone") | (one["role"] == "target"))
    one["state"] = one["state"].mask(unread, "not_evaluable")
    one["diameter_mm"] = one["diameter_mm"].mask(one["state"] == "not_evaluable")
    return one.fillna("")


def _axis_that_counts(tr: pd.DataFrame, test: pd.Series, size: pd.Series) -> pd.Series:
    """Rows that measure the axis of their lesion; the other axis where its own was never
    measured."""
    of_row = pd.MultiIndex.from_frame(tr[["USUBJID", "TRLNKID"]])
    short, long = test.isin(SHORT_AXIS), test.isin(LONG_AXIS)
    has_short, has_long = (
        of_row.isin(of_row[axis & (size != "")].unique()) for axis in (short, long)
    )
    by_short = np.where(tr["NODE"], has_short | ~has_long, ~has_long & has_short)
    return short.where(by_short, long)


def millimetres(tr: pd.DataFrame) -> pd.Series:
    """Sizes in mm as text; cells that are not numbers stay as they are, for later checks."""
    value = column_of(tr, "TRSTRESN", "TRSTRESC", "TRORRES")
    number = pd.to_numeric(value, errors="coerce")
    number = number.where(column_of(tr, "TRSTRESU", "TRORRESU") != "CM", number * 10)
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
        }
    )
