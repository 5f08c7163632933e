"""The data contract: what each table of a cohort may hold, and in which units.

One place says it: reading, checking, the clean tables and the documentation follow from here.
Covariates of patients are a study's business: the codebook declares them
(:attr:`.codebook.Codebook.covariates`), and :func:`with_covariates` adds them to the contract.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pd1_dynamics.contract import vocabulary

TEXT, CHOICE, FLAG, WHOLE, NUMBER, DATE, DURATION = (
    "text",
    "choice",
    "flag",
    "whole number",
    "number",
    "date",
    "duration",
)


CHECKED = "checked"
"""Mark of a table that the pipeline itself wrote: it need not be checked again."""

_WHOLE_WITH_POINT = re.compile(r"([+-]?\d+)\.0*", re.ASCII)


@dataclass(frozen=True)
class Column:
    """One column of the data contract.

    Attributes
    ----------
    kind
        ``text``, ``choice`` (of ``levels``), ``flag`` (0 or 1), ``whole number``, ``number``,
        ``date`` (ISO date, or day from the index date) or ``duration`` (days or months from it).
    description
        Meaning, with unit.
    required
        Whether every row needs a value; then the column must be there.
    needed
        Whether the column must be there, though cells may be empty.
    lower
        Whether text is taken in lower case, so that "Liver" and "liver" are one.
    minimum, maximum, above, below
        Limits of a number: the first two are allowed themselves, ``above`` and ``below`` are not.
    """

    kind: str
    description: str
    levels: tuple[str, ...] = ()
    required: bool = False
    needed: bool = False
    lower: bool = False
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    below: float | None = None

    @property
    def allowed(self) -> tuple[str, ...]:
        """The only texts that a category or flag may have; empty for other kinds."""
        return ("0", "1") if self.kind == FLAG else self.levels

    @property
    def expected(self) -> str:
        """What a value must be, as messages say after "expected"."""
        if self.kind == FLAG:
            return "0 or 1"
        if self.levels:
            return "one of " + ", ".join(self.levels)
        number = "a whole number" if self.kind == WHOLE else "a number"
        if self.minimum is not None and self.maximum is not None:
            return f"{number} from {self.minimum:g} to {self.maximum:g}"
        if self.minimum is not None:
            return f"{number} of at least {self.minimum:g}"
        if self.above is not None:
            return f"{number} above {self.above:g}"
        return {DATE: "a date", TEXT: "text"}.get(self.kind, number)


def _flag(description: str) -> Column:
    return Column(FLAG, description)


def _choice(levels: tuple[str, ...], description: str, required: bool = False) -> Column:
    return Column(CHOICE, description, levels=levels, required=required)


IMPOSSIBLE_MM = 600
"""No lesion is so large (data contract)."""
IMPOSSIBLE_SUM_MM = 5 * IMPOSSIBLE_MM
"""Five targets, the most of RECIST 1.1, of such a size."""

_PATIENT = Column(TEXT, "patient", required=True)
_DATE = Column(DATE, "date of the scan or sample", required=True)
_READER = Column(TEXT, "who read the images")

Contract = Mapping[str, Mapping[str, Column]]
"""Columns by table."""

TABLES: dict[str, dict[str, Column]] = {
    "patients": {
        "patient_id": _PATIENT,
        "site": Column(TEXT, "treating center"),
        "treatment_start": Column(DATE, "first dose of anti-PD-1: the index date"),
        "last_dose": Column(DATE, "last dose; empty while treatment goes on"),
        "last_follow_up": Column(DATE, "death or last contact"),
        "death": _flag("died"),
        "setting": _choice(vocabulary.SETTINGS, "treatment setting; advanced if not said"),
        "monotherapy": _flag("anti-PD-1 alone; 1 if not said"),
        "discontinuation_reason": _choice(
            vocabulary.DISCONTINUATION_REASONS, "why anti-PD-1 was stopped"
        ),
        "major_pathological_response": _flag("after neoadjuvant therapy"),
        "ldh_elevated": _flag("LDH above its upper limit at the index date, as reported"),
        "best_response": _choice(
            (
                *vocabulary.RESPONSES,
                vocabulary.MIXED,
                vocabulary.CR_OR_PR,
                vocabulary.SD_OR_PD,
            ),
            "best response, as reported; CR/PR and SD/PD (progression, or stable disease without "
            "clinical benefit) where the cohort does not tell them apart",
        ),
        "sd_duration_days": Column(NUMBER, "duration of stable disease, days", minimum=0),
        "progression": _flag("progressed, as reported"),
        "progression_date": Column(
            DATE,
            "progression, as reported; empty, in a cohort without `progression`: none up to the "
            "last contact",
        ),
        "pfs": Column(
            DURATION,
            "progression-free survival, as reported; not known without `pfs_event`, or "
            "`progression` and `death`",
            minimum=0,
        ),
        "pfs_event": _flag("progression or death ended it, as reported"),
        "os": Column(DURATION, "overall survival, as reported", minimum=0),
        "confirmatory_scan_date": Column(DATE, "scan that confirmed or refuted progression"),
        "confirmatory_scan_shows_pd": _flag("that scan shows progression"),
        "rapid_clinical_progression": _flag("rapid growth with clinical deterioration"),
        "biopsy_confirmed": _flag("progression proven by biopsy"),
    },
    "assessments": {
        "patient_id": _PATIENT,
        "date": _DATE,
        "target_sum_mm": Column(
            NUMBER,
            "sum of target diameters, mm; empty with lesions",
            minimum=0,
            below=IMPOSSIBLE_SUM_MM,
        ),
        "nontarget_response": _choice(
            vocabulary.NONTARGET_RESPONSES, "non-target response; none = none there"
        ),
        "new_lesion": _choice(vocabulary.NEW_LESION, "new lesion: 1 = yes"),
        "overall_response": _choice(
            vocabulary.RESPONSES, "overall response as read; empty = derive it"
        ),
        "organs_progressing": Column(WHOLE, "organs with enlarging or new lesions", minimum=0),
        "clinical_deterioration": _flag("clinical deterioration"),
        "biopsy_confirmed": _flag("progression proven by biopsy"),
        "reader": _READER,
    },
    "lesions": {
        "patient_id": _PATIENT,
        "date": _DATE,
        "lesion_id": Column(TEXT, "lesion, within its patient", required=True),
        "role": _choice(vocabulary.LESION_ROLES, "what the lesion is", required=True),
        "organ": Column(TEXT, "organ: liver, lung, brain, lymph_node, …", lower=True),
        "node": _flag("lymph node: the short axis is measured"),
        "diameter_mm": Column(
            NUMBER,
            "longest diameter, or short axis of a node, mm; 0 = gone",
            minimum=0,
            below=IMPOSSIBLE_MM,
        ),
        "state": _choice(
            vocabulary.LESION_STATES,
            "of non-target and new lesions; of a target, why it has no diameter",
        ),
        "reader": _READER,
    },
    "labs": {
        "patient_id": _PATIENT,
        "date": _DATE,
        "test": Column(TEXT, "name of the test: ldh", required=True, lower=True),
        "value": Column(NUMBER, "value, U/L", needed=True, above=0),
        "upper_limit": Column(NUMBER, "upper limit of normal, U/L", above=0),
    },
    "therapies": {
        "patient_id": _PATIENT,
        "start": Column(DATE, "first day of the therapy", required=True),
        "end": Column(DATE, "last day of the therapy"),
        "category": _choice(vocabulary.THERAPY_CATEGORIES, "where it acts", required=True),
        "kind": _choice(vocabulary.THERAPY_KINDS, "kind of therapy"),
        "best_response": _choice(vocabulary.RESPONSES, "best response to it"),
        "progression_date": Column(DATE, "progression under or after it"),
        "last_follow_up": Column(DATE, "last contact"),
    },
}

COVARIATES_BEFORE = "ldh_elevated"
"""Column of patients before which covariates stand."""


def with_covariates(covariates: Mapping[str, Column]) -> dict[str, dict[str, Column]]:
    """The contract of a study: :data:`TABLES` with its covariates of patients."""
    patients = {}
    for name, column in TABLES["patients"].items():
        if name == COVARIATES_BEFORE:
            patients |= covariates
        patients[name] = column
    return {**TABLES, "patients": patients}


KEYS: dict[str, tuple[str, ...]] = {
    "patients": ("patient_id",),
    "assessments": ("patient_id", "date", "reader"),
    "lesions": ("patient_id", "date", "lesion_id", "reader"),
    "labs": ("patient_id", "date", "test"),
}
"""Key columns of each table: no two rows may share a key. ``therapies`` has none."""

MEASURES = {"assessments": "target_sum_mm", "lesions": "diameter_mm", "labs": "value"}
"""What a row of a dated table measures."""

DEFAULTS: dict[str, dict[str, object]] = {"patients": {"setting": "advanced", "monotherapy": 1}}
"""What an empty cell means, where it means something."""

MAY_BE_EMPTY = (
    *("last_dose", "setting", "monotherapy", "discontinuation_reason"),
    *("major_pathological_response", "sd_duration_days", "progression_date"),
    *("confirmatory_scan_date", "confirmatory_scan_shows_pd"),
    *("rapid_clinical_progression", "biopsy_confirmed"),
)
"""Columns of patients in which an empty cell is an answer, or not asked of everyone."""

SCANS = ("assessments", "lesions")
SCANS_AND_SAMPLES = (*SCANS, "labs")
"""Tables whose rows have a date: they keep it as given, beside the day."""


RECORDED = {
    "last_dose_day": "last_dose_recorded",
    "confirmatory_scan_day": "confirmatory_scan_recorded",
}
"""Columns of the clean patients whose empty cells mean something where the cohort has the column
(no last dose yet, no such scan), and the flag of the clean table that says whether it has."""


def clean_name(table: str, column: str) -> str:
    """Name of a column in the clean tables, where dates are days from the index date.

    Examples
    --------
    >>> [clean_name("patients", name) for name in ("last_dose", "progression_date", "os")]
    ['last_dose_day', 'progression_day', 'os_days']
    """
    kind = TABLES[table][column].kind if column in TABLES[table] else ""
    if kind == DURATION:
        return f"{column}_days"
    if kind != DATE or column == "treatment_start":
        return column
    return "day" if column == "date" else f"{column.removesuffix('_date')}_day"


def is_whole(table: str, name: str, contract: Contract = TABLES) -> bool:
    """Whether a column of a clean table holds whole numbers: days, flags and counts."""
    column = contract[table].get(name)
    if column is None:
        return name == "day" or name.endswith(("_day", "_recorded"))
    return column.kind in (FLAG, WHOLE)


def clean_columns(table: str, contract: Contract = TABLES) -> dict[str, str]:
    """Columns of a clean table with their kind, in order: ``text`` or ``number``.

    Examples
    --------
    >>> clean_columns("labs")["day"], list(clean_columns("labs"))[:3]
    ('number', ['patient_id', 'date', 'day'])
    """
    columns = {}
    for name, column in contract[table].items():
        if table in SCANS_AND_SAMPLES and name == "date":
            columns["date"] = TEXT
        is_text = column.kind in (TEXT, CHOICE) or name == "treatment_start"
        columns[clean_name(table, name)] = TEXT if is_text else NUMBER
    if table == "patients":
        columns |= dict.fromkeys(RECORDED.values(), NUMBER)
    return columns


def plain(text: str) -> str:
    """A whole number without the point that other programs give it: "1" for "1.0".

    Examples
    --------
    >>> [plain(text) for text in ("1.0", "-2.", "1.5", "M1a")]
    ['1', '-2', '1.5', 'M1a']
    """
    whole = _WHOLE_WITH_POINT.fullmatch(text)
    return whole[1] if whole else text
