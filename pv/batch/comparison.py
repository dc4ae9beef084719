"""What another detector or other tables would change in the pairs of a report; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from pv.model import Pair

# What an assessor sees of a pair. The passage is left out: where it is cut, or what of it is kept, is no finding.
COMPARED = (
    "link", "certainty", "current", "reportable", "confidence", "rule", "start", "onset", "latency_days", "dechallenge",
    "rechallenge", "serious", "seriousness", "grade", "action_taken", "outcome", "dose", "route", "indication",
    "part_of",
)  # fmt: skip


class Kind(Enum):
    """What becomes of a pair."""

    ADDED = "added"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class PairChange:
    """One pair that would not stay as it is; ``differences`` holds (before, after) by the name of the field."""

    key: str
    kind: Kind
    drug: str
    event: str
    before: Pair | None
    after: Pair | None
    differences: Mapping[str, tuple[Any, Any]]


def compare(stored: Mapping[str, Pair], found: Mapping[str, Pair]) -> list[PairChange]:
    """Give what differs between the pairs that are stored and those found now, both by key, in the order of names."""
    changes = [
        change for key in {**stored, **found} if (change := _change(key, stored.get(key), found.get(key))) is not None
    ]
    return sorted(changes, key=lambda c: (c.drug, c.event))


def _change(key: str, before: Pair | None, after: Pair | None) -> PairChange | None:
    pair = before or after
    if pair is None:
        return None
    if before is None or after is None:
        kind = Kind.ADDED if before is None else Kind.WITHDRAWN
        return PairChange(key, kind, pair.drug, pair.event, before, after, {})
    differences = {
        name: (_value(before, name), _value(after, name))
        for name in COMPARED
        if _value(before, name) != _value(after, name)
    }
    return PairChange(key, Kind.CHANGED, pair.drug, pair.event, before, after, differences) if differences else None


def _value(pair: Pair, name: str) -> Any:
    value = getattr(pair, name)
    return value.value if isinstance(value, Enum) else value
