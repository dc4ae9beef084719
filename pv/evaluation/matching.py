"""When a span found is the span annotated, and who is matched with whom where several could be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

Span = tuple[int, int]

# A span that covers half of the other names the same thing; one more than four times as long is a clause around it.
LONGEST_RATIO = 4
# The one combination that French reports call by a name of its own, while the gold files spell its substances out.
COMBINATIONS = {"cotrimoxazole": ("sulfamethoxazole", "trimethoprime")}


def spans_match(one: Span, other: Span) -> bool:
    """Say whether two spans overlap by at least half of the shorter, neither being over four times as long."""
    common = min(one[1], other[1]) - max(one[0], other[0])
    if common <= 0:
        return False
    shorter, longer = sorted((one[1] - one[0], other[1] - other[0]))
    return 2 * common >= shorter and longer <= LONGEST_RATIO * shorter


def any_match(some: Iterable[Span], others: Sequence[Span]) -> bool:
    """Say whether a span of the first matches a span of the second."""
    return any(spans_match(one, other) for one in some for other in others)


def assign(choices: Sequence[Sequence[int]], size: int) -> list[int | None]:
    """Match as many as can be: who takes each of ``size`` items, or None.

    ``choices[i]`` lists the items that taker i may have; each item goes to one taker, each taker has one item
    (augmenting paths: Kuhn, Naval Research Logistics Quarterly 2, 1955).
    """
    taker: list[int | None] = [None] * size

    def settle(who: int, visited: set[int]) -> bool:
        for item in choices[who]:
            if item in visited:
                continue
            visited.add(item)
            holder = taker[item]
            if holder is None or settle(holder, visited):
                taker[item] = who
                return True
        return False

    for who in range(len(choices)):
        settle(who, set())
    return taker


def substances(inn: str) -> frozenset[str]:
    """Give the substances that an INN names, without accents and case: a combination has several."""
    plain = "".join(c for c in unicodedata.normalize("NFD", inn.lower()) if not unicodedata.combining(c))
    names = (name.strip() for name in re.split(r"[/+,;]| et ", plain))
    return frozenset(part for name in names if name for part in COMBINATIONS.get(name, (name,)))
