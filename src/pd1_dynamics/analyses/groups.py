"""Groups of a sample by the levels of a variable, and why groups cannot be compared."""

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from pd1_dynamics.analyses.data import Sample, nobody
from pd1_dynamics.analyses.estimates import ALL
from pd1_dynamics.contract.declarations import Analysis


def groups_of(sample: Sample, analysis: Analysis) -> Iterator[tuple[str, Sample]]:
    """Everyone together, then each level of the analysis's ``by`` variable, as declared."""
    by = analysis.get("by")
    if by is None or analysis.get("overall", True):
        yield ALL, sample
    if by is None:
        return
    variable = sample.codebook.variables[by]
    lacking = sample.lacks(by)
    levels = sample.levels(by)
    for level in sample.shown_levels(by):
        why = lacking or nobody(f"{variable.label}: {variable.level_label(level)}")
        yield level, sample.where(levels == level, why)


def left_out(labels_and_missing: Iterable[tuple[str, np.ndarray]]) -> str:
    """How many patients lack a value that an estimate needs, and of what; "" for none.

    Parameters
    ----------
    labels_and_missing
        For each thing that is needed its printed name, and a mask of the patients who lack it.

    Examples
    --------
    >>> left_out([("Age", np.array([True, False])), ("Sex", np.array([True, True]))])
    '2: Age (1), Sex (2)'
    """
    parts = [(label, mask) for label, mask in labels_and_missing if mask.any()]
    if not parts:
        return ""
    number = int(np.logical_or.reduce([mask for _, mask in parts]).sum())
    return f"{number}: " + ", ".join(f"{label} ({int(mask.sum())})" for label, mask in parts)


def too_few_groups(sample: Sample, by: str, levels: list[str]) -> str:
    """Why levels of ``by`` cannot be compared, or nothing when there are at least two."""
    if len(levels) >= 2:
        return ""
    variable = sample.codebook.variables[by]
    if not levels:
        return sample.lacks(by) or variable.missing
    return f"only one group of {variable.label}: {variable.level_label(levels[0])}"


def split(values: np.ndarray, groups: np.ndarray, levels: list[str]) -> list[np.ndarray]:
    """Values of each level's group, without missing ones."""
    known = ~pd.isna(values)
    return [values[known & (groups == level)] for level in levels]
