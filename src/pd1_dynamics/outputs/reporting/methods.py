"""A methods section written from the configuration that was used, and from nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pd1_dynamics.analyses import kinds as kinds  # registers them
from pd1_dynamics.analyses.formula import CODED
from pd1_dynamics.analyses.kind import KINDS
from pd1_dynamics.analyses.selection import Estimates
from pd1_dynamics.contract.cohort_file import Cohort
from pd1_dynamics.contract.declarations import Analysis
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
    scanned: bool,
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
    scanned
        Whether the cohort has scans.
    """
    carried = [
        analysis
        for analysis in study.declared.analyses.values()
        if any(not row.not_estimable for row in estimates.rows(analysis.id))
    ]
    return [
        Section("Patients", tuple(_patients(cohort, estimates))),
        Section("Response", tuple(_response(definitions, scanned))),
        Section("Progression and survival", tuple(_progression(definitions, study, scanned))),
        Section("Resistance", tuple(_resistance(definitions, scanned))),
        Section("Statistical analysis", tuple(_statistics(study, carried, definitions))),
        _differing(definitions, defaults),
        Section("Software", tuple(_software(provenance))),
        _analyses(study, carried),
    ]


def _patients(cohort: Cohort, estimates: Estimates) -> Iterator[str]:
    if cohort.synthetic:
        yield (
            "The cohort is synthetic and holds no real patient. No result is evidence for a "
            "clinical claim."
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


def _response(settings: Mapping[str, Any], scanned: bool) -> Iterator[str]:
    best, duplicates = settings["best_response"], settings["duplicate_readings"]
    if not scanned:
        yield (
            "The cohort has no scans: best response and progression are those that it reports. "
            "Depth of response and time to nadir are not known."
        )
        return
    if settings["outcomes_from"] == "scans":
        yield (
            "Responses follow RECIST 1.1 and were derived from scans; patients without scans are "
            "as the cohort reports them. A partial response is a decrease of the sum of target "
            "diameters of at least 30% from baseline, progression an increase of at least 20% and "
            "5 mm from the smallest sum, a new lesion, or unequivocal growth of non-target "
            "lesions; lymph nodes under 10 mm are normal. An evaluation without measurements is as "
            "the cohort gives it."
        )
    else:
        yield (
            "Best response and progression are those that the cohort reports; scans give depth "
            "of response and time to nadir alone."
        )
    reader = settings["reader"]
    names = reader if isinstance(reader, str) else ", then ".join(reader or [])
    yield (
        f"Readings are those of {names}. "
        if names
        else "Where several readers read the scans, each patient's first reader by name counts. "
    ) + {
        "error": "No two readings of one lesion on one day were accepted.",
        "mean": "Of several readings of one lesion on one day the mean counts.",
    }.get(duplicates, f"Of several readings of one lesion on one day the {duplicates} counts.")
    yield (
        f"The baseline is the last assessment up to day {settings['baseline']['latest_day']}; the "
        "first dose is day 0."
    )
    if settings["outcomes_from"] == "scans":
        yield _best_response(best)
        yield _after_later_therapy(settings)
    yield (
        "Response depth is the smallest change of the sum of target diameters from baseline, in "
        "percent, and time to nadir the time to the smallest sum."
    )


def _best_response(best: Mapping[str, Any]) -> str:
    return (
        f"Stable disease counts as best response from day {best['sd_minimum_days']} on. A "
        f"confirmed response needs a second assessment after {best['confirm_days']} days or more, "
        f"with at most {best['max_not_evaluable_between']} that could not be evaluated between; "
        f"the main analyses use unconfirmed responses. Patients without target lesions whose "
        f"other disease persists count as {best['nonmeasurable_stable']}."
    )


def _after_later_therapy(settings: Mapping[str, Any]) -> str:
    """What a later therapy does to the scans after it: of response, and of progression."""
    ends, ignored = settings["later_therapy_ends_assessment"], settings["pfs"]["later_therapy"]
    if ends == "none":
        return "Scans after a later therapy count as those before it."
    which = f"later {'' if ends == 'any' else ends + ' '}therapy"
    if ignored == "ignore":
        return (
            f"No scan after the start of a {which} counts for response and nadir; progression and "
            "PFS take later scans."
        )
    return f"No scan counts after the start of a {which}."


def _progression(settings: Mapping[str, Any], study: Study, scanned: bool) -> Iterator[str]:
    starts = [
        f"{_small(outcome.label)} ({outcome.short}), {outcome.start}"
        for outcome in study.declared.codebook.outcomes.values()
        if outcome.short in ("PFS", "OS", "PPS") and not outcome.time.startswith("therapy_")
    ]
    yield (
        f"Times are counted in months of {DAYS_PER_MONTH} days, and start at: {'; '.join(starts)}."
    )
    if not scanned or settings["outcomes_from"] == "reports":
        yield "PFS is as the cohort reports it."
    if not scanned:
        return
    ends = {"last_assessment": "last evaluable assessment", "last_follow_up": "last contact"}
    if settings["outcomes_from"] == "scans":
        pfs = settings["pfs"]
        category = settings["later_therapy_ends_assessment"]
        which = f"{'' if category == 'any' else category + ' '}therapy"
        therapy = {
            True: f"a later {which} begun before progression censors at the assessment before it",
            False: "a later therapy before progression does not change it",
        }[category != "none" and pfs["later_therapy"] == "censor"]
        yield (
            f"Without progression or death PFS is censored at the {ends[pfs['censoring']]}; "
            f"{therapy}."
        )
    organ = settings["organ_enlargement"]
    against = {"nadir": "its smallest diameter before", "previous": "the assessment before"}
    low, high = settings["ldh"]["progression_window_days"]
    first, last = settings["ldh"]["baseline_window_days"]
    yield (
        "Where the cohort does not give the number of progressing organs, it is counted from "
        "lesions; a target lesion progresses when it grows by at least "
        f"{organ['relative_pct']:g}% and {organ['absolute_mm']:g} mm against "
        f"{against[organ['against']]}. LDH at progression is of the days {low} to {high} around "
        f"the scan that showed it, LDH at baseline of the days {first} to {last} around the first "
        "dose, where the cohort has samples."
    )


def _resistance(settings: Mapping[str, Any], scanned: bool) -> Iterator[str]:
    months, sitc = settings["resistance_paper"]["primary_before_months"], settings["sitc"]
    rules = {"paper": "the cohort study's rule", "sitc": "the definitions of the SITC Taskforce"}
    yield (
        f"Resistance is typed by {rules[settings['resistance_rule']]}. The cohort study's rule "
        f"calls progression primary resistance when the best response was PD, or SD for less than "
        f"{months:g} months, and secondary after SD of that length, PR or CR (doi "
        "10.1136/jitc-2020-002092); without such a best response progression has no type."
    )
    yield (
        "The definitions of the SITC Immunotherapy Resistance Taskforce (doi "
        "10.1136/jitc-2019-000398) were applied beside it, with "
        f"{sitc['benefit_months']:g} months of clinical benefit; where they leave a choice open, "
        "it is a setting, and those that differ from the default are listed below."
        + ("" if scanned else " Without scans no progression can be confirmed.")
    )


def _statistics(
    study: Study, carried: Sequence[Analysis], settings: Mapping[str, Any]
) -> Iterator[str]:
    used = dict.fromkeys(analysis.kind for analysis in carried)
    yield " ".join(KINDS[name].methods for name in used) or "No analysis could be carried out."
    adjusted = dict.fromkeys(
        name
        for analysis in carried
        for key in ("adjust", "adjust_where_available")
        for name in study.declared.codebook.expand(analysis.get(key, []))
    )
    if adjusted:
        labels = (_small(study.declared.codebook.label(name)) for name in adjusted)
        yield (
            f"Models that adjust do so for {'; '.join(labels)}, as far as the cohort has them; "
            "each table says for which."
        )
    chosen = sorted({a["select"]["p_below"] for a in carried if a.get("select")})
    if chosen:
        yield (
            "Covariates of models that select are those with P<"
            f"{', '.join(f'{bound:g}' for bound in chosen)} in the bivariate analysis."
        )
    yield (
        "Patients without a value that a model or test needs are left out of it alone, and "
        "counted, unless a note says that missing is a level of its own; nothing was imputed. "
        "All tests are two-sided; intervals are of 95%. "
        "P values are not corrected for the number of tests unless a column or footnote says so."
    )
    if "cox" in used:
        yield (
            "Proportional hazards were tested for the Cox models of the tables but landmark models "
            "(scaled Schoenfeld residuals); tables mark where the test fails."
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


def _analyses(study: Study, carried: Sequence[Analysis]) -> Section:
    rows = [
        (analysis.title, KINDS[analysis.kind].formula(analysis, study.declared.codebook))
        for analysis in carried
    ]
    every = study.declared.analyses.values()
    dropped = [analysis.title for analysis in every if analysis.dropped]
    known = {analysis.id for analysis in carried}
    gaps = [
        analysis.title for analysis in every if analysis.id not in known and not analysis.dropped
    ]
    words = [f"Every analysis that could be carried out, as R would be asked for it. {CODED}"]
    if dropped:
        words.append(f"Left out by the cohort's file: {'; '.join(dropped)}.")
    if gaps:
        words.append(f"Not estimable in this cohort: {'; '.join(gaps)}.")
    return Section("Analyses", tuple(words), (("Analysis", "In R"), *rows))
