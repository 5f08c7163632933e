"""A methods section written from the configuration that was used, and from nothing else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pd1_dynamics.analyses import kinds as kinds  # registers them
from pd1_dynamics.analyses.kind import KINDS
from pd1_dynamics.analyses.selection import Estimates
from pd1_dynamics.contract.cohort_file import Cohort
from pd1_dynamics.contract.study import Study
from pd1_dynamics.contract.vocabulary import DAYS_PER_MONTH
from pd1_dynamics.statistics.rounding import fixed


@dataclass(frozen=True)
class Section:
    """A heading, its paragraphs, and a table below them (header first) where there is one."""

    title: str
    paragraphs: tuple[str, ...]
    table: tuple[tuple[str, ...], ...] = ()


def sections(
    cohort: Cohort,
    study: Study,
    definitions: Mapping[str, Any],
    defaults: Mapping[str, Any],
    estimates: Estimates,
    provenance: Mapping[str, Any],
) -> list[Section]:
    """The methods section of a cohort.

    Parameters
    ----------
    cohort, study
        The cohort's file, and what is declared with it.
    definitions, defaults
        The settings as used, and those of the study.
    estimates
        The cohort's estimates: numbers of patients.
    provenance
        ``provenance.json``: software and versions.
    """
    return [
        Section("Patients", tuple(_patients(cohort, estimates))),
        Section("Response", tuple(_response(definitions))),
        Section("Progression and survival", tuple(_progression(definitions, study))),
        Section("Resistance", tuple(_resistance(definitions))),
        Section("Statistical analysis", tuple(_statistics(study, definitions))),
        _differing(definitions, defaults),
        Section("Software", tuple(_software(provenance))),
        _analyses(study),
    ]


def _patients(cohort: Cohort, estimates: Estimates) -> Iterator[str]:
    if cohort.synthetic:
        yield (
            "The cohort is synthetic: it was made from published aggregates and holds no real "
            "patient. No result is evidence for a clinical claim."
        )
    source = f" Source: {cohort.source}." if cohort.source else ""
    yield f"{cohort.title}. Disease: {cohort.disease}; treatment: {cohort.treatment}.{source}"
    counted = {
        "all": "{} patients were included",
        "response": "{} had a measurable baseline and at least one evaluation",
        "progressed": "{} progressed or died",
        "progression": "{} had a dated progression and enter the analyses of survival after it",
    }
    words = []
    for population, template in counted.items():
        row = estimates.first("cohort_flow", population=population, statistic="n")
        words.append(template.format("a number not known here" if row is None else _n(row)))
    yield "; ".join(words) + "."
    follow_up = estimates.first("follow_up_reverse_kaplan_meier", statistic="median_survival")
    if follow_up is not None and follow_up.estimate == follow_up.estimate:
        yield (
            f"Median follow-up was {fixed(follow_up.estimate, 1)} months by the reverse "
            "Kaplan–Meier method."
        )


def _n(row: Any) -> str:
    return f"{row.estimate:,.0f}"


def _response(settings: Mapping[str, Any]) -> Iterator[str]:
    best, duplicates = settings["best_response"], settings["duplicate_readings"]
    if settings["outcomes_from"] == "scans":
        yield (
            "Responses follow RECIST 1.1 and were derived from lesion measurements: a partial "
            "response is a decrease of the sum of target diameters of at least 30% from baseline, "
            "progression an increase of at least 20% and 5 mm from the smallest sum, a new lesion, "
            "or unequivocal growth of non-target lesions; lymph nodes under 10 mm are normal."
        )
    else:
        yield (
            "Best response and progression are those that the cohort reports; scans give depth "
            "of response and time to nadir alone."
        )
    reader = settings["reader"]
    names = reader if isinstance(reader, str) else ", then ".join(reader or [])
    yield (
        (f"Readings are those of {names}. " if names else "One reader's readings count. ")
        + {
            "error": "No two readings of one lesion on one day were accepted.",
            "mean": "Of several readings of one lesion on one day the mean counts.",
        }.get(duplicates, f"Of several readings of one lesion on one day the {duplicates} counts.")
        + f" The baseline is the last assessment up to day {settings['baseline']['latest_day']} "
        "from the first dose."
    )
    yield (
        f"Stable disease counts as best response from day {best['sd_minimum_days']} on. A "
        f"confirmed response needs a second assessment after {best['confirm_days']} days or more, "
        f"with at most {best['max_not_evaluable_between']} that could not be evaluated between; "
        f"the main analyses use unconfirmed responses. Patients without target lesions and "
        f"without progression are counted as {best['nonmeasurable_stable']}."
    )
    ends = settings["later_therapy_ends_assessment"]
    yield (
        "Scans after a later therapy count as before it."
        if ends == "none"
        else f"No scan counts after the start of a later {'' if ends == 'any' else ends + ' '}"
        "therapy."
    )
    yield (
        "Response depth is the largest relative change of the sum of target diameters from "
        "baseline, time to nadir the time to the smallest sum."
    )


def _progression(settings: Mapping[str, Any], study: Study) -> Iterator[str]:
    ends = {"last_assessment": "last evaluable assessment", "last_follow_up": "last contact"}
    later = {
        "censor": "a systemic therapy begun before progression censors at the assessment before it",
        "ignore": "a systemic therapy begun before progression is ignored",
    }
    pfs = settings["pfs"]
    starts = [
        f"{outcome.label} ({outcome.short}) from {outcome.start}"
        for outcome in study.declared.codebook.outcomes.values()
        if outcome.short in ("PFS", "OS", "PPS") and not outcome.time.startswith("therapy_")
    ]
    yield (
        f"Times are counted in months of {DAYS_PER_MONTH} days: {'; '.join(starts)}. Without "
        f"progression or death PFS is censored at the {ends[pfs['censoring']]}; "
        f"{later[pfs['later_therapy']]}."
    )
    organ = settings["organ_enlargement"]
    against = {"nadir": "its smallest diameter before", "previous": "the assessment before"}
    yield (
        f"For the number of progressing organs a target lesion progresses when it grows by at "
        f"least {organ['relative_pct']:g}% and {organ['absolute_mm']:g} mm against "
        f"{against[organ['against']]}. "
        + "LDH at progression and at baseline is the sample closest to the day within "
        + " and ".join(
            f"{low} to {high} days"
            for low, high in (
                settings["ldh"]["progression_window_days"],
                settings["ldh"]["baseline_window_days"],
            )
        )
        + ", in this order."
    )


def _resistance(settings: Mapping[str, Any]) -> Iterator[str]:
    months, sitc = settings["resistance_paper"]["primary_before_months"], settings["sitc"]
    rules = {"paper": "the cohort study's rule", "sitc": "the definitions of the SITC Taskforce"}
    yield (
        f"Resistance is typed by {rules[settings['resistance_rule']]}. The cohort study's rule "
        f"calls progression primary resistance when the best response was PD, or SD for less than "
        f"{months:g} months, and secondary otherwise (doi 10.1136/jitc-2020-002092)."
    )
    yield (
        "The definitions of the SITC Immunotherapy Resistance Taskforce (doi "
        "10.1136/jitc-2019-000398) were applied beside it, with "
        f"{sitc['benefit_months']:g} months of clinical benefit; where they leave a choice open, "
        "it is a setting, and those that differ from the default are listed below."
    )


def _statistics(study: Study, settings: Mapping[str, Any]) -> Iterator[str]:
    carried = [a for a in study.declared.analyses.values() if not a.dropped]
    used = dict.fromkeys(analysis.kind for analysis in carried)
    yield " ".join(KINDS[name].methods for name in used)
    adjusted = dict.fromkeys(
        name
        for analysis in carried
        for key in ("adjust", "adjust_where_available")
        for name in study.declared.codebook.expand(analysis.get(key, []))
    )
    if adjusted:
        labels = (_small(study.declared.codebook.label(name)) for name in adjusted)
        yield f"Models that adjust do so for {', '.join(labels)}; each table says for which."
    chosen = sorted({a["select"]["p_below"] for a in carried if a.get("select")})
    if chosen:
        yield (
            "Covariates of multivariate models are those with P<"
            f"{', '.join(f'{bound:g}' for bound in chosen)} in the bivariate analysis."
        )
    yield (
        "Patients without a value that an analysis needs are left out of that analysis alone, and "
        "counted; nothing was imputed in it. All tests are two-sided; intervals are of 95%. "
        "P values are not corrected for the number of tests unless a column says so; proportional "
        "hazards were tested for each Cox model (scaled Schoenfeld residuals), and tables mark "
        "where the test fails."
    )
    if smallest := settings["publish"]["smallest_cell"]:
        yield f"Counts of fewer than {smallest} patients are not shown, nor what they would tell."


def _small(label: str) -> str:
    """A label inside a sentence; abbreviations stay as they are."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def _differing(settings: Mapping[str, Any], defaults: Mapping[str, Any]) -> Section:
    default = dict(_flat(defaults))
    rows = [
        (place, _value(default.get(place)), _value(value))
        for place, value in _flat(settings)
        if value != default.get(place)
    ]
    title = "Settings that differ from the default"
    if not rows:
        return Section(title, ("None: every definition is that of the study.",))
    return Section(title, (), (("Setting", "Default", "Used"), *rows))


