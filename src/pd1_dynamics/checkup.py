"""What a cohort's file will give, told in seconds and without writing any result.

``python -m pd1_dynamics.checkup COHORT`` prints what was read, what maps to what, every problem or
every note, and which tables and analyses will be estimable, or why not.
"""

import sys
from collections.abc import Iterator

import pandas as pd

from pd1_dynamics.analyses import engine
from pd1_dynamics.cohort import cleaning
from pd1_dynamics.contract import configuration, definitions
from pd1_dynamics.contract.cohort_file import Cohort
from pd1_dynamics.contract.places import ROOT
from pd1_dynamics.contract.problems import InputError, together
from pd1_dynamics.contract.study import Study, analyses_of, load_study
from pd1_dynamics.derive import derive

MOST_REASONS = 3
"""Reasons that are told of an analysis whose parts lack different things."""


def check(cohort: Cohort) -> Iterator[str]:
    """The lines that are printed, from reading to what can be estimated.

    Raises
    ------
    InputError
        All problems of the tables at once.
    """
    yield f"{cohort.title} ({cohort.path})"
    yield ""
    yield from _mapping(cohort)
    chosen = definitions.load(settings=cohort.settings)
    study, clean = together(lambda: load_study(cohort), lambda: cleaning.clean(cohort, chosen))
    yield "Read without a problem:"
    for name, table in clean.tables.items():
        if len(table):
            yield f"  {name}: {len(table):,} rows of {table['patient_id'].nunique():,} patients"
    yield ""
    notes = clean.notes
    yield f"Settled by a rule, or left out ({len(notes)}):" if len(notes) else "Nothing to note."
    for note in notes.itertuples():
        rows = "" if note.rows == 0 else f" ({note.rows:,} rows)"
        yield f"  {note.table}{rows}: {note.note}"
    yield ""
    made = derive(clean.tables, chosen)
    estimates = engine.run(
        made.patients, made.therapies, study.declared, chosen["publish"]["smallest_cell"]
    )
    yield from _estimable(study, estimates)


def _mapping(cohort: Cohort) -> Iterator[str]:
    """What maps to what, as the file says it."""
    if cohort.format != "tables":
        yield f"{cohort.format.upper()} in {cohort.folder}: the columns of the standard."
        yield ""
        return
    for table, source in cohort.tables.items():
        yield f"{table} from {source.named}"
        for ours, theirs in source.columns.items():
            yield f"  {ours} <- {theirs}"
            for code, word in source.mapped.get(ours, {}).items():
                yield f"    {code!r} means {word or 'missing'}"
        for ours, value in source.constants.items():
            yield f"  {ours} = {value} for all"
    yield ""


def _estimable(study: Study, estimates: pd.DataFrame) -> Iterator[str]:
    """Analyses with something to show, and the others with what is missing."""
    reasons = {}
    for name, rows in estimates.fillna({"not_estimable": ""}).groupby("analysis", sort=False):
        gaps = list(dict.fromkeys(rows["not_estimable"]))
        more = f" and {len(gaps) - MOST_REASONS} more" if len(gaps) > MOST_REASONS else ""
        reasons[name] = "" if "" in gaps else "; ".join(gaps[:MOST_REASONS]) + more
    can = [name for name, why in reasons.items() if not why]
    yield f"Analyses with something to estimate: {len(can)} of {len(reasons)}."
    without: dict[str, list[str]] = {}
    for name, why in reasons.items():
        if why:
            without.setdefault(why, []).append(name)
    for why, names in without.items():
        yield f"  not estimable, {why}: {', '.join(names)}"
    yield ""
    yield "Tables and figures:"
    shown = [(name, layout["title"], layout) for name, layout in study.tables.items()]
    shown += [(name, entry["title"], entry) for name, entry in study.figures["figures"].items()]
    for name, title, layout in shown:
        asked = list(dict.fromkeys(analyses_of(layout)))
        gaps = {reasons.get(analysis, "") for analysis in asked}
        if "" in gaps or not asked:
            some = " (in part)" if gaps - {""} else ""
            yield f"  {name}: {title}{some}"
        else:
            yield f"  {name}: not estimable: {'; '.join(sorted(gaps))}"


def main(name: str) -> int:
    """Print; 1 if the cohort cannot be used."""
    try:
        lines = list(check(configuration.load_cohort(name, ROOT)))
    except InputError as error:
        print(error)
        return 1
    print("\n".join([*lines, "", f"Nothing was written. Next: make results COHORT={name}"]))
    return 0


if __name__ == "__main__":
    sys.exit(main(next(iter(sys.argv[1:]), "synthetic")))
