"""Survival after progression: times and deaths with a given number of deaths and median."""

import numpy as np

SHAPE = 0.9  # of the Weibull curve: many die early, survivors live on
EARLIEST = 0.1  # share of the longest follow-up at which the earliest is lost to follow-up


def slots(patients: int, deaths: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Times, in units of the longest follow-up, and whether each ends in death.

    Follow-up is stretched until just the given number die before it ends.
    """
    times = rng.weibull(SHAPE, patients)
    follow_up = rng.uniform(EARLIEST, 1, patients)
    ratio = np.sort(times / follow_up)
    longest = ratio[deaths - 1 : deaths + 1].mean() if deaths < patients else ratio[-1] + 1
    died = times <= longest * follow_up
    return np.where(died, times / longest, follow_up), died


def median(times: np.ndarray, died: np.ndarray) -> float:
    """Kaplan-Meier median of times without ties between deaths; infinite if not reached."""
    order = np.lexsort((~died, times))
    at_risk = len(times) - np.arange(len(times))
    curve = np.cumprod(1 - died[order] / at_risk)
    reached = np.flatnonzero(curve <= 0.5)
    return float(times[order][reached[0]]) if len(reached) else np.inf


def hand_out(
    times: np.ndarray, died: np.ndarray, risk: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Give each patient a slot: the higher the risk, the earlier the death.

    Slots are ordered by their martingale residual, death less cumulative hazard, and by time.
    """
    order = np.argsort(times, kind="stable")
    hazard = np.empty(len(times))
    hazard[order] = np.cumsum(died[order] / (len(times) - np.arange(len(times))))
    by_residual = np.lexsort((-times, died - hazard))
    place = by_residual[np.argsort(np.argsort(risk, kind="stable"), kind="stable")]
    return times[place], died[place]
