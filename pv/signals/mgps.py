"""MGPS: how far a count lies above its expectation, shrunk by a prior of two gamma distributions.

A count n is Poisson with mean λE; λ comes from the mixture P·Gamma(α1, β1) + (1 - P)·Gamma(α2, β2). EBGM is the
geometric mean of λ's posterior, EB05 and EB95 its 5th and 95th percentile (DuMouchel 1999;
DuMouchel and Pregibon 2001).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betaln, gammainc, gammaincinv, gammaln, psi

from pv.signals.measures import Estimates, Floats
from pv.signals.signal import Prior

# Halving a bracket of floating-point numbers this often leaves nothing of it.
_MOST_STEPS = 60
_PRECISION = 1e-10


@dataclass(frozen=True, slots=True)
class Posterior:
    """The posterior of λ for each cell: two gammas with shapes and rates, and the weight of the first."""

    weight: Floats
    shape1: Floats
    rate1: Floats
    shape2: Floats
    rate2: Floats


def log_count(n: Floats, expected: Floats, alpha: float, beta: float) -> Floats:
    """Give the logarithm of the probability of a count under a gamma-Poisson (negative binomial) distribution."""
    scale = np.log(beta + expected)
    choose = -np.log(n + alpha) - betaln(n + 1, alpha)
    log: Floats = choose + alpha * (np.log(beta) - scale) + n * (np.log(expected) - scale)
    return log


def posterior(n: Floats, expected: Floats, prior: Prior) -> Posterior:
    """Give the posterior of each cell."""
    first = np.log(prior.p) + log_count(n, expected, prior.alpha1, prior.beta1)
    second = np.log1p(-prior.p) + log_count(n, expected, prior.alpha2, prior.beta2)
    return Posterior(
        np.exp(first - np.logaddexp(first, second)),
        prior.alpha1 + n,
        prior.beta1 + expected,
        prior.alpha2 + n,
        prior.beta2 + expected,
    )


def empirical_bayes(n: Floats, expected: Floats, prior: Prior) -> Estimates:
    """Give EBGM with EB05 and EB95 for counts and their expectations."""
    p = posterior(n, expected, prior)
    first, second = psi(p.shape1) - np.log(p.rate1), psi(p.shape2) - np.log(p.rate2)
    mean = np.exp(p.weight * first + (1 - p.weight) * second)
    return Estimates(mean, quantile(p, 0.05), quantile(p, 0.95))


def quantile(p: Posterior, q: float) -> Floats:
    """Give the quantile of each posterior, by Newton's method within a bracket.

    A mixture's quantile lies between those of its components, which bracket it.
    """
    ends = gammaincinv(p.shape1, q) / p.rate1, gammaincinv(p.shape2, q) / p.rate2
    low, high = np.minimum(*ends), np.maximum(*ends)
    at: Floats = np.add(p.weight * ends[0], (1 - p.weight) * ends[1])
    for _ in range(_MOST_STEPS):
        excess = _distribution(p, at) - q
        low, high = np.where(excess < 0, at, low), np.where(excess < 0, high, at)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            step = at - np.divide(excess, _density(p, at))
        # Where the step is no number the bracket halves.
        inside = (step > low) & (step < high)
        following: Floats = np.where(inside, step, (low + high) / 2)
        done = bool(np.all(np.abs(following - at) <= _PRECISION * np.maximum(at, 1e-12)))
        at = following
        if done:
            break
    return at


def _distribution(p: Posterior, x: Floats) -> Floats:
    below: Floats = p.weight * gammainc(p.shape1, p.rate1 * x) + (1 - p.weight) * gammainc(p.shape2, p.rate2 * x)
    return below


def _density(p: Posterior, x: Floats) -> Floats:
    first, second = _gamma_density(p.shape1, p.rate1, x), _gamma_density(p.shape2, p.rate2, x)
    density: Floats = p.weight * first + (1 - p.weight) * second
    return density


def _gamma_density(shape: Floats, rate: Floats, x: Floats) -> Floats:
    density: Floats = np.exp(shape * np.log(rate) + (shape - 1) * np.log(x) - rate * x - gammaln(shape))
    return density
