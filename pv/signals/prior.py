"""The two-gamma prior of MGPS, fitted by maximum likelihood on a whole table of counts.

Only cells with at least one case are in the table, so that each component is a gamma-Poisson distribution without its
zero: P·f1(n)/(1 - f1(0)) + (1 - P)·f2(n)/(1 - f2(0)), as in the R package openEBGM. (Leaving the zero out of the
mixture as a whole gives another optimum.) The likelihood has degenerate maxima, where a component shrinks to a point: a
search that ends at a bound is void, and all others, two at least, must come to the same optimum.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, gammaln, logit, psi

from pv.errors import PvError
from pv.signals.measures import Floats
from pv.signals.signal import Prior

# Shapes and rates, and the weight: beyond these a component is a point, or no component.
_LEAST, _MOST = 1e-3, 1e3
_LEAST_WEIGHT = 1e-5
_BOUNDS = [(np.log(_LEAST), np.log(_MOST))] * 4 + [(float(logit(_LEAST_WEIGHT)), float(logit(1 - _LEAST_WEIGHT)))]
_LOW, _HIGH = np.transpose(_BOUNDS)
_AT_BOUND = 1e-3
# A shape at its lower bound is no degeneracy: without its zero such a component is a log-series distribution, and the
# shape of the posterior, to which the count is added, hardly depends on it.
_HARMLESS = np.array([True, False, True, False, False])
# Largest component of the gradient, for each cell, at which a search counts as converged.
_FLAT = 1e-6
# alpha1, beta1, alpha2, beta2, P. The first is DuMouchel's (1999), from which he finds one long-tailed component beside
# one around 1; the others lie about it.
STARTS = (
    (0.2, 0.1, 2.0, 4.0, 1 / 3),
    (0.1, 0.1, 10.0, 10.0, 0.2),
    (0.3, 0.5, 6.0, 6.0, 0.5),
    (0.5, 0.3, 12.0, 12.0, 0.8),
    (0.2, 0.2, 5.0, 5.0, 0.4),
)
# Searches agree that come as near as this: in log-likelihood, and relatively in each parameter.
_SAME_LIKELIHOOD, _SAME_PARAMETER = 0.01, 0.01
AGREEING = 2
# Fewer cells say nothing of five parameters.
LEAST_CELLS = 50
# Above this many different cells, those of one count whose expectations differ by less than 0.5 % are taken together.
_MOST_CELLS, _BIN = 20_000, 0.005


class PriorError(PvError):
    """No prior can be fitted that could be trusted; the message says why."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Different cells of a table: counts, expectations, and how many cells each stands for."""

    n: Floats
    expected: Floats
    weight: Floats


def gathered(n: Floats, expected: Floats) -> Cells:
    """Give the different cells of a table; in a very large one, nearly equal ones as one cell with their mean.

    Since the mean is kept, what the likelihood loses is of second order in the width of 0.5 %.
    """
    found = _distinct(n, expected, expected)
    if len(found.n) <= _MOST_CELLS:
        return found
    return _distinct(n, np.floor(np.log(expected) / _BIN), expected)


def _distinct(n: Floats, key: Floats, expected: Floats) -> Cells:
    order = np.lexsort((key, n))
    n, key, expected = n[order], key[order], expected[order]
    first = np.ones(len(n), dtype=np.bool_)
    first[1:] = (np.diff(n) != 0) | (np.diff(key) != 0)
    at = np.flatnonzero(first)
    weight = np.diff(np.append(at, len(n))).astype(np.float64)
    return Cells(n[at], np.add.reduceat(expected, at) / weight, weight)


def negative_log_likelihood(x: Floats, cells: Cells) -> tuple[float, Floats]:
    """Give it with its gradient at log alpha1, log beta1, log alpha2, log beta2, logit P."""
    alpha1, beta1, alpha2, beta2 = np.exp(x[:4])
    p = expit(x[4])
    log1, by_alpha1, by_beta1 = _truncated(alpha1, beta1, cells)
    log2, by_alpha2, by_beta2 = _truncated(alpha2, beta2, cells)
    first, second = np.log(p) + log1, np.log1p(-p) + log2
    mixture = np.logaddexp(first, second)
    share = np.exp(first - mixture)
    w1, w2 = cells.weight * share, cells.weight * (1 - share)
    gradient = (
        alpha1 * (w1 @ by_alpha1),
        beta1 * (w1 @ by_beta1),
        alpha2 * (w2 @ by_alpha2),
        beta2 * (w2 @ by_beta2),
        cells.weight @ (share - p),
    )
    return -float(cells.weight @ mixture), -np.array(gradient)


