"""The bounds of a run."""

from __future__ import annotations

from dataclasses import dataclass

from pv.settings import MEGABYTE

# Seconds that one report may take: the longest that is read, two million characters, stays well below it.
TIMEOUT = 300.0
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

    max_bytes: int = 20 * MEGABYTE
    tries: int = TRIES
    retry: bool = False
    expect_min: int = 0
