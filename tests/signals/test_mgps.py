"""EBGM, EB05, EB95 and the prior against openEBGM's published values, and against an independent computation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from published import rows_of
from scipy.stats import gamma, nbinom

from pv.signals import prior as prior_module
from pv.signals.mgps import empirical_bayes, log_count, posterior
from pv.signals.prior import PriorError, fit_prior, gathered, negative_log_likelihood
from pv.signals.signal import Prior

# openEBGM 0.9.1, vignette 04: the prior from which its scores are printed.
SCORED = Prior(3.25379356, 0.39988854, 2.02612692, 1.90807970, 0.06534557)
# The same vignette: n, E, EB05, EBGM, EB95 as printed.
PUBLISHED = {
    "REUMOFAN PLUS / WEIGHT INCREASED": (16, 0.40643623, 15.68, 23.26, 33.48),
    "HYDROXYCUT REGULAR RRC / EMOTIONAL DISTRESS": (19, 0.89690107, 11.65, 16.78, 23.55),
    "REUMOFAN PLUS / IMMOBILE": (6, 0.07866508, 10.16, 18.28, 30.83),
    "HYDROXYCUT HARDCORE / CARDIO-RESPIRATORY DISTRESS": (8, 0.30482718, 9.00, 15.25, 24.52),
    "HYDROXYCUT REGULAR RRC / INJURY": (11, 0.56317044, 8.98, 14.28, 21.78),
    "one of .036": (1, 0.0360548, 0.49, 2.23, 13.85),
    "one of .004": (1, 0.0038737, 0.52, 2.58, 15.78),
    "one of .0003": (1, 0.000298, 0.52, 2.63, 16.02),
    "one of .077": (1, 0.0765793, 0.47, 1.92, 11.77),
    "one of .053": (1, 0.0527414, 0.48, 2.09, 12.95),
}


def arrays(*cells: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    n, expected = np.array(cells, dtype=float).T
    return n, expected


@pytest.mark.parametrize("name", PUBLISHED)
def test_scores_of_openebgm(name: str):
    n, expected, *published = PUBLISHED[name]
    found = empirical_bayes(*arrays((n, expected)), SCORED)
    # openEBGM bisects its quantiles until they are within 0.01.
    assert [float(x[0]) for x in (found.low, found.value, found.high)] == pytest.approx(published, abs=0.01)


def caers() -> tuple[list[dict[str, str]], np.ndarray, np.ndarray]:
    rows = rows_of("openEBGM_caers_expected.csv")
    return rows, *arrays(*((float(r["a"]), float(r["E"])) for r in rows))


def test_scores_of_the_whole_of_caers():
    rows, n, expected = caers()
    found = empirical_bayes(n, expected, SCORED)
    weight = posterior(n, expected, SCORED).weight
    for column, values in (("ebgm", found.value), ("eb05", found.low), ("eb95", found.high), ("qn", weight)):
        np.testing.assert_allclose(values, [float(r[column]) for r in rows], rtol=1e-8, err_msg=column)
    # Printed in vignette 04.
    assert weight[:6] == pytest.approx([0.2819737, 0.3409653, 0.3482317, 0.2819737, 0.2226356, 0.2556670], abs=5e-8)
    assert (float(weight.mean()), float(weight.min())) == pytest.approx((0.2846021, 1.205e-4), rel=5e-4)
    assert int((found.low > 2).sum()) == 131


def test_the_prior_of_openebgm():
    """Vignette 03, autoHyper on the full data; its search stops at a relative distance of 2e-6 from the optimum."""
    _, n, expected = caers()
    found = fit_prior(n, expected)
    published = (3.25596685, 0.39998994, 2.02376139, 1.90614108, 0.06530755)
    parameters = (found.alpha1, found.beta1, found.alpha2, found.beta2, found.p)
    assert parameters == pytest.approx(published, rel=5e-6)
    assert found.nll == pytest.approx(4162.456, abs=5e-4)
    assert found.agreed == found.starts >= 2


POSITIVE = st.floats(0.01, 50)


@given(st.integers(1, 200), st.floats(1e-4, 300), POSITIVE, POSITIVE)
def test_a_count_is_negative_binomial(n: int, expected: float, alpha: float, beta: float):
    found = log_count(*arrays((n, expected)), alpha, beta)
    assert float(found[0]) == pytest.approx(
        float(nbinom.logpmf(n, alpha, beta / (beta + expected))), rel=1e-6, abs=1e-6
    )


@given(st.integers(1, 300), st.floats(1e-4, 300), POSITIVE, POSITIVE, POSITIVE, POSITIVE, st.floats(0.001, 0.999))
def test_percentiles_leave_their_share_below(
    n: int, expected: float, alpha1: float, beta1: float, alpha2: float, beta2: float, p: float
):
    prior = Prior(alpha1, beta1, alpha2, beta2, p)
    cell = arrays((n, expected))
    found, weight = empirical_bayes(*cell, prior), float(posterior(*cell, prior).weight[0])
    for at, share in ((found.low, 0.05), (found.high, 0.95)):
        below = weight * gamma.cdf(at[0], alpha1 + n, scale=1 / (beta1 + expected))
        below += (1 - weight) * gamma.cdf(at[0], alpha2 + n, scale=1 / (beta2 + expected))
        assert float(below) == pytest.approx(share, abs=1e-7)


def drawn(seed: int, size: int, prior: Prior) -> tuple[np.ndarray, np.ndarray]:
    """Give a made-up table: for each cell a component, then counts of that component until one is not 0."""
    rng = np.random.default_rng(seed)
    expected = np.exp(rng.normal(1, 1, size))
    first = rng.random(size) < prior.p
    n = np.zeros(size)
    while not n.all():
        ratio = np.where(
            first, rng.gamma(prior.alpha1, 1 / prior.beta1, size), rng.gamma(prior.alpha2, 1 / prior.beta2, size)
        )
        n = np.where(n == 0, rng.poisson(ratio * expected), n)
    return n, expected


MADE_UP = Prior(2.0, 0.3, 4.0, 4.0, 0.1)


def test_the_prior_of_a_made_up_table_is_found_again():
    found = fit_prior(*drawn(1, 8_000, MADE_UP))
    assert found.alpha1 / found.beta1 == pytest.approx(2 / 0.3, rel=0.1)
    assert found.alpha2 / found.beta2 == pytest.approx(1, rel=0.05)
    assert found.p == pytest.approx(0.1, rel=0.2)


def test_a_shape_at_its_lower_bound_is_no_degeneracy():
    """Many single cases beside long tails: without its zero, a component of shape 0 is a log-series distribution."""
    n, expected = drawn(4, 4_000, MADE_UP)
    rng = np.random.default_rng(4)
    tail = rng.logseries(expected / (expected + 0.1)).astype(float)
    kind = rng.random(len(n))
    found = fit_prior(np.select([kind < 0.2, kind < 0.4], [tail, 1.0], n), expected)
    assert min(found.alpha1, found.alpha2) == pytest.approx(0.001, rel=0.01)
    assert found.agreed >= 2
    assert np.isfinite(empirical_bayes(n, expected, found).low).all()


def test_taking_cells_together_changes_nothing_that_is_shown(monkeypatch: pytest.MonkeyPatch):
    n, expected = drawn(2, 5_000, MADE_UP)
    whole = fit_prior(n, expected)
    monkeypatch.setattr(prior_module, "_MOST_CELLS", 0)
    assert len(gathered(n, expected).n) < 0.7 * len(n)
    assert gathered(n, expected).weight.sum() == len(n)
    together = fit_prior(n, expected)
    one, other = (empirical_bayes(n, expected, p) for p in (whole, together))
    np.testing.assert_allclose(one.low, other.low, rtol=1e-4)


@settings(max_examples=30)
@given(st.tuples(*[st.floats(-3, 3)] * 5))
def test_the_gradient_is_that_of_the_likelihood(at: tuple[float, ...]):
    cells = gathered(*arrays((1, 0.02), (1, 0.5), (2, 0.5), (7, 3.0), (40, 1.5)))
    x = np.array(at)
    value, gradient = negative_log_likelihood(x, cells)
    assert np.isfinite(value)
    for i in range(5):
        step = np.zeros(5)
        step[i] = 1e-5
        slope = negative_log_likelihood(x + step, cells)[0] - negative_log_likelihood(x - step, cells)[0]
        assert float(gradient[i]) == pytest.approx(slope / 2e-5, rel=1e-4, abs=1e-5)


def test_the_likelihood_leaves_each_component_without_its_zero():
    n, expected = arrays((1, 0.4), (3, 0.7))
    cells = gathered(n, expected)
    value, _ = negative_log_likelihood(np.log([2, 0.5, 3, 2.5, 0.25 / 0.75]), cells)
    by_hand = 0.0
    for count, mean in zip(n, expected, strict=True):
        parts = []
        for alpha, beta in ((2, 0.5), (3, 2.5)):
            distribution = nbinom(alpha, beta / (beta + mean))
            parts.append(distribution.pmf(count) / (1 - distribution.pmf(0)))
        by_hand -= float(np.log(0.25 * parts[0] + 0.75 * parts[1]))
    assert value == pytest.approx(by_hand, rel=1e-10)


def test_a_small_table_is_not_scored():
    with pytest.raises(PriorError, match="10 combinations, a prior needs at least 50"):
        fit_prior(np.ones(10), np.ones(10))


def test_a_table_without_spread_is_not_scored():
    """Independent drugs and events: one component shrinks to a point, and every search ends at a bound."""
    rng = np.random.default_rng(3)
    n = rng.poisson(2.0, 5_000).astype(float)
    with pytest.raises(PriorError, match="bounds"):
        fit_prior(n[n > 0], np.full(int((n > 0).sum()), 2.0))


def test_starts_that_disagree_are_refused(monkeypatch: pytest.MonkeyPatch):
    """Two optima: on CAERS a sixth start finds one of a slightly better likelihood and a narrow second component."""
    n, expected = drawn(1, 2_000, MADE_UP)
    best = fit_prior(n, expected)
    others = iter([best, Prior(best.alpha1 * 2, best.beta1, best.alpha2, best.beta2, best.p, best.nll)])
    monkeypatch.setattr(prior_module, "_search", lambda start, cells: next(others, None))
    with pytest.raises(PriorError, match="different optima from its 5 starts"):
        fit_prior(n, expected)
    monkeypatch.setattr(prior_module, "_search", lambda start, cells: best if start == prior_module.STARTS[0] else None)
    with pytest.raises(PriorError, match="all of its 5 starts but one"):
        fit_prior(n, expected)
