"""What the pieces of a time expression are worth: numbers, lengths of time, times of day."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pv.text.folding import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Each unit as the ISO 8601 designator it is counted in, and how many of those.
_UNITS = {
    "minute": ("M", 1),
    "hour": ("H", 1),
    "day": ("D", 1),
    "week": ("W", 1),
    "month": ("M", 1),
    "quarter": ("M", 3),
    "half-year": ("M", 6),
    "year": ("Y", 1),
}
_CLOCK_UNITS = frozenset({"minute", "hour"})
# A half of each unit, in the next smaller one that ISO 8601 allows beside it.
_HALVES = {
    "minute": ("S", 30),
    "hour": ("M", 30),
    "day": ("H", 12),
    "week": ("D", 4),
    "month": ("D", 15),
    "year": ("M", 6),
}
_HOURS = {"hour": 1, "day": 24, "week": 168}
_UNIT_CLASSES = ("unité_courte", "unité_an", "jour_code", "heure_code", "semaine_code", "mois_code", "sa")
_NUMBER_CLASSES = ("numéral", "rang_mot", "romain")
_DAYS = {"Y": 365, "M": 30, "W": 7, "D": 1}
_DURATION = re.compile(r"(-?)P((?:[\d.]+[YMWD])*)(?:T((?:[\d.]+[HMS])+))?")


class Pieces:
    """The named pieces of one match, with the words they cover."""

    def __init__(
        self, values: Mapping[tuple[str, str], str], tokens: Sequence[str], found: Sequence[tuple[str, int, int]]
    ) -> None:
        self._values, self._tokens, self._found = values, tokens, found
        self._first = {name: (a, b) for name, a, b in reversed(found)}

    def span(self, name: str) -> tuple[int, int] | None:
        """Give the first and the last but one token of the first piece of that name."""
        return self._first.get(name)

    def words(self, name: str) -> Sequence[str]:
        """Give the tokens of the first piece of that name, none where it is absent."""
        span = self._first.get(name)
        return self._tokens[span[0] : span[1]] if span else ()

    def number(self, name: str) -> float | None:
        """Give the number that the first piece of that name is worth, None where it is absent or left open."""
        words = self.words(name)
        return self._number(words) if words else None

    def first_and_last(self, name: str, key: str) -> tuple[int, int] | None:
        """Give the first and the last of several pieces of that name, None where there are not two.

        ``key`` is the class whose values count, empty where the number does.
        """
        if name not in self._first:
            return None
        spans = [self._tokens[a:b] for n, a, b in self._found if n == name]
        if len(spans) < 2:
            return None
        first, last = ((self._value(key, s[0]) if key else s[0]) or "0" for s in (spans[0], spans[-1]))
        return int(first), int(last)

    def value(self, name: str) -> str:
        """Give the value that the lexicon has for the first piece of that name, empty where it is absent."""
        words = self.words(name)
        return self._value(name, words[0]) if words else ""

    def lengths(self) -> list[tuple[float | None, str, bool]]:
        """Give each (number, unit, whether a half follows) in order; of a range the first number counts."""
        lengths: list[tuple[float | None, str, bool]] = []
        number: float | None = None
        counted = False
        for name, a, b in self._found:
            if name == "nombre" and not counted:
                number, counted = self._number(self._tokens[a:b]), True
            elif name in _UNIT_CLASSES:
                lengths.append((number if counted else 1, self._value(name, self._tokens[a]), False))
                number, counted = None, False
            elif name == "demi" and lengths:
                lengths[-1] = (*lengths[-1][:2], True)
        return lengths

    def _value(self, name: str, word: str) -> str:
        return self._values.get((name, "=" + word)) or self._values.get((name, fold(word)), "")

    def _number(self, words: Sequence[str]) -> float | None:
        if words[0].isdecimal():
            if len(words) < 3:
                return float(words[0])
            fraction = words[2] if words[1] in ",." and words[2].isdecimal() else "0"
            return float(f"{int(words[0])}.{int(fraction):0{len(fraction)}}")
        if rough := next((v for w in words if (v := self._value("dizaine", w))), ""):
            return float(rough)
        total = current = 0
        for word in words:
            worth = next((int(v) for v in (self._value(n, word) for n in _NUMBER_CLASSES) if v), 0)
            if worth in (100, 1000):
                current = max(current, 1) * worth
            elif worth == 20 and current % 100 == 4:
                current += 76  # quatre-vingt
            else:
                current += worth
            if worth == 1000:
                total, current = total + current, 0
        return total + current or None


def duration_value(pieces: Pieces, mode: str, first: int) -> str:
    """Give an ISO 8601 duration, empty where a number is left open.

    ``mode`` is how the pattern counts (see pv.lexicon.times.VALUES); ``first`` is the number of the first day of a
    treatment or unit of a period, 0 or 1.
    """
    lengths = pieces.lengths()
    if mode == "day":
        day = pieces.number("jour_n") or 0
        return f"P{max(day - first, 0):g}D"
    if not lengths:
        return f"-P{pieces.number('nn'):g}D" if mode == "before" else f"P{pieces.number('nn') or 0:g}D"
    if mode == "nth":
        number = pieces.number("rang")
        return iso_duration([(number - first, lengths[0][1], False)]) if number else ""
    if mode == "code":
        return iso_duration([(pieces.number("nn"), lengths[0][1], False)])
    if mode == "rate":
        number, unit, _ = lengths[0]
        times = pieces.number("nombre")
        if unit not in _HOURS or not times or not number:
            return ""
        hours = _HOURS[unit] / times
        return f"PT{hours:g}H" if hours % 24 else f"P{hours / 24:g}D"
    value = iso_duration(lengths)
    return f"-{value}" if value and mode == "before" else value


def iso_duration(lengths: Sequence[tuple[float | None, str, bool]]) -> str:
    """Give the ISO 8601 duration of (number, unit, half) parts; weeks beside other units become days."""
    parts: dict[tuple[str, str], float] = {}
    for number, unit, half in lengths:
        if number is None or not unit:
            return ""
        clock = unit in _CLOCK_UNITS
        for (sign, factor), count, in_clock in (
            (_UNITS[unit], number, clock),
            (_HALVES.get(unit, ("D", 0)), float(half), clock or unit == "day"),
        ):
            if count:
                key = ("T" if in_clock else "", sign)
                parts[key] = parts.get(key, 0) + factor * count
    if len(parts) > 1 and ("", "W") in parts:
        parts["", "D"] = parts.get(("", "D"), 0) + 7 * parts.pop(("", "W"))
    if not parts:
        sign, _ = _UNITS[lengths[0][1]]
        return f"PT0{sign}" if lengths[0][1] in _CLOCK_UNITS else f"P0{sign}"
    dates = "".join(f"{parts['', s]:g}{s}" for s in "YMWD" if ("", s) in parts)
    clock_part = "".join(f"{parts['T', s]:g}{s}" for s in "HMS" if ("T", s) in parts)
    return f"P{dates}" + (f"T{clock_part}" if clock_part else "")


def clock_value(pieces: Pieces) -> str:
    """Give a time of day as ISO 8601 (``T10:30``)."""
    hour = pieces.number("hh") or pieces.number("nombre") or 0
    if hour < 12:
        hour += int(pieces.value("moment") or 0)
    return f"T{int(hour):02}:{int(pieces.number('mi') or 0):02}"


def duration_days(value: str) -> float | None:
    """Give the length in days of an ISO 8601 duration, negative where it counts back, None where it is none.

    Months are 30 days and years 365, as the guidelines count them.
    """
    m = _DURATION.fullmatch(value)
    if not value or m is None or not (m[2] or m[3]):
        return None
    days = sum(float(n) * _DAYS[u] for n, u in re.findall(r"([\d.]+)([YMWD])", m[2]))
    seconds = sum(float(n) * {"H": 3600, "M": 60, "S": 1}[u] for n, u in re.findall(r"([\d.]+)([HMS])", m[3] or ""))
    days += seconds / 86_400
    return -days if m[1] else days
