"""Counts of hits, false and missed ones, and the ratios made of them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

DIGITS = 4
# Fixed, so that two runs on the same reports print the same interval.
SEED = 0
ROUNDS = 400
INTERVAL_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Count:
    """How many were found rightly, found wrongly, and missed."""

    hits: int = 0
    false: int = 0
    missed: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.hits + other.hits, self.false + other.false, self.missed + other.missed)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, 0 where nothing was found."""
        whole = 2 * self.hits + self.false + self.missed
        return 2 * self.hits / whole if self.hits else 0.0

    def measures(self) -> dict[str, Any]:
        """Give precision, recall and F1 to four digits, with the counts."""
        return {
            "precision": rate(self.hits, self.hits + self.false) or 0.0,
            "recall": rate(self.hits, self.hits + self.missed) or 0.0,
            "f1": round(self.f1, DIGITS),
            "tp": self.hits,
            "fp": self.false,
            "fn": self.missed,
        }


def rate(part: int, whole: int) -> float | None:
    """Give the ratio to four digits, None where there is nothing to divide by."""
    return round(part / whole, DIGITS) if whole else None


def interval(reports: Sequence[Count]) -> list[float]:
    """Give the 90 % interval of F1 over reports drawn again with replacement (percentile bootstrap, Efron 1979)."""
    draw = random.Random(SEED)  # noqa: S311 - a resampling, not a secret
    drawn = sorted(sum(draw.choices(reports, k=len(reports)), Count()).f1 for _ in range(ROUNDS))
    low, high = drawn[int(ROUNDS * 0.05)], drawn[int(ROUNDS * 0.95) - 1]
    return [round(low, INTERVAL_DIGITS), round(high, INTERVAL_DIGITS)]


def rarer(answers: Counter[tuple[Any, Any]]) -> dict[str, Any] | None:
    """Measure the finding of the rarer of two gold values; None unless the gold has exactly two.

    ``answers`` counts (gold value, value given). Accuracy alone flatters whoever always gives the common value.
    """
    gold: Counter[Any] = Counter()
    for (wanted, _), number in answers.items():
        gold[wanted] += number
    if len(gold) != 2:
        return None
    value = min(gold, key=lambda wanted: gold[wanted])
    return {"value": value, **one_value(answers, value).measures()}


def one_value(answers: Counter[tuple[Any, Any]], value: object) -> Count:
    """Count how often one value was given where it was wanted, where it was not, and not given where it was."""
    return Count(
        answers[(value, value)],
        sum(n for (wanted, given), n in answers.items() if wanted != value and given == value),
        sum(n for (wanted, given), n in answers.items() if wanted == value and given != value),
    )
