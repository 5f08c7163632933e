"""What is asked of the findings beside the declared analyses: ``config/robustness.yaml``."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pd1_dynamics.contract import definitions, schemas
from pd1_dynamics.contract.declarations import Declarations
from pd1_dynamics.contract.problems import InputError, Problem

FILE = "robustness.yaml"


def load(
    path: str | Path, declared: Declarations, defaults: Mapping[str, Any] | None = None
) -> Mapping[str, Any]:
    """Read the file, and check it against its schema and the declared analyses.

    Parameters
    ----------
    path
        ``config/robustness.yaml``.
    declared
        Codebook, populations and analyses that it refers to.
    defaults
        Definitions over which its settings are laid; those of the project by default.

    Raises
    ------
    InputError
        Departures from the schema, unknown names, and settings that no definition has.
    """
    asked = schemas.load(path, "robustness")
    found = list(_problems(asked, declared, defaults or definitions.load()))
    if found:
        raise InputError(found, heading=f"{FILE} cannot be used")
    return asked


def _problems(
    asked: Mapping[str, Any], declared: Declarations, defaults: Mapping[str, Any]
) -> Iterator[Problem]:
    known = {
        "analysis": declared.analyses,
        "population": declared.populations,
        "outcome": declared.codebook.outcomes,
        "variable": {**declared.codebook.variables, **declared.codebook.sets},
    }
    for kind, name, place in _names(asked):
        if name not in known[kind]:
            near = get_close_matches(name, known[kind], 1)
            expected = f"{near[0]}?" if near else f"a declared {kind}"
            yield Problem(FILE, f"unknown {kind} {name!r}", expected, place)
    for place, settings in _settings(asked):
        merged = definitions.merge(defaults, settings)
        yield from schemas.problems(merged, "definitions", f"{FILE}, {place}")
    choices = {"rule", *asked["specifications"]["derivation"]}
    for name, finding in asked["specifications"]["findings"].items():
        for choice in finding["derivation"]:
            if choice not in choices:
                place = f"specifications.findings.{name}.derivation"
                yield Problem(
                    FILE, f"unknown choice {choice!r}", " or ".join(sorted(choices)), place
                )


def _names(asked: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Every reference: what it must be, the name, and where it stands."""
    for key in ("schoenfeld", "e_values"):
        for one in asked[key]:
            yield "analysis", one["analysis"], key
            yield "variable", one["term"].partition("=")[0], key
    groups = {f"collinearity.{name}": one for name, one in asked["collinearity"].items()}
    comparisons = asked["restricted_mean"]["comparisons"]
    groups |= {f"restricted_mean.comparisons.{name}": one for name, one in comparisons.items()}
    findings = asked["specifications"]["findings"]
    groups |= {f"specifications.findings.{name}": one for name, one in findings.items()}
    groups |= {key: asked[key] for key in ("dynamics", "visit_schedule", "rules")}
    for place, one in groups.items():
        yield "population", one["population"], place
        for outcome in one.get("outcomes", [one.get("outcome")]):
            yield "outcome", outcome, place
        covariates = [*one.get("terms", []), *one.get("adjust", []), *one.get("with", [])]
        covariates += [one[key].partition("=")[0] for key in ("by", "term") if key in one]
        for name in covariates:
            yield "variable", name, place
    for name, one in asked["rules"]["alternatives"].items():
        yield "variable", one.get("variable", "resistance"), f"rules.alternatives.{name}"
    plan = asked["specifications"]
    for part in ("populations", "adjustments", "models"):
        for name, one in plan[part].items():
            used = [*one.get("where", {}), *one.get("covariates", []), *one.get("strata", [])]
            used += [one["largest"]] if "largest" in one else []
            for variable in used:
                yield "variable", variable, f"specifications.{part}.{name}"
    for name, one in plan["findings"].items():
        yield "analysis", one["analysis"], f"specifications.findings.{name}.analysis"
    for key in ("models", "selections", "comparisons"):
        for name in asked["bootstrap"][key]:
            yield "analysis", name, f"bootstrap.{key}"
    yield "variable", asked["bootstrap"]["strata"], "bootstrap.strata"
    for key in ("missing_values", "centers"):
        for name in asked[key]["analyses"]:
            yield "analysis", name, f"{key}.analyses"
    yield "variable", asked["centers"]["variable"], "centers.variable"
    for key, family in asked["families"].items():
        yield "analysis", family["analysis"], f"families.{key}"
        for name in family.get("terms", []):
            yield "variable", name, f"families.{key}.terms"


def _settings(asked: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, rule in asked["rules"]["alternatives"].items():
        yield f"rules.alternatives.{name}", rule["settings"]
    for choice, options in asked["specifications"]["derivation"].items():
        for option, settings in options.items():
            yield f"specifications.derivation.{choice}.{option}", settings
