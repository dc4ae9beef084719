"""Folding of word forms, so that accents, case, ligatures and regular plurals do not hide a term."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "oe", "Æ": "ae", "ß": "ss", "ﬁ": "fi", "ﬂ": "fl"})
# Shorter words are kept: "mais" is not "mai", "mois" not "moi".
_SHORTEST_PLURAL = 5


def strip_accents(text: str) -> str:
    """Give the text in lower case, without accents and ligatures; the length may change."""
    decomposed = unicodedata.normalize("NFKD", text.lower().translate(_LIGATURES))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """Give the form under which a word is compared: no case, accent, ligature, plural s or x, nor -ée for -é.

    The same function folds the terms of the lexicons and the words of a report, so that a fold that is not a French
    word does no harm; what counts is that two words which differ in meaning fold apart.
    """
    folded = strip_accents(word)
    if len(folded) >= _SHORTEST_PLURAL and folded[-1] in "sx" and folded[-2:] != "ss":
        folded = folded[:-1]
    if len(folded) > 3 and folded.endswith("ee"):
        folded = folded[:-1]
    return folded