def _flat(settings: Mapping[str, Any], place: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in settings.items():
        below = f"{place}.{key}" if place else key
        if isinstance(value, Mapping):
            yield from _flat(value, below)
        else:
            yield below, value


def _value(value: Any) -> str:
    return "none" if value is None else str(value)


def _software(provenance: Mapping[str, Any]) -> Iterator[str]:
    software, packages = provenance["software"], provenance["packages"]
    names = ("pandas", "numpy", "scipy", "lifelines", "statsmodels", "matplotlib", "snakemake")
    versions = ", ".join(f"{name} {packages.get(name, 'not installed')}" for name in names)
    yield (
        f"{software['name']} {software['version']} (commit {software['commit']}) on Python "
        f"{provenance['platform']['python']}, with {versions}; {provenance['platform']['system']}. "
        "Every number can be made again with the command "
        f"`{provenance['command']}`."
    )


def _analyses(study: Study) -> Section:
    rows = [
        (analysis.title, KINDS[analysis.kind].formula(analysis, study.declared.codebook))
        for analysis in study.declared.analyses.values()
        if not analysis.dropped
    ]
    left = [analysis.title for analysis in study.declared.analyses.values() if analysis.dropped]
    words = ["Every declared analysis, as R would be asked for it."]
    if left:
        words.append(f"Left out by the cohort's file: {'; '.join(left)}.")
    return Section("Analyses", tuple(words), (("Analysis", "In R"), *rows))
