"""ConText by sentence: which assertion rules reach a target, and what they make of it.

The rules are medSpaCy's ``ConTextRule``; the algorithm (Harkema et al., J Biomed Inform 2009) is carried out here,
because medSpaCy's graph compares every modifier of a document with every other and with every target, and knows only
terminators that end everything. A sentence is read twice, for the scopes that run forward and for those that run
backward, so that ``a été`` may end the scope of an earlier ``sans`` and still be part of a later ``a été éliminé``.

- In each pass the longest of overlapping rules wins (a phrase of two rules counts for both); a rule of direction
  ``pseudo`` does nothing but win.
- A scope runs from its phrase to the sentence's end, ``max_scope`` tokens at most, and ends before the next rule of
  the same assertion or the next terminator. It takes in the words of the phrase but the first it meets: the
  ``aggravation`` of ``pas d'aggravation``.
- A rule of category ``terminate`` ends every scope, ``terminate:negated historical`` those of these categories, and
  ``terminate:negated:verb`` those of the rules ``negated:verb``. Its direction says which scopes it ends: those that
  run ``forward`` or ``backward``, or (``terminate``) both.

In the table the wide ``（`` and ``）`` stand for brackets, which its notation keeps for itself: they fold alike.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from pv.nlp.matcher import RuleMatch, longest
from pv.text.assertion import Modification

TERMINATE, PSEUDO = "terminate", "pseudo"
FORWARD, BACKWARD = "forward", "backward"
# The name by which every scope can be ended.
EVERY = ""


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a rule's category and direction make it do.

    ``names`` are the names by which terminators and other rules end its scope (``negated:verb``: all, ``negated`` and
    ``negated:verb``), empty for a rule without one; ``ends`` are the names of the scopes that it ends itself.
    """

    assertion: str
    names: tuple[str, ...]
    ends: tuple[str, ...]
    directions: tuple[str, ...]


@lru_cache(maxsize=256)
def _kind(category: str, direction: str) -> _Kind:
    """Read a rule's category and direction."""
    assertion, _, rest = category.partition(":")
    directions = (direction,) if direction in (FORWARD, BACKWARD) else (FORWARD, BACKWARD)
    if direction == PSEUDO:
        return _Kind(assertion, (), (), directions)
    if assertion == TERMINATE:
        return _Kind(assertion, (), tuple(rest.split()) or (EVERY,), directions)
    return _Kind(assertion, (EVERY, assertion, category), (assertion,), directions)


class _Scope(NamedTuple):
    """The tokens [low, high) in which a match modifies the targets that start there and end by ``last``."""

    match: RuleMatch
    assertion: str
    low: int
    high: int
    last: int


def modify(
    targets: Sequence[tuple[int, int]], matches: Sequence[RuleMatch], sentence: tuple[int, int]
) -> list[list[Modification]]:
    """Give, for each target of one sentence, the modifications that reach it, the nearest first.

    Targets and sentence are token ranges [start, end); ``matches`` are those of the sentence, overlaps included.
    """
    found: list[list[Modification]] = [[] for _ in targets]
    kinds = [(m, _kind(m.rule.category, m.rule.direction)) for m in matches]
    scopes = [*_forward_scopes(kinds, sentence[1]), *_backward_scopes(kinds, sentence[0])]
    if not scopes:
        return found
    order = sorted(range(len(targets)), key=lambda i: targets[i][0])
    starts = [targets[i][0] for i in order]
    for scope in scopes:
        match = scope.match
        reached = order[bisect_left(starts, scope.low) : bisect_left(starts, scope.high)]
        reached = [i for i in reached if targets[i][1] <= scope.last]
        if match.rule.max_targets:
            reached = sorted(reached, key=lambda i: abs(targets[i][0] - match.start))[: match.rule.max_targets]
        for i in reached:
            found[i].append(Modification(match.rule.id, scope.assertion, match.start, match.end))
    for (start, _), modifications in zip(targets, found, strict=True):
        if len(modifications) > 1:
            modifications.sort(key=lambda m: abs(m.start - start))
    return found


def _forward_scopes(matches: Sequence[tuple[RuleMatch, _Kind]], sentence_end: int) -> Iterator[_Scope]:
    """Yield the scopes that run forward, the last first."""
    ends: dict[str, int] = {}
    for match, kind in sorted(_winners(matches, FORWARD), key=lambda w: (-w[0].start, not w[1].names)):
        if kind.names:
            reach = match.rule.max_scope
            high = min([ends.get(name, sentence_end) for name in kind.names])
            high = high if reach is None else min(high, match.end + reach)
            yield _Scope(match, kind.assertion, match.start + 1, high, sentence_end)
        for name in kind.ends:
            ends[name] = match.start


def _backward_scopes(matches: Sequence[tuple[RuleMatch, _Kind]], sentence_start: int) -> Iterator[_Scope]:
    """Yield the scopes that run backward, the first first."""
    ends: dict[str, int] = {}
    for match, kind in sorted(_winners(matches, BACKWARD), key=lambda w: (w[0].start, not w[1].names)):
        if kind.names:
            reach = match.rule.max_scope
            low = max([ends.get(name, sentence_start) for name in kind.names])
            low = low if reach is None else max(low, match.start - reach)
            yield _Scope(match, kind.assertion, low, match.end - 1, match.end - 1)
        for name in kind.ends:
            ends[name] = match.end


def _winners(matches: Sequence[tuple[RuleMatch, _Kind]], direction: str) -> list[tuple[RuleMatch, _Kind]]:
    """Give the longest of the overlapping matches that act in one direction; none where none of them has a scope."""
    acting = [(m, kind) for m, kind in matches if direction in kind.directions]
    if not any(kind.names for _, kind in acting):
        return []
    kept = {(m.start, m.end) for m in longest([m for m, _ in acting])}
    return [(m, kind) for m, kind in acting if (m.start, m.end) in kept]
