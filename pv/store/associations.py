"""What the pairs of one drug and one event add up to; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from pv.model import Link

LINKED = (Link.STATED.value, Link.TEMPORAL.value, Link.PART.value)


@dataclass(frozen=True, slots=True)
class Association:
    """One event of the drugs asked for (or one drug of the events), with its counts of pairs.

    ``reports`` counts the reports in which they are linked: stated, temporal, or a sign of an event that is.
    ``asserted`` and ``hedged`` split the stated pairs; the days to onset are None where no pair tells them; ``of``
    lists which of the names asked for take part.
    """

    name: str
    code: str
    reports: int
    asserted: int
    hedged: int
    temporal: int
    part: int
    denied: int
    treats: int
    onset_known: int
    onset_median: float | None
    onset_min: int | None
    onset_max: int | None
    dechallenge_positive: int
    dechallenge_negative: int
    dechallenge_none: int
    of: tuple[str, ...]


@dataclass(slots=True)
class Tally:
    """Counts under way for one name of the other side; ``days`` are those to onset, of linked pairs."""

    stated: int = 0
    hedged: int = 0
    temporal: int = 0
    part: int = 0
    denied: int = 0
    treats: int = 0
    positive: int = 0
    negative: int = 0
    none: int = 0
    names: set[str] = field(default_factory=set)
    days: list[int] = field(default_factory=list)

    @property
    def linked(self) -> int:
        """How many pairs are stated, temporal, or a sign of one that is."""
        return self.stated + self.temporal + self.part

    def add(self, name: str, counts: Sequence[int], days: str | None) -> None:
        """Add the counts, in the order of the fields, and the days, with spaces between, of one name asked for."""
        self.names.add(name)
        for attribute, count in zip(_COUNTS, counts, strict=True):
            setattr(self, attribute, getattr(self, attribute) + count)
        self.days += map(int, (days or "").split())

    def association(self, name: str, code: str, *, reports: int) -> Association:
        """Give the sums under the name of the other side."""
        return Association(
            name=name,
            code=code,
            reports=reports,
            asserted=self.stated - self.hedged,
            hedged=self.hedged,
            temporal=self.temporal,
            part=self.part,
            denied=self.denied,
            treats=self.treats,
            onset_known=len(self.days),
            onset_median=float(median(self.days)) if self.days else None,
            onset_min=min(self.days, default=None),
            onset_max=max(self.days, default=None),
            dechallenge_positive=self.positive,
            dechallenge_negative=self.negative,
            dechallenge_none=self.none,
            of=tuple(sorted(self.names)),
        )


_COUNTS = ("stated", "hedged", "temporal", "part", "denied", "treats", "positive", "negative", "none")
