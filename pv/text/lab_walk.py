"""Steps over the words around a laboratory value: names, fillers, reference range and grade.

Each function looks at a bounded number of tokens.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pv.lexicon.lab_tables import LabName, LabTables

_MOST_STEPS = 12
_MOST_NAMES = 4
_DATE = re.compile(r"\d{1,2}\s?[/.]\s?\d{1,2}(?:\s?[/.]\s?\d{2,4})?(?![\d/])|\d{1,2}h(?:\d{2})?(?!\w)")
_IN_BRACKETS = re.compile(r"[(\[]\s*(\d+(?:[.,]\d+)?)\s*[-–]\s*(\d+(?:[.,]\d+)?)\s*[)\]]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_DIRECTIONS = ("low", "high", "normal")
_NOTHING: Mapping[str, str] = {}
Range = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Scan:
    """One text with its tokens, their folded forms and the tables."""

    text: str
    tokens: Sequence[tuple[int, int]]
    words: Sequence[str]
    tables: LabTables

    def kinds(self, i: int) -> Mapping[str, str]:
        """Give what the word at a token may be, nothing beyond the end."""
        return self.tables.words.get(self.words[i], _NOTHING) if 0 <= i < len(self.words) else _NOTHING

    def is_number(self, i: int) -> bool:
        """Tell whether a number begins at a token."""
        return 0 <= i < len(self.words) and self.words[i][0].isdigit()

    def token_at(self, offset: int) -> int:
        """Give the first token that begins at or after an offset."""
        return bisect_left(self.tokens, (offset, 0))

    def match(self, i: int) -> tuple[LabName, int] | None:
        """Give the longest name at a token and the token after it; brackets inside a name do not count."""
        words, end = self.words, len(self.words)
        for name in self.tables.names.get(words[i], ()) if i < end else ():
            # Where case decides, the first token nearly always tells.
            if name.surfaces and not self.text.startswith(name.surfaces[0], self.tokens[i][0]):
                continue
            at = i + 1
            for token in name.tokens[1:]:
                while at < end and words[at] in ("(", ")"):
                    at += 1
                if at == end or words[at] != token:
                    break
                at += 1
            else:
                if not name.surfaces or self._written(i, at) == name.surfaces:
                    return name, at
        return None

    def _written(self, first: int, end: int) -> tuple[str, ...]:
        """Give the tokens of a range as they stand in the text, brackets left out."""
        return tuple([self.text[slice(*self.tokens[i])] for i in range(first, end) if self.words[i] not in ("(", ")")])


class Named(NamedTuple):
    """A name in the text, tokens [first, last), with the names joined to it (``ASAT/ALAT``)."""

    first: int
    last: int
    names: tuple[LabName, ...]


def named_at(scan: Scan, i: int) -> Named | None:
    """Give the name at a token with those joined to it, None where there is none."""
    match = scan.match(i)
    if match is None:
        return None
    names, last = [match[0]], match[1]
    while len(names) < _MOST_NAMES and last < len(scan.words):
        joined = "and" in scan.kinds(last)
        hyphen = scan.text[scan.tokens[last - 1][1] : scan.tokens[last][0]] in {"-", "‑"}
        other = scan.match(last + joined) if joined or hyphen else None
        if other is None or other[0].implied or names[0].implied:
            break
        names.append(other[0])
        last = other[1]
    return Named(i, last, tuple(names))


@dataclass(slots=True)
class Walk:
    """What stood between a name and its value; ``number`` is the token of the value, -1 where there is none.

    ``direction`` and ``word_end`` belong to a word such as ``élevée``; ``drift`` tells that ``de`` stood last.
    It is filled in step by step.
    """

    number: int = -1
    comparator: str = ""
    direction: str = ""
    word_end: int = 0
    times: bool = False
    drift: bool = False
    new_line: bool = False
    units: tuple[str, ...] = ()
    range: Range | None = None


def walk_to_value(scan: Scan, named: Named, at: int, walk: Walk) -> None:
    """Step from a token over the words that may stand between a name and its value, noting them in ``walk``."""
    text = scan.text
    walk.number = -1
    for _ in range(_MOST_STEPS):
        if at >= len(scan.tokens):
            break
        start, end = scan.tokens[at]
        breaks = text.count("\n", scan.tokens[at - 1][1], start)
        if breaks:
            walk.new_line = True
            if breaks > 1:
                break
        if text[start].isdigit():
            walk.number = at
            break
        following = _bracket(scan, at, walk) if text[start] in "([" else None
        following = following or _step(scan, named, at, end, walk)
        if following is None:
            break
        at = following


def _step(scan: Scan, named: Named, at: int, end: int, walk: Walk) -> int | None:
    kinds = scan.kinds(at)
    if "day" in kinds and scan.is_number(at + 1) and scan.tokens[at + 1][0] - end <= 1:
        return at + 2
    if "filler" in kinds or "drift" in kinds:
        walk.drift = "drift" in kinds
    elif "comparator" in kinds:
        arrow = scan.text[end - 1] == ">" and scan.text[end - 2] in "-="
        walk.comparator = "" if arrow else kinds["comparator"]
    elif "times" in kinds:
        walk.times = True
    elif direction := next((kind for kind in _DIRECTIONS if kind in kinds), ""):
        if not walk.direction:
            walk.direction, walk.word_end = direction, end
    elif scan.words[at] != "|":
        return _alias(scan, named, at)
    return at + 1


def _alias(scan: Scan, named: Named, at: int) -> int | None:
    """Step over a second name of the same analyte: ``créatine phosphokinase (CPK)``; not from a diagnosis to a name."""
    alias = None if named.names[0].implied else scan.match(at)
    same = alias and {a.id for a in named.names[0].analytes} & {a.id for a in alias[0].analytes}
    return alias[1] if alias and same else None


def _bracket(scan: Scan, at: int, walk: Walk) -> int | None:
    """Read a bracket that holds only a range or only a unit: ``plaquettes (150-400) : 45``, ``Hb (g/dL) : 8``."""
    start, end = scan.tokens[at]
    held = _IN_BRACKETS.match(scan.text, start)
    if held:
        low, high = (float(g.replace(",", ".")) for g in held.groups())
        walk.range = (low, high)
        return scan.token_at(held.end())
    unit = scan.tables.units.read(scan.text, end)
    if unit and unit[0] and scan.text[unit[1] : unit[1] + 1] in {")", "]"}:
        walk.units = unit[0]
        return scan.token_at(unit[1] + 1)
    return None


def after_date(scan: Scan, at: int) -> int | None:
    """Give the token after the date or hour at a token, None where there is none."""
    date = _DATE.match(scan.text, scan.tokens[at][0])
    return scan.token_at(date.end()) if date else None


def range_after(scan: Scan, offset: int) -> tuple[Range, int] | None:
    """Give the reference range that follows a value, as written, and the offset of its end: ``(N<5)``, ``(12-16)``."""
    at = scan.token_at(offset)
    if at < len(scan.words) and scan.words[at] == ".":
        return None
    held = announced = False
    comparator = ""
    for i in range(at, min(at + 8, len(scan.tokens))):
        start = scan.tokens[i][0]
        kinds = scan.kinds(i)
        if scan.text.count("\n", offset, start):
            return None
        if scan.text[start] in "([":
            held = True
        elif "range" in kinds:
            announced = True
        elif scan.text[start].isdigit():
            return _range_numbers(scan, i, comparator) if held or announced else None
        elif "comparator" in kinds:
            comparator = kinds["comparator"]
        elif not ("filler" in kinds or (i == at and scan.text[start] == ",")):
            return None
    return None


def _range_numbers(scan: Scan, i: int, comparator: str) -> tuple[Range, int] | None:
    first = _NUMBER.match(scan.text, scan.tokens[i][0])
    if first is None:
        return None
    low = float(first.group().replace(",", "."))
    if comparator:
        return ((None, low) if comparator in "<≤" else (low, None)), first.end()
    joint = scan.token_at(first.end())
    kinds = scan.kinds(joint)
    dash = joint < len(scan.words) and scan.words[joint] in {"-", "–", "—"}
    # A hyphen between two digits is a joint inside a word, and no token.
    hyphen = scan.text[first.end() : first.end() + 1] in {"-", "‑"}
    following = joint + (dash or "to" in kinds or "and" in kinds)
    if (following == joint and not hyphen) or not scan.is_number(following):
        return None
    second = _NUMBER.match(scan.text, scan.tokens[following][0])
    high = float(second.group().replace(",", ".")) if second else low
    return ((low, high), second.end()) if second and low < high else None


def grade_after(scan: Scan, offset: int) -> int | None:
    """Give the grade that the author writes behind a value: ``(grade 3)``."""
    at = scan.token_at(offset)
    for i in range(at, min(at + 5, len(scan.tokens))):
        kinds = scan.kinds(i)
        start = scan.tokens[i][0]
        if "grade" in kinds and scan.is_number(i + 1):
            digit = scan.words[i + 1]
            return int(digit) if digit in {"1", "2", "3", "4", "5"} else None
        if scan.text.count("\n", offset, start) or not ("filler" in kinds or scan.text[start] == ","):
            return None
    return None
