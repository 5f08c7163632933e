"""The partial likelihood of the Cox model, its score and its information."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class RiskSets:
    """Who is at risk at each of d events, with Efron's handling of ties.

    Attributes
    ----------
    order
        Observations by stratum, then from the last time to the first, shape (n,).
    start, end
        The risk set of an event is ``order[start:end]``, shape (d,).
    dead
        Observation of each event, shape (d,).
    tie
        Number of the group of tied events that it belongs to, shape (d,).
    share
        Share of its group that has already left: 0, 1/k, …, (k − 1)/k, shape (d,).
    """

    order: np.ndarray
    start: np.ndarray
    end: np.ndarray
    dead: np.ndarray
    tie: np.ndarray
    share: np.ndarray

    def totals(self, values: np.ndarray) -> np.ndarray:
        """Sum over the risk set of each event, shape (d,), of one value per observation."""
        running = np.append(0, np.cumsum(values[self.order]))
        leaving = np.bincount(self.tie, values[self.dead])[self.tie]
        return running[self.end] - running[self.start] - self.share * leaving


def risk_sets(time: np.ndarray, event: np.ndarray, stratum: np.ndarray) -> RiskSets:
    """Risk sets of the events; ``stratum`` holds whole numbers, all arrays have shape (n,)."""
    order = np.lexsort((-time, stratum))
    by_stratum, by_time = stratum[order], time[order]
    n = len(order)
    new_stratum = np.append(True, by_stratum[1:] != by_stratum[:-1])
    new_time = new_stratum | np.append(True, by_time[1:] != by_time[:-1])
    starts, ends = np.flatnonzero(new_stratum), np.append(np.flatnonzero(new_time)[1:], n)
    place = np.flatnonzero(event[order])
    moment = (np.cumsum(new_time) - 1)[place]
    _, first, tie, size = np.unique(
        moment, return_index=True, return_inverse=True, return_counts=True
    )
    return RiskSets(
        order=order,
        start=starts[np.cumsum(new_stratum) - 1][place],
        end=ends[moment],
        dead=order[place],
        tie=tie,
        share=(np.arange(len(place)) - first[tie]) / size[tie],
    )


@dataclass(frozen=True)
class PartialLikelihood:
    """The partial likelihood at given coefficients: p covariates, d events.

    Attributes
    ----------
    log_likelihood
        Its logarithm.
    residuals
        Schoenfeld residuals: covariates at each event less their mean at risk, shape (d, p).
    """

    log_likelihood: float
    residuals: np.ndarray
    _sets: RiskSets
    _design: np.ndarray
    _weight: np.ndarray

    @property
    def score(self) -> np.ndarray:
        """First derivative, shape (p,)."""
        return self.residuals.sum(axis=0)

    def information(self, factor: np.ndarray | None = None) -> np.ndarray:
        """Sum over the events of the covariance at risk, shape (p, p), each times a factor (d,)."""
        sets, design = self._sets, self._design
        total = sets.totals(self._weight)
        means = design[sets.dead] - self.residuals
        factor = np.ones(len(total)) if factor is None else factor
        p = design.shape[1]
        result = np.empty((p, p))
        for j in range(p):
            for k in range(j, p):
                product = sets.totals(self._weight * design[:, j] * design[:, k]) / total
                result[j, k] = factor @ (product - means[:, j] * means[:, k])
                result[k, j] = result[j, k]
        return result


def partial_likelihood(
    sets: RiskSets, design: np.ndarray, coefficients: np.ndarray
) -> PartialLikelihood:
    """Partial likelihood of covariates (n, p) at coefficients (p,)."""
    predictor = design @ coefficients
    predictor = predictor - predictor.max(initial=0)
    weight = np.exp(predictor)
    total = sets.totals(weight)
    means = np.column_stack([sets.totals(weight * column) / total for column in design.T])
    return PartialLikelihood(
        log_likelihood=float(predictor[sets.dead].sum() - np.log(total).sum()),
        residuals=design[sets.dead] - means,
        _sets=sets,
        _design=design,
        _weight=weight,
    )
