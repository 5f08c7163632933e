"""Design of a regression: covariates become columns, factors by their reference level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pd1_dynamics.analyses.data import Sample

# R's lm() calls a column aliased if the norm of its residual on the earlier columns is below this
# share of its own norm (argument tol, passed to qr).
ALIASED = 1e-7


@dataclass(frozen=True)
class Column:
    """One coefficient of a model: its term (``variable`` or ``variable=level``)."""

    term: str
    variable: str
    data: np.ndarray


@dataclass(frozen=True)
class Design:
    """Columns of a model, and the terms that cannot have one with the reason."""

    n: int
    columns: tuple[Column, ...]
    left_out: dict[str, str]
    references: dict[str, str]

    def of(self, variable: str) -> list[Column]:
        """Columns of one covariate."""
        return [column for column in self.columns if column.variable == variable]

    def terms(self, variable: str) -> list[str]:
        """Terms of one covariate, those left out included, in order."""
        names = [c.term for c in self.of(variable)]
        return names + [t for t in self.left_out if t.partition("=")[0] == variable]

    def frame(self, without: str = "") -> pd.DataFrame:
        """Columns as a data frame, one row a patient; ``without`` leaves out a covariate."""
        kept = [column for column in self.columns if column.variable != without]
        return pd.DataFrame({c.term: c.data for c in kept}, index=range(self.n))


def complete(sample: Sample, variables: list[str]) -> np.ndarray:
    """Mask of the rows that have a value in every covariate, as R's na.omit.

    A level that the codebook sets apart counts as no value.
    """
    mask = np.ones(len(sample), dtype=bool)
    for name in variables:
        values = sample.values(name)
        mask &= ~pd.isna(values)
        apart = sample.codebook.variables[name].levels_apart
        if apart:
            mask &= ~np.isin(np.where(pd.isna(values), "", values).astype(str), list(apart))
    return mask


def design(sample: Sample, variables: list[str]) -> Design:
    """Design of the covariates on complete rows.

    A factor has one column for each level present, except its reference level: the codebook's, or
    the first level present if no patient has that one. Columns that are linear combinations of the
    intercept and earlier columns are left out, as in R, where their coefficients are NA.
    """
    columns: list[Column] = []
    left_out: dict[str, str] = {}
    references: dict[str, str] = {}
    for name in variables:
        variable = sample.codebook.variables[name]
        if variable.is_continuous:
            columns.append(Column(name, name, sample.numbers(name)))
            continue
        levels = sample.levels(name)
        present = sample.compared_levels(name)
        declared = variable.reference or next(iter(variable.levels), "")
        reference = declared if declared in present else next(iter(present), declared)
        references[name] = reference
        for level in dict.fromkeys([*variable.levels, *present]):
            if level == reference:
                continue
            term = f"{name}={level}"
            if level in present:
                columns.append(Column(term, name, (levels == level).astype(float)))
            else:
                label = f"{variable.label}: {variable.level_label(level)}"
                left_out[term] = f"no patients: {label}"
    kept = _independent(columns, len(sample), left_out)
    return Design(len(sample), tuple(kept), left_out, references)


def _independent(columns: list[Column], n: int, left_out: dict[str, str]) -> list[Column]:
    """Columns that the intercept and the earlier ones do not determine; says which are left out."""
    basis = np.full((n, 1), 1 / np.sqrt(n)) if n else np.empty((0, 1))
    kept = []
    for column in columns:
        rest = column.data.astype(float)
        size = np.linalg.norm(rest)
        for _ in range(2):  # twice is enough for Gram and Schmidt to stay orthogonal
            rest = rest - basis @ (basis.T @ rest)
        if np.linalg.norm(rest) <= ALIASED * max(size, np.finfo(float).tiny):
            constant = column.data.min() == column.data.max()
            left_out[column.term] = (
                "the same value in all patients"
                if constant
                else "determined by the other covariates"
            )
            continue
        basis = np.column_stack([basis, rest / np.linalg.norm(rest)])
        kept.append(column)
    return kept
