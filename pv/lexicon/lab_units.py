"""Units of measurement as reports write them, read at one place of a text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SAME = str.maketrans({"μ": "u", "µ": "u", "×": "x", "³": "3", "⁹": "9", "²": "2"})
_CLASSES = {
    "µ": "[µμu]",
    "x": "[x×]",
    "×": "[x×]",
    "3": "[3³]",
    "9": "[9⁹]",
    "2": "[2²]",
    "/": r"[ \u00a0]?/[ \u00a0]?",
}
_GAP = frozenset(" \u00a0\u202f")


@lru_cache(maxsize=4096)
def _key(spelling: str) -> str:
    return re.sub(r"\s", "", spelling.lower().translate(_SAME))


@dataclass(frozen=True, slots=True)
class UnitTable:
    """Spellings to units: one pattern for each first character, so that reading looks at few spellings.

    ``kinds`` maps each unit to decimal, whole (numbers are whole: ``25.000/mm3`` is twenty-five thousand) or multiple
    (of the upper limit of normal). A spelling of the kind other (a dose, a duration) gives no unit, but is read.
    """

    kinds: Mapping[str, str]
    patterns: Mapping[str, re.Pattern[str]]
    by_key: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, spellings: Iterable[tuple[str, str]], kinds: Mapping[str, str]) -> UnitTable:
        """Build the table from pairs of spelling and unit."""
        by_key: dict[str, list[str]] = {}
        written: dict[str, dict[str, str]] = {}
        for spelling, unit in spellings:
            owners = by_key.setdefault(_key(spelling), [])
            if unit and unit not in owners:
                owners.append(unit)
            pattern = _pattern(spelling, kinds[unit])
            for first in {"µ": "µμu", "x": "x×", "×": "x×"}.get(spelling[0].lower(), spelling[0].lower()):
                written.setdefault(first, {})[pattern] = spelling
        patterns = {
            first: re.compile("|".join(sorted(group, key=lambda p: -len(group[p]))), re.IGNORECASE)
            for first, group in written.items()
        }
        return cls(dict(kinds), patterns, {key: tuple(units) for key, units in by_key.items()})

    def read(self, text: str, at: int) -> tuple[tuple[str, ...], int] | None:
        """Give the units that the spelling at this place may stand for (none: not a laboratory unit) and its end.

        None where nothing at this place is a unit.
        """
        start = at
        while start < at + 2 and text[start : start + 1] in _GAP:
            start += 1
        pattern = self.patterns.get(text[start : start + 1].lower())
        match = pattern.match(text, start) if pattern else None
        return (self.by_key.get(_key(match.group()), ()), match.end()) if match else None


def _pattern(spelling: str, kind: str) -> str:
    body = "".join(r"[ \u00a0]{0,2}" if c.isspace() else _CLASSES.get(c.lower(), re.escape(c)) for c in spelling)
    end = r"(?![^\W_])" if spelling[-1].isalnum() else ""
    # "82 N<5" gives a reference range, not a multiple.
    return body + end + (r"(?!\s*[<>=:≤≥])" if kind == "multiple" else "")
