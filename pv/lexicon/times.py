"""The tables of time expressions: words by class, and patterns over those classes, compiled to one expression.

A report is read as one character a token: a word of the vocabulary and each kind of number has a character of its own,
every other word is the same filler. Patterns become regular expressions over those characters, so that matching knows
no case, accents or line breaks, and costs a fraction of a search in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pv.lexicon.table import Row, read_table
from pv.lexicon.time_notation import Codes, Compiled, PatternError, compile_pattern, register_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

WORD_COLUMNS = ("class", "words", "value", "source")
PATTERN_COLUMNS = ("id", "kind", "anchor", "value", "pattern", "example", "source")
# A piece is part of other patterns; so is a unit, which is found first and then counts as one token. A match of kind
# none is text that only looks like a time.
KINDS = ("piece", "unit", "none", "date", "relative", "duration", "frequency")
ANCHORS = ("", "event", "previous", "document", "cycle", "admission", "operation", "drug", "birth", "pregnancy")
# The class of words that are too frequent to try every pattern at each of them.
SMALL_WORDS = "petit"
# How the value is worked out; a fixed ISO 8601 duration is allowed as well.
VALUES = ("", "date", "clock", "after", "before", "nth", "day", "every", "rate", "code")
# A plain group within the expression of one pattern; it is not kept when patterns are joined.
_GROUP = re.compile(r"(?<!\\)\((?!\?)")
_FIXED_VALUE = re.compile(r"-?P(?:\d+[YMWD]|T\d+[HM])")


@dataclass(frozen=True, slots=True)
class TimePattern:
    """One row of time_patterns.csv: what it finds, how its value is worked out, and its expression over token codes.

    ``pieces`` names each group of the expression that holds a piece, in order of the group numbers; ``code`` is the
    character that stands for a match of kind unit.
    """

    id: str
    kind: str
    anchor: str
    value: str
    example: str
    expression: re.Pattern[str] = field(repr=False)
    pieces: tuple[str, ...] = field(repr=False)
    code: str = ""


@dataclass(frozen=True, slots=True)
class Search:
    """A set of patterns that is matched as one: the codes that a match can begin with, and two expressions for each.

    The first tells what can follow the code, which nearly always ends the matter; the second joins the patterns.
    The name of the last group of a match is ``p`` and the position of its pattern in ``patterns``.
    """

    patterns: tuple[TimePattern, ...]
    starts: re.Pattern[str] = field(repr=False)
    by_start: Mapping[str, tuple[re.Pattern[str], re.Pattern[str]]] = field(repr=False)

    def finditer(self, codes: str) -> Iterator[tuple[TimePattern, re.Match[str]]]:
        """Yield each match with its pattern, the first of the table that matches at the leftmost place, no overlap."""
        at = 0
        by_start = self.by_start
        for start in self.starts.finditer(codes):
            position = start.start()
            if position < at:
                continue
            followed, joined = by_start[codes[position]]
            if followed.match(codes, position + 1) and (match := joined.match(codes, position)):
                at = match.end()
                yield self.patterns[int((match.lastgroup or "p0")[1:])], match


@dataclass(frozen=True, slots=True)
class TimeTables:
    """The vocabulary and patterns of time expressions, ready for matching.

    ``values`` gives the value of a folded word in a class; ``units`` are matched first, each match then being one code
    for ``patterns``.
    """

    codes: Codes = field(repr=False)
    values: Mapping[tuple[str, str], str] = field(repr=False)
    units: Search = field(repr=False)
    patterns: Search = field(repr=False)


def load_times(folder: Path) -> TimeTables:
    """Read time_words.csv and time_patterns.csv of a folder of lexicons.

    Raises LexiconError with file, line and reason for a broken row, a doubled id or an unknown piece.
    """
    codes = Codes()
    values = _load_words(folder / "time_words.csv", codes)
    required = ("id", "kind", "pattern", "example", "source")
    rows = list(read_table(folder / "time_patterns.csv", PATTERN_COLUMNS, required))
    pieces: dict[str, str] = {}
    units: list[tuple[TimePattern, Compiled]] = []
    patterns: list[tuple[TimePattern, Compiled]] = []
    for row in rows:
        _register(row, codes)
    for row in rows:
        try:
            compiled = compile_pattern(row["pattern"], codes, pieces)
        except PatternError as error:
            raise row.error(f"column pattern: {error}") from error
        kind = row.choice("kind", KINDS)
        if row["id"] in pieces or codes.members(row["id"]) or any(row["id"] == p.id for p, _ in patterns):
            raise row.error(f"the name {row['id']} is taken")
        if kind == "piece":
            pieces[row["id"]] = row["pattern"]
        elif compiled.empty:
            raise row.error("column pattern: it also matches nothing at all")
        elif kind == "unit":
            units.append((_pattern(row, codes, compiled, codes.reserve(row["id"])), compiled))
        else:
            patterns.append((_pattern(row, codes, compiled), compiled))
    return TimeTables(codes, values, _search(units, codes), _search(patterns, codes))


def _register(row: Row, codes: Codes) -> None:
    try:
        register_words(row["pattern"], codes)
    except PatternError as error:
        raise row.error(f"column pattern: {error}") from error


def _search(patterns: Sequence[tuple[TimePattern, Compiled]], codes: Codes) -> Search:
    """Join patterns into one expression for each set of them that can begin with the same code."""
    by_code: dict[str, list[int]] = {}
    for i, (_, compiled) in enumerate(patterns):
        for code in compiled.first:
            by_code.setdefault(code, []).append(i)
    bodies = [f"(?P<p{i}>{re.sub(_GROUP, '(?:', compiled.body)})" for i, (_, compiled) in enumerate(patterns)]
    joined = {tuple(w): re.compile(codes.bounded("|".join(bodies[i] for i in w))) for w in by_code.values()}
    seconds = {code: _seconds([patterns[i][1] for i in w], code) for code, w in by_code.items()}
    by_start = {code: (re.compile(codes.then(seconds[code])), joined[tuple(w)]) for code, w in by_code.items()}
    return Search(tuple(p for p, _ in patterns), re.compile(_starts(seconds, codes)), by_start)


def _starts(seconds: Mapping[str, frozenset[str] | None], codes: Codes) -> str:
    """Give the expression for what a match can begin with, and what can come next where that tells much.

    That is so for numbers and for the words that are too frequent to try every pattern at each of them.
    """
    numbers = {code for code in seconds if codes.is_number(code)}
    small = codes.members(SMALL_WORDS) & seconds.keys()
    parts = []
    for group in (numbers, small):
        known = {code for code in group if seconds[code] is not None}
        if known:
            parts.append(f"[{_set(known)}](?={codes.then(frozenset[str]().union(*(seconds[c] or () for c in known)))})")
    if others := {code for code, after in seconds.items() if after is None or code not in numbers | small}:
        parts.append(f"[{_set(others)}]")
    return "|".join(parts)


def _seconds(compiled: Sequence[Compiled], code: str) -> frozenset[str] | None:
    """Give the codes that can come second in patterns that begin with a code, None where nothing need follow."""
    seconds = [c.second(code) for c in compiled]
    return None if None in seconds else frozenset[str]().union(*filter(None, seconds))


def _set(members: Iterable[str]) -> str:
    return re.escape("".join(sorted(members)))


def _pattern(row: Row, codes: Codes, compiled: Compiled, code: str = "") -> TimePattern:
    value = row["value"]
    if value not in VALUES and not _FIXED_VALUE.fullmatch(value):
        raise row.error(f"column value: {value!r} is neither a duration such as P1D nor one of {', '.join(VALUES[1:])}")
    anchor = row.choice("anchor", ANCHORS)
    if row["kind"] == "relative" and not anchor:
        raise row.error("column anchor: a relative expression counts from something")
    expression = re.compile(codes.bounded(compiled.body))
    return TimePattern(row["id"], row["kind"], anchor, value, row["example"], expression, compiled.names, code)


def _load_words(path: Path, codes: Codes) -> dict[tuple[str, str], str]:
    """Read the words of each class into the codes; give the value of each (class, folded word)."""
    values: dict[tuple[str, str], str] = {}
    for row in read_table(path, WORD_COLUMNS, required=("class", "words", "source")):
        for word in filter(None, map(str.strip, row["words"].split("|"))):
            try:
                key = codes.add_word(row["class"], word)
            except PatternError as error:
                raise row.error(f"column words: {error}") from error
            if (row["class"], key) in values:
                raise row.error(f"column words: {word!r} stands twice in class {row['class']}")
            values[row["class"], key] = row["value"]
    return values
