"""Many Cox models at once: R's values for weights, strata and resamples; one by one the same."""

import numpy as np
import pandas as pd
import pytest

from pd1_dynamics.statistics import cox_engine as engine
from pd1_dynamics.statistics.cox import cox
from pd1_dynamics.statistics.cox_engine import fit_cox

TIME = [4, 3, 1, 1, 2, 2, 3, 5, 5, 6, 7, 8]
EVENT = [1, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1]
DESIGN = np.column_stack(
    [
        [0, 2, 1, 1, 1, 0, 0, 2, 1, 0, 1, 2],
        [0.5, -1, 0.2, 1.4, -0.3, 0.8, 0, 1.1, -0.7, 0.3, 0.9, -1.2],
    ]
)
WEIGHT = [1, 2, 0.5, 1, 3, 1, 1.5, 2, 1, 1, 0.7, 1]
STRATUM = [1, 2] * 6
TIMES_DRAWN = [1, 2, 0, 1, 3, 1, 0, 2, 1, 1, 1, 2]


def drawn(seed, n=120, p=2):
    rng = np.random.default_rng(seed)
    design = rng.normal(size=(n, p))
    time = np.round(rng.exponential(10 * np.exp(-0.5 * design[:, 0])), 1) + 0.1
    return time, (rng.random(n) < 0.7).astype(float), design, rng


# R 4.2, survival 3.5-3: coef(f), diag(vcov(f)), f$loglik of coxph(Surv(t, e) ~ x + z, ...), with
# robust = FALSE for case weights.
IN_R = {
    "weights": (
        {"weights": WEIGHT},
        (0.0078262065485821, 0.0302156898665541),
        (0.1389744394796046, 0.1280898236252825),
        (-23.3678349817856130, -23.3642683304765697),
    ),
    "strata": (
        {"weights": WEIGHT, "strata": STRATUM},
        (0.195585779104102, -0.021580326599799),
        (0.282866312520287, 0.150938161183960),
        (-16.519078615562393, -16.438693239074979),
    ),
    "rows repeated": (
        {"weights": TIMES_DRAWN, "replicated": True},
        (-0.22515452566533, 0.14286116190410),
        (0.15661637336186, 0.12950970696350),
        (-23.80492682161880, -23.45739836628700),
    ),
}


@pytest.mark.parametrize(
    ("settings", "coefficients", "variances", "likelihoods"), IN_R.values(), ids=IN_R
)
def test_weights_strata_and_resamples_agree_with_r(settings, coefficients, variances, likelihoods):
    fits = fit_cox(TIME, EVENT, DESIGN, **settings)
    assert fits.coefficients[0, 0] == pytest.approx(coefficients, rel=1e-7)
    assert np.diag(fits.covariance[0, 0]) == pytest.approx(variances, rel=1e-7)
    zero, maximum = fits.log_likelihood_at_zero[0, 0], fits.log_likelihood[0, 0]
    assert (zero, maximum) == pytest.approx(likelihoods, rel=1e-9)


def test_the_score_statistic_is_that_of_r():
    fits = fit_cox(TIME, EVENT, DESIGN, weights=TIMES_DRAWN, replicated=True)
    assert fits.score_statistic[0, 0] == pytest.approx(0.70090612290097, rel=1e-9)


def test_a_batch_is_what_its_models_are_alone():
    time, event, design, rng = drawn(1)
    designs = np.stack([rng.permutation(design) for _ in range(5)])
    weights = rng.multinomial(len(time), [1 / len(time)] * len(time), 4).astype(float)
    together = fit_cox(time, event, designs, weights=weights, replicated=True)
    for model in range(5):
        for row in range(4):
            times_drawn = weights[row].astype(int)
            repeated = np.repeat(np.arange(len(time)), times_drawn)
            alone = fit_cox(time[repeated], event[repeated], designs[model][repeated])
            assert together.coefficients[model, row] == pytest.approx(
                alone.coefficients[0, 0], rel=1e-8
            )
            assert together.std_errors[model, row] == pytest.approx(
                alone.std_errors[0, 0], rel=1e-7
            )


def test_one_model_is_a_batch_of_one():
    time, event, design, _ = drawn(2)
    fits = fit_cox(time, event, design)
    table = cox(time, event, pd.DataFrame(design, columns=["a", "b"])).table
    assert table["coefficient"].to_numpy() == pytest.approx(fits.coefficients[0, 0], rel=1e-12)


def test_the_number_of_threads_changes_no_bit():
    time, event, design, rng = drawn(3)
    weights = rng.multinomial(len(time), [1 / len(time)] * len(time), 300).astype(float)
    one, two = (
        fit_cox(time, event, design, weights=weights, replicated=True, threads=threads)
        for threads in (1, 2)
    )
    assert np.array_equal(one.coefficients, two.coefficients)
    assert np.array_equal(one.covariance, two.covariance)


def test_lifelines_finds_the_same():
    from lifelines import CoxPHFitter

    time, event, design, _ = drawn(4)
    data = pd.DataFrame(design, columns=["a", "b"]).assign(time=time, event=event)
    theirs = CoxPHFitter().fit(data, "time", "event", fit_options={"precision": 1e-12})
    ours = fit_cox(time, event, design)
    assert ours.coefficients[0, 0] == pytest.approx(theirs.params_.to_numpy(), rel=1e-5)


def test_how_a_fit_ended_is_told():
    time, event = [1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 1]
    separated = fit_cox(time, event, [[1.0], [1.0], [1.0], [0.0], [0.0], [0.0]])
    assert separated.ended[0, 0] == engine.RUNS_AWAY
    assert np.isnan(separated.coefficients).all()
    constant = fit_cox(time, event, [[1.0]] * 6)
    assert constant.ended[0, 0] == engine.SINGULAR
    twice = fit_cox(time, event, np.column_stack([DESIGN[:6, 0], DESIGN[:6, 0]]))
    assert twice.ended[0, 0] == engine.SINGULAR
    nobody = fit_cox(time, [0] * 6, DESIGN[:6])
    assert nobody.ended[0, 0] == engine.NO_EVENTS
    outside = fit_cox(time, event, DESIGN[:6], weights=[0] * 6)
    assert outside.ended[0, 0] == engine.NO_EVENTS


def test_bad_values_are_refused():
    with pytest.raises(ValueError, match="finite"):
        fit_cox([1, np.nan], [1, 1], [[0.0], [1.0]])
    with pytest.raises(ValueError, match="negative"):
        fit_cox([1, 2], [1, 1], [[0.0], [1.0]], weights=[1, -1])
    with pytest.raises(ValueError, match="lengths"):
        fit_cox([1, 2, 3], [1, 1], [[0.0], [1.0]])
