"""A phrase of a ConText rule, as it is met in a report."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

TERMINATE, PSEUDO = "terminate", "pseudo"
FORWARD, BACKWARD = "forward", "backward"
# The name by which every scope can be ended.
EVERY = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a rule's category and direction make it do.

    ``names`` are the names by which terminators and other rules end its scope (``negated:verb``: all, ``negated`` and
    ``negated:verb``), empty for a rule without one; ``ends`` are the names of the scopes that it ends itself.
    """

    assertion: str
    names: tuple[str, ...]
    ends: tuple[str, ...]
    directions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """What counts of a ConText rule: the row's id, category in lower case and kind, its limits, and its accents.

    ``spelt`` is the phrase as it must be written, None where accents do not matter.
    """

    id: str
    category: str
    kind: Kind
    max_scope: int | None
    max_targets: int | None
    spelt: str | None


@lru_cache(maxsize=256)
def kind_of(category: str, direction: str) -> Kind:
    """Read a rule's category and direction."""
    assertion, _, rest = category.partition(":")
    directions = (direction,) if direction in (FORWARD, BACKWARD) else (FORWARD, BACKWARD)
    if direction == PSEUDO:
        return Kind(assertion, (), (), directions)
    if assertion == TERMINATE:
        return Kind(assertion, (), tuple(rest.split()) or (EVERY,), directions)
    return Kind(assertion, (EVERY, assertion, category), (assertion,), directions)
