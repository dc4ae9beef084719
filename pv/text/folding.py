"""Folding of word forms, so that accents, case, ligatures and regular plurals do not hide a term."""

from __future__ import annotations

import re
import unicodedata

from pv.text.remembered import Remembered

_LIGATURES = {"œ": "oe", "æ": "ae", "Œ": "OE", "Æ": "AE", "ß": "ss"}
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
# Shorter words are kept: "mais" is not "mai", "mois" not "moi".
_SHORTEST_PLURAL = 5


def plain_letters(text: str) -> str:
    """Give the text without accents, ligatures and invisible signs, its case kept; the length may change."""
    if text.isascii():
        return text
    for ligature, letters in _LIGATURES.items():
        text = text.replace(ligature, letters)
    decomposed = unicodedata.normalize("NFKD", text)
    for sign in set(_NOT_ASCII.findall(decomposed)):
        if unicodedata.combining(sign) or unicodedata.category(sign) == "Cf":
            decomposed = decomposed.replace(sign, "")
    return decomposed


def strip_accents(text: str) -> str:
    """Give the text in lower case, without accents, ligatures and invisible signs; the length may change."""
    return plain_letters(plain_letters(text).lower())


def fold(word: str) -> str:
    """Give the form under which a word is compared: no case, accent, ligature, plural s or x, nor -ée for -é.

    The same function folds the terms of the lexicons and the words of a report, so that a fold that is not a French
    word does no harm; what counts is that two words which differ in meaning fold apart. A folded word folds to itself.
    """
    return _FOLDED[word]


def _folded(word: str) -> str:
    folded = strip_accents(word) or word
    while (shorter := _shortened(folded)) != folded:
        folded = shorter
    return folded


def _shortened(word: str) -> str:
    """Take one plural or feminine ending off a word."""
    if len(word) >= _SHORTEST_PLURAL and word[-1] in "sx" and word[-2:] != "ss":
        return word[:-1]
    if len(word) > 3 and word.endswith("ee"):
        return word[:-1]
    return word


_FOLDED = Remembered(_folded)
