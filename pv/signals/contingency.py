"""Counts of distinct cases for every drug-event combination, from the counted pairs of all cases.

A case that has a combination several times, from several letters, counts once in it. The universe is every case with at
least one counted pair that has a name at both levels.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
# One row a pair: case, drug id, event id, and whether it was received before the last twelve months.
PAIR = np.dtype([("case", np.int64), ("drug", np.int64), ("event", np.int64), ("old", np.bool_)])


@dataclass(frozen=True, slots=True)
class Level:
    """The names that ids bear at one level: one (an INN), several (the ATC classes of a drug), or none."""

    names: Mapping[int, Sequence[str]] = field(default_factory=dict)

    def sorted_names(self) -> list[str]:
        """Give every name once, in order."""
        return sorted({name for names in self.names.values() for name in names})


@dataclass(frozen=True, slots=True)
class Counts:
    """The combinations with at least one case; the arrays have one length, ``drug`` and ``event`` point at names.

    ``n``, ``n_drug`` and ``n_event`` count distinct cases of ``total``; ``recent`` those of ``n`` of which no letter
    is old.
    """

    drugs: tuple[str, ...]
    events: tuple[str, ...]
    drug: Integers
    event: Integers
    n: Integers
    n_drug: Integers
    n_event: Integers
    recent: Integers
    total: int


def count_cases(pairs: Iterable[tuple[int, int, int, bool]], drug_level: Level, event_level: Level) -> Counts:
    """Count the distinct cases of every combination of a drug and an event, by their names at these levels."""
    rows = np.fromiter(pairs, dtype=PAIR)
    drugs, events = drug_level.sorted_names(), event_level.sorted_names()
    at, drug = _named(rows["drug"], drug_level, drugs)
    rows = rows[at]
    at, event = _named(rows["event"], event_level, events)
    rows, drug = rows[at], drug[at]
    case = np.unique(rows["case"], return_inverse=True)[1].astype(np.int64)
    total = int(case.max()) + 1 if len(case) else 0
    cell, recent = _distinct(drug * len(events) + event, case, rows["old"], total)
    combination, first, n = np.unique(cell, return_index=True, return_counts=True)
    of_drug, of_event = combination // max(len(events), 1), combination % max(len(events), 1)
    return Counts(
        tuple(drugs),
        tuple(events),
        of_drug,
        of_event,
        n,
        _cases_of(drug, case, len(drugs), total)[of_drug],
        _cases_of(event, case, len(events), total)[of_event],
        np.add.reduceat(recent, first) if len(first) else n,
        total,
    )


def _named(ids: Integers, level: Level, names: Sequence[str]) -> tuple[Integers, Integers]:
    """Give the place of each id once for each of its names, with that name's number; an id without one is left out."""
    numbers = {name: i for i, name in enumerate(names)}
    known, where = np.unique(ids, return_inverse=True)
    borne = [[numbers[name] for name in dict.fromkeys(level.names.get(int(i), ()))] for i in known]
    flat = np.array([number for some in borne for number in some], dtype=np.int64)
    lengths = np.array([len(some) for some in borne], dtype=np.int64)
    starts = np.cumsum(lengths) - lengths
    times = lengths[where]
    at = np.repeat(np.arange(len(ids)), times)
    offset = np.arange(len(at)) - np.repeat(np.cumsum(times) - times, times)
    return at, flat[starts[where][at] + offset]


def _distinct(combination: Integers, case: Integers, old: NDArray[np.bool_], total: int) -> tuple[Integers, Integers]:
    """Give the combination of each distinct (combination, case), in order, and 1 where none of its rows is old."""
    keys, where = np.unique(combination * max(total, 1) + case, return_inverse=True)
    aged = np.zeros(len(keys), dtype=np.bool_)
    aged[where[old]] = True
    return keys // max(total, 1), (~aged).astype(np.int64)


def _cases_of(number: Integers, case: Integers, count: int, total: int) -> Integers:
    """Give the number of distinct cases of each name."""
    distinct = np.unique(number * max(total, 1) + case)
    return np.bincount(distinct // max(total, 1), minlength=count)
