"""Misspelt drug names: one slip of the pen in a long name, found without comparing with every name.

One edit (a letter put in, left out, exchanged, or two neighbours swapped) leaves two words with a common word among
those that either gives with one letter left out, so that an index of these finds every candidate (the deletion
neighbourhood of Mor and Fraenkel, 1982, and of SymSpell).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

# In a shorter word one edit reaches too many other words.
SHORTEST = 8


class MisspellingIndex:
    """Long drug names, to be found under one edit.

    ``names`` are single words, folded; those shorter than SHORTEST are known but never the answer. ``vocabulary``
    holds folded words that are correct as they stand: other terms, and French words that look like a slip in a name;
    ``-al`` in it stands for an ending of French words, which is no slip where the name itself ends otherwise.
    """

    def __init__(self, names: Iterable[str], vocabulary: Iterable[str] = ()) -> None:
        known = set(names)
        listed = set(vocabulary)
        self._correct = known | listed
        self._endings = tuple(sorted(w.removeprefix("-") for w in listed if w.startswith("-")))
        self._index: defaultdict[str, set[str]] = defaultdict(set)
        for name in known:
            if len(name) >= SHORTEST and name.isalpha():
                for key in _deletions(name):
                    self._index[key].add(name)

    def lookup(self, folded_word: str) -> str | None:
        """Give the one name that a word misspells, None where it is a word of its own, or no name or several fit.

        The first letter must be right: a slip there is rare, and most other words differ in it.
        """
        if len(folded_word) < SHORTEST - 1 or folded_word in self._correct or not folded_word.isalpha():
            return None
        candidates = {
            name
            for key in _deletions(folded_word)
            for name in self._index.get(key, ())
            if name[0] == folded_word[0] and _one_edit(folded_word, name) and not self._inflected(folded_word, name)
        }
        return candidates.pop() if len(candidates) == 1 else None

    def _inflected(self, word: str, name: str) -> bool:
        """Tell whether a word has an ending of French words that the name lacks: ``vésicale`` is no ``vesicare``."""
        return any(word.endswith(e) and not name.endswith(e) for e in self._endings)


def _deletions(word: str) -> Iterator[str]:
    """Yield a word and what it becomes with each of its letters left out."""
    yield word
    for i in range(len(word)):
        yield word[:i] + word[i + 1 :]


def _one_edit(word: str, name: str) -> bool:
    """Tell whether exactly one insertion, deletion, substitution or swap of neighbours parts two words."""
    if abs(len(word) - len(name)) > 1 or word == name:
        return False
    start = next((i for i, (a, b) in enumerate(zip(word, name, strict=False)) if a != b), min(len(word), len(name)))
    rest, other = word[start:], name[start:]
    if len(rest) == len(other):
        swapped = len(rest) > 1 and rest[0] == other[1] and rest[1] == other[0] and rest[2:] == other[2:]
        return swapped or rest[1:] == other[1:]
    return rest[1:] == other if len(rest) > len(other) else rest == other[1:]
