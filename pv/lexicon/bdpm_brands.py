"""Brand stems from the product names of the BDPM: without strength, form, laboratory and words of presentation."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from pathlib import Path

from pv.lexicon.table import read_table
from pv.lexicon.terms import Words, fold_phrase
from pv.text.folding import strip_accents

ROLES = ("laboratory", "form", "noise")
# What comes after the first comma, bar a decimal one, says form and route.
_FORM = re.compile(r",(?!\d)|(?<=[^\d]),|(?<=\w{3})\.(?!\d)")
_MARKS = re.compile(r"[©®™]")
# A strength begins with a number that stands alone or before a unit; B12 and D3 are names.
_STRENGTH = re.compile(r"(?:^|(?<=[\s/(+-]))\d")
_INITIALS = re.compile(r"\b((?:[A-Z]\.){1,4})(?:[A-Z]\b)?")
_JOINTS = frozenset("/+-&.") | {"et", "de", "d", "du", "en", "a", "l", "la", "le", "les", "pour", "par"}


def _without_dots(name: str) -> str:
    """Give the name with its initials written together: ``L.P.`` is ``LP``."""
    return _INITIALS.sub(lambda m: m[0].replace(".", ""), name)


def name_part(denomination: str) -> str:
    """Give the part of a product's name before strength and form, in lower case."""
    name = _FORM.split(_without_dots(_MARKS.sub("", denomination)), maxsplit=1)[0]
    if found := next((m for m in _STRENGTH.finditer(name) if m.start() > 0), None):
        name = name[: found.start()]
    return " ".join(re.sub(r"\([^()]*\)?", " ", name).lower().split()).strip(" -/+.&")


class BrandWords:
    """The words of a product's name that are not its brand (``bdpm_words.csv``)."""

    def __init__(self, table: Path) -> None:
        self._words: dict[int, set[Words]] = defaultdict(set)
        self.forms: set[Words] = set()
        for row in read_table(table, ("word", "role", "source"), required=("word", "role", "source")):
            words = fold_phrase(row["word"])
            self._words[len(words)].add(words)
            if row.choice("role", ROLES) == "form":
                self.forms.add(words)

    def strip(self, name: str) -> str:
        """Give a name without the words of presentation that end it; never less than its first word."""
        pieces = re.split(r"\s+", name)
        while len(pieces) > 1:
            size = next(
                (n for n in sorted(self._words, reverse=True) if (cut := self._cut(pieces, n)) and cut > 0),
                None,
            )
            if size is None:
                break
            pieces = pieces[: self._cut(pieces, size)]
        return " ".join(pieces).strip(" -/+.&")

    def _cut(self, pieces: Sequence[str], size: int) -> int | None:
        """Give where the last ``size`` words begin if the table has them, else None."""
        for start in range(len(pieces) - 1, 0, -1):
            tail = fold_phrase(" ".join(pieces[start:]))
            if len(tail) == size and tail in self._words[size]:
                return start
            if len(tail) > size:
                break
        return None


def consume_substances(name: str, own: Collection[Words]) -> tuple[int, Words]:
    """Give how many of a product's own substances its name begins with, and the words that follow them."""
    rest = fold_phrase(strip_accents(name))
    longest = max((len(w) for w in own), default=0)
    found = 0
    while rest:
        size = next((n for n in range(min(longest, len(rest)), 0, -1) if rest[:n] in own), 0)
        if size:
            found += 1
        elif found and rest[0] in _JOINTS:
            size = 1
        else:
            break
        rest = rest[size:]
    return found, rest
