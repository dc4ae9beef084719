"""Abbreviations and initials: the stops that end no sentence, and the words after which a line goes on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pv.lexicon.table import read_table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_INITIALS = re.compile(r"(?:[A-ZÀ-Þ]\.-?)*[A-ZÀ-Þ][a-z]?\Z")
# A chunk is what stands before a stop, back to the last white space or one of these signs.
_BEFORE_CHUNK = re.compile(r".*[\s(\[{«“\"'’/,;:=]", re.DOTALL)
_LONGEST_CHUNK = 16
_COLUMNS = ("abbreviation", "follows", "source", "example")
FOLLOWS = ("any", "number", "name", "lower", "initial", "line")


@dataclass(frozen=True, slots=True)
class _Part:
    """One stop inside an abbreviation: what stands before and after it there, and what may follow the whole."""

    before: str
    after: str
    follows: str


@dataclass(frozen=True, slots=True)
class Abbreviations:
    """What keeps a sentence going: abbreviations by the chunk before their stop, and words that end no sentence."""

    parts: Mapping[str, tuple[_Part, ...]]
    before_initial: frozenset[str]
    before_line: frozenset[str]


def load_abbreviations(path: Path) -> Abbreviations:
    """Read the table of abbreviations (columns ``abbreviation,follows,source,example``).

    ``follows`` says what keeps the sentence going after the stop: ``any`` thing, a ``number``, a ``name`` (a capital),
    or whatever is not a capital (``lower``). ``initial`` marks a word after which a single capital with a stop is an
    initial, ``line`` a word that ends no sentence, so that the next line goes on. Raises LexiconError.
    """
    parts: dict[str, tuple[_Part, ...]] = {}
    words: dict[str, set[str]] = {"initial": set(), "line": set()}
    for row in read_table(path, _COLUMNS, _COLUMNS):
        form, follows = row["abbreviation"], row.choice("follows", FOLLOWS)
        if follows not in words and not form.endswith("."):
            raise row.error(f"column abbreviation: {form!r} does not end with a stop")
        if follows in words:
            words[follows].add(form)
            continue
        for stop in re.finditer(r"\.(?=\s|\Z)", form):
            before, after = form[: stop.start()], form[stop.end() :]
            chunk = before[chunk_start(before, len(before)) :]
            part = _Part(before[: len(before) - len(chunk)], after, follows)
            parts[chunk] = (*parts.get(chunk, ()), part)
    return Abbreviations(parts, frozenset(words["initial"]), frozenset(words["line"]))


def chunk_start(text: str, end: int) -> int:
    """Give where the chunk that ends at ``end`` begins, looking back no further than the longest chunk."""
    furthest = max(0, end - _LONGEST_CHUNK)
    before = _BEFORE_CHUNK.match(text, furthest, end)
    return before.end() if before else furthest


def is_abbreviation(text: str, chunk_at: int, at: int, next_char: str, abbreviations: Abbreviations) -> bool:
    """Tell whether the stop at ``at`` belongs to an abbreviation after which the sentence goes on."""
    chunk = text[chunk_at:at]
    # A form with a capital in the table is looked for as it stands, one without in any case.
    for part in (*abbreviations.parts.get(chunk, ()), *abbreviations.parts.get(chunk.lower(), ())):
        if part.before and _spaced(text[max(0, chunk_at - len(part.before)) : chunk_at]) != part.before.lower():
            continue
        if part.after:
            if _spaced(text[at + 1 : at + 1 + len(part.after)]) == part.after.lower():
                return True
            continue
        if _goes_on(part.follows, next_char):
            return True
    return False


def _spaced(text: str) -> str:
    """Give the text in lower case with every white space as a space, so that its length stays."""
    return "".join(" " if c.isspace() else c for c in text.lower())


def _goes_on(follows: str, next_char: str) -> bool:
    if follows == "number":
        return next_char.isdigit()
    if follows == "name":
        return next_char.isupper()
    return follows == "any" or not next_char.isupper()


def is_initial(text: str, chunk_at: int, chunk: str, next_char: str, abbreviations: Abbreviations) -> bool:
    """Tell whether the chunk is the initial of a name (``Dr J.-P. Martin``) or of a species (``E. coli``)."""
    if not _INITIALS.match(chunk):
        return False
    if next_char.islower():
        return len(chunk) == 1
    end = chunk_at
    while end > 0 and text[end - 1].isspace():
        end -= 1
    word = text[chunk_start(text, end) : end].rstrip(".")
    if word in abbreviations.before_initial or word.lower() in abbreviations.before_initial:
        return True
    return len(word) == 1 and word.isupper() and text[end - 1] == "."
