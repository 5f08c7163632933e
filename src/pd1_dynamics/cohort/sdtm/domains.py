"""SDTM domains: what is read of them."""

NEEDED = {
    "DM": ["USUBJID"],
    "TU": ["USUBJID", "TULNKID"],
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