def _truncated(alpha: float, beta: float, cells: Cells) -> tuple[Floats, Floats, Floats]:
    """Give the logarithm of one component's probability without its zero, and its derivatives by alpha and beta."""
    n, expected = cells.n, cells.expected
    counts, where = np.unique(n, return_inverse=True)
    steps = (gammaln(alpha + counts) - gammaln(alpha) - gammaln(counts + 1))[where]
    scale = beta + expected
    zero = np.log(beta) - np.log(scale)  # the logarithm of the probability of 0 is alpha times this
    odds = np.exp(alpha * zero) / -np.expm1(alpha * zero)  # of 0 against more
    log = steps + alpha * zero + n * (np.log(expected) - np.log(scale)) - np.log(-np.expm1(alpha * zero))
    by_alpha = (psi(alpha + counts) - psi(alpha))[where] + zero * (1 + odds)
    by_beta = alpha * expected / (beta * scale) * (1 + odds) - n / scale
    return log, by_alpha, by_beta


def fit_prior(n: Floats, expected: Floats) -> Prior:
    """Give the prior of a table of counts of at least 1 with their expectations; raises PriorError with the reason."""
    if len(n) < LEAST_CELLS:
        raise PriorError(f"the table has {len(n)} combinations, a prior needs at least {LEAST_CELLS}")
    cells = gathered(n, expected)
    found = [prior for start in STARTS if (prior := _search(start, cells)) is not None]
    if not found:
        raise PriorError("the fit of the prior runs to its bounds from every start")
    best = min(found, key=lambda prior: prior.nll)
    if len(found) < AGREEING:
        raise PriorError(f"the fit of the prior runs to its bounds from all of its {len(STARTS)} starts but one")
    if not all(_same(best, prior) for prior in found):
        raise PriorError(f"the fit of the prior comes to different optima from its {len(STARTS)} starts")
    return replace(best, agreed=len(found), starts=len(STARTS))


def _search(start: tuple[float, ...], cells: Cells) -> Prior | None:
    """Give the optimum that a start leads to; None where the search fails or ends at a bound."""
    x = np.array([*np.log(start[:4]), logit(start[4])])
    # The stubs know no array of unknown shape as a start.
    search: Any = minimize
    result = search(
        lambda at: negative_log_likelihood(at, cells),
        x,
        jac=True,
        method="L-BFGS-B",
        bounds=_BOUNDS,
        options={"maxiter": 2000, "maxfun": 4000, "ftol": 1e-15, "gtol": 1e-7, "maxcor": 20},
    )
    low, high = result.x - _LOW < _AT_BOUND, _HIGH - result.x < _AT_BOUND
    if not np.all(np.isfinite(result.x)) or np.any(low & ~_HARMLESS) or np.any(high):
        return None
    # Flat directions end the search before it has converged: the gradient tells.
    if float(np.max(np.abs(np.where(low, 0.0, result.jac)))) > _FLAT * float(cells.weight.sum()):
        return None
    alpha1, beta1, alpha2, beta2 = (float(v) for v in np.exp(result.x[:4]))
    p = float(expit(result.x[4]))
    if alpha1 / beta1 < alpha2 / beta2:
        alpha1, beta1, alpha2, beta2, p = alpha2, beta2, alpha1, beta1, 1 - p
    return Prior(alpha1, beta1, alpha2, beta2, p, float(result.fun))


def _same(one: Prior, other: Prior) -> bool:
    if abs(one.nll - other.nll) > _SAME_LIKELIHOOD:
        return False
    mine, theirs = ((x.alpha1, x.beta1, x.alpha2, x.beta2, x.p) for x in (one, other))
    return all(abs(a - b) <= _SAME_PARAMETER * abs(a) for a, b in zip(mine, theirs, strict=True))
