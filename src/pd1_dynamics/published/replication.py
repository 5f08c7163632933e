"""Another cohort beside the article: compared by interval, not by equality."""

import math

from pd1_dynamics.contract.vocabulary import CLOSE, DIFFERS, NOT_ESTIMABLE, REPLICATION, REPRODUCED
from pd1_dynamics.published.intervals import limits

RATIOS = ("hazard_ratio", "odds_ratio")
SHARES = ("percent", "rate")
_Z = 1.959963984540054


def against(claim, estimate: dict, low: float, high: float) -> dict:
    """The verdict on one claim (a row of the ledger) from the estimate of another cohort.

    Reproduced: each estimate lies in the other's 95% interval. Close: one does, or the cohort's
    lies in the 95% prediction interval, which holds the estimate of a new cohort of its size if
    nothing but chance differs. The interval of a
    median of values comes from order statistics. P values get no verdict: they depend on the size
    of a cohort.
    """
    value, n = estimate["value"], estimate["n"]
    row = {
        "cohort_value": value,
        "cohort_low": estimate["low"],
        "cohort_high": estimate["high"],
        "cohort_n": n if n is not None else "",
        "evidence": "",
        "verdict": NOT_ESTIMABLE,
    }
    if estimate["not_estimable"]:
        return row | {"reason": "not estimable: " + estimate["not_estimable"]}
    row["recomputed"] = "not reached" if math.isnan(value) else f"{value:.3g}"
    if claim.statistic in ("n", "value"):
        return row | {"reason": "a count is that of one cohort and has no counterpart in another"}
    if claim.statistic in ("min", "max"):
        return row | {"reason": "the ends of a range depend on the size of a cohort"}
    if claim.statistic in ("ci_low", "ci_high"):
        return row | {"reason": "the limits of an interval are compared with their estimate"}
    if claim.statistic == "p_value":
        return row | {"reason": "p values depend on the size of a cohort: estimates are compared"}
    row["evidence"] = REPLICATION
    if math.isnan(value) or math.isnan(claim.value):
        same = math.isnan(value) and math.isnan(claim.value)
        reason = "not reached in both" if same else "reached in one of the two only"
        return row | {"verdict": CLOSE if same else DIFFERS, "reason": reason}
    if claim.statistic in SHARES:
        return row | _shares(claim, value, n, low, high, estimate)
    return row | _intervals(claim, value, estimate, low, high)


def _shares(claim, value, n, low, high, estimate) -> dict:
    if math.isnan(low):
        size = int(claim.population_n)
        low, high = (
            float(x) for x in limits("Clopper–Pearson", round(claim.value * size / 100), size)
        )
    own_low, own_high = estimate["low"], estimate["high"]
    if math.isnan(own_low) and n:
        own_low, own_high = (float(x) for x in limits("Clopper–Pearson", round(value * n / 100), n))
    share = claim.value / 100
    size = int(claim.population_n)
    half = 100 * _Z * math.sqrt(share * (1 - share) * (1 / size + 1 / max(n or 1, 1)))
    predicted = claim.value - half <= value <= claim.value + half
    return {"cohort_low": own_low, "cohort_high": own_high} | _verdict(
        value, claim.value, (low, high), (own_low, own_high), predicted
    )


def _intervals(claim, value, estimate, low, high) -> dict:
    own = (estimate["low"], estimate["high"])
    positive = claim.statistic in RATIOS or claim.statistic in ("median_survival", "survival")
    transform = math.log if positive and min(value, claim.value) > 0 else lambda x: x
    predicted = None
    try:
        errors = [(transform(b) - transform(a)) / (2 * _Z) for a, b in ((low, high), own)]
        spread = _Z * math.hypot(*errors)
        if not math.isnan(spread):
            predicted = abs(transform(value) - transform(claim.value)) <= spread
    except ValueError:  # a limit of zero has no logarithm
        predicted = None
    found = _verdict(value, claim.value, (low, high), own, predicted)
    if claim.statistic in RATIOS:
        found["direction_agrees"] = int((value > 1) == (claim.value > 1))
    return found


def _verdict(value, published, interval, own, predicted) -> dict:
    inside, back = _within(value, interval), _within(published, own)
    if inside and back:
        verdict, reason = REPRODUCED, "each estimate lies in the other's 95% interval"
    elif inside or back or predicted:
        verdict = CLOSE
        reason = (
            "one estimate lies in the other's 95% interval"
            if inside or back
            else "inside the 95% prediction interval for a cohort of this size"
        )
    elif predicted is None and not any(map(_known, (interval, own))):
        verdict, reason = NOT_ESTIMABLE, "neither estimate has an interval"
    else:
        verdict, reason = DIFFERS, "neither estimate lies in the other's 95% interval"
        if predicted is False:
            reason += ", nor in the 95% prediction interval"
    return {
        "verdict": verdict,
        "reason": reason,
        "in_published_interval": "" if not _known(interval) else int(inside),
        "published_in_cohort_interval": "" if not _known(own) else int(back),
        "in_prediction_interval": "" if predicted is None else int(predicted),
    }


def _known(interval) -> bool:
    return not math.isnan(interval[0]) or not math.isnan(interval[1])


def _within(value, interval) -> bool:
    """Whether the value lies inside; a limit that is not reached does not bound it."""
    if not _known(interval):
        return False
    low, high = interval
    return (math.isnan(low) or low <= value) and (math.isnan(high) or value <= high)
