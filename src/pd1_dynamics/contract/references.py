"""Mistakes in declarations that no schema sees: unknown, misplaced and circular references."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from pd1_dynamics.contract.codebook import BINARY, Codebook, level_text
from pd1_dynamics.contract.declarations import (
    BIVARIATE,
    LEVEL,
    PATIENTS,
    POPULATION,
    THERAPIES,
    Analysis,
    Declarations,
    settings_of,
)
from pd1_dynamics.contract.problems import Problem


def twice(file: str, place: str) -> Problem:
    """An id that two entries have."""
    return Problem(file, "an id that another entry has", "an id of its own", column=place)


def circles(references: Mapping[str, list[str]], what: str) -> Iterator[Problem]:
    """Entries that refer to themselves, directly or through others."""
    for key in references:
        reached, waiting = set(), list(references[key])
        while waiting:
            other = waiting.pop()
            if other not in reached:
                reached.add(other)
                waiting += references.get(other, [])
        if key in reached:
            yield Problem(what, f"{key}, which leads back to itself", "an end", column=key)


def codebook_problems(codebook: Codebook, file: str) -> list[Problem]:
    """Levels, references, rules and sets that refer to nothing, and rules that go in circles."""
    variables = codebook.variables
    problems = []
    for key, variable in variables.items():
        place = f"variables.{key}"
        for rule in variable.rules:
            problems += _where_problems(codebook, rule.where, file, f"{place}.rules")
            known = {*variable.levels, *variable.levels_when_present, *variable.levels_apart}
            if rule.level not in known:
                problems.append(
                    Problem(file, f"level {rule.level!r}", _one_of(known), f"{place}.rules")
                )
        problems += _where_problems(codebook, variable.unknown_if, file, f"{place}.unknown_if")
        if variable.described_by and variable.described_by not in variables:
            place_of = f"{place}.described_by"
            problems.append(unknown(file, "variable", variable.described_by, variables, place_of))
        if variable.reference and variable.reference not in variable.levels:
            problems.append(
                Problem(
                    file,
                    f"reference {variable.reference!r}",
                    _one_of(variable.levels),
                    f"{place}.reference",
                )
            )
        if variable.kind == BINARY and set(variable.levels) != {"0", "1"}:
            problems.append(
                Problem(file, _listed(variable.levels), "the levels 0 and 1", f"{place}.levels")
            )
        if variable.is_continuous and (variable.levels or variable.rules):
            problems.append(
                Problem(file, "levels or rules", "neither for a continuous variable", place)
            )
    for key, names in codebook.sets.items():
        problems += [
            unknown(file, "variable", name, variables, f"sets.{key}")
            for name in names
            if name not in variables
        ]
    if not problems:
        made_from = {
            key: [name for rule in variable.rules for name in rule.where]
            for key, variable in variables.items()
        }
        problems += circles(made_from, file)
    return problems


def _where_problems(
    codebook: Codebook, where: Mapping[str, Any], file: str, place: str
) -> Iterator[Problem]:
    for name, condition in where.items():
        variable = codebook.variables.get(name)
        if variable is None:
            yield unknown(file, "variable", name, codebook.variables, place)
            continue
        known = {*variable.levels, *variable.levels_when_present, *variable.levels_apart}
        if isinstance(condition, Mapping) or variable.is_continuous or not known:
            continue
        values = condition if isinstance(condition, list) else [condition]
        for value in map(level_text, values):
            if value not in known:
                yield Problem(file, f"level {value!r} of {name}", _one_of(known), place)


def population_problems(declared: Declarations) -> Iterator[Problem]:
    """Unknown parents, variables and levels of populations, and mixtures of tables."""
    codebook, populations = declared.codebook, declared.populations
    for key, population in populations.items():
        place = f"populations.{key}"
        yield from _where_problems(codebook, population.where, "populations", place)
        parent = populations.get(population.of)
        if population.of and parent is None:
            yield unknown("populations", "population", population.of, populations, f"{place}.of")
        elif parent and parent.table != population.table:
            yield Problem(
                "populations",
                f"a part of {parent.id}, which counts {parent.table}",
                f"a population of {population.table}",
                f"{place}.of",
            )
        if population.table == PATIENTS:
            for name in population.where:
                if name in codebook.variables and codebook.needs_therapies(name):
                    yield _of_therapies("populations", name, f"{place}.where")


def analysis_problems(declared: Declarations) -> Iterator[Problem]:
    """Unknown ids in analyses, variables of the wrong kind or table, impossible selections."""
    codebook = declared.codebook
    for key, analysis in declared.analyses.items():
        place = f"analyses.{key}"
        named = analysis.get("populations", [analysis.population])
        strange = [name for name in named if name not in declared.populations]
        for name in strange:
            yield unknown(analysis.file, "population", name, declared.populations, place)
        table = THERAPIES
        if not strange and analysis.population:
            table = declared.populations[analysis.population].table
        for setting, name, kinds in _names(codebook, analysis):
            known = {"outcome": codebook.outcomes}.get(kinds, codebook.variables)
            if name not in known:
                what = "outcome" if kinds == "outcome" else "variable"
                yield unknown(analysis.file, what, name, known, f"{place}.{setting}")
                continue
            if table == PATIENTS and codebook.needs_therapies(name):
                yield _of_therapies(analysis.file, name, f"{place}.{setting}")
            if kinds == "outcome":
                continue
            continuous = codebook.variables[name].is_continuous
            if kinds == "continuous" and not continuous:
                yield Problem(
                    analysis.file, f"{name}, which has levels", "a number", f"{place}.{setting}"
                )
            if kinds == "levels" and continuous:
                yield Problem(
                    analysis.file,
                    f"{name}, a number",
                    "a variable with levels",
                    f"{place}.{setting}",
                )
        yield from _level_problems(codebook, analysis, place)
        if "select" in settings_of(analysis.kind):
            yield from _selection_problems(analysis, declared, place)


def _names(codebook: Codebook, analysis: Analysis) -> Iterator[tuple[str, str, str]]:
    """Each name in an analysis: setting, name, and what it must be (``refers`` in the schema)."""
    for setting, rule in settings_of(analysis.kind).items():
        refers = rule.get("refers", "")
        if setting not in analysis.settings or refers in ("", POPULATION):
            continue
        value = analysis[setting]
        given = [value] if isinstance(value, str) else list(value)
        if refers == LEVEL:
            yield from ((setting, text.partition("=")[0], "levels") for text in given)
            continue
        for name in codebook.expand(given) if rule.get("sets") else given:
            yield setting, name, refers


def _level_problems(codebook: Codebook, analysis: Analysis, place: str) -> Iterator[Problem]:
    """Events written ``variable=level`` whose level the codebook does not know."""
    rules = settings_of(analysis.kind)
    for setting in (name for name, rule in rules.items() if rule.get("refers") == LEVEL):
        value = analysis.get(setting, [])
        for text in [value] if isinstance(value, str) else value:
            name, _, level = text.partition("=")
            variable = codebook.variables.get(name)
            if variable is None:
                continue
            known = {*variable.levels, *variable.levels_when_present, *variable.levels_apart}
            if not level or (known and level not in known):
                expected = f"{name}=<level>, the level {_one_of(known)}"
                yield Problem(analysis.file, text, expected, f"{place}.{setting}")


def _selection_problems(
    analysis: Analysis, declared: Declarations, place: str
) -> Iterator[Problem]:
    has = [key for key in ("terms", "select") if key in analysis.settings]
    if len(has) != 1:
        found = "both terms and select" if has else "neither terms nor select"
        yield Problem(analysis.file, found, "one of them", place)
    if analysis["mode"] == BIVARIATE and "select" in analysis.settings:
        yield Problem(analysis.file, "select in a bivariate analysis", "terms", place)
    if "select" not in analysis.settings:
        return
    origin = declared.analyses.get(analysis["select"]["from"])
    bivariate = [a.id for a in declared.analyses.values() if a.get("mode") == BIVARIATE]
    if origin is None or origin.id not in bivariate:
        yield unknown(
            analysis.file,
            "bivariate analysis",
            analysis["select"]["from"],
            bivariate,
            f"{place}.select.from",
        )
        return
    if origin.dropped and not analysis.dropped:
        found = f"{origin.id}, which the cohort's file drops"
        expected = f"an analysis that is carried out, or {analysis.id} dropped too"
        yield Problem(analysis.file, found, expected, f"{place}.select.from")
    for what in ("kind", "population"):
        if getattr(origin, what) != getattr(analysis, what):
            yield Problem(
                analysis.file,
                f"{what} {getattr(analysis, what)}, not that of {origin.id}",
                str(getattr(origin, what)),
                f"{place}.select.from",
            )
    if origin["outcome"] != analysis["outcome"]:
        yield Problem(
            analysis.file,
            f"outcome {analysis['outcome']}, not that of {origin.id}",
            origin["outcome"],
            f"{place}.select.from",
        )


def unknown(file: str, what: str, name: str, known: Iterable[str], place: str) -> Problem:
    """A name that nothing has, with the nearest ones that something has."""
    close = get_close_matches(name, list(known), n=3)
    expected = f"a known {what}" + (f", such as {_listed(close)}" if close else "")
    return Problem(file, f"unknown {what} {name!r}", expected, column=place)


def _of_therapies(file: str, name: str, place: str) -> Problem:
    return Problem(
        file, f"{name}, which belongs to later therapies", "a variable of patients", column=place
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "nothing"


def _one_of(names: Iterable[str]) -> str:
    return "one of " + _listed(sorted(names))
