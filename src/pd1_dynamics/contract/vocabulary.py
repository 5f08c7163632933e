"""Vocabulary and units: the words that every stage shares.

Response categories follow RECIST 1.1 (Eisenhauer 2009) and iRECIST (Seymour 2017), resistance types
follow the SITC Immunotherapy Resistance Taskforce (Kluger 2020) and the cohort paper.
"""

DAYS_PER_MONTH = 30.4375
"""Length of a month in days: a duration in months is ``days / DAYS_PER_MONTH``."""

ROUNDING_DAYS = 16
"""How far two reported times of one event may lie apart: half a month, for rounding."""

CR, PR, SD, PD, NE = "CR", "PR", "SD", "PD", "NE"
NON_CR_NON_PD = "NON-CR/NON-PD"
NONE = "none"
MIXED = "mixed"
CR_OR_PR, SD_OR_PD = "CR/PR", "SD/PD"
"""Best responses that a cohort reports together: a response, and progression or stable disease
without clinical benefit."""

RESPONSES = (CR, PR, SD, NON_CR_NON_PD, PD, NE)
"""Overall and best response, best first; NE is not evaluable. NON-CR/NON-PD is that of patients
without target lesions whose disease persists (RECIST 1.1, Table 2)."""
STABLE = (SD, NON_CR_NON_PD)
"""Neither response nor progression."""

TARGET_RESPONSES = (CR, PR, SD, PD, NE, NONE)
NONTARGET_RESPONSES = (CR, NON_CR_NON_PD, PD, NE, NONE)
NEW_LESION = ("0", "1", "equivocal")
IRECIST_RESPONSES = ("iCR", "iPR", "iSD", "iUPD", "iCPD", NE)

PRIMARY, SECONDARY = "primary", "secondary"
LATE_PROGRESSION, LATE_RELAPSE = "late_progression", "late_relapse"
NOT_RESISTANT, UNCLASSIFIABLE = "not_resistant", "unclassifiable"
RESISTANCE_PAPER = (PRIMARY, SECONDARY)
RESISTANCE_SITC = (
    PRIMARY,
    SECONDARY,
    LATE_PROGRESSION,
    LATE_RELAPSE,
    NOT_RESISTANT,
    UNCLASSIFIABLE,
)

ENLARGEMENT_ONLY, NEW_LESIONS_ONLY, BOTH = "enlargement_only", "new_lesions_only", "both"

NORMAL, ELEVATED = "normal", "elevated"

SETTINGS = ("advanced", "adjuvant", "neoadjuvant")
DISCONTINUATION_REASONS = (
    "ongoing",
    "progression",
    "toxicity",
    "completed",
    "maximal_benefit",
    "patient_choice",
    "social",
    "other",
)
LESION_ROLES = ("target", "nontarget", "new")
LESION_STATES = ("present", "absent", "progressed", "not_evaluable")
THERAPY_CATEGORIES = ("local", "systemic")
THERAPY_KINDS = ("surgery", "radiotherapy", "anti_ctla4", "braf_mek", "chemotherapy", "other")

REPRODUCED, RETURNED, COMPATIBLE = "reproduced", "returned", "compatible"
CLOSE, DIFFERS = "close", "differs"
CONTRADICTED, NOT_ESTIMABLE = "contradicted", "not estimable"
VERDICTS = (REPRODUCED, RETURNED, COMPATIBLE, CLOSE, DIFFERS, CONTRADICTED, NOT_ESTIMABLE)
"""Verdicts on a published number compared with a recomputed one. Returned: the cohort was built to
have this number. Compatible: it agrees within the rounding of other printed numbers, or under a
definition that had to be inferred. Contradicted: the paper's own numbers deny it."""

ARITHMETIC, CALIBRATED, EMERGENT = "arithmetic", "calibrated", "emergent"
REPLICATION = "replication"
EVIDENCE = (ARITHMETIC, CALIBRATED, EMERGENT, REPLICATION)
"""What a verdict rests on: other published numbers alone, a synthetic cohort that was or was not
built to have that number, or another cohort of patients, compared by interval."""
