"""Measures of disproportionality on 2×2 tables, many at once; NaN where a measure is undefined, never an infinity.

The table of one combination counts distinct cases::

                 event   not event
    drug           a         b         a + b = n_drug
    not drug       c         d
               a + c = n_event         a + b + c + d = total

Formulas: PRR Evans, Waller and Davis 2001; ROR van Puijenbroek et al. 2002; IC with its exact gamma interval Norén,
Hopstadius and Bate 2013; Yates 1934. Limits are 95 % limits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv

Floats = NDArray[np.float64]
# The 97.5th percentile of the normal distribution.
Z975 = 1.959963984540054
# Added to observed and expected: shrinks the IC of small counts towards 0 (Norén 2013).
SHRINKAGE = 0.5


@dataclass(frozen=True, slots=True)
class Tables:
    """The cells of many 2×2 tables, as floating-point arrays of one length."""

    a: Floats
    b: Floats
    c: Floats
    d: Floats

    @classmethod
    def of(cls, n: ArrayLike, n_drug: ArrayLike, n_event: ArrayLike, total: ArrayLike) -> Tables:
        """Build from joint count and margins; raises ValueError for counts that no set of cases can have."""
        both, drug, event, everything = np.broadcast_arrays(
            *(np.atleast_1d(np.asarray(x, dtype=np.float64)) for x in (n, n_drug, n_event, total))
        )
        found = cls(both, drug - both, event - both, everything - drug - event + both)
        if any(not np.all(cell >= 0) for cell in (found.a, found.b, found.c, found.d)):
            raise ValueError("a cell of a 2x2 table is negative: joint count, margins and total do not fit")
        return found

    @property
    def total(self) -> Floats:
        """All cases of each table."""
        return self.a + self.b + self.c + self.d

    @property
    def expected(self) -> Floats:
        """The joint count if drug and event were independent: n_drug × n_event / total."""
        return (self.a + self.b) * (self.a + self.c) / self.total


@dataclass(frozen=True, slots=True)
class Estimates:
    """A measure with its lower and upper limit, one of each a table."""

    value: Floats
    low: Floats
    high: Floats


def prr(t: Tables) -> Estimates:
    """Give proportional reporting ratios; undefined where no case has drug and event, or none the event alone."""
    defined = (t.a > 0) & (t.c > 0)
    a, b, c, d = (np.where(defined, cell, 1.0) for cell in (t.a, t.b, t.c, t.d))
    value = (a / (a + b)) / (c / (c + d))
    error = np.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))
    return _limits(value, error, defined)


def ror(t: Tables) -> Estimates:
    """Give reporting odds ratios; undefined where any cell is empty."""
    defined = (t.a > 0) & (t.b > 0) & (t.c > 0) & (t.d > 0)
    a, b, c, d = (np.where(defined, cell, 1.0) for cell in (t.a, t.b, t.c, t.d))
    return _limits(a * d / (b * c), np.sqrt(1 / a + 1 / b + 1 / c + 1 / d), defined)


def _limits(value: Floats, error: Floats, defined: NDArray[np.bool_]) -> Estimates:
    """Give 95 % limits for a ratio whose logarithm has this standard error."""
    factor = np.exp(Z975 * error)
    return Estimates(*(np.where(defined, x, np.nan) for x in (value, value / factor, value * factor)))


def chi_square(t: Tables) -> Floats:
    """Give chi-square with Yates' correction, at least 0; undefined where a row or a column is empty."""
    margins = (t.a + t.b) * (t.c + t.d) * (t.a + t.c) * (t.b + t.d)
    difference = np.maximum(np.abs(t.a * t.d - t.b * t.c) - t.total / 2, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(margins > 0, t.total * difference**2 / margins, np.nan)


def information_component(observed: ArrayLike, expected: ArrayLike) -> Estimates:
    """Give the IC, log2 of the shrunk ratio of observed to expected, with its 95 % credibility interval."""
    shape = np.atleast_1d(np.asarray(observed, dtype=np.float64)) + SHRINKAGE
    rate = np.atleast_1d(np.asarray(expected, dtype=np.float64)) + SHRINKAGE
    low, high = (np.log2(gammaincinv(shape, q) / rate) for q in (0.025, 0.975))
    return Estimates(np.log2(shape / rate), low, high)
