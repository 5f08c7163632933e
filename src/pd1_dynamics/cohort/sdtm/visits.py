"""SDTM readers and visits: which readings count, and one date for each time point."""

import pandas as pd

from pd1_dynamics.cohort.cdisc import column_of, dates_of

VISIT_WINDOW_DAYS = 21
NO_ANSWER = ("", "NA", "ND", "NED", "NOT APPLICABLE")


def one_date_a_visit(domains: dict[str, pd.DataFrame]) -> int:
    """Give the rows of one visit its earliest scan date, in a column DATE; count what moved."""
    parts = []
    for domain in [name for name in ("TR", "TU", "RS") if name in domains]:
        rows, reader = readers(domains[domain], domain)
        domains[domain] = rows = rows.assign(READER=reader, DATE=dates_of(rows, f"{domain}DTC"))
        visit = column_of(rows, "VISITNUM", "VISIT")
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
    moves |= rows["day"].isna() & first.notna()  # rows without a date take that of the visit
    for domain in [name for name in ("TR", "TU", "RS") if name in domains]:
        own = moves.index[moves.to_numpy()].intersection(domains[domain].index)
        domains[domain].loc[own, "DATE"] = first[own].dt.strftime("%Y-%m-%d")
    return int(moves.sum())


def several_accepted(domains: dict[str, pd.DataFrame]) -> int:
    """Subjects whose accepted readings are of more than one reader of an evaluator."""
    found: set[str] = set()
    for domain in [name for name in ("TR", "TU", "RS") if name in domains]:
        rows = domains[domain]
        rows = rows[column_of(rows, f"{domain}ACPTFL") == "Y"]
        single = column_of(rows, f"{domain}EVALID")
        number = (
            single[single != ""]
            .groupby([rows["USUBJID"], column_of(rows, f"{domain}EVAL")])
            .nunique()
        )
        found |= set(number[number > 1].index.get_level_values(0))
    return len(found)


def readers(rows: pd.DataFrame, domain: str) -> tuple[pd.DataFrame, pd.Series]:
    """Rows that count, and who read them: accepted readings where an evaluator has any."""
    evaluator = column_of(rows, f"{domain}EVAL")
    accepted = column_of(rows, f"{domain}ACPTFL") == "Y"
    settled = evaluator.isin(set(evaluator[accepted]))
    keep = accepted | ~settled
    single = (evaluator + " " + column_of(rows, f"{domain}EVALID")).str.strip()
    return rows[keep], evaluator.where(settled, single)[keep]
