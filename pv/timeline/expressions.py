"""Time expressions of a report: where they stand, of what kind they are, and what they are worth."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from pv.model import TimeExpression
from pv.timeline.dates import complete_dates, date_parts
from pv.timeline.time_values import Pieces, clock_value, duration_value

if TYPE_CHECKING:
    import re

    from pv.lexicon.times import TimePattern, TimeTables

# Joints at the end of a match: the pattern went on, the text did not.
_EDGES = " '-\n"


def find_time_expressions(parts: list[str], tables: TimeTables, reference: str | None = None) -> list[TimeExpression]:
    """Give the time expressions of a text, in order and without overlap.

    ``parts`` are what ``pv.text.tokens.split_text`` gives for the text. ``reference`` is the report's own date (ISO
    8601), where it is known.

    A date has no anchor, a date of birth the anchor ``birth``, which dates nothing else. The anchor of any other kind
    says what the value counts from: ``event`` (what the sentence names beside it), ``previous`` (what was told last),
    ``document`` (the report), ``admission``, ``operation``, ``drug`` (start of a treatment), ``birth``, ``pregnancy``
    (last period), ``cycle`` or ``cycle:N``, N being the number of the cycle; for a duration it is empty.

    A value that counts back has a minus sign: ``-P2Y``. Days of a treatment count from J1, so that ``J15`` is ``P14D``;
    they count from J0 where the report has one or the anchor is an operation. Of a range the lower end counts.
    """
    tokens, codes = tables.codes.encode(parts)
    reading = _Reading(tables, tokens, codes)
    found = [_Found(reading, p, m) for p, m in tables.patterns.finditer(reading.codes) if p.kind != "none"]
    if not found:
        return []
    from_zero = any(f.pattern.value == "day" and f.pieces.number("jour_n") == 0 for f in found)
    values = iter(complete_dates([f.parts for f in found if f.parts is not None], reference))
    expressions = []
    token = end = 0
    for f in found:
        start = end + sum(map(len, tokens[token : f.start]))
        token, end = f.end, start + sum(map(len, tokens[f.start : f.end]))
        value = f.value(from_zero=from_zero) if f.parts is None else next(values)
        expressions.append(TimeExpression(start, end, f.pattern.kind, value, f.anchor))
    return expressions


class _Reading:
    """The tokens of a text and their codes, each unit (``trois jours``) being one code.

    ``units`` gives the pieces of the unit that begins at a token.
    """

    __slots__ = ("_longer", "_unit_codes", "codes", "tokens", "unit_names", "units", "values")

    def __init__(self, tables: TimeTables, tokens: list[str], codes: str) -> None:
        self.tokens, self.values = tokens, tables.values
        self.unit_names = frozenset(p.id for p in tables.units.patterns)
        self.units: dict[int, list[tuple[str, int, int]]] = {}
        # The codes that stand for a unit, and by how many tokens the text up to each of them is longer than its codes.
        self._unit_codes: list[int] = []
        self._longer = [0]
        parts: list[str] = []
        at = 0
        for pattern, match in tables.units.finditer(codes):
            start, end = match.span()
            while codes[end - 1] in _EDGES:
                end -= 1
            parts += (codes[at:start], pattern.code)
            self._unit_codes.append(start - self._longer[-1])
            self._longer.append(self._longer[-1] + end - start - 1)
            at = end
            self.units[start] = _spans(pattern, codes, start)
        self.codes = "".join((*parts, codes[at:]))

    def token(self, code: int) -> int:
        """Give the token at which a code begins."""
        return code + self._longer[bisect_left(self._unit_codes, code)]


def _spans(pattern: TimePattern, codes: str, start: int) -> list[tuple[str, int, int]]:
    """Give the name, start and end of each piece of a pattern that matches at a place, in the order of the pattern."""
    match = pattern.expression.match(codes, start)
    if match is None:
        return []
    return [(name, *span) for name, span in zip(pattern.pieces, match.regs[1:], strict=True) if span[0] >= 0]


class _Found:
    """One match: its pattern, the tokens that it covers, and the pieces in it."""

    __slots__ = ("anchor", "end", "parts", "pattern", "pieces", "start")

    def __init__(self, reading: _Reading, pattern: TimePattern, match: re.Match[str]) -> None:
        self.pattern, self.anchor = pattern, pattern.anchor
        start, end = match.span()
        spans = _spans(pattern, reading.codes, start)
        for name, *span in spans:
            if name == "span":
                start, end = span
        while reading.codes[end - 1] in _EDGES:
            end -= 1
        self.start, self.end = reading.token(start), reading.token(end)
        inner: list[tuple[str, int, int]] = []
        for name, a, b in spans:
            first = reading.token(a)
            inner.append((name, first, reading.token(b)))
            if name in reading.unit_names:
                inner += reading.units[first]
        self.pieces = Pieces(reading.values, reading.tokens, inner)
        self.parts = date_parts(self.pieces, birth=pattern.anchor == "birth") if pattern.value == "date" else None
        if self.anchor == "cycle" and (cycle := self.pieces.number("cycle_n") or self.pieces.number("cycle_rang")):
            self.anchor = f"cycle:{cycle:g}"

    def value(self, *, from_zero: bool) -> str:
        """Give the ISO 8601 value of anything but a calendar date."""
        mode = self.pattern.value
        if mode == "clock":
            return clock_value(self.pieces)
        first = 0 if from_zero or self.pattern.anchor == "operation" else 1
        return duration_value(self.pieces, mode, first) if mode and "P" not in mode else mode
