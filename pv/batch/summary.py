"""What came of a run, counted as it goes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

# Failures that are kept by name; of more than these only the number is told, so that memory stays bounded.
MOST_NAMED = 1_000

_COUNTS = ("offered", "new", "new_versions", "rescanned", "unchanged", "quarantined", "withheld", "failures")


@dataclass(slots=True)
class Summary:
    """What came of a run: counts of reports, of pairs by link, and the opaque keys and reasons of failures.

    ``offered`` counts what the sources gave; ``quarantined`` what was not tried because it has failed too often;
    ``withheld`` what stays out because it was nullified or forgotten; ``rescanned`` reports read again with the same
    text; ``stopped_by`` the signal that ended the run before its end. ``failed`` names the first failures, ``failures``
    counts them all. ``patients_unkept`` says that the sources tell patients, whose ids are not kept without a key.
    """

    offered: int = 0
    new: int = 0
    new_versions: int = 0
    rescanned: int = 0
    unchanged: int = 0
    quarantined: int = 0
    withheld: int = 0
    failures: int = 0
    pairs: Counter[str] = field(default_factory=Counter)
    failed: list[tuple[str, str]] = field(default_factory=list)
    missing: bool = False
    patients_unkept: bool = False
    stopped_by: int | None = None

    @property
    def taken(self) -> int:
        """How many reports were stored."""
        return self.new + self.new_versions + self.rescanned

    @property
    def exit_code(self) -> int:
        """0 all well, 1 nothing could be taken or too little was offered, 3 some reports failed, 128 + a signal."""
        if self.stopped_by is not None:
            return 128 + self.stopped_by
        if self.missing:
            return 1
        if not self.failures:
            return 0
        return 3 if self.taken or self.unchanged else 1

    def add(self, other: Summary) -> None:
        """Add the counts of another."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.pairs.update(other.pairs)
        self.failed += other.failed[: MOST_NAMED - len(self.failed)]

    def plus(self, other: Summary) -> Summary:
        """Give the counts of both, without what failed by name."""
        both = Summary()
        for one in (self, other):
            for name in _COUNTS:
                setattr(both, name, getattr(both, name) + getattr(one, name))
            both.pairs.update(one.pairs)
        return both

    def columns(self) -> dict[str, int]:
        """Give the counts as the record of runs names them."""
        counts = {name: int(getattr(self, name)) for name in _COUNTS if name != "failures"}
        return counts | {"failed": self.failures, "pairs": self.pairs.total()}

    def fail(self, key: str, reason: str) -> None:
        """Count a failure, and name it while there is room."""
        self.failures += 1
        if len(self.failed) < MOST_NAMED:
            self.failed.append((key, reason))
