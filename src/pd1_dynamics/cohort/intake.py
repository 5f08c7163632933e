"""Tables on their way in, between reading and cleaning."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from pd1_dynamics.cohort.observations import Note
from pd1_dynamics.contract.problems import Problem


@dataclass
class Intake:
    """Tables on their way in: cells as text in our words, by table.

    Attributes
    ----------
    texts
        Categoricals of text, missing where a cell is; the index holds row numbers of the file.
    time
        ``date`` or ``day``: what date columns hold.
    declared
        Tables that the cohort should have, read or not.
    absent
        Columns by table whose absence is told already.
    file_columns
        Names that the files have, by table.
    units
        ``day`` or ``month`` by column, by table.
    place
        Table and row as messages name them, where they are not those of ``texts``.
    """

    texts: dict[str, pd.DataFrame]
    time: str
    declared: frozenset[str]
    problems: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    absent: dict[str, set[str]] = field(default_factory=dict)
    file_columns: dict[str, list[str]] = field(default_factory=dict)
    units: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    place: Callable[[str, int], tuple[str, int]] | None = None
