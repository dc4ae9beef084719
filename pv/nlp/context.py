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
from typing import NamedTuple

from pv.nlp.matcher import RuleMatch, longest
from pv.nlp.phrase import BACKWARD, FORWARD, Phrase
from pv.text.assertion import Modification


class _Scope(NamedTuple):
    """The tokens [low, high) in which a phrase at [start, end) modifies the targets that start there.

    ``last`` is where these must end.
    """

    start: int
    end: int
    phrase: Phrase
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
    order = sorted(range(len(targets)), key=lambda i: targets[i][0])
    starts = [targets[i][0] for i in order]
    for scope in (*_forward_scopes(matches, sentence[1]), *_backward_scopes(matches, sentence[0])):
        phrase = scope.phrase
        reached = order[bisect_left(starts, scope.low) : bisect_left(starts, scope.high)]
        reached = [i for i in reached if targets[i][1] <= scope.last]
        if phrase.max_targets and len(reached) > phrase.max_targets:
            reached = sorted(reached, key=lambda i: abs(targets[i][0] - scope.start))[: phrase.max_targets]
        for i in reached:
            found[i].append(Modification(phrase.id, phrase.kind.assertion, scope.start, scope.end))
    for (start, _), modifications in zip(targets, found, strict=True):
        if len(modifications) > 1:
            modifications.sort(key=lambda m: abs(m.start - start))
    return found


def _forward_scopes(matches: Sequence[RuleMatch], sentence_end: int) -> Iterator[_Scope]:
    """Yield the scopes that run forward, the last first."""
    ends: dict[str, int] = {}
    for start, end, phrase in sorted(_winners(matches, FORWARD), key=lambda m: (-m[0], not m[2].kind.names)):
        if phrase.kind.names:
            high = min([ends.get(name, sentence_end) for name in phrase.kind.names])
            high = high if phrase.max_scope is None else min(high, end + phrase.max_scope)
            yield _Scope(start, end, phrase, start + 1, high, sentence_end)
        for name in phrase.kind.ends:
            ends[name] = start


def _backward_scopes(matches: Sequence[RuleMatch], sentence_start: int) -> Iterator[_Scope]:
    """Yield the scopes that run backward, the first first."""
    ends: dict[str, int] = {}
    for start, end, phrase in sorted(_winners(matches, BACKWARD), key=lambda m: (m[0], not m[2].kind.names)):
        if phrase.kind.names:
            low = max([ends.get(name, sentence_start) for name in phrase.kind.names])
            low = low if phrase.max_scope is None else max(low, start - phrase.max_scope)
            yield _Scope(start, end, phrase, low, end - 1, end - 1)
        for name in phrase.kind.ends:
            ends[name] = end


def _winners(matches: Sequence[RuleMatch], direction: str) -> list[RuleMatch]:
    """Give the longest of the overlapping matches that act in one direction; none where none of them has a scope."""
    acting = [m for m in matches if direction in m[2].kind.directions]
    if not any(phrase.kind.names for _, _, phrase in acting):
        return []
    kept = {(start, end) for start, end, _ in longest(acting)}
    return [m for m in acting if m[:2] in kept]
