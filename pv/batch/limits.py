"""The bounds of a run."""

from __future__ import annotations

from dataclasses import dataclass

from pv.settings import MAX_BYTES

# Nights that a report which fails is tried before it waits for a change.
TRIES = 3
# Documents looked up together, and reports committed together: a kill loses at most one group's work, no report.
LOOKUP = 500
GROUP = 50
# Reports between the sources and the database, whose texts and findings are in memory, and their characters.
WINDOW = 256
CHARACTERS = 20_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run allows: bytes of a report, tries of one that fails, and the least number that must be offered.

    ``retry`` tries again what has failed too often.
    """

    max_bytes: int = MAX_BYTES
    tries: int = TRIES
    retry: bool = False
    expect_min: int = 0
