"""Resistance by the SITC Immunotherapy Resistance Taskforce, as decision tables.

Read the tuples beside the guideline: each rule is a row of one of its tables or one of its caveats,
the first that matches decides. Where the guideline says two things, a named setting chooses
(``config/definitions.yaml``, part ``sitc``), and the rule names it.

Reference
---------
Kluger HM et al. Defining tumor resistance to PD-1 pathway blockade: recommendations from the first
meeting of the SITC Immunotherapy Resistance Taskforce. J Immunother Cancer 2020;8:e000398.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics import arrays
from pd1_dynamics.contract.vocabulary import (
    CR,
    DAYS_PER_MONTH,
    LATE_PROGRESSION,
    LATE_RELAPSE,
    NOT_RESISTANT,
    PD,
    PR,
    PRIMARY,
    SECONDARY,
    STABLE,
    UNCLASSIFIABLE,
)
from pd1_dynamics.derive.resistance.facts import (
    NO_SCAN,
    SCAN_SHOWS_PD,
    SCAN_UNKNOWN,
    WEEKS_6,
    WEEKS_12,
)
from pd1_dynamics.derive.rules import Condition, Facts, Rule, decide

EXCEPTED_TUMORS = ("glioblastoma", "prostate", "hepatocellular", "ovarian")
"""General assumption 1: tumors whose response is not commonly read by the standard criteria."""

SCAN, BIOPSY, NOT_REQUIRED, NO_MATTER = "scan", "biopsy", "not required", ""

Settings = Mapping[str, Any]


def _is(text: str, test: Callable[[Facts, Settings], np.ndarray]) -> Condition:
    return Condition(text, test)


def _chosen(key: str, value: object) -> Condition:
    """A setting has a value (the same for everyone)."""
    return Condition(
        f"setting {key} is {value}",
        lambda facts, settings: np.full(len(facts["progressed"]), settings[key] == value),
    )


def _months(days: np.ndarray) -> np.ndarray:
    return days / DAYS_PER_MONTH


def _best(*labels: str) -> Condition:
    return _is(
        f"best response {' or '.join(labels)}", lambda f, s: np.isin(f["best_response"], labels)
    )


def _reached(days: np.ndarray, settings: Settings) -> np.ndarray:
    """Whether so many days reach the months of benefit: day 183 is the first to reach six
    months."""
    return _months(days) >= settings["benefit_months"]


def _to_the_day(days: np.ndarray, settings: Settings) -> np.ndarray:
    """Whether this is the very day on which the months of benefit are reached."""
    return _reached(days, settings) & ~_reached(days - 1, settings)


# --- conditions -----------------------------------------------------------------------------------
COMBINATION = _is("combined with other therapy", lambda f, s: f["combination"])
EXCEPTED = _is(
    "glioblastoma, prostate, hepatocellular or ovarian cancer",
    lambda f, s: np.full(
        len(f["progressed"]), any(name in s["tumor_type"].lower() for name in EXCEPTED_TUMORS)
    ),
)
UNKNOWN = _is(
    "whether or when the disease progressed is not known", lambda f, s: ~f["progression_known"]
)
NEVER_EVALUATED = _is(
    "no evaluation after the first dose", lambda f, s: ~f["evaluated"] & ~f["progressed"]
)
NO_PROGRESSION = _is("no progression", lambda f, s: ~f["progressed"])
DIED = _is("died", lambda f, s: f["died"])

ADVANCED = _is("advanced disease", lambda f, s: f["setting"] == "advanced")
ADJUVANT = _is("adjuvant therapy", lambda f, s: f["setting"] == "adjuvant")
NEOADJUVANT = _is("neoadjuvant therapy", lambda f, s: f["setting"] == "neoadjuvant")
MAJOR_RESPONSE = _is("major pathological response", lambda f, s: f["pathological_response"] == 1)
NO_MAJOR_RESPONSE = _is(
    "no major pathological response", lambda f, s: f["pathological_response"] == 0
)


def _under_treatment(f: Facts, s: Settings) -> np.ndarray:
    off, reason = f["off_treatment_days"], f["reason"]
    none_given = np.isin(reason, ("None", "nan"))
    return (
        (off <= 0)
        | (reason == "ongoing")
        | ((reason == "progression") & (off <= WEEKS_12))
        | (none_given & (off <= s["under_treatment_days"]))
    )


STOPPED = _is(
    "treatment stopped before progression, for another reason than progression",
    lambda f, s: ~_under_treatment(f, s),
)
TOXICITY = _is("stopped for toxicity", lambda f, s: f["reason"] == "toxicity")
WITHIN_12_WEEKS = _is(
    "PD less than 12 weeks after the last dose", lambda f, s: f["off_treatment_days"] < WEEKS_12
)
AT_12_WEEKS = _is(
    "PD exactly 12 weeks after the last dose", lambda f, s: f["off_treatment_days"] == WEEKS_12
)
BEYOND_12_WEEKS = _is(
    "PD more than 12 weeks after the last dose", lambda f, s: f["off_treatment_days"] > WEEKS_12
)
BEFORE_6_WEEKS_OFF = _is(
    "relapse under treatment or sooner than 6 weeks after the last dose",
    lambda f, s: f["off_treatment_days"] < WEEKS_6,
)
LAST_DOSE_UNKNOWN = _is(
    "neither the last dose nor that treatment goes on is known", lambda f, s: ~f["last_dose_known"]
)
SHORT_TREATMENT = _is("treated for less than 6 weeks", lambda f, s: f["treated_days"] < WEEKS_6)
TREATED_BELOW_6_MONTHS = _is(
    "treated for less than 6 months", lambda f, s: ~_reached(f["treated_days"], s)
)

EXPOSED_BELOW_6_WEEKS = _is(
    "less than 6 weeks of exposure", lambda f, s: f["exposure_days"] < WEEKS_6
)
EXPOSED_BELOW_6_MONTHS = _is(
    "less than 6 months of exposure", lambda f, s: ~_reached(f["exposure_days"], s)
)
PD_BELOW_6_MONTHS = _is("PD before 6 months", lambda f, s: ~_reached(f["progression_day"], s))
PD_FROM_6_MONTHS = _is("PD from 6 months on", lambda f, s: _reached(f["progression_day"], s))
STABLE_BELOW_6_MONTHS = _is(
    "SD for less than 6 months", lambda f, s: ~_reached(f["stable_days"], s)
)
STABLE_TO_THE_DAY = _is(
    "SD to the day that reaches 6 months", lambda f, s: _to_the_day(f["stable_days"], s)
)


def _benefit(f: Facts, s: Settings) -> np.ndarray:
    responded = np.isin(f["best_response"], (CR, PR))
    stable = np.isin(f["best_response"], STABLE) & _reached(f["stable_days"], s)
    return responded | (stable & (s["benefit_before_stopping"] == "cr_pr_sd"))


BENEFIT = _is("prior CR or PR (or SD of 6 months, by setting benefit_before_stopping)", _benefit)
NO_BENEFIT = _is(
    "no prior CR or PR (nor SD of 6 months, by setting benefit_before_stopping)",
    lambda f, s: ~_benefit(f, s) & np.isin(f["best_response"], (CR, PR, *STABLE, PD)),
)

# --- the tables -----------------------------------------------------------------------------------
_GENERAL = (
    Rule(
        UNCLASSIFIABLE,
        (COMBINATION,),
        "treated with a combination; the definitions are for monotherapy",
        "General assumption 2; secondary resistance, caveat 2",
    ),
    Rule(
        UNCLASSIFIABLE,
        (EXCEPTED,),
        "a tumor type that the definitions except",
        "General assumption 1",
    ),
    Rule(
        UNCLASSIFIABLE,
        (UNKNOWN,),
        "whether or when the disease progressed is not known",
        "no row: progression is needed",
    ),
    Rule(
        PRIMARY,
        (
            NEOADJUVANT,
            NO_PROGRESSION,
            NO_MAJOR_RESPONSE,
            _chosen("neoadjuvant_without_recurrence", PRIMARY),
        ),
        "no major pathological response at surgery",
        "Neoadjuvant therapy, text; setting neoadjuvant_without_recurrence",
        NOT_REQUIRED,
    ),
    Rule(
        NOT_RESISTANT,
        (NO_PROGRESSION, NEOADJUVANT, Condition("alive", lambda f, s: ~f["died"])),
        "no recurrence after neoadjuvant therapy",
        "Table 3: needs a recurrence",
    ),
    Rule(
        NOT_RESISTANT,
        (NO_PROGRESSION, ADJUVANT, Condition("alive", lambda f, s: ~f["died"])),
        "no relapse after adjuvant therapy",
        "Table 2: needs a relapse",
    ),
    Rule(
        UNCLASSIFIABLE,
        (NEVER_EVALUATED,),
        "never evaluated after the first dose",
        "no row: progression is needed",
    ),
    Rule(
        UNCLASSIFIABLE,
        (NO_PROGRESSION, DIED, _chosen("death_without_progression", UNCLASSIFIABLE)),
        "died without progression on a scan",
        "no row; setting death_without_progression",
    ),
    Rule(NOT_RESISTANT, (NO_PROGRESSION,), "no progression", "no row: progression is needed"),
)

_ADJUVANT = (
    Rule(
        UNCLASSIFIABLE,
        (ADJUVANT, LAST_DOSE_UNKNOWN),
        "not estimable: no last dose",
        "Table 2: counts from the last dose",
    ),
    Rule(
        UNCLASSIFIABLE,
        (ADJUVANT, BEFORE_6_WEEKS_OFF, _chosen("adjuvant_before_six_weeks", UNCLASSIFIABLE)),
        "relapsed under adjuvant therapy or less than 6 weeks after it",
        "Adjuvant therapy, duration; setting adjuvant_before_six_weeks",
    ),
    Rule(
        PRIMARY,
        (ADJUVANT, WITHIN_12_WEEKS),
        "relapsed under adjuvant therapy or less than 12 weeks after it",
        "Table 2, primary resistance/early relapse",
        BIOPSY,
    ),
    Rule(
        PRIMARY,
        (ADJUVANT, AT_12_WEEKS, _chosen("twelve_weeks_after_adjuvant", PRIMARY)),
        "relapsed exactly 12 weeks after adjuvant therapy",
        "Adjuvant therapy, duration; setting twelve_weeks_after_adjuvant",
        BIOPSY,
    ),
    Rule(
        LATE_RELAPSE,
        (ADJUVANT,),
        "relapsed 12 weeks or more after adjuvant therapy",
        "Table 2, late relapse",
        BIOPSY,
    ),
)


def _neoadjuvant(confirmation: str, *by: Condition) -> tuple[Rule, ...]:
    return (
        Rule(
            SECONDARY,
            (NEOADJUVANT, MAJOR_RESPONSE, *by),
            "recurred after a major pathological response",
            "Table 3, major pathological response: yes",
            confirmation,
        ),
        Rule(
            PRIMARY,
            (NEOADJUVANT, NO_MAJOR_RESPONSE, *by),
            "recurred without a major pathological response",
            "Table 3, major pathological response: no",
            confirmation,
        ),
    )


_NEOADJUVANT = (
    *_neoadjuvant(BIOPSY, _chosen("neoadjuvant_confirmation", BIOPSY)),
    *_neoadjuvant(SCAN),
    Rule(
        UNCLASSIFIABLE,
        (NEOADJUVANT,),
        "pathological response to neoadjuvant therapy not known",
        "Table 3",
    ),
)

_NO_RESPONSE_KNOWN = Rule(
    UNCLASSIFIABLE,
    (
        Condition(
            "best response mixed, not evaluable or not known",
            lambda f, s: ~np.isin(f["best_response"], (CR, PR, *STABLE, PD)),
        ),
    ),
    "best response before progression mixed, not evaluable or not known",
    "Tables 1 and 4: need a best response",
)

_NO_LAST_DOSE = Rule(
    UNCLASSIFIABLE,
    (LAST_DOSE_UNKNOWN,),
    "not estimable: no last dose",
    "Tables 1 and 4: part those under treatment from those who stopped",
)

_AFTER_STOPPING = (
    Rule(
        UNCLASSIFIABLE,
        (STOPPED, NO_BENEFIT, SHORT_TREATMENT, _chosen("stopped_before_six_weeks", UNCLASSIFIABLE)),
        "stopped before 6 weeks of treatment",
        "Primary resistance, confirmation; setting stopped_before_six_weeks",
    ),
    Rule(
        UNCLASSIFIABLE,
        (
            STOPPED,
            NO_BENEFIT,
            BEYOND_12_WEEKS,
            _chosen("no_benefit_after_twelve_weeks", UNCLASSIFIABLE),
        ),
        "progressed more than 12 weeks after the last dose, without prior benefit",
        "Primary resistance, confirmation; setting no_benefit_after_twelve_weeks",
    ),
    Rule(
        PRIMARY,
        (STOPPED, NO_BENEFIT),
        "stopped without prior CR or PR, then progressed",
        "Table 4, primary resistance",
        NOT_REQUIRED,
    ),
    Rule(
        UNCLASSIFIABLE,
        (
            STOPPED,
            TOXICITY,
            TREATED_BELOW_6_MONTHS,
            _chosen("toxicity_before_six_months", UNCLASSIFIABLE),
        ),
        "stopped for toxicity before 6 months of treatment",
        "Secondary resistance, caveat 1; setting toxicity_before_six_months",
    ),
    Rule(
        UNCLASSIFIABLE,
        (
            STOPPED,
            _best(CR, PR),
            PD_BELOW_6_MONTHS,
            _chosen("early_response_lost", UNCLASSIFIABLE),
        ),
        "responded, stopped, then progressed within 6 months of the start",
        "Secondary resistance, caveat 3; setting early_response_lost",
    ),
    Rule(
        PRIMARY,
        (STOPPED, _best(CR, PR), PD_BELOW_6_MONTHS, _chosen("early_response_lost", PRIMARY)),
        "responded, stopped, then progressed within 6 months of the start",
        "Secondary resistance, caveat 3; setting early_response_lost",
        SCAN,
    ),
    Rule(
        SECONDARY,
        (STOPPED, BENEFIT, WITHIN_12_WEEKS),
        "benefit before stopping, progressed within 12 weeks of the last dose",
        "Table 4, secondary resistance",
        SCAN,
    ),
    Rule(
        SECONDARY,
        (STOPPED, BENEFIT, AT_12_WEEKS, _chosen("twelve_weeks_after_stopping", SECONDARY)),
        "benefit before stopping, progressed 12 weeks after the last dose",
        "Table 4, secondary resistance; setting twelve_weeks_after_stopping",
        SCAN,
    ),
    Rule(
        LATE_PROGRESSION,
        (STOPPED, BENEFIT),
        "benefit before stopping, progressed more than 12 weeks after the last dose",
        "Table 4, late progression",
        SCAN,
    ),
)

_UNDER_TREATMENT = (
    Rule(
        UNCLASSIFIABLE,
        (EXPOSED_BELOW_6_WEEKS,),
        "progressed with less than 6 weeks of exposure",
        "Table 1, drug exposure requirement",
    ),
    Rule(
        UNCLASSIFIABLE,
        (_best(PD), PD_FROM_6_MONTHS, _chosen("first_seen_after_six_months", UNCLASSIFIABLE)),
        "progression first seen after 6 months",
        "Primary resistance, duration; setting first_seen_after_six_months",
    ),
    Rule(
        PRIMARY,
        (_best(PD),),
        "progression was the best response",
        "Table 1, primary resistance: PD",
        SCAN,
    ),
    Rule(
        PRIMARY,
        (_best(*STABLE), STABLE_BELOW_6_MONTHS),
        "stable disease for less than 6 months, then progression",
        "Table 1, primary resistance: SD for <6 months",
        SCAN,
    ),
    Rule(
        UNCLASSIFIABLE,
        (_best(CR, PR), PD_BELOW_6_MONTHS, _chosen("early_response_lost", UNCLASSIFIABLE)),
        "responded, then progressed within 6 months of the start",
        "Secondary resistance, caveat 3; setting early_response_lost",
    ),
    Rule(
        PRIMARY,
        (_best(CR, PR), PD_BELOW_6_MONTHS),
        "responded, then progressed within 6 months of the start",
        "Secondary resistance, caveat 3",
        SCAN,
    ),
    Rule(
        UNCLASSIFIABLE,
        (
            _best(*STABLE),
            STABLE_TO_THE_DAY,
            _chosen("stable_six_months_to_the_day", UNCLASSIFIABLE),
        ),
        "stable disease for 6 months to the day, then progression",
        "Table 1; setting stable_six_months_to_the_day",
    ),
    Rule(
        UNCLASSIFIABLE,
        (EXPOSED_BELOW_6_MONTHS,),
        "benefit, then progression, with less than 6 months of exposure",
        "Table 1, drug exposure requirement",
    ),
    Rule(
        SECONDARY,
        (_best(CR, PR),),
        "responded, then progressed under treatment after 6 months or more",
        "Table 1, secondary resistance: CR, PR",
        SCAN,
    ),
    Rule(
        SECONDARY,
        (_best(*STABLE),),
        "stable disease for 6 months or more, then progression under treatment",
        "Table 1, secondary resistance: SD",
        SCAN,
    ),
)

RESISTANCE = (
    *_GENERAL,
    *_ADJUVANT,
    *_NEOADJUVANT,
    _NO_RESPONSE_KNOWN,
    _NO_LAST_DOSE,
    *_AFTER_STOPPING,
    *_UNDER_TREATMENT,
)
"""The whole decision table, in order; ``confirmation`` says what the row asks for."""


# --- confirmation ---------------------------------------------------------------------------------
def _asks(kind: str) -> Condition:
    return Condition(f"the row asks for a {kind}", lambda f, s: f["asks"] == kind)


_SECONDARY = Condition("secondary resistance", lambda f, s: f["class"] == SECONDARY)
_RAPID = Condition("rapid clinical progression", lambda f, s: f["rapid"])
_BIOPSY = Condition("a biopsy confirmed it", lambda f, s: f["biopsy"])
_NO_BIOPSY = Condition("no biopsy confirmed it", lambda f, s: ~f["biopsy"])
_SCAN_PD = Condition(
    "a scan in the confirmation window shows progression",
    lambda f, s: f["confirming_scan"] == SCAN_SHOWS_PD,
)
_NO_SCAN = Condition(
    "no scan in the confirmation window", lambda f, s: f["confirming_scan"] == NO_SCAN
)
_NODES_ONLY = Condition("progression in lymph nodes only", lambda f, s: f["nodal_only"])
_ONE_LESION = Condition("progression of a single lesion", lambda f, s: f["one_lesion"])

_SCAN_UNKNOWN = Condition(
    "neither scans nor the date of a confirmatory scan are known",
    lambda f, s: f["confirming_scan"] == SCAN_UNKNOWN,
)

CONFIRMED, NOT_CONFIRMED, NO_CONFIRMATION = "1", "0", ""

CONFIRMATION = (  # the first match wins
    Rule(NO_CONFIRMATION, (_asks(NO_MATTER),), "", "no resistance type"),
    Rule(
        NO_CONFIRMATION,
        (_asks(NOT_REQUIRED),),
        "no confirmation required",
        "Table 4, primary resistance: confirmatory scan no",
    ),
    Rule(CONFIRMED, (_asks(BIOPSY), _BIOPSY), "confirmed by biopsy", "Table 2, footnote *"),
    Rule(NOT_CONFIRMED, (_asks(BIOPSY),), "not confirmed: no biopsy", "Table 2, footnote *"),
    Rule(
        NO_CONFIRMATION,
        (_asks(SCAN), _RAPID),
        "no confirmation required: rapid clinical progression",
        "Table 1, footnote †",
    ),
    Rule(
        NO_CONFIRMATION,
        (_SECONDARY, _chosen("secondary_confirmation", "not_required")),
        "no confirmation required",
        "Secondary resistance, validating; setting secondary_confirmation",
    ),
    Rule(
        NOT_CONFIRMED,
        (_SECONDARY, _NODES_ONLY, _NO_BIOPSY, _chosen("nodal_only", BIOPSY)),
        "not confirmed: lymph nodes only, without biopsy",
        "Secondary resistance, validating; setting nodal_only",
    ),
    Rule(
        NOT_CONFIRMED,
        (_SECONDARY, _ONE_LESION, _chosen("progressing_lesions", 2)),
        "not confirmed: a single lesion progressed",
        "Secondary resistance, validating; setting progressing_lesions",
    ),
    Rule(
        CONFIRMED,
        (_SCAN_PD,),
        "confirmed by a scan at least 4 weeks later",
        "Table 1, confirmatory scan; Table 4",
    ),
    Rule(
        NO_CONFIRMATION,
        (_SCAN_UNKNOWN,),
        "confirmation not estimable: no scans and no date of a confirmatory scan",
        "Table 1, confirmatory scan; Table 4",
    ),
    Rule(
        NOT_CONFIRMED,
        (_NO_SCAN,),
        "not confirmed: no scan at least 4 weeks later",
        "Table 1, confirmatory scan; Table 4",
    ),
    Rule(
        NOT_CONFIRMED,
        (),
        "not confirmed: the later scan showed no progression",
        "Table 1, confirmatory scan; Table 4",
    ),
)


def _confirmation(reason: str) -> str | None:
    """What a rule says of the confirmation: a level of ``resistance_sitc_confirmation``."""
    for words, level in (
        ("no confirmation required", "not_required"),
        ("confirmation not estimable", "unknown"),
        ("not confirmed", "not_confirmed"),
        ("confirmed", "confirmed"),
    ):
        if reason.startswith(words):
            return level
    return None


def classify(facts: Facts, settings: Settings) -> pd.DataFrame:
    """Class, confirmation, reason and rule of each patient.

    Parameters
    ----------
    facts
        As :func:`pd1_dynamics.derive.resistance.facts.facts` gives them.
    settings
        Part ``sitc`` of the definitions.

    Returns
    -------
    DataFrame
        ``resistance_sitc`` (``terms.RESISTANCE_SITC``), ``resistance_sitc_confirmed`` (1, 0,
        missing when no confirmation is required, or the cohort cannot tell),
        ``resistance_sitc_reason``,
        ``resistance_sitc_rule`` (table and row), ``resistance_sitc_confirmation`` (confirmed,
        not_confirmed, not_required, unknown, or missing without a resistance type).
    """
    n = len(facts["progressed"])
    decided = decide(RESISTANCE, facts, settings, n)

    def of_rule(attribute: str) -> np.ndarray:
        return np.array([getattr(rule, attribute) for rule in RESISTANCE], dtype=object)[decided]

    known = {**facts, "asks": of_rule("confirmation"), "class": of_rule("outcome")}
    confirmed = decide(CONFIRMATION, known, settings, n)
    reasons = np.array(
        [
            [
                f"{rule.reason}; {check.reason}" if check.reason else rule.reason
                for check in CONFIRMATION
            ]
            for rule in RESISTANCE
        ],
        dtype=object,
    )
    words = np.array([_confirmation(rule.reason) for rule in CONFIRMATION], dtype=object)
    flags = {CONFIRMED: 1, NOT_CONFIRMED: 0, NO_CONFIRMATION: pd.NA}
    return arrays.make_table(
        {
            "resistance_sitc": known["class"],
            "resistance_sitc_confirmed": pd.array(
                np.array([flags[rule.outcome] for rule in CONFIRMATION], dtype=object)[confirmed],
                dtype="Int64",
            ),
            "resistance_sitc_reason": reasons[decided, confirmed],
            "resistance_sitc_rule": of_rule("source"),
            "resistance_sitc_confirmation": words[confirmed],
        }
    )
